# Controllers with commas between, a colon, and a group that is in all of their hierarchies. $argv[1] is the option's letter.
function __fish_@ID@_spec
    set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '' | string replace -r -- "^-[^-]*?$argv[1]" '' | string unescape)
    if string match -q -- '*:*' $typed
        set -l parts (string split -m 1 : -- $typed)
        for name in (__fish_@ID@_cgroups groups "$parts[1]" "$parts[2]")
            printf '%s:%s\tcontrol group\n' "$parts[1]" $name
        end
        return
    end
    set -l before (string match -r -- '^.*,' $typed)
    set -l given (string split , -- "$before")
    for word in (__fish_@ID@_cgroups controllers)
        contains -- $word $given; and continue
        printf '%s%s\tcontroller\n' "$before" $word
        printf '%s%s:\tand a group\n' "$before" $word
    end
    test -n "$before"; or printf '%s\tand a group\n' ':' '*:'
end

