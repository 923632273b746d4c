# fish completion for xnscheck(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_xnscheck_operands
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        switch $word
            case --
                string join \n -- $words
                return 0
            case --for --error-format
                set -e words[1]
            case '--*'
            case '-?*'
                string match -qr -- '^-[^f]*[f]$' $word
                and set -e words[1]
            case '*'
                string join \n -- $word $words
                return 0
        end
    end
    return 1
end

function __fish_xnscheck_options
    not __fish_xnscheck_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_xnscheck_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

complete -c xnscheck -f
complete -c xnscheck -n __fish_xnscheck_options -s f -l for -x -a 'W1 W2 W3 W4 W5 W6 W7 W8 W9 W10' -d 'Only what this walkthrough of the course needs (W1 namespaces seen, W2 mnt, W3 uts, W4 ipc, W5 pid, W6 net, W7 user, W8 control groups, W9 cgroup and time, W10 a container by hand); may be given several times'
complete -c xnscheck -n __fish_xnscheck_options -s J -l json -d 'Write JSON'
complete -c xnscheck -n __fish_xnscheck_options -s q -l quiet -d 'Print nothing: the status tells'
complete -c xnscheck -n __fish_xnscheck_options -l error-format -x -a 'text json' -d 'Form of the message of a failure; text unless given'
complete -c xnscheck -n __fish_xnscheck_options -s h -l help -d 'Print this help and exit'
complete -c xnscheck -n __fish_xnscheck_options -s V -l version -d 'Print the version and exit'
