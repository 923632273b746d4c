# shellcheck shell=sh disable=SC2154 # begin.sh sets xns and replace
install "$xns" "$replace"
for version in 9.1 9.2; do
    again "$xns" $version
    again "$replace" $version
    install xns_*-$version.deb xns-replace_*-$version.deb
    replaced
    same 'the version' "$(dpkg-query -W -f '${Version}' xns-replace)" $version
done
# Back to the first.
install "$xns" "$replace"
replaced

# One that fails before it is unpacked leaves what there is.
again "$replace" 9.3 preinst '#!/bin/sh
exit 3'
refused dpkg -i xns-replace_*-9.3.deb
replaced
# One that fails when all is there is put right by the next.
again "$xns" 9.4
again "$replace" 9.4 postinst '#!/bin/sh
exit 3'
refused dpkg -i xns_*-9.4.deb xns-replace_*-9.4.deb
replaced
install "$xns" "$replace"
replaced
dpkg -P xns-replace xns >/dev/null 2>&1
untouched
echo 'the end'
