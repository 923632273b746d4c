# shellcheck shell=sh disable=SC2154 # begin.sh sets xns and replace
# Scripts of Debian that call unshare, as they come in their packages, with ours in its place.
install libsubid4_*.deb uidmap_*.deb "$xns" "$replace"
replaced
useradd --system postgres
useradd --create-home --uid 1000 student
echo student:100000:65536 >/etc/subuid
echo student:100000:65536 >/etc/subgid
for package in autopkgtest postgresql-common; do
    dpkg-deb -x ${package}_*.deb /tmp/$package
done

# pg_virtualenv wraps itself in `unshare $PG_VIRTUALENV_UNSHARE -- $0 …`. With a server that is none: it is told of its network.
mkdir -p /usr/lib/postgresql/15/bin /tmp/bin
printf '#!/bin/sh\nexit 0\n' | tee /tmp/bin/pg_ctlcluster /tmp/bin/pg_dropcluster /tmp/bin/pg_lsclusters /tmp/bin/ip >/usr/lib/postgresql/15/bin/pg_ctl
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\nreadlink /proc/self/ns/net >/tmp/network\nexit 3\n' >/tmp/bin/pg_createcluster
chmod 755 /tmp/bin/* /usr/lib/postgresql/15/bin/pg_ctl
chmod 1777 /tmp
for option in -n -nim; do
    rm -f /tmp/network
    PATH=/tmp/bin:$PATH PG_VIRTUALENV_UNSHARE=$option bash /tmp/postgresql-common/usr/bin/pg_virtualenv true >/tmp/pg 2>&1 || :
    [ -s /tmp/network ] || { cat /tmp/pg >&2; fail "pg_virtualenv with $option did not come to its cluster"; }
    [ "$(cat /tmp/network)" != "$(readlink /proc/self/ns/net)" ] || fail "pg_virtualenv with $option has no network of its own"
done

# autopkgtest-virt-unshare: its own command lines, as the ordinary user whose it is.
mkdir -p /tmp/small/usr/bin /tmp/small/usr/lib /tmp/small/usr/lib64 /tmp/small/proc /tmp/small/tmp
ln -s usr/bin usr/lib usr/lib64 /tmp/small
for program in sh id cat hostname readlink ls; do
    cp -L "$(command -v $program)" /tmp/small/usr/bin/
    ldd "$(command -v $program)" | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "/tmp/small$(dirname "$library")" && cp -L "$library" "/tmp/small$library"
    done
done
tar -C /tmp/small -cf /tmp/small.tar .
cat >/tmp/as-student <<'END'
set -eu
rootdir=/tmp/student-root
mkdir "$rootdir"
# hook_open
unshare --map-auto --map-root-user sh -c "tar --exclude=./dev --directory $rootdir --extract --file /tmp/small.tar"
ours=$(readlink /proc/self/ns/uts)
seen=$(unshare --map-auto --map-root-user --user --mount -- \
    /tmp/autopkgtest/usr/share/autopkgtest/lib/unshare-helper "$rootdir" --bind /home /home -- \
    sh -c 'id -u; echo "$$"; readlink /proc/self/ns/uts; ls /home; test ! -e /debs && echo its own root')
# hook_cleanup
unshare --map-auto --map-root-user rm -rf "$rootdir"
[ ! -e "$rootdir" ]
set -- $seen
[ "$1 $2 $4 $5 $6 $7" = '0 1 student its own root' ] && [ "$3" != "$ours" ] || { echo "unshare-helper: $seen" >&2; exit 1; }
END
su student -c 'sh /tmp/as-student' || fail 'autopkgtest-virt-unshare'

# reprotest (build.py, domain_host): with sudo, a UTS namespace that is kept by a file, for the whole build; and without.
# (debootstrap names unshare, too, but never comes to it: it compares the system with `Linux`, and has it as `amd64`.)
touch /tmp/ns-uts
unshare --uts=/tmp/ns-uts true
nsenter --uts=/tmp/ns-uts hostname reprotest-capture-hostname
nsenter --uts=/tmp/ns-uts domainname reprotest-capture-domainname
same 'the host name kept by a file' "$(nsenter --uts=/tmp/ns-uts su student -c 'hostname; domainname' | xargs)" \
    'reprotest-capture-hostname reprotest-capture-domainname'
umount /tmp/ns-uts
# shellcheck disable=SC2016 # reprotest's own
su student -c 'unshare -r --uts sh -ec "hostname one
domainname \"two\"
\"\$@\"" - sh -c "hostname; domainname"' >/tmp/names || fail 'unshare -r --uts'
same 'the names in a user namespace' "$(xargs </tmp/names)" 'one two'
same 'the host name' "$(hostname | grep -c '^one$\|reprotest')" 0
echo 'the end'
