# Completes an operand: a process of those to be compared, else a namespace by its number. $1 is what is typed, the rest the words
# before it.
__@NAME@_operand() {
    local word number type processes what
    local -a shown=()
    for word in "${@:2}"; do
        [[ $word == -- ]] && break
        if [[ $word == --com* ]]; then
            __@NAME@_pid "$1"
            return
        fi
    done
    while IFS=' ' read -r number type processes what; do
        [[ $number == "$1"* && $number != *[^0-9]* ]] || continue
        COMPREPLY+=("$number")
        word="$number ($type"
        case $processes in
            '') word+=')' ;;
            1) word+=", 1 process) $what" ;;
            *) word+=", $processes processes) $what" ;;
        esac
        word=${word//'\x20'/ }
        ((${#word} > 70)) && word=${word:0:67}...
        shown+=("${word% }")
    done < <(__@NAME@_namespaces)
    __@NAME@_shown "${shown[@]}"
}

# A line for each: its number, its kind, how many processes are in it, and the first or what else keeps it.
__@NAME@_namespaces() {
    if type -P @NAME@ >/dev/null; then
        command @NAME@ --quiet --raw --noheadings --output NS,TYPE,NPROCS,COMMAND,PINS 2>/dev/null
    else
        printf '%s\0' /proc/[1-9]*/ns/* | xargs -0 readlink 2>/dev/null |
            sed -n 's/^\([a-z]*\):\[\([0-9]*\)\]$/\2 \1/p' | sort -un
    fi | LC_ALL=C tr -c '\n -~' '?'
}

