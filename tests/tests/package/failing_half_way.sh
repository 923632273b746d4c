# shellcheck shell=sh disable=SC2154 # begin.sh sets xns and replace
# Somebody else has put lsns aside: that is said, and all is as it was.
dpkg-divert --quiet --package other --rename --divert /usr/bin/lsns.other --add /usr/bin/lsns
ln -s lsns.other /usr/bin/lsns
picture >/tmp/before
install "$xns"
refused dpkg -i "$replace"
grep -q 'clashes with' /tmp/refused || { cat /tmp/refused >&2; fail 'the other diversion is not named'; }
dpkg -P xns-replace xns >/dev/null 2>&1
untouched
rm /usr/bin/lsns
dpkg-divert --quiet --package other --rename --remove /usr/bin/lsns
picture >/tmp/before

# dpkg refuses the package's files: one of them is another package's.
again "$replace" 9.1
ln -s unshare /tmp/again/usr/bin/xunshare
dpkg-deb -Znone -b /tmp/again clash.deb >/dev/null
again "$xns" 9.1
install xns_*-9.1.deb
refused dpkg -i clash.deb
grep -q 'trying to overwrite' /tmp/refused || { cat /tmp/refused >&2; fail 'no clash'; }
originals
dpkg -P xns >/dev/null
untouched

# Killed in the middle of its diversions: a second time it succeeds.
install "$xns"
dpkg-deb -R "$replace" /tmp/killed
# shellcheck disable=SC2016 # the script's own
sed -i 's|^ *divert "$file" "$aside"$|&; [ "$file" != /usr/bin/lsns ] \|\| kill -KILL "$PPID" "$$"|' /tmp/killed/DEBIAN/preinst
grep -q KILL /tmp/killed/DEBIAN/preinst || fail 'preinst was not changed'
dpkg-deb -Znone -b /tmp/killed killed.deb >/dev/null
refused dpkg -i killed.deb
begins unshare "$(unshare -V)" 'unshare from util-linux 2.38'
[ "$(dpkg-divert --list xns-replace | wc -l)" -gt 0 ] || fail 'it was not killed in the middle'
install "$replace"
replaced
dpkg -P xns-replace xns >/dev/null 2>&1
untouched
echo 'the end'
