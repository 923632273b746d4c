# What --detail says of mounts that are not seen whole, of a process that has ended, of a clock that is behind, and of veths.

mkdir -p /run/box /run/jail
# Its process ends when somebody else has it.
keep() {
    local process=$1
    bash -c "exec sleep 1000 7< /proc/$process/ns/mnt" &
    waiting=$((waiting + 1))
    settle
    end "$process"
    waiting=$((waiting - 1))
}
into gone unshare -m --propagation private bash -c 'mount --bind /run/box /srv; mount -t tmpfs a /mnt; mount -t tmpfs b /mnt; exec "$@"' sh
settle
say GONE "$(ino "/proc/$!/ns/mnt")"
keep $!

# An ordinary user has a descriptor of one of root's, and a process in another.
unshare -m bash -c "exec 7< /proc/self/ns/mnt; stat -Lc %i /proc/self/ns/mnt > /run/ns/of_user
    exec nsenter --mount=/proc/1/ns/mnt $user sleep 1000" &
waiting=$((waiting + 1))
settle
say OF_USER "$(cat /run/ns/of_user)"
into mine unshare -m $user
settle
say MINE "$(ino "/proc/$!/ns/mnt")"

# In its jail everything is there once more.
into jail unshare -m --propagation private bash -c 'mount --rbind / /run/jail; exec chroot /run/jail "$@"' sh
settle
say JAIL $!
say JAIL_MNT "$(ino "/proc/$!/ns/mnt")"

# A process whose parent does not ask how it ended; a shell would.
bash -c '(until read -r name < /proc/$$/comm && [ "$name" = sleep ]; do :; done) &
    echo $! > /run/ns/zombie; exec sleep 1000' &
waiting=$((waiting + 1))
settle
zombie=$(cat /run/ns/zombie)
until grep -qs '^State:.Z' "/proc/$zombie/status"; do pause; done
say ZOMBIE "$zombie"

into behind unshare -Tf --monotonic -5 --boottime 7
settle
say BEHIND "$(pid $((waiting - 1)))"

for net in red blue far; do ip netns add $net; done
ip link add r netns red type veth peer name b netns blue
ip link add f netns red type veth peer name g netns far
ip link add in netns red type veth peer name side netns red
into blue nsenter --net=/run/netns/blue
# Where that is mounted nobody looks.
into far unshare -m --propagation private
settle
say IN_BLUE "$(pid $((waiting - 2)))"
umount /run/netns/far
say RED "$(ino /run/netns/red)"
say BLUE "$(ino /run/netns/blue)"
