# Processes in namespaces of every kind, with names that are hard to print. Each namespace has a process.
into plain env
into 'uts one' unshare -u
into 'uts two' unshare -u
into ipc unshare -i
into net-a unshare -n
into net-b unshare -n
into net-c unshare -n
into mnt unshare -m
into cgroup unshare -C
into time unshare -T -f
into pid unshare -pf
into pids unshare -pf unshare -pf
into proc unshare -Urpf --mount-proc
into everything unshare -muinpCUrf --mount-proc
into user $user unshare -U
into root $user unshare -Urn
into nested $user unshare -Urf unshare -Un
into '  blanks  ' unshare -u
into $'new\nline' unshare -u
into $'esc\e[31mred\t\x01' unshare -u
into 'a) S 1 (b' unshare -u
into 'back\slash \x41 \x' unshare -u
into 'quote" '"'" unshare -u
into $'n\xc3\xa4me \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80' unshare -u
into $'zero\xe2\x80\x8bwidth co\xcc\x88mbining' unshare -u
into '' unshare -u
into "$(printf '%09000d' 0)" unshare -u
into "$(printf 'long %0180d end' 7)" unshare -i
settle
# One that has ended, and is in no namespace but those of users and PIDs any more. A shell would wait for it.
bash -c '(until grep -qx sleep /proc/$$/comm; do :; done; printf "zo m) b" > /proc/$BASHPID/comm) & exec sleep 1000' &
until grep -qs '^State:.Z' /proc/[0-9]*/status; do pause; done
say CGROUP "$(ino /proc/self/ns/cgroup)"
say UTS "$(ino "/proc/$(pid 1)/ns/uts")"
say NET "$(ino "/proc/$(pid 4)/ns/net")"
say PIDNS "$(ino /proc/self/ns/pid)"
say P "$(pid 1)"
say U "$(pid 14)"
say N "$(pid 15)"
say E "$(pgrep -f '^unshare -muinpCUrf')"
say I "$(pgrep -f '^everything')"
if [ "$1" = mounted ]; then
    for name in a a2 'bl ank' $'na\xc3\xafve'; do pin "/run/netns/$name" "/proc/$(pid 4)/ns/net"; done
    pin /run/netns/b "/proc/$(pid 5)/ns/net"
    pin /run/pins/uts "/proc/$(pid 1)/ns/uts"
    ip netns set a 77
fi
