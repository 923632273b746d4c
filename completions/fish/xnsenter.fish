# fish completion for xnsenter(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_xnsenter_operands
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        switch $word
            case --
                string join \n -- $words
                return 0
            case --target --net-socket --setuid --setgid --hints --error-format
                set -e words[1]
            case '--*'
            case '-?*'
                string match -qr -- '^-[^tNSGmuinpCUTrwW]*[tNSG]$' $word
                and set -e words[1]
            case '*'
                string join \n -- $word $words
                return 0
        end
    end
    return 1
end

function __fish_xnsenter_options
    not __fish_xnsenter_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_xnsenter_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

# What can be entered: processes in other namespaces than this shell, with their commands, names, namespaces' files.
function __fish_xnsenter_targets
    if string match -q -- '*/*' (commandline -ct)
        __fish_xnsenter_files
        return
    end
    # One shell for all of /proc. What may not be looked into, or has ended, is passed over.
    command sh -c '
        spaces=
        for space in user mnt pid net uts ipc cgroup time; do
            [ -e /proc/self/ns/$space ] && spaces="$spaces $space"
        done
        for dir in /proc/[1-9]*; do
            for space in $spaces; do
                [ $dir/ns/$space -ef /proc/self/ns/$space ] && continue
                [ -e $dir/ns/$space ] && IFS= read -r name <$dir/comm && printf "%s %s\n" "${dir#/proc/}" "$name"
                break
            done
        done' 2>/dev/null |
        # The name is whatever the process likes.
        string replace -ra '[^ -~]' '?' | string replace ' ' \t
    for name in /run/netns/*
        string replace -rf '^/run/netns/([[:alnum:]_@+][[:alnum:]_.@+-]*)$' 'netns:$1\tnetwork namespace' -- $name
    end
    printf 'container:\tand its id\n'
end

# A program, or what that program completes.
function __fish_xnsenter_program
    set -l words (__fish_xnsenter_operands)
    set -l token (commandline -ct)
    # What starts with a dash before the program is an option.
    not set -q words[1]; and string match -q -- '-*' $token; and return
    __fish_complete_subcommand --commandline $words $token
end

complete -c xnsenter -f -a '(__fish_xnsenter_program)'
complete -c xnsenter -n __fish_xnsenter_options -s a -l all -d 'Enter every namespace of the target in which the caller is not already'
complete -c xnsenter -n __fish_xnsenter_options -s h -l help -d 'Print this help and exit'
complete -c xnsenter -n __fish_xnsenter_options -s V -l version -d 'Print the version and exit'
complete -c xnsenter -n __fish_xnsenter_options -s t -l target -x -a '(__fish_xnsenter_targets)' -d 'What is entered: a PID; PID:INODE, refused unless its pidfd has that inode number; container:ID; netns:NAME or a namespace\'s file, which are one namespace'
complete -c xnsenter -n __fish_xnsenter_options -s m -l mount -f -a '(__fish_xnsenter_files)' -d 'Enter the mount namespace, the target\'s or FILE\'s'
complete -c xnsenter -n __fish_xnsenter_options -s u -l uts -f -a '(__fish_xnsenter_files)' -d 'Enter the UTS namespace: host and domain name'
complete -c xnsenter -n __fish_xnsenter_options -s i -l ipc -f -a '(__fish_xnsenter_files)' -d 'Enter the IPC namespace: System V IPC, POSIX message queues'
complete -c xnsenter -n __fish_xnsenter_options -s n -l net -f -a '(__fish_xnsenter_files)' -d 'Enter the network namespace'
complete -c xnsenter -n __fish_xnsenter_options -s N -l net-socket -x -d 'Enter the network namespace of the socket that is the target\'s descriptor FD'
complete -c xnsenter -n __fish_xnsenter_options -s p -l pid -f -a '(__fish_xnsenter_files)' -d 'Enter the PID namespace: for a child, see --no-fork'
complete -c xnsenter -n __fish_xnsenter_options -s C -l cgroup -f -a '(__fish_xnsenter_files)' -d 'Enter the cgroup namespace'
complete -c xnsenter -n __fish_xnsenter_options -s U -l user -f -a '(__fish_xnsenter_files)' -d 'Enter the user namespace'
complete -c xnsenter -n __fish_xnsenter_options -l user-parent -d 'Enter the user namespace that owns what is entered, instead of its own'
complete -c xnsenter -n __fish_xnsenter_options -s T -l time -f -a '(__fish_xnsenter_files)' -d 'Enter the time namespace'
complete -c xnsenter -n __fish_xnsenter_options -s S -l setuid -x -a 'follow' -d 'Set the user id, as numbered in the user namespace entered; follow: the target\'s'
complete -c xnsenter -n __fish_xnsenter_options -s G -l setgid -x -a 'follow' -d 'Set the group id and drop the supplementary groups; follow: the target\'s'
complete -c xnsenter -n __fish_xnsenter_options -l preserve-credentials -d 'Do not become root in the user namespace entered'
complete -c xnsenter -n __fish_xnsenter_options -l keep-caps -d 'Let the program keep the capabilities in the user namespace entered also when it is not root there'
complete -c xnsenter -n __fish_xnsenter_options -s r -l root -f -a '(__fish_complete_directories)' -d 'Make DIR the root, or the target\'s root'
complete -c xnsenter -n __fish_xnsenter_options -s w -l wd -f -a '(__fish_complete_directories)' -d 'Start in DIR, as it is now, or in the target\'s working directory'
complete -c xnsenter -n __fish_xnsenter_options -s W -l wdns -f -a '(__fish_complete_directories)' -d 'Start in DIR as it is in the namespaces entered'
complete -c xnsenter -n __fish_xnsenter_options -s e -l env -d 'Start the program with the target\'s environment; without what rules the loader and the shell, if that is another user\'s'
complete -c xnsenter -n __fish_xnsenter_options -s F -l no-fork -d 'Do not fork when a PID namespace is entered: the program\'s children are in it, it is not'
complete -c xnsenter -n __fish_xnsenter_options -s c -l join-cgroup -d 'Join the cgroups of the target, in every hierarchy of either version'
complete -c xnsenter -n __fish_xnsenter_options -s Z -l follow-context -d 'Run the program in the target\'s SELinux context, where there is SELinux'
complete -c xnsenter -n __fish_xnsenter_options -l mount-proc -f -a '(__fish_complete_directories)' -d 'Mount a proc of the PID namespace entered, in a mount namespace of the program\'s own'
complete -c xnsenter -n __fish_xnsenter_options -l trust-env -d 'With --env, also take what rules the loader and the shell from another user\'s process'
complete -c xnsenter -n __fish_xnsenter_options -l close-fds -d 'Pass on standard input, output and error, and no other descriptor of the caller\'s'
complete -c xnsenter -n __fish_xnsenter_options -l pty -d 'Give the program a new pseudo-terminal, in a session of its own, and copy between it and the standard streams: it can neither write to the caller\'s terminal nor type into it'
complete -c xnsenter -n __fish_xnsenter_options -l forward-signals -d 'Pass on to the program the signals that processes send to this one; so without being asked, but not under the name nsenter'
complete -c xnsenter -n __fish_xnsenter_options -l dry-run -f -a 'text json sh' -d 'Print the steps that would be taken, and take none'
complete -c xnsenter -n __fish_xnsenter_options -l explain -d 'Print each step on standard error as it is done'
complete -c xnsenter -n __fish_xnsenter_options -l hints -x -a 'auto always never' -d 'Whether the likely cause of a failure and its remedy are told, and mistakes that make no error; auto means on a terminal'
complete -c xnsenter -n __fish_xnsenter_options -l error-format -x -a 'text json' -d 'Form of the message of a failure; text unless given'
complete -c xnsenter -n __fish_xnsenter_options -l quiet -d 'Say nothing before the program starts: neither what is isolated or entered, nor hints'
