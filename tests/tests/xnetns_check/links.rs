//! Devices and addresses that look right, and rules that are not seen among the routes.

use super::{BEGIN, Trouble, run, trouble, try_all};
use xns_tests::{Need, Scene, need};

const PAIR: (&str, &str) = ("RED BLUE", "11.11.11.3");
const BRIDGED: (&str, &str) = ("RED BLUE", "10.1.0.2");

#[test]
fn rules_that_forbid() {
    try_all(
        "rules_that_forbid",
        &[],
        &[
            trouble("pair; ip -n RED rule add to 11.11.11.3 blackhole", PAIR, "XNS-N09-route-forbids"),
            trouble("pair; ip -n RED rule add to 11.11.11.3 prohibit", PAIR, "XNS-N09-route-forbids"),
            trouble("pair; ip -n BLUE rule add to 11.11.11.2 unreachable", PAIR, "XNS-N09-route-forbids"),
            trouble(
                "pair; ip -n RED route add blackhole 11.11.11.3 table 7; ip -n RED rule add to 11.11.11.3 lookup 7",
                PAIR,
                "XNS-N09-route-forbids",
            ),
            trouble(
                "router; ip -n RED route del default; ip -n RED address flush dev eth0; \
                 ip -n RED address add 10.5.0.1/32 dev eth0; ip -n R route add 10.5.0.1 dev rRED",
                ("RED BLUE", "10.2.0.1"),
                "XNS-E64-no-route",
            ),
        ],
    );
}

#[test]
fn devices_and_ports() {
    try_all(
        "devices_and_ports",
        &[Need::Program("bridge")],
        &[
            trouble("pair; ip -n RED link set veth0 arp off", PAIR, "XNS-N25-no-arp"),
            trouble("pair; ip -n BLUE link set veth1 arp off", PAIR, "XNS-N25-no-arp"),
            Trouble {
                is_silent: false,
                ..trouble("pair; ip -n RED address add 11.11.11.3/32 dev lo", PAIR, "XNS-N24-own-address")
            },
            trouble(
                "bridge; for n in RED BLUE; do ip netns exec SW bridge link set dev p$n isolated on; done",
                BRIDGED,
                "XNS-N21-isolated",
            ),
            trouble(
                "bridge; ip -n SW address add 10.1.0.254/24 dev pRED",
                ("RED SW", "10.1.0.254"),
                "XNS-N22-address-on-port",
            ),
            trouble(
                "bridge; ip -n SW link set pBLUE down; ip -n SW link set br0 type bridge forward_delay 200 stp_state 1; \
                 ip -n SW link set pBLUE up",
                BRIDGED,
                "XNS-N11-port-blocked",
            ),
        ],
    );
}

#[test]
fn a_tun_device_that_no_program_has_open() {
    let made_by = "for n in RED BLUE; do ip netns add $n; ip -n $n tuntap add t0 mode tun; ip -n $n link set t0 up; done; \
                   ip -n RED address add 10.0.0.1/24 dev t0; ip -n BLUE address add 10.0.0.2/24 dev t0";
    let all = [trouble(made_by, ("RED BLUE", "10.0.1.2"), "XNS-N04-no-carrier")];
    try_all("a_tun_device_that_no_program_has_open", &[Need::File("/dev/net/tun")], &all);
}

#[test]
fn addresses_of_many_and_narrow_devices() {
    if !need(
        "addresses_of_many_and_narrow_devices",
        &[Need::Root, Need::Program("ip"), Need::Program("ping")],
    ) {
        return;
    }
    let script = format!(
        "{BEGIN}\nsix; ip -n BLUE link set veth1 mtu 1400\n\
         for a in 11.11.11.255 11.11.11.0 224.0.0.1 fd00:7:: ff02::1; do xnetns check RED $a > out || :; \
         sed -n 's/^cause.\\(.*\\)\\]:.*/\\1/p' out; sed -n '/^cause/,$ {{ s/^  try: //p; }}' out | sed 's/   (.*)$//;q' > cure; \
         sh -e cure > /dev/null; done; xnetns check RED BLUE"
    );
    let done = run(&Scene::new(), &script, [("a", ""), ("b", ""), ("c", "")]);
    assert!(done.stdout.starts_with(&"XNS-N23-of-many\n".repeat(5)), "{done:?}");
    let remark = "remark[XNS-N26-mtu]: veth0 in RED sends packets of up to 1500 bytes, veth1 in BLUE takes none of more than 1400";
    assert!(done.stdout.contains(remark), "{done:?}");
    assert!(
        done.stdout.contains("RED to BLUE (11.11.11.3): no cause found but what the remarks say"),
        "{done:?}"
    );
    assert_eq!(done.status, Some(0));
}
