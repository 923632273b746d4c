#!/bin/sh
# container.sh [--dry-run] ROOT PROGRAM…: a container by hand.
# --dry-run shows the steps, and takes none.
# shellcheck disable=SC2086 # words
set -eu
dry=''; if [ "${1-}" = --dry-run ]; then dry=$1; shift; fi
: "${2?usage: container.sh [--dry-run] ROOT PROGRAM…}"
root=$1; shift
# Limits. (LIMITS=none: for who may make no control groups.)
limits='xcgexec --memory 64M --cpu 50% --pids 50'
if [ "${LIMITS-}" = none ]; then limits=''; fi
# Its own: host name, shared memory, PIDs, control groups, root.
own='xunshare -muipCf --hostname box --mount-proc'
own="$own --dev /dev --tmpfs /tmp"
set -- --pivot-root "$root" "$@"
# And a network: the namespace box, with a device to the host.
xnetns connect $dry host:10.9.8.1/24 box:10.9.8.2/24
if [ -n "$dry" ]; then
    [ -z "$limits" ] || $limits --dry-run $own "$@"
    exec $own --dry-run "$@"
fi
trap 'xnetns --quiet disconnect host box' EXIT
trap 'exit 1' HUP INT TERM
xnetns exec box $limits $own "$@"
