# What can be entered: processes in other namespaces than this shell, with their commands, names, namespaces' files.
_@NAME@_target() {
    if [[ $PREFIX == */* ]]; then
        _files
        return
    fi
    local space dir name ret=1
    local -a spaces processes names expl
    for space in user mnt pid net uts ipc cgroup time; do
        [[ -e /proc/self/ns/$space ]] && spaces+=($space)
    done
    for dir in /proc/[1-9]*(N); do
        for space in $spaces; do
            [[ $dir/ns/$space -ef /proc/self/ns/$space ]] && continue
            # What may not be looked into, or has ended, is passed over. The name is whatever the process likes.
            name=
            [[ -e $dir/ns/$space ]] && { IFS= read -r -d '' name <$dir/comm } 2>/dev/null
            [[ -n $name ]] || break
            name=${name%$'\n'}
            processes+=("${dir#/proc/}:${name//[^ -~]/?}")
            break
        done
    done
    for name in /run/netns/[[:alnum:]_@+]*(N:t); do
        [[ $name == *[^[:alnum:]_.@+-]* ]] || names+=("netns\\:$name")
    done
    _describe -t processes 'process in other namespaces' processes && ret=0
    _describe -t names 'network namespace' names && ret=0
    _wanted words expl 'container by its id' compadd -S '' container: && ret=0
    return ret
}

