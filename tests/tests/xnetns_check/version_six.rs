//! What only version 6 of the internet protocol has.

use super::{trouble, try_all};

const SIX: (&str, &str) = ("RED fd00:7::2", "fd00:7::2");

#[test]
fn switched_off_or_without_an_address() {
    try_all(
        "switched_off_or_without_an_address",
        &[],
        &[
            trouble("six; set_in BLUE ipv6/conf/veth1/disable_ipv6 1", SIX, "XNS-N20-ipv6-off"),
            trouble("six; set_in RED ipv6/conf/all/disable_ipv6 1", SIX, "XNS-N20-ipv6-off"),
            trouble("six; ip -n BLUE link set veth1 mtu 1200", SIX, "XNS-N20-ipv6-off"),
            trouble("pair; set_in RED ipv6/conf/lo/disable_ipv6 1", ("RED ::1", "::1"), "XNS-N20-ipv6-off"),
            // The only addresses are of version 6, and are gone with it.
            trouble(
                "six_only; set_in BLUE ipv6/conf/all/disable_ipv6 1",
                ("RED BLUE", "fd00:7::2"),
                "XNS-N20-ipv6-off",
            ),
            trouble(
                "six_only; set_in RED ipv6/conf/veth0/disable_ipv6 1",
                ("RED BLUE", "fd00:7::2"),
                "XNS-N20-ipv6-off",
            ),
            trouble("pair", ("--ipv6 RED BLUE", "fd00::2"), "XNS-N05-no-address XNS-N05-no-address"),
        ],
    );
}

#[test]
fn addresses_of_two_and_rules() {
    try_all(
        "addresses_of_two_and_rules",
        &[],
        &[
            trouble(
                "six; ip -n RED address add fd00:7::9/64 dev veth0 nodad; ip -n RED address del fd00:7::1/64 dev veth0; \
                 ip -n RED address add fd00:7::2/64 dev veth0; sleep 3; ip -n RED address del fd00:7::9/64 dev veth0",
                SIX,
                "XNS-N12-duplicate",
            ),
            trouble("six; ip -n BLUE -6 rule add to fd00:7::1 blackhole", SIX, "XNS-N09-route-forbids"),
            trouble(
                "pair; set_in RED ipv6/conf/veth0/dad_transmits 3; ip -n RED address add fd00:7::1/64 dev veth0; \
                 ip -n BLUE address add fd00:7::2/64 dev veth1 nodad",
                SIX,
                "XNS-N19-tentative",
            ),
        ],
    );
}
