# fish completion for xcgroup(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_xcgroup_operands
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
            case --memory --memory-request --swap --cpu --cpu-request --cpu-weight --cpu-shares --cpuset --cpuset-mems --pids --io-read --io-write --io-read-iops --io-write-iops --io-weight --device --device-deny --net-class --set --timeout --every --sort --hints --error-format
                set -e words[1]
            case '--*'
            case '-?*'
            case '*'
                set -a given $word
        end
    end
    string join \n -- $given
    return 1
end

function __fish_xcgroup_options
    not __fish_xcgroup_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_xcgroup_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

function __fish_xcgroup_cgroups
    command sh -c '
# shellcheck shell=sh disable=SC2086 # lists of words
# Control groups, wherever their hierarchies are mounted. For sh; without single quotes, since it stands between them.
#   controllers           what stands before the colon of CONTROLLERS:PATH
#   groups WHERE TYPED    groups that begin so; WHERE: controllers, * for all, nothing for version 2, any for anywhere
#   files MODE GROUP      files of a group that have this mode, of find
LC_ALL=C
set -f
known=,
while IFS=: read -r _ list _; do known=$known$list,; done </proc/self/cgroup

# A line for each hierarchy: ,its,controllers, and its mount point. A mount of the whole is better than one of a part.
trees() {
    seen=
    for whole in / ""; do
        while read -r _ _ _ root point rest; do
            [ "${whole:-$root}" = "$root" ] || continue
            set -- ${rest##* - }
            names=,
            case $1 in
                cgroup)
                    words=$3,
                    while [ "$words" ]; do
                        word=${words%%,*} words=${words#*,}
                        case $known in *",$word,"*) names=$names$word, ;; esac
                    done
                    [ "$names" = , ] && continue ;;
                cgroup2)
                    names=,version2,
                    words=
                    [ -r "$point/cgroup.controllers" ] && read -r words <"$point/cgroup.controllers"
                    for word in $words; do names=$names$word,; done ;;
                *) continue ;;
            esac
            case $point in *[\\\\]*) point=$(printf %b "$point") ;; esac
            # Another mount may lie over it.
            [ -e "$point/cgroup.procs" ] || continue
            case $seen in *"$names"*) continue ;; esac
            seen="$seen $names"
            printf "%s %s\\n" "$names" "$point"
        done </proc/self/mountinfo
    done
}

# The mount points of the hierarchies that have all of these controllers; under systemd a name counts from our own group, too.
points() {
    trees | while read -r names point; do
        case $1 in
            any | *"*"*) ;;
            *[!,]*) words=$1, found=
                while [ "$words" ]; do
                    word=${words%%,*} words=${words#*,}
                    [ "$word" ] || continue
                    case $names in *",$word,"*) found=yes ;; esac
                done
                [ $found ] || continue ;;
            *) case $names in ,version2,*) ;; *) continue ;; esac ;;
        esac
        [ "$1" = any ] && [ -d /run/systemd/system ] && while IFS=: read -r _ list path; do
            path=${path%/xns.leaf}
            case ,${list:-version2}, in "$names" | ",${names#,version2}") [ "$path" = / ] || printf "%s\\n" "$point$path" ;; esac
        done </proc/self/cgroup
        printf "%s\\n" "$point"
    done
}

# Groups that begin so, in one of the places or, unless any will do, in all.
list() {
    for place in "$@"; do
        set +f
        for dir in "$place/$typed"*/; do
            set -f
            name=${dir#"$place/"}
            name=${name%/}
            [ -d "$dir" ] || continue
            case $name in *[![:print:]]*) continue ;; esac
            if [ "$where" != any ]; then
                for other in "$@"; do [ -d "$other/$name" ] || continue 2; done
            fi
            printf "%s\\n" "$name"
        done
        [ "$where" = any ] || break
    done | sort -u
}

