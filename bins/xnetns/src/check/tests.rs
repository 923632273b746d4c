//! Each cause from what was read, without a kernel.

use super::filter::{Filter, as_nft_lists};
use super::recorded::{Recorded, address, route};
use xns_net::{Address, Bridge, Neighbour, Route, Rule};

/// RED and BLUE of the notes.
fn pair() -> (Recorded, [u32; 2]) {
    let mut world = Recorded::default();
    let (red, blue) = (world.space("RED"), world.space("BLUE"));
    let ends = world.pair((red, "veth0", &["11.11.11.2/24"]), (blue, "veth1", &["11.11.11.3/24"]));
    (world, ends)
}

/// RED and BLUE with R between them.
fn routed() -> Recorded {
    let mut world = Recorded::default();
    let [red, blue, r] = ["RED", "BLUE", "R"].map(|name| world.space(name));
    let [one, _] = world.pair((red, "eth0", &["10.1.0.1/24"]), (r, "r1", &["10.1.0.254/24"]));
    let [two, _] = world.pair((blue, "eth0", &["10.2.0.1/24"]), (r, "r2", &["10.2.0.254/24"]));
    world.default_route(red, "10.1.0.254", one);
    world.default_route(blue, "10.2.0.254", two);
    world
}

/// RED and BLUE at a bridge of SW.
fn bridged() -> Recorded {
    let mut world = Recorded::default();
    let [red, blue, sw] = ["RED", "BLUE", "SW"].map(|name| world.space(name));
    let bridge = world.device(sw, "br0", "bridge", &[]);
    for (space, port, ip) in [(red, "p1", "10.0.0.1/24"), (blue, "p2", "10.0.0.2/24")] {
        let [_, port] = world.pair((space, "eth0", &[ip]), (sw, port, &[]));
        let port = world.interface(sw, port);
        (port.master, port.port_state) = (Some(bridge), Some(3));
    }
    world
}

fn cure(world: &Recorded, to: &str) -> String {
    let found = world.find(0, Some(to));
    found.causes.first().unwrap().cures.first().unwrap().action.clone()
}

#[test]
fn nothing_is_wrong() {
    for (world, to) in
        [(pair().0, "BLUE"), (pair().0, "11.11.11.3"), (routed(), "10.2.0.1"), (bridged(), "BLUE")]
    {
        let found = world.find(0, Some(to));
        assert_eq!((found.causes.as_slice(), found.remarks.as_slice()), (&[][..], &[][..]), "{to}");
        assert_eq!(found.ways.len(), 2);
    }
    assert_eq!(pair().0.ids(0, None), Vec::<&str>::new());
}

#[test]
fn lo_and_no_device() {
    let (mut world, _) = pair();
    world.down(0, 1);
    assert_eq!(world.ids(0, None), ["XNS-E62-lo-down"]);
    assert_eq!(world.ids(0, Some("127.0.0.1")), ["XNS-E62-lo-down"]);
    assert_eq!(world.ids(0, Some("BLUE")), Vec::<&str>::new());
    assert_eq!(world.find(0, Some("BLUE")).remarks[0].id, "XNS-E62-lo-down");
    let mut empty = Recorded::default();
    empty.space("RED");
    empty.space("BLUE");
    assert_eq!(empty.ids(0, Some("BLUE")), ["XNS-N01-no-device"]);
    assert_eq!(cure(&empty, "BLUE"), "xnetns connect RED:10.0.0.1/24 BLUE:10.0.0.2/24");
}

