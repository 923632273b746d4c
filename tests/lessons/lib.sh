# shellcheck shell=sh
# What every lesson uses: narration, commands as a reader types them, observations, and cleaning up.
#
#   lesson W3 'Title' '제목'          begins
#   surroundings                      the rest happens in a network of its own, with an empty /run, which stands for the host
#   say 'English' '한국어'            narration; both languages stand side by side
#   run 'COMMAND'                     typed in this terminal: shown, run, its output shown and kept in $out, $status
#   start 'COMMAND'                   the same in the background; its PID is $pid
#   into 'COMMAND'                    in a second terminal: a command that starts a shell; its PID here is $inner
#   within 'LINE'                     a line typed into that shell
#   leave                             `exit` there
#   see 'English' '한국어' CHECK…     an observation: CHECK is has, lacks, is, same, ends … or any command
#   cannot 'reason' '이유'            a part that cannot be shown here
#   needs ID 'what' '무엇'            true when xnscheck says that ID works here; else it says why not
#   later 'COMMAND'                   done at the end, also after Ctrl-C and after a failure
#   finish                            ends the lesson: its count, and its status
#
# The manual xns-walkthroughs(7) is made from these calls (manual): their words stand in single quotes, or in double
# quotes where a value of this run is in them.
set -u

case ${LESSON_LANGUAGE:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in ko | ko_* | ko.*) korean=yes ;; *) korean='' ;; esac
# The commands speak the language that the observations know.
export LC_ALL=C
unset LS_COLORS XNS_HINTS
# A shell that is started without a name.
SHELL=/bin/sh
export SHELL

if [ -t 1 ]; then bold=$(printf '\033[1m') red=$(printf '\033[31m') green=$(printf '\033[32m') plain=$(printf '\033[0m')
else bold='' red='' green='' plain=''; fi

lessons=$(cd "$(dirname "$0")" && pwd)
uid=$(id -u)
undo='' ended='' told='' name='' terminal='' inner='' pid='' out='' status=0
# shellcheck disable=SC2086 # words
set -- ${LESSON_COUNTS:-0 0 0}
n_seen=$1 n_failed=$2 n_cannot=$3

# pick ENGLISH KOREAN: the one that the reader reads.
pick() { if [ -n "$korean" ]; then printf '%s' "$2"; else printf '%s' "$1"; fi; }

# record KIND TEXT: for the runner's count.
record() {
    [ -z "${LESSONS_RECORD:-}" ] || printf '%s\t%s\t%s\n' "$1" "$name" "$(printf %s "$2" | tr '\n' ' ')" >>"$LESSONS_RECORD"
}

lesson() {
    name=$1
    work=${LESSON_WORK:-$(mktemp -d "${TMPDIR:-/tmp}/xns-lesson.XXXXXX")} || exit 1
    # A lesson may become another user.
    chmod 755 "$work"
    cd "$work" || exit 1
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    [ -n "${LESSON_WORK:-}" ] || printf '\n%s%s  %s%s\n' "$bold" "$name" "$(pick "$2" "$3")" "$plain"
    command -v xunshare >/dev/null || { pick 'xunshare is not in PATH.' 'xunshare가 PATH에 없다.'; echo; exit 1; }
}

surroundings() {
    [ -z "${LESSON_WORK:-}" ] || { mount -t tmpfs none /run; return; }
    say 'This lesson changes devices and names. So that the network of this machine stays as it is, all of it happens in a network and a
mount namespace of the lesson, with an empty /run; they stand for the host. An ordinary user makes these in the same way.' \
        '이 실습은 네트워크 장치와 이름을 바꾼다. 이 시스템의 네트워크는 건드리지 않도록, 모두 실습만의 네트워크 네임스페이스와 마운트
네임스페이스에서 빈 /run을 두고 진행한다. 이것이 호스트 역할을 한다. 일반 사용자도 같은 방법으로 만든다.'
    own='xunshare -mn'
    [ "$uid" = 0 ] || own='xunshare -rmn'
    prompt '$' "$own"
    prompt '$' 'mount -t tmpfs none /run'
    $own mount -t tmpfs none /run 2>.out || {
        cannot "$(cat .out)" "$(cat .out)"
        finish
    }
    # The reasons are those of the reader, not of root in there.
    checked any >/dev/null
    # What has been seen up to here goes along.
    LESSON_WORK=$work LESSON_COUNTS="$n_seen $n_failed $n_cannot"
    LESSON_LANGUAGE=$(pick C ko)
    export LESSON_WORK LESSON_COUNTS LESSON_LANGUAGE
    # shellcheck disable=SC2086 # words
    exec $own --quiet sh "$lessons/${0##*/}"
}

