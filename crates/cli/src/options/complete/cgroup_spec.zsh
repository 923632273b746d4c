# Controllers with commas between, a colon, and a group that is in all of their hierarchies.
_@NAME@_spec() {
    local typed=${(Q)PREFIX} expl ret=1
    local -a controllers given
    if compset -P 1 '*:'; then
        _@NAME@_cgroup "${typed%%:*}"
        return
    fi
    controllers=(${(f)"$(_@NAME@_cgroups controllers)"})
    if compset -P '*,'; then
        given=(${(s:,:)typed})
        controllers=(${controllers:|given})
    else
        _wanted all expl 'all that are mounted' compadd -S '' -- '*:' && ret=0
        _wanted unified expl 'version 2' compadd -S '' -- ':' && ret=0
    fi
    _wanted controllers expl 'controller' compadd -S ':' -q -r ',: ' -a controllers && ret=0
    return ret
}

