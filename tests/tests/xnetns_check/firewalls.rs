//! What firewalls drop: at the ends, where packets pass through, on bridges and single devices.

use super::{Trouble, trouble, try_all};
use xns_tests::{Need, need};

const PAIR: (&str, &str) = ("RED BLUE", "11.11.11.3");
const BRIDGED: (&str, &str) = ("RED BLUE", "10.1.0.2");
const ROUTED: (&str, &str) = ("RED BLUE", "10.2.0.1");

#[test]
fn policies_and_rules_of_nft() {
    try_all(
        "policies_and_rules_of_nft",
        &[Need::Program("nft")],
        &[
            trouble("router; drops R ip forward", ROUTED, "XNS-E63-forward-drop"),
            trouble("bridge; drops SW bridge forward", BRIDGED, "XNS-E63-bridge-drop"),
            trouble(
                "bridge; nft_in SW add table bridge f; nft_in SW add chain bridge f c '{ type filter hook forward priority 0; }'; \
                 nft_in SW add rule bridge f c iifname pRED ip protocol icmp drop",
                BRIDGED,
                "XNS-E63-bridge-drop",
            ),
            trouble("pair; drops BLUE inet input", PAIR, "XNS-E63-end-drop"),
            trouble("pair; drops RED ip output", PAIR, "XNS-E63-end-drop"),
            trouble("pair; drops RED arp input", PAIR, "XNS-E63-arp-drop"),
            trouble("pair; drops BLUE netdev 'ingress device veth1'", PAIR, "XNS-E63-device-drop"),
            // What one rule lets pass, and what is for others.
            Trouble {
                is_silent: false,
                ..trouble(
                    "pair; drops BLUE ip input; nft_in BLUE add rule ip f c ip saddr 11.11.11.0/24 accept; \
                     drops BLUE ip6 input",
                    PAIR,
                    "",
                )
            },
        ],
    );
}

#[test]
fn a_bridge_that_asks_iptables() {
    if need("a_bridge_that_asks_iptables", &[Need::File("/proc/sys/net/bridge")]) {
        let made_by = "bridge; drops SW ip forward; set_in SW bridge/bridge-nf-call-iptables 1";
        let all = [trouble(made_by, BRIDGED, "XNS-E63-bridge-filter")];
        try_all("a_bridge_that_asks_iptables", &[Need::Program("nft")], &all);
    }
}

#[test]
fn rules_of_iptables() {
    try_all(
        "rules_of_iptables",
        &[Need::Program("nft"), Need::Program("iptables"), Need::Program("iptables-legacy")],
        &[
            trouble("pair; ip netns exec BLUE iptables -P INPUT DROP", PAIR, "XNS-E63-end-drop"),
            trouble(
                "pair; ip netns exec BLUE iptables-legacy -A INPUT -p icmp -j DROP",
                PAIR,
                "XNS-E63-end-drop",
            ),
            trouble("pair; ip netns exec RED iptables-legacy -P OUTPUT DROP", PAIR, "XNS-E63-end-drop"),
            // The answer goes to who masquerades: BLUE needs no way to RED.
            Trouble {
                is_silent: false,
                ..trouble(
                    "router; ip -n BLUE route del default; ip netns exec R iptables -t nat -A POSTROUTING -o rBLUE -j MASQUERADE",
                    ROUTED,
                    "",
                )
            },
            // What is behind who sends it elsewhere is not known: that nobody has the address is no cause.
            Trouble {
                is_silent: false,
                ..trouble(
                    "router; ip netns exec R iptables -t nat -A PREROUTING -d 10.9.9.9 -j DNAT --to-destination 10.2.0.1",
                    ("RED 10.9.9.9", "10.9.9.9"),
                    "",
                )
            },
        ],
    );
}
