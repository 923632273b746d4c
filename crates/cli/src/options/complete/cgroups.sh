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
            case $point in *[\\]*) point=$(printf %b "$point") ;; esac
            # Another mount may lie over it.
            [ -e "$point/cgroup.procs" ] || continue
            case $seen in *"$names"*) continue ;; esac
            seen="$seen $names"
            printf "%s %s\n" "$names" "$point"
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
            case ,${list:-version2}, in "$names" | ",${names#,version2}") [ "$path" = / ] || printf "%s\n" "$point$path" ;; esac
        done </proc/self/cgroup
        printf "%s\n" "$point"
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
            printf "%s\n" "$name"
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
                printf "%s\n" "${names%%,*}"
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
        for name in $found; do printf "%s\n" "$slash$name"; done ;;
    files)
        mode=$2 group=${3#/} places=$(points any)
        IFS=$newline
        for place in $places; do
            [ -d "$place/$group" ] && find "$place/$group" -maxdepth 1 -type f -perm "$mode"
        done | while IFS= read -r file; do printf "%s\n" "${file##*/}"; done | sort -u ;;
esac