#[test]
fn devices_that_are_down_at_either_end() {
    let (mut world, [one, two]) = pair();
    world.down(1, two);
    world.interface(0, one).flags = 1;
    let found = world.find(0, Some("BLUE"));
    assert_eq!(found.causes[0].id, "XNS-N03-device-down");
    assert_eq!(found.causes[0].cause, "veth1 in BLUE is down");
    assert_eq!(
        found.causes[0].because,
        ["ip -n BLUE link show veth1: state DOWN", "ip -n RED link show veth0: NO-CARRIER, its other end"]
    );
    assert_eq!(found.causes[0].cures[0].action, "xnetns -n BLUE link set veth1 up");
    world.down(0, one);
    assert_eq!(world.ids(0, Some("11.11.11.3")), ["XNS-N03-device-down"; 2]);
    assert_eq!(world.ids(0, None), ["XNS-N03-device-down"; 2]);
    let (mut world, [one, _]) = pair();
    world.interface(0, one).flags = 1;
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N04-no-carrier"]);
}

#[test]
fn addresses_none_alone_elsewhere_twice() {
    let (mut world, [one, two]) = pair();
    world.interface(0, one).addresses.clear();
    world.contents(0).routes.clear();
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N05-no-address"]);
    assert_eq!(cure(&world, "BLUE"), "xnetns -n RED address add 11.11.11.1/24 dev veth0");
    world.interface(0, one).addresses.push(address("11.11.11.2/32"));
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N06-no-network"]);
    assert_eq!(world.ids(0, None), ["XNS-N06-no-network"]);
    world.interface(0, one).addresses = vec![address("10.9.9.2/24")];
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N07-other-network"; 2]);
    assert_eq!(cure(&world, "BLUE"), "xnetns -n RED route add 11.11.11.3 dev veth0");
    let (mut world, _) = pair();
    world.interface(1, two).addresses = vec![address("11.11.11.2/24")];
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N12-duplicate"]);
    let (mut world, _) = pair();
    world.interface(1, two).addresses[0].flags |= Address::TENTATIVE;
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N19-tentative"]);
    world.interface(0, one).addresses[0].flags |= Address::DUPLICATE;
    assert_eq!(world.ids(0, Some("BLUE"))[0], "XNS-N12-duplicate");
    assert_eq!(world.ids(0, Some("11.11.11.9")), ["XNS-N16-nobody"]);
}

#[test]
fn routes_that_are_missing_forbid_or_lead_elsewhere() {
    let (mut world, [one, _]) = pair();
    world.contents(0).routes.clear();
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E64-no-route"]);
    assert_eq!(cure(&world, "BLUE"), "xnetns -n RED route add 11.11.11.0/24 dev veth0");
    let host = Some(("11.11.11.3".parse().unwrap(), 32));
    world.contents(0).routes.push(Route { kind: 7, ..route(host, None, one, None) });
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N09-route-forbids"]);
    let (mut world, _) = pair();
    let other = world.space("X");
    let [wrong, _] = world.pair((0, "w", &[]), (other, "x", &[]));
    world.contents(0).routes.push(route(host, None, wrong, None));
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N10-other-device"]);
    let mut world = routed();
    world.contents(0).routes.pop();
    world.contents(1).routes.pop();
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E64-no-route"; 2]);
    assert_eq!(cure(&world, "10.2.0.1"), "xnetns -n RED route add default via 10.1.0.254");
}

