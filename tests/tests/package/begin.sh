# shellcheck shell=sh
# What every script of these tests begins with. It runs in the machine, as root.
set -eu
cd /debs
# Nothing here has to outlive a power cut.
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/quick
: "${xns:=$(echo xns_*.deb)}" "${replace:=$(echo xns-replace_*.deb)}"

fail() { echo "FAILED: $*" >&2; exit 1; }
# same WHAT IS WANTED
same() { [ "$2" = "$3" ] || fail "$1 is '$2' and not '$3'"; }
# begins WHAT IS WANTED
begins() { case $2 in "$3"*) ;; *) fail "$1 is '$2' and does not begin with '$3'" ;; esac; }
# refused COMMAND...
refused() { if "$@" >/tmp/refused 2>&1; then fail "$* succeeded"; fi; }
install() { dpkg -i "$@" >/tmp/dpkg 2>&1 || { cat /tmp/dpkg >&2; fail "dpkg -i $*"; }; }

# Every file with what is in it, and what is diverted.
picture() {
    find /usr /etc -xdev -type f -exec sha256sum {} + | sort -k 2
    find /usr /etc -xdev -type l -printf '%p -> %l\n' | sort
    find /usr /etc -xdev -type d | sort
    dpkg-divert --list | sort
}
# untouched: nothing has changed since the beginning.
untouched() {
    picture >/tmp/now
    diff /tmp/before /tmp/now >&2 || fail 'the machine is not as it was'
}
# replaced: the names are ours.
replaced() {
    for name in unshare nsenter lsns; do
        begins "$name" "$($name -V)" "$name from util-linux 2.43 (xns "
        begins "$name.util-linux" "$($name.util-linux -V)" "$name.util-linux from util-linux 2.38"
    done
    begins cgexec "$(cgexec -V)" 'cgexec from libcgroup 3.1 (xns '
    same 'the manual of unshare' "$(readlink -f /usr/share/man/man1/unshare.1.gz)" /usr/share/man/man1/xunshare.1.gz
    same 'the manual of lsns' "$(readlink -f /usr/share/man/man8/lsns.8.gz)" /usr/share/man/man8/xlsns.8.gz
    zcat /usr/share/man/man1/unshare.1.gz | grep -q XUNSHARE || fail 'the manual of unshare is not ours'
    same 'diversions' "$(dpkg-divert --list xns-replace | wc -l)" 8
    same "dpkg's list" "$(dpkg-divert --list | grep -c xns-replace)" 8
}
# originals: they are back.
originals() {
    for name in unshare nsenter lsns; do begins "$name" "$($name -V)" "$name from util-linux 2.38"; done
    dpkg -V util-linux || fail 'util-linux is not as installed'
    same 'diversions' "$(dpkg-divert --list xns-replace | wc -l)" 0
}
# again PACKAGE.deb VERSION [SCRIPT TEXT]: makes new.deb of it, with this version, and with this maintainer script.
again() {
    rm -rf /tmp/again && dpkg-deb -R "$1" /tmp/again
    sed -i "s/^Version: .*/Version: $2/; s/(= [^)]*)/(= $2)/" /tmp/again/DEBIAN/control
    if [ $# -gt 2 ]; then
        printf '%s\n' "$4" >"/tmp/again/DEBIAN/$3"
        chmod 755 "/tmp/again/DEBIAN/$3"
    fi
    dpkg-deb -Znone -b /tmp/again "$(basename "$1" .deb)-$2.deb" >/dev/null
}
picture >/tmp/before
