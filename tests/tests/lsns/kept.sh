# Namespaces without a process: each is kept by one thing, and `say NAME` has its number.

# made NAME KIND WORDS...: a namespace of that kind, which WORDS make, and whose process ends as soon as HOLDER has it. The file
# of the namespace is $file for the function `$holder`.
made() {
    local name=$1 kind=$2 before=$waiting
    shift 2
    into "$name" "$@"
    local process=$!
    settle
    file=/proc/$(pid $before)/ns/$kind
    say "$name" "$(ino "$file")"
    $holder
    end $process
    waiting=$((waiting - 1))
}

# A sleep with this descriptor.
descriptor() {
    bash -c "exec -a holder sleep 1000 7< $file" &
    waiting=$((waiting + 1))
    settle
    say HOLDER_OF_$name $!
}

holder=descriptor
made FD_MNT mnt unshare -m
made FD_NET net unshare -n
made FD_IPC ipc unshare -i
made FD_UTS uts unshare -u
made FD_CGROUP cgroup unshare -C
made FD_USER user $user unshare -U

mounted() { pin "/run/pins/$name" "$file"; }
holder=mounted
made MOUNTED_NET net unshare -n
made MOUNTED_IPC ipc unshare -i

# One over the other, on the same file.
stacked() { [ -e /run/pins/stack ] || : > /run/pins/stack; mount --bind "$file" /run/pins/stack; }
holder=stacked
made BELOW uts unshare -u
made ABOVE net unshare -n

# Only where nobody else looks.
elsewhere() {
    unshare -m --propagation private bash -c "
        : > /run/pins/elsewhere; mount --bind $file /run/pins/elsewhere; exec -a elsewhere sleep 1000" &
    waiting=$((waiting + 1))
    settle
    say HOLDER_OF_$name $!
    say IN_MNT "$(ino /proc/$!/ns/mnt)"
}
holder=elsewhere
made ELSEWHERE uts unshare -u

# A socket stays in the network where it was made.
unshare -n bash -c 'ip link set lo up; exec 8<> /dev/udp/127.0.0.1/9; echo $(stat -Lc %i /proc/$$/ns/net) > /run/socket
    exec nsenter --net=/proc/1/ns/net sleep 1000' &
waiting=$((waiting + 1))
settle
say SOCKET "$(cat /run/socket)"
say HOLDER_OF_SOCKET $!

# A user namespace in which there is nothing but another one.
$user unshare -Ur bash -c 'stat -Lc %i /proc/$$/ns/user > /run/ns/parent; exec unshare -U sleep 1000' &
waiting=$((waiting + 1))
settle
say PARENT "$(cat /run/ns/parent)"
say CHILD "$(ino /proc/$!/ns/user)"

hold thread uts
for task in /proc/$held/task/*; do [ "$task" = "/proc/$held/task/$held" ] || thread=$task; done
say THREAD "$(ino "$thread/ns/uts")"
say TID "${thread##*/}"
say HOLDER_OF_THREAD $held

hold for-children
say TIME "$(ino /proc/$held/ns/time_for_children)"
say HOLDER_OF_TIME $held

# Its only process has ended, and there will be no other; the name of it is still there.
unshare -p bash -c '(:); exec sleep 1000' &
waiting=$((waiting + 1))
settle
say HOLDER_OF_PID $!
say PID "$(ino /proc/$!/ns/pid_for_children)"
