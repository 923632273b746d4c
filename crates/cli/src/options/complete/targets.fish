# What can be entered: processes in other namespaces than this shell, with their commands, names, namespaces' files.
function __fish_@ID@_targets
    if string match -q -- '*/*' (commandline -ct)
        __fish_@ID@_files
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

