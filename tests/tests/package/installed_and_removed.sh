# shellcheck shell=sh disable=SC2154 # begin.sh sets xns and replace
install "$xns"
originals
same 'what xns needs' "$(dpkg-query -W -f '${Depends}' xns)" ''
for tool in xunshare xnsenter xlsns xcgexec xcgroup xnetns xnscheck; do
    $tool --version >/dev/null || fail "$tool"
    [ "$(find /usr/share/man -name "$tool.[18].gz" | wc -l)" = 1 ] || fail "no manual of $tool"
    [ -s "/usr/share/bash-completion/completions/$tool" ] || fail "no completion of $tool"
done
grep -q 'License: Apache-2.0' /usr/share/doc/xns/copyright && grep -q 'License: MIT' /usr/share/doc/xns/copyright
same 'files that are not of root' "$(dpkg -L xns | xargs stat -c '%u:%g' | sort -u)" 0:0

# Without the tools nothing is put aside.
dpkg -P xns >/dev/null
! dpkg -i "$replace" >/dev/null 2>&1 || fail 'xns-replace without xns'
originals
dpkg -P xns-replace >/dev/null 2>&1
install "$xns"
install "$replace"
replaced
dpkg -V xns xns-replace || fail 'ours is not as installed'
# dpkg knows where the originals are.
dpkg -V util-linux || fail 'util-linux is not as installed'
same 'the package of unshare' "$(dpkg -S /usr/bin/unshare | grep -v ^diversion)" 'util-linux, xns-replace: /usr/bin/unshare'

dpkg -r xns-replace >/dev/null
originals
dpkg -P xns xns-replace >/dev/null 2>&1
untouched
# Together, and in one removal.
install "$xns" "$replace"
replaced
dpkg -P xns xns-replace >/dev/null 2>&1
untouched
echo 'the end'
