# fish completion for xlsns(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_xlsns_operands
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        switch $word
            case --
                string join \n -- $words
                return 0
            case --task --output --type --filter --hints --error-format
                set -e words[1]
            case '--*'
            case '-?*'
                string match -qr -- '^-[^potQT]*[potQ]$' $word
                and set -e words[1]
        end
    end
    return 1
end

function __fish_xlsns_options
    not __fish_xlsns_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_xlsns_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

# Words with commas between: what is typed before the last one, with each of the words behind it. $argv[1] is the option's letter.
function __fish_xlsns_list
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

# An operand: a process of those to be compared, else a namespace by its number.
function __fish_xlsns_operand
    if string match -q -- '--com*' (commandline -opc)
        __fish_complete_pids
    else
        __fish_xlsns_namespaces | string replace -ra '[^ -~\t]' '?'
    end
end

# A line for each: its number, its kind, how many processes are in it, and the first or what else keeps it.
function __fish_xlsns_namespaces
    if command -sq xlsns
        command xlsns --quiet --raw --noheadings --output NS,TYPE,NPROCS,COMMAND,PINS 2>/dev/null |
            string replace -r '^(\d+) (\S*) (\d*) ?' '$1\t$2, $3 processes, ' |
            string replace ', 1 processes,' ', 1 process,' | string replace -r '[ ,]+$' '' | string replace -a '\\x20' ' ' |
            string replace -r '^(.{68}).{4,}$' '$1...'
    else
        command sh -c 'printf "%s\0" /proc/[1-9]*/ns/* | xargs -0 readlink' 2>/dev/null |
            string replace -rf '^([a-z]+):\[(\d+)\]$' '$2\t$1' | sort -u
    end
end

complete -c xlsns -f -a '(__fish_xlsns_operand)'
complete -c xlsns -n __fish_xlsns_options -s J -l json -d 'Write JSON'
complete -c xlsns -n __fish_xlsns_options -s p -l task -x -a '(__fish_complete_pids)' -d 'Only the namespaces that the process PID is in'
complete -c xlsns -n __fish_xlsns_options -s h -l help -d 'Print this help and exit'
complete -c xlsns -n __fish_xlsns_options -s o -l output -x -a '(__fish_xlsns_list o NS TYPE PATH NPROCS PID PPID COMMAND UID USER NETNSID NSFS PNS ONS PINS)' -d 'The columns, with commas between; with a + before them in addition to those that are shown by default'
complete -c xlsns -n __fish_xlsns_options -l output-all -d 'All columns'
complete -c xlsns -n __fish_xlsns_options -s P -l persistent -d 'Only namespaces that no process is in'
complete -c xlsns -n __fish_xlsns_options -s u -l notruncate -d 'Do not cut commands at the edge of the terminal'
complete -c xlsns -n __fish_xlsns_options -s V -l version -d 'Print the version and exit'
complete -c xlsns -n __fish_xlsns_options -s n -l noheadings -d 'Write no headings'
complete -c xlsns -n __fish_xlsns_options -s W -l nowrap -d 'Several values of a cell on one line, with commas between'
complete -c xlsns -n __fish_xlsns_options -s l -l list -d 'Write a list; so without being asked, but not under the name lsns'
complete -c xlsns -n __fish_xlsns_options -s r -l raw -d 'Cells with one blank between, for scripts; odd bytes as \\xHH'
complete -c xlsns -n __fish_xlsns_options -s t -l type -x -a 'mnt net ipc user pid uts cgroup time' -d 'Only namespaces of this kind; may be given several times'
complete -c xlsns -n __fish_xlsns_options -s T -l tree -f -a 'owner parent process' -d 'Write a tree: each namespace below the user namespace that owns it, below its parent, or below the parent process'
complete -c xlsns -n __fish_xlsns_options -s Q -l filter -x -d 'Only rows for which the expression is true, such as \'TYPE == "net" and NPROCS > 1\''
complete -c xlsns -n __fish_xlsns_options -s H -l list-columns -d 'Print what columns there are'
complete -c xlsns -n __fish_xlsns_options -l deep -d 'Also look at threads, at namespaces that only future children will be in, and at what is mounted in other mount namespaces'
complete -c xlsns -n __fish_xlsns_options -l compare -d 'Compare the namespaces of processes, kind by kind'
complete -c xlsns -n __fish_xlsns_options -l detail -d 'Show what is inside a namespace, or all that isolates a process (-p PID)'
complete -c xlsns -n __fish_xlsns_options -l graph -f -a 'text dot mermaid' -d 'Draw how namespaces belong together, as text or for Graphviz or Mermaid'
complete -c xlsns -n __fish_xlsns_options -l watch -f -d 'Print a line for each namespace that appears or disappears, until interrupted'
complete -c xlsns -n __fish_xlsns_options -l color -f -a 'auto always never' -d 'Whether there are colours; auto means on a terminal, unless NO_COLOR is set'
complete -c xlsns -n __fish_xlsns_options -l hints -x -a 'auto always never' -d 'Whether the likely cause of a failure and its remedy are told, and mistakes that make no error; auto means on a terminal'
complete -c xlsns -n __fish_xlsns_options -l error-format -x -a 'text json' -d 'Form of the message of a failure; text unless given'
complete -c xlsns -n __fish_xlsns_options -l quiet -d 'Do not say what could not be read'
