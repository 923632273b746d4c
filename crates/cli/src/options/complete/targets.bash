# Completes what can be entered: processes in other namespaces than this shell, names, namespaces' files.
__@NAME@_target() {
    if [[ $1 == */* ]]; then
        kind=file
        __@NAME@_reply -f -- "$1"
        return
    fi
    local LC_ALL=C space dir name
    local -a spaces=() shown=()
    for space in user mnt pid net uts ipc cgroup time; do
        [[ -e /proc/self/ns/$space ]] && spaces+=("$space")
    done
    for dir in /proc/[1-9]*; do
        [[ ${dir#/proc/} == "$1"* ]] || continue
        for space in "${spaces[@]}"; do
            [[ $dir/ns/$space -ef /proc/self/ns/$space ]] && continue
            # What may not be looked into, or has ended, is passed over. The name is whatever the process likes.
            name=''
            [[ ! -e $dir/ns/$space ]] || IFS= read -r -d '' name 2>/dev/null <"$dir/comm" || :
            [[ $name ]] || break
            name=${name%$'\n'}
            COMPREPLY+=("${dir#/proc/}")
            shown+=("${dir#/proc/} (${name//[^ -~]/?})")
            break
        done
    done
    while IFS= read -r name; do
        name=netns:${name#/run/netns/}
        [[ $name == "$1"* && $name != *[^[:alnum:]:_.@+-]* ]] && COMPREPLY+=("$name") shown+=("$name")
    done < <(compgen -G '/run/netns/[[:alnum:]_@+]*')
    if [[ container: == "$1"* && container: != "$1" ]]; then
        ((${#COMPREPLY[@]} == 0)) && kind=option
        COMPREPLY+=(container:) shown+=(container:)
    fi
    # With the commands where readline lists: what would be inserted is what all begin with, which is never more than a number.
    ((${#COMPREPLY[@]} > 1)) && [[ $COMP_TYPE == @(63|33|64) ]] && COMPREPLY=("${shown[@]}")
    return 0
}

