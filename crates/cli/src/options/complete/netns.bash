# Completes a network namespace by its name.
__@NAME@_netns() {
    local name
    while IFS= read -r name; do
        name=${name#/run/netns/}
        [[ $name == "$1"* && $name != *[^[:alnum:]_.@+-]* ]] && COMPREPLY+=("$name")
    done < <(compgen -G '/run/netns/[[:alnum:]_@+]*')
    return 0
}

