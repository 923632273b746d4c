# A network namespace, by its name.
function __fish_@ID@_netns
    for name in /run/netns/*
        string replace -rf '^/run/netns/([[:alnum:]_@+][[:alnum:]_.@+-]*)$' '$1\tnetwork namespace' -- $name
    end
end

