# An operand: a process of those to be compared, else a namespace by its number.
_@NAME@_operand() {
    if (( ${words[(I)--com*]} )); then
        _@NAME@_pid
        return
    fi
    local number type processes what
    local -a namespaces
    _@NAME@_namespaces | while IFS=' ' read -r number type processes what; do
        [[ $number == <1-> ]] || continue
        case $processes in
            '') ;;
            1) type+=", 1 process, $what" ;;
            *) type+=", $processes processes, $what" ;;
        esac
        type=${type//'\x20'/ }
        (( ${#type} > 60 )) && type=${type[1,57]}...
        namespaces+=("$number:${type%%[, ]##}")
    done
    _describe -t namespaces 'namespace' namespaces
}

# A line for each: its number, its kind, how many processes are in it, and the first or what else keeps it.
_@NAME@_namespaces() {
    local -a links
    if (( $+commands[@NAME@] )); then
        command @NAME@ --quiet --raw --noheadings --output NS,TYPE,NPROCS,COMMAND,PINS 2>/dev/null
    else
        links=(/proc/[1-9]*/ns/*(N))
        printf '%s\0' $links | xargs -0 readlink 2>/dev/null |
            sed -n 's/^\([a-z]*\):\[\([0-9]*\)\]$/\2 \1/p' | sort -un
    fi | LC_ALL=C tr -c '\n -~' '?'
}

