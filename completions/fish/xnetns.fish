# fish completion for xnetns(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_xnetns_operands
    set -l words (commandline -opc)
    set -e words[1]
    set -l given
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        switch $word
            case --
                string join \n -- $given $words
                return 0
            case --netns -netns --bridge --hints --error-format
                set -e words[1]
            case '--*'
            case '-?*'
                string match -qr -- '^-[^n]*[n]$' $word
                and set -e words[1]
            case '*'
                set -a given $word
        end
    end
    string join \n -- $given
    return 1
end

function __fish_xnetns_options
    not __fish_xnetns_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_xnetns_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

# A network namespace, by its name.
function __fish_xnetns_netns
    for name in /run/netns/*
        string replace -rf '^/run/netns/([[:alnum:]_@+][[:alnum:]_.@+-]*)$' '$1\tnetwork namespace' -- $name
    end
end

# A verb, or what belongs to it.
function __fish_xnetns_operand
    set -l given (__fish_xnetns_operands)
    set -l typed (commandline -ct | string unescape)
    set -l nouns
    while true
        set nouns
        for row in \
        'add:none none:make a network namespace with a name' \
        'delete:netns none:remove a name; wait for what goes with it' \
        'list:none none:list the names' \
        'exec:netns program:run a program in a network namespace' \
        'attach:none pid:name the network namespace of a process' \
        'set:netns none:give a network namespace a number here' \
        'list-id:none none:list the numbers' \
        'identify:pid none:print the names of where a process is' \
        'pids:netns none:list the processes in a network namespace' \
        'monitor:none none:tell when names come and go' \
        'netns:=add,delete,list,exec,attach,set,list-id,identify,pids,monitor of-verb:the same verbs, as ip has them' \
        'link:=add,delete,set,show after-netns:add, del, set and show devices' \
        'address:=add,change,replace,delete,show,flush none:add, del and show addresses' \
        'route:=add,append,prepend,change,replace,delete,get,show,flush none:add, del and show routes' \
        'connect:netns netns:join network namespaces by devices' \
        'disconnect:netns netns:remove what connect has made' \
        'show:netns netns:show devices, addresses, routes and peers' \
        'check:netns netns:find out why there is no reply'
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
        case pid
            __fish_complete_pids
        case netns
            __fish_xnetns_netns
        case program
            __fish_complete_command
        case of-verb
            
        case after-netns
            test "$given[-1]" = netns; and __fish_xnetns_netns
        case '=*'
            string split , -- (string sub -s 2 -- $nouns[1])
    end
end

complete -c xnetns -f -a '(__fish_xnetns_operand)'
complete -c xnetns -n __fish_xnetns_options -s n -l netns -o netns -x -a '(__fish_xnetns_netns)' -d 'In this network namespace: link, address, route, set, list, list-id, identify; exec and pids only see that it is there'
complete -c xnetns -n __fish_xnetns_options -s a -l all -d 'del, exec, disconnect: all that have a name'
complete -c xnetns -n __fish_xnetns_options -s j -l json -d 'Print JSON, with ip\'s keys'
complete -c xnetns -n __fish_xnetns_options -s p -l pretty -d 'JSON on several lines'
complete -c xnetns -n __fish_xnetns_options -l brief -d 'link, address: one line for each'
complete -c xnetns -n __fish_xnetns_options -s 4 -l ipv4 -d 'Only addresses and routes of version 4'
complete -c xnetns -n __fish_xnetns_options -s 6 -l ipv6 -d 'Only addresses and routes of version 6'
complete -c xnetns -n __fish_xnetns_options -l bridge -x -d 'connect: by ports of this bridge of the current network namespace, which is made if it is not there'
complete -c xnetns -n __fish_xnetns_options -l dry-run -f -a 'sh text json' -d 'Print the steps that would be taken, and take none'
complete -c xnetns -n __fish_xnetns_options -l explain -d 'Print each step on standard error as it is done'
complete -c xnetns -n __fish_xnetns_options -l hints -x -a 'auto always never' -d 'Whether the likely cause of a failure and its remedy are told, and mistakes that make no error; auto means on a terminal'
complete -c xnetns -n __fish_xnetns_options -l error-format -x -a 'text json' -d 'Form of the message of a failure; text unless given'
complete -c xnetns -n __fish_xnetns_options -l quiet -d 'Say nothing before the program starts: neither what is isolated or entered, nor hints'
complete -c xnetns -n __fish_xnetns_options -s h -l help -d 'Print this help and exit'
complete -c xnetns -n __fish_xnetns_options -s V -l version -d 'Print the version and exit'
