# Completes a verb, or what belongs to it: $1 is what is typed, the rest the operands before it.
__@NAME@_operand() {
    local typed=$1 word about nouns=''
    local -a shown=()
    shift
    while IFS=: read -r word nouns about; do
        if (($# == 0)); then
            [[ $word == "$typed"* ]] && COMPREPLY+=("$word") shown+=("$word ($about)")
        elif [[ $word == "$1"* ]]; then
            break
        fi
    done <<'END'
@VERBS@
END
    if (($# == 0)); then
        __@NAME@_shown "${shown[@]}"
        return
    fi
    (($# == 1)) && nouns=${nouns% *} || nouns=${nouns#* }
    case $nouns in
@NOUNS@
    esac
}

