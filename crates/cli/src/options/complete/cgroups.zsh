_@NAME@_cgroups() {
    command sh -c '
@CGROUPS@' sh "$@" 2>/dev/null
}

# A control group; $1 is in which hierarchies, as there.
_@NAME@_cgroup() {
    local expl
    local -a groups
    groups=(${(f)"$(_@NAME@_cgroups groups "${1-any}" "${(Q)PREFIX}")"})
    _wanted groups expl 'control group' compadd -a groups
}