#[test]
fn a_router_that_passes_nothing_on() {
    let mut world = routed();
    let r = 2;
    world.settings = vec![(r, "ipv4/conf/r1/forwarding", "0"), (r, "ipv4/ip_forward", "1")];
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E64-forwarding"]);
    assert_eq!(cure(&world, "BLUE"), "xnetns exec R sh -c 'echo 1 > /proc/sys/net/ipv4/conf/r1/forwarding'");
    world.settings = vec![
        (r, "ipv4/conf/r1/forwarding", "0"),
        (r, "ipv4/conf/r2/forwarding", "0"),
        (r, "ipv4/ip_forward", "0"),
    ];
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E64-forwarding"]);
    world.settings.clear();
    let filter = |family: &str, hook: &str, policy: &str, rule: &str| {
        as_nft_lists(&format!(
            "table {family} f {{\nchain c {{\ntype filter hook {hook} priority 0; policy {policy};\n{rule}\n}}\n}}\n"
        ))
    };
    for (at, family, hook, policy, rule, ids) in [
        (r, "ip", "forward", "drop", "", &["XNS-E63-forward-drop"][..]),
        (r, "inet", "forward", "accept", "drop", &["XNS-E63-forward-drop"]),
        (r, "ip", "forward", "drop", "accept", &[]),
        (r, "ip", "input", "drop", "", &[]),
        (r, "ip6", "forward", "drop", "", &[]),
        (r, "bridge", "forward", "drop", "", &[]),
        (0, "ip", "output", "drop", "", &["XNS-E63-end-drop"]),
        (1, "ip", "input", "drop", "", &["XNS-E63-end-drop"]),
        (0, "ip", "input", "drop", "", &["XNS-E63-end-drop"]),
        (0, "ip", "input", "drop", "ct state established accept", &[]),
        (1, "netdev", "ingress device \"eth0\"", "drop", "", &["XNS-E63-device-drop"]),
        (1, "arp", "input", "drop", "", &["XNS-E63-arp-drop"]),
    ] {
        world.filter = Some((at, filter(family, hook, policy, rule)));
        assert_eq!(world.ids(0, Some("BLUE")), ids, "{at} {family} {hook} {policy} {rule}");
    }
    world.filter = Some((r, filter("ip", "forward", "drop", "ct mark 0x1 accept")));
    let found = world.find(0, Some("BLUE"));
    assert_eq!((found.causes.len(), found.remarks[0].id), (0, "XNS-E63-forward-drop"));
    assert_eq!(
        found.remarks[0].because,
        ["xnetns exec R nft list ruleset: table ip f, chain c: policy drop"]
    );
    world.filter = Some((r, Filter::Unknown("no nft".into())));
    assert_eq!(world.find(0, Some("BLUE")).remarks[0].id, "XNS-E63-unknown-filter");
}

#[test]
fn an_answer_goes_to_who_masquerades() {
    let mut world = routed();
    world.contents(1).routes.retain(|route| route.destination.is_some());
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E64-no-route"]);
    let nat = |rule: &str| {
        let chain = format!("chain c {{\ntype nat hook postrouting priority 0; policy accept;\n{rule}\n}}");
        Some((2, as_nft_lists(&format!("table ip n {{\n{chain}\n}}\n"))))
    };
    world.filter = nat("oifname \"r2\" masquerade");
    let found = world.find(0, Some("BLUE"));
    assert_eq!((found.causes.as_slice(), found.remarks.as_slice(), found.ways.len()), (&[][..], &[][..], 3));
    world.filter = nat("oifname \"r1\" masquerade");
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E64-no-route"]);
    world.filter = nat("ip saddr 10.1.0.0/24 snat to 10.2.0.77");
    let found = world.find(0, Some("BLUE"));
    assert_eq!((found.causes.len(), found.remarks[0].id), (0, "XNS-N28-renamed"));
}

#[test]
fn who_redirects_is_not_looked_behind() {
    let mut world = routed();
    assert_eq!(world.ids(0, Some("10.9.9.9")), ["XNS-E64-no-route"]);
    let chain = "chain c {\ntype nat hook prerouting priority 0; policy accept;\nip daddr 10.9.9.9 dnat to 10.2.0.1\n}";
    world.filter = Some((2, as_nft_lists(&format!("table ip n {{\n{chain}\n}}\n"))));
    let found = world.find(0, Some("10.9.9.9"));
    assert_eq!((found.causes.len(), found.remarks[0].id), (0, "XNS-N28-renamed"));
    assert_eq!(world.find(0, Some("BLUE")).remarks.len(), 0);
}

