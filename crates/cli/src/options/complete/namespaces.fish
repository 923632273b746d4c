# An operand: a process of those to be compared, else a namespace by its number.
function __fish_@ID@_operand
    if string match -q -- '--com*' (commandline -opc)
        __fish_complete_pids
    else
        __fish_@ID@_namespaces | string replace -ra '[^ -~\t]' '?'
    end
end

# A line for each: its number, its kind, how many processes are in it, and the first or what else keeps it.
function __fish_@ID@_namespaces
    if command -sq @NAME@
        command @NAME@ --quiet --raw --noheadings --output NS,TYPE,NPROCS,COMMAND,PINS 2>/dev/null |
            string replace -r '^(\d+) (\S*) (\d*) ?' '$1\t$2, $3 processes, ' |
            string replace ', 1 processes,' ', 1 process,' | string replace -r '[ ,]+$' '' | string replace -a '\\x20' ' ' |
            string replace -r '^(.{68}).{4,}$' '$1...'
    else
        command sh -c 'printf "%s\0" /proc/[1-9]*/ns/* | xargs -0 readlink' 2>/dev/null |
            string replace -rf '^([a-z]+):\[(\d+)\]$' '$2\t$1' | sort -u
    end
end

complete -c @NAME@ -f -a '(__fish_@ID@_operand)'
