# Words with commas between: what is typed before the last one, with each of the words behind it. $argv[1] is the option's letter.
function __fish_@ID@_list
    set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '' | string replace -r -- "^-[^-]*?$argv[1]" '')
    set -l before (string match -r -- '^(?:.*,|\+)' $typed)
    set -l given (string upper -- "$before" | string trim -l -c + | string split ,)
    for word in $argv[2..-1]
        contains -- $word $given; and continue
        # In the letters that are typed: fish would put a word in others in place of all that was typed, the option too.
        string match -qr '[a-z][^,]*$' -- $typed; and set word (string lower -- $word)
        printf '%s%s\n' "$before" $word
    end
end