#[test]
fn devices_that_look_right() {
    const NOARP: u32 = 0x80;
    let (mut world, [one, two]) = pair();
    world.interface(0, one).flags |= NOARP;
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N25-no-arp"]);
    assert_eq!(cure(&world, "BLUE"), "xnetns -n RED link set veth0 arp on");
    let ip = "11.11.11.3".parse().unwrap();
    world.neighbours = vec![Neighbour {
        ip,
        device: one,
        state: Neighbour::PERMANENT,
        hardware: vec![2, 0, 0, 0, 1, u8::try_from(two).unwrap()],
    }];
    assert!(!world.ids(0, Some("BLUE")).contains(&"XNS-N14-wrong-neighbour"));
    let (mut world, [one, two]) = pair();
    (world.interface(0, one).mtu, world.interface(1, two).mtu) = (1500, 576);
    let found = world.find(0, Some("BLUE"));
    assert_eq!((found.causes.len(), found.remarks[0].id), (0, "XNS-N26-mtu"));
    let (mut world, _) = pair();
    world.interface(0, 1).addresses.push(address("11.11.11.3/32"));
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N24-own-address"]);
    assert_eq!(world.find(0, Some("11.11.11.3")).remarks[0].id, "XNS-N24-own-address");
    let mut world = bridged();
    for port in [3, 4] {
        world.interface(2, port).is_isolated = true;
    }
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N21-isolated"]);
    world.interface(2, 3).is_isolated = false;
    world.interface(2, 2).bridge = Some(Bridge { is_vlan_filtering: true, ..Bridge::default() });
    let found = world.find(0, Some("BLUE"));
    assert_eq!((found.causes.len(), found.remarks[0].id), (0, "XNS-N27-vlan"));
    world.interface(2, 3).addresses.push(address("10.0.0.254/24"));
    assert_eq!(world.ids(0, Some("SW")), ["XNS-N22-address-on-port"]);
}

#[test]
fn version_six_and_rules() {
    let (mut world, [one, two]) = pair();
    let refused = |world: &Recorded, to: &str| world.ids(0, Some(to));
    world.settings = vec![(1, "ipv6/conf/veth1/disable_ipv6", "1")];
    assert_eq!(refused(&world, "fd00:7::2"), ["XNS-N05-no-address"]);
    assert_eq!(cure(&world, "fd00:7::2"), "xnetns -n RED address add fd00::1/64 dev veth0");
    world.interface(0, one).addresses.push(address("fd00:7::1/64"));
    let network = Some(("fd00:7::".parse().unwrap(), 64));
    world.contents(0).routes.push(route(network, None, one, None));
    assert_eq!(refused(&world, "fd00:7::2"), ["XNS-N20-ipv6-off"]);
    assert_eq!(refused(&world, "fd00:7::"), ["XNS-N23-of-many"]);
    assert_eq!(refused(&world, "ff02::1"), ["XNS-N23-of-many"]);
    world.settings.clear();
    world.interface(1, two).mtu = 1200;
    assert_eq!(refused(&world, "fd00:7::2"), ["XNS-N20-ipv6-off"]);
    let (mut world, [one, _]) = pair();
    let host = Some(("11.11.11.3".parse().unwrap(), 32));
    for action in [6, 7, 8] {
        world.rules = vec![Rule { priority: 9, action, to: host, ..Rule::default() }];
        assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N09-route-forbids"]);
        assert_eq!(cure(&world, "BLUE"), "ip -n RED rule del pref 9");
    }
    world.rules.clear();
    world.contents(0).routes.push(Route { kind: 6, table: 7, ..route(host, None, one, None) });
    assert_eq!(cure(&world, "BLUE"), "xnetns -n RED route del blackhole 11.11.11.3 table 7");
}

