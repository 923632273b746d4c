# Words with commas between: what is typed before the last one, with each of the words behind it. $argv[1] is the option's letter.
function __fish_@ID@_list
    set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '' | string replace -r -- "^-[^-]*?$argv[1]" '')
    set -l before (string match -r -- '^(?:.*,|\+)' $typed)
    for word in $argv[2..-1]
        contains -- $word (string upper -- "$before" | string trim -l -c + | string split ,)
        or printf '%s%s\n' "$before" $word
    end
end

