__@NAME@_cgroups() {
    command sh -c '
@CGROUPS@' sh "$@" 2>/dev/null
}

# Completes a control group: $1 is what is typed, $2 in which hierarchies, as there.
__@NAME@_cgroup() {
    local name
    while IFS= read -r name; do
        printf -v name %q "$name"
        [[ $name == "$1"* ]] && COMPREPLY+=("$name")
    done < <(__@NAME@_cgroups groups "${2-any}" "${1//\\/}")
    return 0
}