#[test]
fn a_way_back_by_another_device_and_rp_filter() {
    let mut world = routed();
    let host = Some(("10.1.0.1".parse().unwrap(), 32));
    let [other, _] = {
        let x = world.space("X");
        world.pair((2, "r3", &["10.3.0.254/24"]), (x, "x", &["10.3.0.1/24"]))
    };
    world.contents(2).routes.push(route(host, Some("10.3.0.1".parse().unwrap()), other, None));
    world.settings = vec![(2, "ipv4/conf/all/rp_filter", "1")];
    let found = world.find(0, Some("BLUE"));
    assert_eq!(found.causes[0].id, "XNS-E64-rp-filter");
    world.settings = vec![(2, "ipv4/conf/all/rp_filter", "2"), (2, "ipv4/conf/r1/rp_filter", "1")];
    assert!(world.find(0, Some("BLUE")).causes.iter().all(|hint| hint.id != "XNS-E64-rp-filter"));
}

#[test]
fn bridges() {
    let mut world = bridged();
    world.settings = vec![(2, "bridge/bridge-nf-call-iptables", "1")];
    assert_eq!(world.ids(0, Some("BLUE")), Vec::<&str>::new());
    let drop = |family: &str| {
        let chain = "chain c {\ntype filter hook forward priority 0; policy drop;\n}";
        Some((2, as_nft_lists(&format!("table {family} f {{\n{chain}\n}}\n"))))
    };
    world.filter = drop("bridge");
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E63-bridge-drop"]);
    world.filter = drop("ip");
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-E63-bridge-filter"]);
    let port = 4;
    world.settings.clear();
    world.interface(2, port).port_state = Some(1);
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N11-port-blocked"]);
    world.interface(2, port).master = None;
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N08-no-master"]);
    assert_eq!(cure(&world, "BLUE"), "xnetns -n SW link set p2 master br0");
    let mut world = bridged();
    world.down(2, 2);
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N03-device-down"]);
}

#[test]
fn neighbours_echo_and_names() {
    let (mut world, [one, _]) = pair();
    let ip = "11.11.11.3".parse().unwrap();
    world.neighbours = vec![Neighbour { ip, device: one, state: Neighbour::PERMANENT, hardware: vec![2; 6] }];
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N14-wrong-neighbour"]);
    world.neighbours[0].state = Neighbour::FAILED;
    assert_eq!(world.find(0, Some("BLUE")).remarks[0].id, "XNS-N15-silent-neighbour");
    world.settings = vec![(1, "ipv4/icmp_echo_ignore_all", "1")];
    assert_eq!(world.ids(0, Some("BLUE")), ["XNS-N13-echo-ignored"]);
    world.files = vec![("/etc/resolv.conf", "nameserver 127.0.0.53\n")];
    assert_eq!(world.find(0, None).remarks[0].id, "XNS-E64-resolver");
    world.files.push(("/etc/netns/RED/resolv.conf", "nameserver 9.9.9.9\n"));
    assert!(world.find(0, None).remarks.is_empty());
}

#[test]
fn not_joined_outside_and_round() {
    let mut world = Recorded::default();
    let [red, blue, x] = ["RED", "BLUE", "X"].map(|name| world.space(name));
    world.pair((red, "veth0", &["10.0.0.1/24"]), (x, "x", &[]));
    world.device(blue, "d0", "dummy", &["10.0.0.2/24"]);
    assert_eq!(world.ids(red, Some("BLUE")), ["XNS-N02-not-joined"]);
    assert_eq!(cure(&world, "BLUE"), "xnetns connect RED:10.0.1.1/24 BLUE:10.0.1.2/24");
    let eth = world.device(x, "eth0", "virtio", &["192.0.2.2/24"]);
    world.default_route(x, "192.0.2.1", eth);
    assert_eq!(world.find(x, Some("8.8.8.8")).remarks[0].id, "XNS-N18-outside");
    let mut world = routed();
    let back = Some(("9.9.9.0".parse().unwrap(), 24));
    world.contents(2).routes.push(route(back, Some("10.1.0.1".parse().unwrap()), 2, None));
    assert_eq!(world.ids(0, Some("9.9.9.9")), ["XNS-N17-round"]);
}