say() { printf '\n%s\n' "$(pick "$1" "$2")"; }

# What this machine and user make of a line: an ordinary user first makes a user namespace (-r), and who has no bash takes sh.
adapted() {
    set -- "$1" s/x/x/ s/x/x/
    [ "$uid" = 0 ] || case $1 in *map-root-user*) ;; *)
        set -- "$1" 's/xunshare -\([a-zA-Z]\)/xunshare -r\1/g' 's/xunshare --/xunshare -r --/g' ;;
    esac
    bash=bash run=/var/run
    has_program bash || bash='sh'
    [ -e /var/run ] || run=/run
    printf '%s\n' "$1" | sed -e "$2" -e "$3" -e "s/ bash\$/ $bash/" -e "s,/var/run,$run,g"
}

prompt() { printf '\n    %s%s %s%s\n' "$bold" "$1" "$2" "$plain"; }

# shown TEXT: as the terminal has it. A hint that xlsns gives below each of its lists, on a machine where somebody else's processes
# cannot be read, is W1's matter; the other lessons say once that it is there.
shown() {
    case $name:$1 in
        W1:*) ;;
        *'hint[XNS-L4-'*)
            set -- "$(printf '%s\n' "$1" | awk '
                /^xlsns: hint\[XNS-L4-/ { hint = 1; next }
                hint && /^  (because|try): / { next }
                { hint = 0; print }')" hint ;;
    esac
    [ -z "$1" ] || printf '%s\n' "$1" | sed 's/^/    /'
    [ -n "${2:-}" ] && [ -z "$told" ] || return 0
    told=yes
    pick '  (xlsns also gives the hint that it could not read every process. It is shown in W1 only.)' \
        '  (xlsns는 읽지 못한 프로세스가 있다는 힌트도 준다. 이 힌트는 W1에서만 보여 준다.)'
    echo
}

run() {
    set -- "$(adapted "$1")"
    prompt '$' "$1"
    # To a file: in a pipe the command would not run in this shell.
    eval "$1" >.out 2>&1 </dev/null
    status=$?
    out=$(cat .out)
    shown "$out"
}

start() {
    set -- "$(adapted "$1")"
    prompt '$' "$1 &"
    eval "exec $1" </dev/null >.started 2>&1 3>&- 4<&- &
    pid=$!
    later "end $pid"
}

later() { undo="$1
$undo"; }

# end PID: of a process that this shell has started: until it is waited for nobody else has its number.
end() {
    { kill -KILL "$1" && wait "$1"; } 2>/dev/null
    return 0
}

# end_child PID PARENT: of a process that one of ours has started.
end_child() { case " $(children "$2") " in *" $1 "*) kill -KILL "$1" 2>/dev/null ;; esac; return 0; }

children() {
    if [ -e "/proc/$1/task/$1/children" ]; then
        read -r list <"/proc/$1/task/$1/children" || :
        printf '%s\n' "${list% }"
    else
        pgrep -P "$1" | tr '\n' ' '
    fi 2>/dev/null
}

# await COMMAND: until it succeeds, some twenty seconds at most (more on a machine that is slow).
await() {
    tries=0
    until eval "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 400 ] || return 1
        sleep 0.05
    done 2>/dev/null
}

# The second terminal: a shell that reads line by line, so that a shell started in it reads what comes after. `read` has a status, too.
open_terminal() {
    mkfifo .to .from
    # shellcheck disable=SC2016 # for the other shell
    sh -c 'last() { return "$status"; }
        status=0
        while IFS= read -r line; do last; eval "$line"; status=$?; : >"$0"; done' "$work/.idle" <.to >.from 2>&1 3>&- 4<&- &
    terminal=$!
    # Open for reading, too: a write never meets a pipe that nobody reads.
    exec 3<>.to 4<.from
    rm -f .to .from
    later close_terminal
}

