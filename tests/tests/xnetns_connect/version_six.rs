//! Addresses of version 6: used at once where all who are on the link are named.

use crate::{NEEDS, inside, out};
use xns_tests::need;

#[test]
fn the_first_ping_is_answered() {
    if !need("the_first_ping_is_answered", &NEEDS) {
        return;
    }
    // Before Linux 6.8 the kernel may take a second to see that a device is up.
    let patience = "case $(uname -r) in [1-5].*|6.[0-7].*) w=3;; *) w=1;; esac";
    // Without a wait, or with duplicates looked for, none of ten is. On a bridge one in some hundreds is lost on a busy machine, nobody
    // knows where.
    for (words, from, least) in [
        ("A:fd00::1/64 B:fd00::2/64", "xnetns exec A", 10),
        ("host:fd00::1/64 B:fd00::2/64", "", 10),
        ("--bridge br0 host:fd00::1/64 A:fd00::3/64 B:fd00::2/64", "xnetns exec A", 8),
    ] {
        let script = format!(
            "{patience}; for i in 1 2 3 4 5 6 7 8 9 10; do xnetns connect {words}
            {from} ping -6 -c 1 -W $w fd00::2 >/dev/null && echo heard; xnetns disconnect -all; done"
        );
        let heard = out(&script).lines().filter(|line| *line == "heard").count();
        assert!(heard >= least, "{words}: {heard} of 10");
    }
}

/// Who else is on a bridge that is there, nobody can tell: the kernel asks, and that is told.
#[test]
fn others_on_a_bridge_are_asked() {
    if !need("others_on_a_bridge_are_asked", &NEEDS) {
        return;
    }
    let done = inside(
        "ip link add br0 type bridge
        xnetns connect --bridge br0 A:fd00::1/64 --dry-run
        xnetns connect --hints=always --bridge br0 A:fd00::1/64; xnetns connect --bridge br1 B:fd00::1/64 --dry-run",
    );
    assert!(done.stderr.contains("the kernel asks on br0 whether others have these addresses"), "{done:?}");
    assert!(done.stdout.contains("ip -n A addr add fd00::1/64 dev veth0\n"), "{done:?}");
    assert!(done.stdout.contains("ip -n B addr add fd00::1/64 dev veth0 nodad\n"), "{done:?}");
}
