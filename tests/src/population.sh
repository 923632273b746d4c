# For populations (population.rs), by bash, as the first process of a PID namespace. Programs wait as sleeps.
mount -t tmpfs none /run
mkdir -p /run/netns /run/ns /run/pins
chmod 1777 /run/ns
mkfifo /run/pause
: > /run/variables
ip link set lo up
user='setpriv --reuid=54321 --regid=54321 --clear-groups'
waiting=0

# A moment, without a process.
pause() { read -rt 0.01 <> /run/pause || :; }

# say NAME VALUE: for the test, and for the shells that run its commands.
say() { printf '%s=%s\n' "$1" "$2" >> /run/variables; }

# into ARGV0 WORDS...: a process that WORDS put where it is to be. Its number, as it sees it, is in /run/ns.
into() {
    local name=$1
    shift
    "$@" bash -c 'echo $$ > /run/ns/'"$waiting"'; exec -a "$0" sleep 1000' "$name" &
    waiting=$((waiting + 1))
}

# hold WORDS...: the program `hold`, whose number is then in $held.
hold() {
    "$HOLD" "$@" > /run/held &
    held=$!
    until grep -qs ready /run/held; do pause; done
    rm /run/held
}

# Waits until all that were started have got there.
settle() {
    until [ "$(cat /proc/[0-9]*/comm 2> /dev/null | grep -cx sleep)" -eq $waiting ]; do pause; done
}

# pid N: of the N-th that was put somewhere.
pid() { cat "/run/ns/$1"; }

# ino FILE
ino() { stat -Lc %i "$1"; }

# pin FILE NAMESPACE: mounts it.
pin() {
    : > "$1"
    mount --bind "$2" "$1"
}

# end PID: waits for its end, too.
end() {
    kill -9 "$1"
    wait "$1" 2> /dev/null || :
}

# Lives as long as the test.
ready() {
    echo ready
    read -r _
}