close_terminal() {
    [ -n "$terminal" ] || return 0
    exec 3>&- 4<&-
    [ -z "$inner" ] || kill -KILL "$inner" 2>/dev/null
    end "$terminal"
    terminal='' inner=''
}

# answer: what the second terminal prints, up to the end of the line that was typed there.
answer() {
    # shellcheck disable=SC2016 # for the other shell
    printf '%s\n' 'printf "\n@end %s\n" $?' >&3
    out='' status=127
    while IFS= read -r line <&4; do
        case $line in '@end '*) status=${line#@end }; break ;; esac
        out="$out$line
"
    done
    # The empty line before the mark, and the end of the last line.
    out=${out%?}
    case $out in *'
') out=${out%?} ;; esac
}

into() {
    [ -n "$terminal" ] || open_terminal
    set -- "$(adapted "$1")"
    prompt '$' "$1"
    rm -f "$work/.idle"
    printf '%s\n' "$1" >&3
    # Only when the shell there waits for it, which would read on by itself, or has waited in vain.
    await "[ -e $work/.idle ] || [ -n \"\$(children $terminal)\" ]" || :
    # A login shell takes the PATH of /etc/profile, in which the tools need not be.
    printf 'PATH="%s"\n' "$PATH" >&3
    answer
    shown "$out"
    inner=$terminal
    # The last one: xcgexec has a child before the program, which clears away after it.
    while next=$(children "$inner"); [ -n "$next" ]; do inner=${next##* }; done
    # Where none was started, what is to be typed into it would be done to this machine: the lesson is over.
    [ "$inner" != "$terminal" ] || { inner=''; no_shell; }
}

# no_shell: a failure, unless xnscheck says that this machine does not let the user make what the shell was to be in.
no_shell() {
    checked any >/dev/null
    reason=$(awk '
        $1 == "\"id\":" { asked = $2 ~ /^"(namespace-|mount-|user-chroot)/ && $2 !~ /namespaces-of-1/ }
        $1 == "\"result\":" { missing = $2 ~ /missing/ }
        asked && missing && ($1 == "\"cause\":" || $1 == "\"why\":") {
            sub(/^[^:]*: */, ""); sub(/,$/, "")
            if ($0 != "null") { gsub(/^"|"$/, ""); gsub(/\\"/, "\""); print; exit }
        }' "$work/.check")
    if [ -n "$reason" ]; then
        cannot "the shell of this lesson: $reason" "이 실습의 셸: xnscheck의 설명: $reason"
    else
        see 'there is a shell in it' '그 안에 셸이 있다' test -n "$inner"
    fi
    finish
}

within() {
    prompt '#' "$1"
    out=$(pick 'There is no shell.' '셸이 없다.') status=127
    if [ -n "$inner" ]; then
        printf '%s\n' "$1" >&3
        answer
    fi
    shown "$out"
}

leave() {
    prompt '#' exit
    [ -n "$inner" ] || return 0
    echo exit >&3
    await "[ -z \"\$(children $terminal)\" ]" || :
    inner=''
    answer
    shown "$out"
}

# Of the last command.
has() { printf '%s\n' "$out" | grep -Eq -e "$1"; }
lacks() { ! has "$1"; }
is() { [ "$out" = "$1" ]; }
ends() { [ "$status" -eq "$1" ]; }
# Of two values; of words.
same() { [ "$1" = "$2" ]; }
differ() { [ "$1" != "$2" ]; }
# between LOW HIGH VALUE: whole numbers.
between() { [ "$3" -ge "$1" ] && [ "$3" -le "$2" ]; }

see() {
    what=$(pick "$1" "$2")
    shift 2
    if "$@"; then
        n_seen=$((n_seen + 1))
        record seen "$what"
        printf '  %s%s%s %s\n' "$green" "$(pick 'seen:  ' '확인:  ')" "$plain" "$what"
        return
    fi
    n_failed=$((n_failed + 1))
    record failed "$what"
    printf '  %s%s%s %s\n' "$red" "$(pick 'FAILED:' '실패:  ')" "$plain" "$what"
    expected=$(pick 'expected:' '기대값:') found=$(pick 'seen:' '관찰값:')
    case $1 in
        same) printf '           %s %s\n           %s %s\n' "$expected" "$2" "$found" "$3" ;;
        between) printf '           %s %s..%s\n           %s %s\n' "$expected" "$2" "$3" "$found" "$4" ;;
        differ) printf '           %s != %s\n           %s %s\n' "$expected" "$2" "$found" "$3" ;;
        *)
            printf '           %s %s\n           %s (%s)\n' "$expected" "$*" "$found" "status $status"
            printf '%s\n' "$out" | sed 's/^/             /' ;;
    esac
}

