# A network namespace, by its name.
_@NAME@_netns() {
    local name expl
    local -a names
    for name in /run/netns/[[:alnum:]_@+]*(N:t); do
        [[ $name == *[^[:alnum:]_.@+-]* ]] || names+=($name)
    done
    _wanted names expl 'network namespace' compadd -a names
}

