# A process by its PID, with its command.
_@NAME@_pid() {
    local dir name
    local -a processes
    for dir in /proc/[1-9]*(N); do
        # Some end meanwhile. The name is whatever the process likes.
        name=
        { IFS= read -r -d '' name <$dir/comm } 2>/dev/null
        [[ -n $name ]] || continue
        name=${name%$'\n'}
        processes+=("${dir#/proc/}:${name//[^ -~]/?}")
    done
    _describe -t processes 'process' processes
}

