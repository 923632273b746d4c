function __fish_@ID@_cgroups
    command sh -c '
@CGROUPS@' sh $argv 2>/dev/null
end

