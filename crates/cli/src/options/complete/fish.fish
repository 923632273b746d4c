# fish completion for @NAME@(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_@ID@_operands
    set -l words (commandline -opc)
    set -e words[1]
@GIVEN@
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        switch $word
            case --
                string join \n -- @BEFORE@$words
                return 0
@PENDING@
            case '--*'
@LETTERS@
@FIRST@
        end
    end
@LAST@
    return 1
end

function __fish_@ID@_options
    not __fish_@ID@_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_@ID@_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

@FUNCTIONS@
@OPERANDS@
@OPTIONS@
