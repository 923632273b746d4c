# Completes controllers with commas between, a colon, and a group that is in all of their hierarchies.
__@NAME@_spec() {
    local typed=$1 before='' word
    if [[ $typed == *:* ]]; then
        prefix+=${typed%%:*}:
        __@NAME@_cgroup "${typed#*:}" "${typed%%:*}"
        return
    fi
    [[ $typed == *,* ]] && before=${typed%,*},
    typed=${typed:${#before}}
    prefix+=$before
    kind=option
    [[ $before ]] || COMPREPLY+=(':' '\*:')
    while IFS= read -r word; do
        [[ $word == "$typed" ]] && word+=:
        [[ ,$before != *",$word,"* ]] && COMPREPLY+=("$word")
    done < <(__@NAME@_cgroups controllers)
    mapfile -t COMPREPLY < <(for word in "${COMPREPLY[@]}"; do [[ $word == "$typed"* ]] && printf '%s\n' "$word"; done)
}

