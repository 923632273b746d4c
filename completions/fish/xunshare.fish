# fish completion for xunshare(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_xunshare_operands
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        switch $word
            case --
                string join \n -- $words
                return 0
            case --map-user --map-users --map-group --map-groups --owner --propagation --setgroups --setuid --setgid --root --wd --monotonic --boottime --load-interp --whitelist-env --pivot-root --bind --bind-ro --tmpfs --dev --hostname --domainname --pid-file --info-fd --wait-fd --hints --error-format
                set -e words[1]
            case '--*'
            case '-?*'
                string match -qr -- '^-[^SGRwl]*[SGRwl]$' $word
                and set -e words[1]
            case '*'
                string join \n -- $word $words
                return 0
        end
    end
    return 1
end

function __fish_xunshare_options
    not __fish_xunshare_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_xunshare_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

# A program, or what that program completes.
function __fish_xunshare_program
    set -l words (__fish_xunshare_operands)
    set -l token (commandline -ct)
    # What starts with a dash before the program is an option.
    not set -q words[1]; and string match -q -- '-*' $token; and return
    __fish_complete_subcommand --commandline $words $token
end

complete -c xunshare -f -a '(__fish_xunshare_program)'
complete -c xunshare -n __fish_xunshare_options -s h -l help -d 'Print this help and exit'
complete -c xunshare -n __fish_xunshare_options -s V -l version -d 'Print the version and exit'
complete -c xunshare -n __fish_xunshare_options -s m -d 'New mount namespace'
complete -c xunshare -n __fish_xunshare_options -l mount -f -a '(__fish_xunshare_files)' -d 'New mount namespace'
complete -c xunshare -n __fish_xunshare_options -s u -d 'New UTS namespace: host and domain name'
complete -c xunshare -n __fish_xunshare_options -l uts -f -a '(__fish_xunshare_files)' -d 'New UTS namespace: host and domain name'
complete -c xunshare -n __fish_xunshare_options -s i -d 'New IPC namespace: System V IPC, POSIX message queues'
complete -c xunshare -n __fish_xunshare_options -l ipc -f -a '(__fish_xunshare_files)' -d 'New IPC namespace: System V IPC, POSIX message queues'
complete -c xunshare -n __fish_xunshare_options -s n -d 'New network namespace'
complete -c xunshare -n __fish_xunshare_options -l net -f -a '(__fish_xunshare_files)' -d 'New network namespace'
complete -c xunshare -n __fish_xunshare_options -s p -d 'New PID namespace, for child processes: see --fork'
complete -c xunshare -n __fish_xunshare_options -l pid -f -a '(__fish_xunshare_files)' -d 'New PID namespace, for child processes: see --fork'
complete -c xunshare -n __fish_xunshare_options -s U -d 'New user namespace; the --map options give it ids'
complete -c xunshare -n __fish_xunshare_options -l user -f -a '(__fish_xunshare_files)' -d 'New user namespace; the --map options give it ids'
complete -c xunshare -n __fish_xunshare_options -s C -d 'New cgroup namespace: the present cgroup becomes its root'
complete -c xunshare -n __fish_xunshare_options -l cgroup -f -a '(__fish_xunshare_files)' -d 'New cgroup namespace: the present cgroup becomes its root'
complete -c xunshare -n __fish_xunshare_options -s T -d 'New time namespace; see --monotonic and --boottime'
complete -c xunshare -n __fish_xunshare_options -l time -f -a '(__fish_xunshare_files)' -d 'New time namespace; see --monotonic and --boottime'
complete -c xunshare -n __fish_xunshare_options -s f -l fork -d 'Run the program in a child process and wait for it'
complete -c xunshare -n __fish_xunshare_options -l kill-child -f -a '(kill -l | string split \' \')' -d 'End the program by SIGNAL when this process ends, and when it is asked to end (SIGTERM, SIGINT): then a second time by SIGKILL'
complete -c xunshare -n __fish_xunshare_options -l forward-signals -d 'Pass on to the program the signals that processes send to this one'
complete -c xunshare -n __fish_xunshare_options -l mount-proc -f -a '(__fish_complete_directories)' -d 'Mount a fresh proc file system on DIR'
complete -c xunshare -n __fish_xunshare_options -l mount-binfmt -f -a '(__fish_complete_directories)' -d 'Mount the binfmt_misc file system on DIR; without DIR also proc on /proc'
complete -c xunshare -n __fish_xunshare_options -l map-user -x -a '(__fish_complete_users)' -d 'Map the caller to this user, name or uid'
complete -c xunshare -n __fish_xunshare_options -l map-users -x -a 'auto subids all' -d 'Map user ids'
complete -c xunshare -n __fish_xunshare_options -l map-group -x -a '(__fish_complete_groups)' -d 'Map the caller\'s group to this group, name or gid'
complete -c xunshare -n __fish_xunshare_options -l map-groups -x -a 'auto subids all' -d 'Map group ids'
complete -c xunshare -n __fish_xunshare_options -s r -l map-root-user -d 'Map the caller\'s user and group to root'
complete -c xunshare -n __fish_xunshare_options -s c -l map-current-user -d 'Map the caller\'s user and group to themselves'
complete -c xunshare -n __fish_xunshare_options -l map-auto -d 'Same as --map-users=auto --map-groups=auto'
complete -c xunshare -n __fish_xunshare_options -l map-subids -d 'Same as --map-users=subids --map-groups=subids'
complete -c xunshare -n __fish_xunshare_options -l owner -x -d 'Let this user and group own the new namespaces: become them before making these'
complete -c xunshare -n __fish_xunshare_options -l propagation -x -a 'slave shared private unchanged' -d 'How mounts spread into and out of the new mount namespace; private unless given'
complete -c xunshare -n __fish_xunshare_options -l setgroups -x -a 'allow deny' -d 'Whether setgroups(2) may be called in the new user namespace'
complete -c xunshare -n __fish_xunshare_options -l keep-caps -d 'Let the program keep the capabilities in its new user namespace also when it is not root there'
complete -c xunshare -n __fish_xunshare_options -s S -l setuid -x -d 'Set the user id, as numbered in the new user namespace'
complete -c xunshare -n __fish_xunshare_options -s G -l setgid -x -d 'Set the group id and drop the supplementary groups'
complete -c xunshare -n __fish_xunshare_options -s R -l root -x -a '(__fish_complete_directories)' -d 'Change the root directory with chroot(2)'
complete -c xunshare -n __fish_xunshare_options -s w -l wd -x -a '(__fish_complete_directories)' -d 'Change the working directory, after the root'
complete -c xunshare -n __fish_xunshare_options -l monotonic -x -d 'Offset of the monotonic clock'
complete -c xunshare -n __fish_xunshare_options -l boottime -x -d 'Offset of the boot-time clock'
complete -c xunshare -n __fish_xunshare_options -s l -l load-interp -x -d 'Register an interpreter for a kind of file, as the line for binfmt_misc/register says'
complete -c xunshare -n __fish_xunshare_options -l clear-env -d 'Start the program with an empty environment'
complete -c xunshare -n __fish_xunshare_options -l whitelist-env -x -d 'Start the program with only these variables of the environment, names with commas between'
complete -c xunshare -n __fish_xunshare_options -l pivot-root -x -a '(__fish_complete_directories)' -d 'Make DIR the root with pivot_root(2) and leave no way back to the old one'
complete -c xunshare -n __fish_xunshare_options -l bind -r -F -d 'Show SRC, with what is mounted below it, at DST in the new root'
complete -c xunshare -n __fish_xunshare_options -l bind-ro -r -F -d 'As --bind, but read-only throughout'
complete -c xunshare -n __fish_xunshare_options -l tmpfs -x -a '(__fish_complete_directories)' -d 'Mount an empty tmpfs at DST in the new root'
complete -c xunshare -n __fish_xunshare_options -l dev -x -a '(__fish_complete_directories)' -d 'Mount a minimal /dev at DST in the new root'
complete -c xunshare -n __fish_xunshare_options -l mount-mqueue -f -a '(__fish_complete_directories)' -d 'Mount the POSIX message queue file system on DIR'
complete -c xunshare -n __fish_xunshare_options -l hostname -x -d 'Set the host name'
complete -c xunshare -n __fish_xunshare_options -l domainname -x -d 'Set the NIS domain name'
complete -c xunshare -n __fish_xunshare_options -l init -d 'Run an init as PID 1 that reaps orphans and passes on signals, and the program as its child'
complete -c xunshare -n __fish_xunshare_options -l pty -d 'Give the program a new pseudo-terminal in a session of its own, so that nothing in it can write or type into this one, and copy between the two'
complete -c xunshare -n __fish_xunshare_options -l pid-file -r -F -d 'Write the program\'s PID, as the caller sees it, to FILE'
complete -c xunshare -n __fish_xunshare_options -l info-fd -x -d 'Write a line of JSON with the PID and the namespace ids to descriptor N when all is set up'
complete -c xunshare -n __fish_xunshare_options -l wait-fd -x -d 'When all is set up, read descriptor N to its end of file before the program starts'
complete -c xunshare -n __fish_xunshare_options -l dry-run -f -a 'text json sh' -d 'Print the steps that would be taken, and take none'
complete -c xunshare -n __fish_xunshare_options -l explain -d 'Print each step on standard error as it is done'
complete -c xunshare -n __fish_xunshare_options -l hints -x -a 'auto always never' -d 'Whether the likely cause of a failure and its remedy are told, and mistakes that make no error; auto means on a terminal'
complete -c xunshare -n __fish_xunshare_options -l error-format -x -a 'text json' -d 'Form of the message of a failure; text unless given'
complete -c xunshare -n __fish_xunshare_options -l quiet -d 'Say nothing before the program starts: neither what is isolated or entered, nor hints'
