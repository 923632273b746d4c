# Completes a process by its PID.
__@NAME@_pid() {
    local LC_ALL=C dir name
    local -a shown=()
    for dir in /proc/[1-9]*; do
        [[ ${dir#/proc/} == "$1"* ]] || continue
        # Some end meanwhile. The name is whatever the process likes.
        name=''
        IFS= read -r -d '' name 2>/dev/null <"$dir/comm" || :
        [[ $name ]] || continue
        name=${name%$'\n'}
        COMPREPLY+=("${dir#/proc/}")
        shown+=("${dir#/proc/} (${name//[^ -~]/?})")
    done
    __@NAME@_shown "${shown[@]}"
}

# The replies with these words beside them where readline lists: what would be inserted is what all begin with, which is never more
# than a number.
__@NAME@_shown() {
    ((${#COMPREPLY[@]} > 1)) && [[ $COMP_TYPE == @(63|33|64) ]] && COMPREPLY=("$@")
    return 0
}

