# bash completion for @NAME@(1)                             -*- shell-script -*-
# Written from the options table by `cargo xtask completions`: do not edit.

# Completes the value $2 of option $1. Replies are values only; sets $kind to what they are.
__@NAME@_value() {
    case $1 in
@VALUES@
    esac
}

__@NAME@_reply() {
    mapfile -t COMPREPLY < <(compgen "$@")
}

__@NAME@_pair() {
    if [[ $2 == *:* ]]; then
        prefix+=${2%%:*}:
        kind=file
        __@NAME@_reply -f -- "${2#*:}"
    else
        kind=first
        __@NAME@_reply -f -- "$2"
    fi
}

@FUNCTIONS@
_@NAME@() {
    # The words as typed: readline splits at = and : too (COMP_WORDBREAKS), and replaces only the last piece.
    local -a words=() starts=()
    local i gap piece line=${COMP_LINE:0:COMP_POINT}
    for ((i = 0; i <= COMP_CWORD; i++)); do
        gap=${line%%[![:space:]]*}
        line=${line:${#gap}}
        piece=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && piece=$line
        line=${line:${#piece}}
        if [[ -z $gap ]] && ((i > 0)); then
            words[${#words[@]} - 1]+=$piece
        else
            words+=("$piece")
            starts+=("$i")
        fi
    done
    local last=$((${#words[@]} - 1)) cur kept
    cur=${words[last]}
    kept=${cur%"$piece"}
    [[ $piece == [=:]* ]] && kept=$cur

    # An option that waits for its value, or the place where the operands begin.
    local word pending='' operands=''
@GIVEN@
    for ((i = 1; i < last; i++)); do
        word=${words[i]}
        if [[ $pending ]]; then
            pending=''
            continue
        fi
        case $word in
            --) operands=$((i + 1)) ;;
@PENDING@
            --*) ;;
@LETTERS@
            @FIRST@
        esac
        [[ $operands ]] && break
    done

    # Replies are made as $prefix and a value; what readline keeps of the word is cut off again.
    local prefix='' kind=''
    COMPREPLY=()
    if [[ $pending ]]; then
        __@NAME@_value "$pending" "$cur"
    elif [[ ! $operands && $cur == --*=* ]]; then
        prefix=${cur%%=*}=
        __@NAME@_value "${cur%%=*}" "${cur#*=}"
    elif [[ ! $operands && $cur == -* ]]; then
        __@NAME@_reply -W '@OPTIONS@' -- "$cur"
        [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && kind=option
    else
        : "${operands:=$last}"
@OPERANDS@
    fi
    for i in "${!COMPREPLY[@]}"; do
        word=$prefix${COMPREPLY[i]}
        COMPREPLY[i]=${word#"$kept"}
    done
    case $kind in
        # File names are quoted and directories marked, if nothing but the name stands in the reply.
        file) [[ $kept == "$prefix"* ]] && compopt -o filenames ;;
        first) [[ $kept == "$prefix"* ]] && compopt -o filenames -o nospace ;;
        option) compopt -o nospace ;;
    esac
}

complete -F _@NAME@ @NAME@
