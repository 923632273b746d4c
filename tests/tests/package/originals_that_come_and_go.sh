# shellcheck shell=sh disable=SC2154 # begin.sh sets xns and replace
# cgroup-tools comes after ours, and goes aside.
[ ! -e /usr/bin/cgexec ] || fail 'cgexec is there already'
install "$xns" "$replace"
install libcgroup2_*.deb cgroup-tools_*.deb
replaced
[ -x /usr/bin/cgexec.libcgroup ] || fail 'no cgexec.libcgroup'
begins "the original's complaint" "$(cgexec.libcgroup 2>&1 || :)" 'Wrong input parameters'
dpkg -V cgroup-tools || fail 'cgroup-tools is not as installed'

# It goes, and ours stays; it comes again.
dpkg -P cgroup-tools >/dev/null
replaced
[ ! -e /usr/bin/cgexec.libcgroup ] || fail 'cgexec.libcgroup has stayed'
install cgroup-tools_*.deb

# util-linux is installed anew, as for an update.
install util-linux_*.deb
replaced

dpkg -r xns-replace >/dev/null
originals
[ ! -e /usr/bin/cgexec.libcgroup ] || fail 'cgexec.libcgroup has stayed'
dpkg -V cgroup-tools || fail 'cgroup-tools is not as installed'
zcat /usr/share/man/man1/cgexec.1.gz | grep -qi libcgroup || fail 'the manual of cgexec is not the original'

# The other way round: it is there when ours comes.
install "$replace"
replaced
dpkg -P xns-replace xns >/dev/null 2>&1
originals
dpkg -V cgroup-tools || fail 'cgroup-tools is not as installed'
dpkg -P cgroup-tools libcgroup2 >/dev/null 2>&1
untouched
echo 'the end'
