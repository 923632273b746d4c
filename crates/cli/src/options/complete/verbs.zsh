# A verb, or what belongs to it.
_@NAME@_operand() {
    local word
    local -a line verbs row shown
    local -A opt_args
    verbs=(
@VERBS@
    )
    # The operands, without the options among them; the last one is what is typed.
    { comparguments -W line opt_args 0 || comparguments -W line opt_args } 2>/dev/null
    while true; do
        for word in $verbs; do
            row=("${(@s.:.)word}")
            if (( $#line < 2 )); then
                shown+=("$row[1]:${(j.:.)row[3,-1]}")
            elif [[ $row[1] == ${(b)line[1]}* ]]; then
                break
            fi
        done
        if (( $#line < 2 )); then
            _describe -t verbs 'verb' shown
            return
        fi
        row=(${=row[2]})
        # Behind such a verb stands another one with what belongs to it.
        [[ $row[2] == of-verb ]] && (( $#line > 2 )) || break
        shift line
    done
    (( $#line > 2 )) && shift row
    case $row[1] in
@NOUNS@
    esac
}

