# A verb, or what belongs to it.
function __fish_@ID@_operand
    set -l given (__fish_@ID@_operands)
    set -l typed (commandline -ct | string unescape)
    set -l nouns
    while true
        set nouns
        for row in \
@VERBS@
            set -l row (string split -m 2 : -- $row)
            if not set -q given[1]
                printf '%s\t%s\n' $row[1] $row[3]
            else if string match -q -- "$given[1]*" $row[1]
                set nouns (string split ' ' -- $row[2])
                break
            end
        end
        # Behind such a verb stands another one with what belongs to it.
        test "$nouns[2]" = of-verb; and set -q given[2]; or break
        set -e given[1]
    end
    set -q given[2]; and set -e nouns[1]
    switch "$nouns[1]"
@NOUNS@
    end
end

complete -c @NAME@ -f -a '(__fish_@ID@_operand)'
