# Completes the last of some words with commas between, in letters of either case: $1 is what is typed, the rest what there is.
__@NAME@_list() {
    local typed=$1 before='' word
    if [[ $typed == *,* ]]; then
        before=${typed%,*},
    elif [[ $typed == +* ]]; then
        before=+
    fi
    typed=${typed:${#before}}
    prefix+=$before
    kind=option
    before=${before^^}
    for word in "${@:2}"; do
        [[ $word == "${typed^^}"* && ,${before#+} != *",$word,"* ]] && COMPREPLY+=("$word")
    done
    return 0
}

