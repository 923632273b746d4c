//! What `lo` tells: who has switched it on, and that a namespace was made.

use crate::{LEFT, NEEDS, out};
use xns_tests::need;

/// `host` is a new network namespace in `xunshare -rmn`, as here: its `lo` is down, and is so again when the last pair has gone.
#[test]
fn the_hosts_lo_is_switched_on_and_off() {
    if !need("the_hosts_lo_is_switched_on_and_off", &NEEDS) {
        return;
    }
    let script = "lo() { ip -o link show lo | grep -o -e 'state [A-Z]*' -e 'alias .*' | tr '\\n' ' '; echo; }
        xnetns connect --dry-run host:10.0.0.1/24 A:10.0.0.2/24 | grep -e ' lo ' | grep -v -e '-n A'
        for end in A host -all; do
            xnetns connect host:10.0.0.1/24 A:10.0.0.2/24; xnetns connect --bridge br0 host:10.0.1.1/24 B:10.0.1.2/24
            ping -c 1 -W 1 127.0.0.1 >/dev/null && lo; xnetns disconnect B; lo; xnetns disconnect $end; lo; ls /run/netns
        done
        xnetns connect --bridge br0 host:10.0.1.1/24 B:10.0.1.2/24; ip netns del B
        while ip -o link show type veth | grep -q .; do sleep 0.01; done; xnetns disconnect -all; lo
        xnetns connect --bridge br0 B:10.0.1.2/24; lo; xnetns disconnect B
        ip link set lo up; xnetns connect host:10.0.0.1/24 A:10.0.0.2/24; lo; xnetns disconnect A; lo";
    let (on, off) = ("state UNKNOWN alias xnetns:up ", "state DOWN ");
    let round = format!("{on}\n{on}\n{off}\n");
    let after = format!("{off}\n{off}\nstate UNKNOWN \nstate UNKNOWN \n");
    let shown = out(script);
    // A namespace goes with what is named.
    let shown = shown.replace("A\n", "");
    assert_eq!(shown, format!("ip link set lo alias xnetns:up up\n{}{after}", round.repeat(3)));
}

/// From within: the namespace that connect made is not its own to remove, nor is `lo` switched off in it.
#[test]
fn a_namespace_is_not_undone_from_within() {
    if !need("a_namespace_is_not_undone_from_within", &NEEDS) {
        return;
    }
    let script = format!(
        "{LEFT} for who in host $$; do xnetns connect A:10.0.0.1/24 B:10.0.0.2/24
        ip netns exec A sh -c 'xnetns --hints=always disconnect '$(echo $who | sed 's/^[0-9].*/$$/') 2>&1 | grep -o 'is kept: .*'
        ip -n A -o link show lo | grep -o 'alias .*'; xnetns disconnect -all; left; done"
    );
    let round = "is kept: connect has made it, and it goes by its name (xnetns list)\nalias xnetns:made,up\n";
    assert_eq!(out(&script), round.repeat(2));
}

#[test]
fn a_mark_that_was_replaced_is_told() {
    if !need("a_mark_that_was_replaced_is_told", &NEEDS) {
        return;
    }
    let script = "xnetns connect host:10.0.0.9/24 A:10.0.0.1/24; ip -n A link set lo alias \"$(printf 'm\\033')\"; ip link set lo alias me
        xnetns --hints=always disconnect A 2>&1; ls /run/netns
        xnetns --hints=always disconnect A 2>&1 | head -1";
    assert_eq!(
        out(script),
        "xnetns: A is left, and lo on in it: lo has the alias m\\x1b, which is not connect's (xnetns del A)\n\
         xnetns: lo of host is left on: lo has the alias me, which is not connect's\n\
         A\n\
         xnetns: connect has made nothing in A\n"
    );
}

/// Such a file may be anybody's, also that of a `connect` that was killed.
#[test]
fn a_stale_name_is_told() {
    if !need("a_stale_name_is_told", &NEEDS) {
        return;
    }
    let script = "xnetns connect A:10.0.0.1/24 B:10.0.0.2/24; touch /run/netns/C; ln -s A /run/netns/D
        xnetns --hints=always disconnect -all 2>&1; ls /run/netns
        xnetns --hints=always disconnect -all 2>&1 | grep -e 'made nothing' -e '/C' -e try:";
    assert_eq!(
        out(script),
        "xnetns: C is left: no network namespace is bound to this name, which anybody may have made (xnetns del C)\n\
         C\nD\n\
         xnetns: connect has made nothing anywhere\n  \
           because: /run/netns/C is an empty file (statfs: no nsfs)\n  \
           try: xnetns del C && xnetns add C   (a new one of this name)\n"
    );
}
