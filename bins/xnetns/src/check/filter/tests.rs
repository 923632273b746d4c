//! Rule by rule, from what the programs print.

use super::save::Program;
use super::{Chain, Fate, Packet, fates, nft, renames, save};

fn packet() -> Packet {
    Packet {
        source: Some("10.1.0.1".parse().unwrap()),
        target: Some("10.2.0.1".parse().unwrap()),
        entered: Some("eth0".to_owned()),
        leaves: Some("eth1".to_owned()),
        ..Packet::default()
    }
}

fn in_chain(policy: &str, rules: &str) -> Vec<Chain> {
    nft::chains(&format!(
        "table ip f {{ # handle 4\n\tchain c {{ # handle 1\n\t\ttype filter hook forward priority 0; policy {policy};\n{rules}\n\t}}\n\tchain X {{ # handle 7\n\t\tct state established,related accept # handle 8\n\t\tip saddr 10.9.0.0/16 drop # handle 9\n\t}}\n}}\n"
    ))
}

/// `None`: it passes; else whether that it does not is certain, and the line that cures.
fn end(chains: &[Chain], packet: &Packet) -> Option<(bool, String)> {
    let fates: Vec<Fate> = fates(chains, &["ip", "inet"], &["forward"], packet);
    fates.first().map(|fate| (fate.is_certain, fate.cure.clone()))
}

const RULE: &str = "nft delete rule ip f c handle 3";

#[test]
fn rules_as_nft_lists_them() {
    let answer = Packet { is_answer: true, ..packet() };
    for (policy, rule, request, reply) in [
        ("accept", "", None, None),
        ("drop", "", Some(true), Some(true)),
        ("drop", "ip saddr 10.1.0.0/24 accept", None, None),
        ("drop", "ip saddr != 10.1.0.0/24 accept", Some(true), Some(true)),
        ("drop", "tcp dport 22 accept", Some(true), Some(true)),
        ("drop", "ct mark 0x1 accept", Some(false), Some(false)),
        ("drop", "jump X", Some(true), None),
        ("drop", "ip saddr { 10.1.0.1, 10.1.0.2 } accept", Some(false), Some(false)),
        ("accept", "counter packets 3 bytes 4 drop", Some(true), Some(true)),
        ("accept", "iifname \"eth0\" oifname \"eth*\" drop", Some(true), Some(true)),
        ("accept", "iifname != \"eth0\" drop", None, None),
        (
            "accept",
            "meta l4proto icmp icmp type echo-request reject with icmp host-unreachable",
            Some(true),
            None,
        ),
        ("accept", "meta l4proto ipv6-icmp drop", None, None),
        ("accept", "meta l4proto { tcp, udp } drop", Some(false), Some(false)),
        ("accept", "ct state vmap { invalid : drop }", Some(false), Some(false)),
        ("accept", "log prefix \"a drop\" comment \"drop\"", None, None),
        ("accept", "ip daddr 10.2.0.1 goto X", None, None),
    ] {
        let chains = in_chain(policy, &format!("\t\t{rule} # handle 3"));
        let seen = [&packet(), &answer].map(|packet| end(&chains, packet).map(|(is_certain, _)| is_certain));
        assert_eq!(seen, [request, reply], "{policy}: {rule}");
    }
    let chains = in_chain("accept", "\t\tcounter packets 3 bytes 4 drop # handle 3");
    assert_eq!(end(&chains, &packet()), Some((true, RULE.to_owned())));
    let fate = &fates(&chains, &["ip"], &["forward"], &packet())[0];
    assert_eq!((fate.list, fate.evidence.as_str()), ("nft list ruleset", "table ip f, chain c: drop"));
    assert_eq!(end(&in_chain("drop", ""), &packet()).unwrap().1, "nft chain ip f c '{ policy accept; }'");
    assert!(fates(&chains, &["ip"], &["input"], &packet()).is_empty());
    assert!(fates(&chains, &["bridge"], &["forward"], &packet()).is_empty());
}

#[test]
fn rules_as_iptables_saves_them() {
    let program = Program { list: "iptables-legacy-save", change: "iptables-legacy", family: "ip" };
    let chains = |policy: &str, rule: &str| {
        let text = format!(
            "# Generated\n*filter\n:FORWARD {policy} [0:0]\n:X - [0:0]\n{rule}\n-A X -j DROP\nCOMMIT\n*nat\n\
             :POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -o eth1 -j MASQUERADE\nCOMMIT\n"
        );
        save::chains(program, &text)
    };
    for (policy, rule, fate) in [
        ("ACCEPT", "", None),
        ("DROP", "", Some((true, "iptables-legacy -t filter -P FORWARD ACCEPT"))),
        ("DROP", "-A FORWARD -s 10.1.0.0/24 -i eth+ ! -o br0 -j ACCEPT", None),
        (
            "DROP",
            "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
            Some((true, "iptables-legacy -t filter -P FORWARD ACCEPT")),
        ),
        ("ACCEPT", "-A FORWARD -p tcp -j DROP", None),
        (
            "ACCEPT",
            "-A FORWARD -p icmp -m icmp --icmp-type 8 -j DROP",
            Some((true, "iptables-legacy -t filter -D FORWARD -p icmp -m icmp --icmp-type 8 -j DROP")),
        ),
        ("ACCEPT", "-A FORWARD -j X", Some((true, "iptables-legacy -t filter -D X -j DROP"))),
        (
            "ACCEPT",
            "-A FORWARD -m length --length 84 -j DROP",
            Some((false, "iptables-legacy -t filter -D FORWARD -m length --length 84 -j DROP")),
        ),
    ] {
        let found = end(&chains(policy, rule), &packet());
        assert_eq!(found, fate.map(|(is_certain, cure)| (is_certain, cure.to_owned())), "{rule}");
    }
    let named = renames(&chains("ACCEPT", ""), &["postrouting"], &packet()).unwrap();
    assert_eq!(
        named,
        (true, "iptables-legacy-save: table ip nat, chain POSTROUTING: -o eth1 -j MASQUERADE".to_owned())
    );
    let other = Packet { leaves: Some("eth7".to_owned()), ..packet() };
    assert_eq!(renames(&chains("ACCEPT", ""), &["postrouting"], &other), None);
}

#[test]
fn any_text_is_read() {
    for text in
        ["", "table", "table ip", "table ip f {\nchain", "chain c {\ntype filter hook\n}", "{ } \" # handle "]
    {
        nft::chains(text);
    }
    let program = Program { list: "a", change: "b", family: "ip" };
    for text in ["*", ":", "-A", "*filter\n:INPUT\n-A INPUT\n-A INPUT -s\n-A INPUT ! -j"] {
        save::chains(program, text);
    }
}