newline="
"
case $1 in
    controllers)
        trees | while read -r names _; do
            names=${names#,version2}
            names=${names#,}
            while [ "$names" ]; do
                printf "%s\\n" "${names%%,*}"
                names=${names#*,}
            done
        done ;;
    groups)
        where=$2 typed=$3 slash=
        case $typed in /*) slash=/ typed=${typed#/} ;; esac
        case /$typed in */../* | */./* | *//*) exit ;; esac
        places=$(points "$where")
        IFS=$newline
        set -- $places
        found=$(list "$@")
        # Of the only one also what is below it.
        case $found in
            "" | *"$newline"*) ;;
            *) typed=$found/ found=$found$newline$(list "$@") ;;
        esac
        for name in $found; do printf "%s\\n" "$slash$name"; done ;;
    files)
        mode=$2 group=${3#/} places=$(points any)
        IFS=$newline
        for place in $places; do
            [ -d "$place/$group" ] && find "$place/$group" -maxdepth 1 -type f -perm "$mode"
        done | while IFS= read -r file; do printf "%s\\n" "${file##*/}"; done | sort -u ;;
esac
' sh $argv 2>/dev/null
end

# A verb, or what belongs to it.
function __fish_xcgroup_operand
    set -l given (__fish_xcgroup_operands)
    set -l typed (commandline -ct | string unescape)
    set -l nouns
    while true
        set nouns
        for row in \
        'create:cgroup cgroup:make groups, with limits' \
        'delete:cgroup cgroup:remove groups that have no processes' \
        'set:cgroup setting:change the limits of a group' \
        'get:cgroup file:print a group\'s files: its limits unless some are named' \
        'add:cgroup pid:move processes into a group' \
        'list:cgroup none:list groups, by their names and hierarchies' \
        'tree:cgroup none:draw groups with their processes, limits and usage' \
        'show:pid pid:show the groups of a process in every hierarchy' \
        'stat:cgroup cgroup:print what a group has used' \
        'top:cgroup none:watch groups at work' \
        'freeze:cgroup cgroup:stop the processes of a group' \
        'thaw:cgroup cgroup:let them go on' \
        'kill:cgroup cgroup:end the processes of a group' \
        'wait:cgroup cgroup:wait until a group has no processes' \
        'layout:none none:show where each controller is on this machine' \
        'delegate:cgroup owner:let a user make groups below a group'
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
        case cgroup
            for name in (__fish_xcgroup_cgroups groups any "$typed")
                printf '%s\tcontrol group\n' $name
            end
        case file
            __fish_xcgroup_cgroups files /444 (string unescape -- $given[2])
        case setting
            __fish_xcgroup_cgroups files /222 (string unescape -- $given[2]) | string replace -r '$' '='
        case pid
            __fish_complete_pids
        case owner
            if set -l user (string match -r -- '^[^:]*:' $typed)
                __fish_complete_groups | string replace -r '^' "$user"
            else
                __fish_complete_users
            end
    end
end

complete -c xcgroup -f -a '(__fish_xcgroup_operand)'
complete -c xcgroup -n __fish_xcgroup_options -l memory -x -d 'How much memory, and no swap beside it unless --swap says so: K, M, G are powers of 1024'
complete -c xcgroup -n __fish_xcgroup_options -l memory-request -x -d 'How much memory is kept for the group when there is little: as Kubernetes\' request'
complete -c xcgroup -n __fish_xcgroup_options -l swap -x -d 'How much may be swapped out; max for as much as there is'
complete -c xcgroup -n __fish_xcgroup_options -l cpu -x -d 'How much CPU time: 50% of one CPU, a bare 1.5 are CPUs, 500m thousandths of one; of each 100ms, or 50%/200ms'
complete -c xcgroup -n __fish_xcgroup_options -l cpu-request -x -d 'The weight that Kubernetes gives for a request of so many CPUs, like 250m'
complete -c xcgroup -n __fish_xcgroup_options -l cpu-weight -x -d 'The share of the CPU when others want it too: 1 to 10000, 100 is normal'
complete -c xcgroup -n __fish_xcgroup_options -l cpu-shares -x -d 'The same as version 1 counts it: 2 to 262144, 1024 is normal'
complete -c xcgroup -n __fish_xcgroup_options -l cpuset -x -d 'Which CPUs: 0-1,3'
complete -c xcgroup -n __fish_xcgroup_options -l cpuset-mems -x -d 'Which memory nodes'
complete -c xcgroup -n __fish_xcgroup_options -l pids -x -d 'How many processes and threads at once'
complete -c xcgroup -n __fish_xcgroup_options -l io-read -x -d 'How much is read per second from the disk of DEVICE, which is a path, a mount point or MAJOR:MINOR: 10M is 10 times 1024 squared, 10MB/s ten million'
complete -c xcgroup -n __fish_xcgroup_options -l io-write -x -d 'The same for writing'
complete -c xcgroup -n __fish_xcgroup_options -l io-read-iops -x -d 'How many reads per second'
complete -c xcgroup -n __fish_xcgroup_options -l io-write-iops -x -d 'How many writes per second'
complete -c xcgroup -n __fish_xcgroup_options -l io-weight -x -d 'The share of a disk when others want it too: 1 to 10000, 100 is normal'
complete -c xcgroup -n __fish_xcgroup_options -l device -x -d 'Allow this device, by TYPE MAJOR:MINOR ACCESS (\'c 1:3 rw\') or PATH ACCESS, and deny all others but null, zero, full, random, urandom, tty, console, ptmx and pts/*'
complete -c xcgroup -n __fish_xcgroup_options -l device-deny -x -d 'Deny this device, and no other, unless --device is given'
complete -c xcgroup -n __fish_xcgroup_options -l net-class -x -d 'The class of packets for tc(8), by version 1: 0x00010001 or 1:1'
complete -c xcgroup -n __fish_xcgroup_options -l set -x -d 'Write a value into a file of the group; a name of the other version is translated, which is said'
complete -c xcgroup -n __fish_xcgroup_options -s r -l recursive -d 'delete: also the groups below'
complete -c xcgroup -n __fish_xcgroup_options -l kill -d 'delete: end the processes first, which otherwise are a reason to refuse'
complete -c xcgroup -n __fish_xcgroup_options -l undo -d 'delegate: root owns the group again, and what the user has made below it'
complete -c xcgroup -n __fish_xcgroup_options -l timeout -x -d 'wait: give up after so long, with status 1'
complete -c xcgroup -n __fish_xcgroup_options -s J -l json -d 'Print JSON'
complete -c xcgroup -n __fish_xcgroup_options -l once -d 'top: print one table, measured over the interval, and end'
complete -c xcgroup -n __fish_xcgroup_options -l every -x -d 'top: the interval, one second unless given'
complete -c xcgroup -n __fish_xcgroup_options -l sort -x -a 'cpu memory io pids name' -d 'top: what the groups are sorted by, cpu unless given'
complete -c xcgroup -n __fish_xcgroup_options -l color -f -a 'auto always never' -d 'Whether what is shown is coloured; auto means on a terminal'
complete -c xcgroup -n __fish_xcgroup_options -l dry-run -f -a 'text json sh v1+v2' -d 'Print the steps that would be taken, and take none'
complete -c xcgroup -n __fish_xcgroup_options -l explain -d 'Print each step on standard error as it is done'
complete -c xcgroup -n __fish_xcgroup_options -l hints -x -a 'auto always never' -d 'Whether the likely cause of a failure and its remedy are told, and mistakes that make no error; auto means on a terminal'
complete -c xcgroup -n __fish_xcgroup_options -l error-format -x -a 'text json' -d 'Form of the message of a failure; text unless given'
complete -c xcgroup -n __fish_xcgroup_options -l quiet -d 'Say nothing before the program starts: neither what is isolated or entered, nor hints'
complete -c xcgroup -n __fish_xcgroup_options -s h -l help -d 'Print this help and exit'
complete -c xcgroup -n __fish_xcgroup_options -s V -l version -d 'Print the version and exit'
