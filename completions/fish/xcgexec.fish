# fish completion for xcgexec(1)
# Written from the options table by `cargo xtask completions`: do not edit.

# Prints the operands before the cursor, one a line; fails while options can still follow.
function __fish_xcgexec_operands
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        switch $word
            case --
                string join \n -- $words
                return 0
            case --group --memory --memory-request --swap --cpu --cpu-request --cpu-weight --cpu-shares --cpuset --cpuset-mems --pids --io-read --io-write --io-read-iops --io-write-iops --io-weight --device --device-deny --net-class --set --remaining --report-format --hints --error-format
                set -e words[1]
            case '--*'
            case '-?*'
                string match -qr -- '^-[^g]*[g]$' $word
                and set -e words[1]
            case '*'
                string join \n -- $word $words
                return 0
        end
    end
    return 1
end

function __fish_xcgexec_options
    not __fish_xcgexec_operands >/dev/null
end

# Files for an optional value; fish itself completes files for required values only.
function __fish_xcgexec_files
    complete -C "__fish_command_without_completions "(string replace -r -- '^--[^=]*=' '' (commandline -ct))
end

function __fish_xcgexec_cgroups
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

# Controllers with commas between, a colon, and a group that is in all of their hierarchies. $argv[1] is the option's letter.
function __fish_xcgexec_spec
    set -l typed (commandline -ct | string replace -r -- '^--[^=]*=' '' | string replace -r -- "^-[^-]*?$argv[1]" '' | string unescape)
    if string match -q -- '*:*' $typed
        set -l parts (string split -m 1 : -- $typed)
        for name in (__fish_xcgexec_cgroups groups "$parts[1]" "$parts[2]")
            printf '%s:%s\tcontrol group\n' "$parts[1]" $name
        end
        return
    end
    set -l before (string match -r -- '^.*,' $typed)
    set -l given (string split , -- "$before")
    for word in (__fish_xcgexec_cgroups controllers)
        contains -- $word $given; and continue
        printf '%s%s\tcontroller\n' "$before" $word
        printf '%s%s:\tand a group\n' "$before" $word
    end
    test -n "$before"; or printf '%s\tand a group\n' ':' '*:'
end

# A program, or what that program completes.
function __fish_xcgexec_program
    set -l words (__fish_xcgexec_operands)
    set -l token (commandline -ct)
    # What starts with a dash before the program is an option.
    not set -q words[1]; and string match -q -- '-*' $token; and return
    __fish_complete_subcommand --commandline $words $token
end

complete -c xcgexec -f -a '(__fish_xcgexec_program)'
complete -c xcgexec -n __fish_xcgexec_options -s g -l group -x -a '(__fish_xcgexec_spec g)' -d 'Join the group PATH in the hierarchies of these controllers'
complete -c xcgexec -n __fish_xcgexec_options -s s -l sticky -d 'Accepted: there is no daemon here that would move the program'
complete -c xcgexec -n __fish_xcgexec_options -s h -l help -d 'Print this help and exit'
complete -c xcgexec -n __fish_xcgexec_options -s b -l ignore-default -d 'Accepted: PATH never counts from a default scope here'
complete -c xcgexec -n __fish_xcgexec_options -s r -l replace-idle -d 'Accepted: there is no idle thread of a scope here'
complete -c xcgexec -n __fish_xcgexec_options -s V -l version -d 'Print the version and exit'
complete -c xcgexec -n __fish_xcgexec_options -l memory -x -d 'How much memory, and no swap beside it unless --swap says so: K, M, G are powers of 1024'
complete -c xcgexec -n __fish_xcgexec_options -l memory-request -x -d 'How much memory is kept for the group when there is little: as Kubernetes\' request'
complete -c xcgexec -n __fish_xcgexec_options -l swap -x -d 'How much may be swapped out; max for as much as there is'
complete -c xcgexec -n __fish_xcgexec_options -l cpu -x -d 'How much CPU time: 50% of one CPU, a bare 1.5 are CPUs, 500m thousandths of one; of each 100ms, or 50%/200ms'
complete -c xcgexec -n __fish_xcgexec_options -l cpu-request -x -d 'The weight that Kubernetes gives for a request of so many CPUs, like 250m'
complete -c xcgexec -n __fish_xcgexec_options -l cpu-weight -x -d 'The share of the CPU when others want it too: 1 to 10000, 100 is normal'
complete -c xcgexec -n __fish_xcgexec_options -l cpu-shares -x -d 'The same as version 1 counts it: 2 to 262144, 1024 is normal'
complete -c xcgexec -n __fish_xcgexec_options -l cpuset -x -d 'Which CPUs: 0-1,3'
complete -c xcgexec -n __fish_xcgexec_options -l cpuset-mems -x -d 'Which memory nodes'
complete -c xcgexec -n __fish_xcgexec_options -l pids -x -d 'How many processes and threads at once'
complete -c xcgexec -n __fish_xcgexec_options -l io-read -x -d 'How much is read per second from the disk of DEVICE, which is a path, a mount point or MAJOR:MINOR: 10M is 10 times 1024 squared, 10MB/s ten million'
complete -c xcgexec -n __fish_xcgexec_options -l io-write -x -d 'The same for writing'
complete -c xcgexec -n __fish_xcgexec_options -l io-read-iops -x -d 'How many reads per second'
complete -c xcgexec -n __fish_xcgexec_options -l io-write-iops -x -d 'How many writes per second'
complete -c xcgexec -n __fish_xcgexec_options -l io-weight -x -d 'The share of a disk when others want it too: 1 to 10000, 100 is normal'
complete -c xcgexec -n __fish_xcgexec_options -l device -x -d 'Allow this device, by TYPE MAJOR:MINOR ACCESS (\'c 1:3 rw\') or PATH ACCESS, and deny all others but null, zero, full, random, urandom, tty, console, ptmx and pts/*'
complete -c xcgexec -n __fish_xcgexec_options -l device-deny -x -d 'Deny this device, and no other, unless --device is given'
complete -c xcgexec -n __fish_xcgexec_options -l net-class -x -d 'The class of packets for tc(8), by version 1: 0x00010001 or 1:1'
complete -c xcgexec -n __fish_xcgexec_options -l set -x -d 'Write a value into a file of the group; a name of the other version is translated, which is said'
complete -c xcgexec -n __fish_xcgexec_options -l remaining -x -a 'kill wait' -d 'What becomes of processes that PROGRAM leaves in its new group: they are ended, which is said, or waited for'
complete -c xcgexec -n __fish_xcgexec_options -l report -f -a '(__fish_xcgexec_files)' -d 'Tell at the end what happened: status, time, throttling, peak memory, OOM kills, refused forks, I/O, pressure'
complete -c xcgexec -n __fish_xcgexec_options -l report-format -x -a 'text json' -d 'The form of the report, text unless given; asks for the report as well'
complete -c xcgexec -n __fish_xcgexec_options -l dry-run -f -a 'text json sh v1+v2' -d 'Print the steps that would be taken, and take none'
complete -c xcgexec -n __fish_xcgexec_options -l explain -d 'Print each step on standard error as it is done'
complete -c xcgexec -n __fish_xcgexec_options -l hints -x -a 'auto always never' -d 'Whether the likely cause of a failure and its remedy are told, and mistakes that make no error; auto means on a terminal'
complete -c xcgexec -n __fish_xcgexec_options -l error-format -x -a 'text json' -d 'Form of the message of a failure; text unless given'
complete -c xcgexec -n __fish_xcgexec_options -l quiet -d 'Say nothing before the program starts: neither what is isolated or entered, nor hints'