cannot() {
    n_cannot=$((n_cannot + 1))
    what=$(pick "$1" "$2")
    record cannot "$what"
    printf '  %s %s\n' "$(pick 'cannot:' '불가:  ')" "$what"
}

# The row ID of xnscheck: its result, and why it is not ok.
checked() {
    [ -e "$work/.check" ] || xnscheck --json >"$work/.check" 2>/dev/null
    awk -v id="\"$1\"," '
        $1 == "\"id\":" { here = $2 == id }
        here && $1 == "\"result\":" { gsub(/[",]/, "", $2); print $2; ok = $2 == "ok" }
        here && ($1 == "\"cause\":" || $1 == "\"why\":") && !ok {
            sub(/^[^:]*: */, ""); sub(/,$/, "")
            if ($0 != "null") { gsub(/^"|"$/, ""); print }
        }' "$work/.check"
}

needs() {
    answered=$(checked "$1")
    case $answered in ok*) return 0 ;; esac
    reason=$(printf '%s\n' "$answered" | sed 1d)
    [ -n "$answered" ] || reason=$(pick 'xnscheck gives no answer' 'xnscheck가 답하지 않는다')
    cannot "$2: $reason" "$3: xnscheck의 설명: $reason"
    return 1
}

# rows [KIND]: what xlsns has printed, without headings and hints; of one kind.
rows() { printf '%s\n' "$out" | grep -E "^[^0-9]*[0-9]+ +${1:-[a-z]+} +[0-9]+ "; }

# column N: of the first line.
column() { awk -v n="$1" 'NR == 1 { print $n }'; }

has_program() { command -v "$1" >/dev/null 2>&1; }

# namespace KIND [PID]: the id of a namespace, as the kernel has it.
namespace() {
    id=$(readlink "/proc/${2:-$$}/ns/$1")
    id=${id#*\[}
    printf '%s' "${id%\]}"
}

# own_kinds PID: in which kinds this process differs from the shell of the lesson.
own_kinds() {
    own=''
    for kind in cgroup ipc mnt net pid time user uts; do
        [ "$(readlink "/proc/$$/ns/$kind")" = "$(readlink "/proc/$1/ns/$kind")" ] || own="$own $kind"
    done
    printf '%s' "${own# }"
}

# and_user KIND…: an ordinary user has a user namespace of their own besides.
and_user() {
    [ "$uid" = 0 ] || set -- "$@" user
    printf '%s\n' "$@" | sort | tr '\n' ' ' | sed 's/ $//'
}

# busybox_root: the directory box with a busybox in it, under the names of its commands, as the reader makes it.
busybox_root() {
    run 'mkdir -p box/bin box/dev box/proc box/tmp; cp "$(which busybox)" box/bin/busybox'
    run 'box/bin/busybox --install box/bin'
}

# Is there a busybox that can be a root file system by itself?
static_busybox() {
    if ! has_program busybox || busybox ldd "$(which busybox)" 2>/dev/null | grep -q '=>' ||
        { has_program ldd && ldd "$(which busybox)" 2>&1 | grep -q '=>'; }; then
        cannot "$1: there is no static busybox here (Debian: busybox-static)" "$2: 정적으로 링크된 busybox가 없다 (데비안 패키지: busybox-static)"
        return 1
    fi
}

clean_up() {
    code=$?
    trap '' HUP INT TERM
    trap - EXIT
    eval "$undo" >/dev/null 2>&1
    cd /
    rm -rf "$work"
    if [ -z "$ended" ]; then
        record failed "$(pick 'the lesson ended early' '실습이 중간에 끝났다')"
        [ "$code" -ne 0 ] || code=1
    fi
    exit "$code"
}

finish() {
    ended=yes
    printf '\n%s: %s\n' "$name" "$(pick "$n_seen seen, $n_failed failed, $n_cannot cannot be shown here" \
        "확인 $n_seen, 실패 $n_failed, 여기서 보여 줄 수 없음 $n_cannot")"
    [ "$n_failed" -eq 0 ]
    exit
}
