//! What is in a network namespace, beside what `ip` prints there.

use crate::{by, look, target, there};
use serde_json::Value;
use xns_tests::{Need, Scene, Who, need};

const MAKE: &str = "ip link set lo up; ip link add v0 type veth peer name v1; ip addr add 10.9.8.7/24 dev v0; \
    ip addr add 10.9.8.1 peer 10.7.7.7/32 dev v0; ip -6 addr add fd00:1::5/64 dev v0 nodad; ip link set v0 up; \
    ip link add name br0 type bridge; ip link set v1 master br0";

/// A line as `look-inside` prints it, from `ip -j address`.
fn line(listed: &Value) -> String {
    let text = |name: &str| listed[name].as_str().unwrap_or("-").to_owned();
    let link = match (&listed["link_index"], &listed["link"], &listed["link_netnsid"]) {
        (Value::Number(index), _, Value::Number(namespace)) => format!("{index}@{namespace}"),
        (_, Value::String(name), _) => format!("={name}"),
        _ => "-".to_owned(),
    };
    let addresses = listed["addr_info"].as_array().unwrap().iter();
    let addresses: Vec<_> =
        addresses.map(|it| format!("{}/{}", it["local"].as_str().unwrap(), it["prefixlen"])).collect();
    let kind = listed["linkinfo"]["info_kind"].as_str().unwrap_or("-").to_owned();
    format!(
        "{} {} {} {} {} {kind} {link} {}",
        listed["ifindex"],
        text("ifname"),
        text("operstate"),
        listed["mtu"],
        text("address"),
        addresses.join(",")
    )
}

/// What `ip` prints there; it writes the names of links in the same namespace, we their indexes.
fn listed(scene: &Scene, who: Who, pid: u32) -> String {
    let text = there(scene, who, pid, "-n", "ip -j -d address");
    let all: Vec<Value> = serde_json::from_str(&text).unwrap();
    let index =
        |name: &str| all.iter().find(|one| one["ifname"] == name).map(|one| one["ifindex"].to_string());
    let named = |line: String| match line.split_once('=') {
        Some((before, after)) => {
            let (name, rest) = after.split_once(' ').unwrap();
            format!("{before}{} {rest}", index(name).unwrap())
        }
        None => line,
    };
    all.iter().map(|one| named(line(one))).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_ip_lists() {
    if !need("what_ip_lists", &[Need::Program("ip")]) {
        return;
    }
    for who in Who::each("what_ip_lists") {
        let scene = Scene::new();
        let (_target, pid) = target(&scene, who, "-n", MAKE);
        let found = look(&scene, who, "net", pid);
        assert_eq!(found, listed(&scene, who, pid), "{who:?}");
        assert!(
            found.contains(" veth ") && found.contains("10.9.8.7/24,10.9.8.1/32,fd00:1::5/64"),
            "{found}"
        );
    }
}

/// The other end of a veth is in another namespace: its number there is told, and is that namespace's.
#[test]
fn a_veth_leads_to_another_namespace() {
    if !need("a_veth_leads_to_another_namespace", &[Need::Program("ip")]) {
        return;
    }
    for who in Who::each("a_veth_leads_to_another_namespace") {
        let scene = Scene::new();
        let dir = scene.dir().display().to_string();
        let tool = xns_tests::bin("xunshare").display().to_string();
        let script = format!(
            "ip link add v0 type veth peer name v1\n\
             {tool} -n sh -c 'echo $$ > {dir}/other; exec sleep 100' &\n\
             while ! test -s {dir}/other; do sleep 0.01; done\n\
             ip link set v1 netns $(cat {dir}/other)"
        );
        scene.hand_over();
        let (running, _) = target(&scene, who, "-n", &script);
        let pid = running.pid();
        let other = std::fs::read_to_string(scene.path("other")).unwrap().trim().to_owned();
        let found = look(&scene, who, "net", pid);
        let name = found.lines().find(|line| line.contains(" v0 ")).unwrap();
        let link = name.split(' ').nth(6).unwrap();
        let (index, number) = link.split_once('@').unwrap();
        assert_eq!(found, listed(&scene, who, pid), "{who:?}");
        let peers = look(&scene, who, "net", &other);
        assert!(peers.lines().any(|line| line.starts_with(&format!("{index} v1 "))), "{peers}");
        let asked = by(&scene, who, env!("CARGO_BIN_EXE_look-inside"));
        let answers = asked.args(["nsid", &pid.to_string(), &other]).run();
        // By descriptor and by PID; nothing has yet tied ours to it.
        assert_eq!(answers.out(), format!("Ok(Some({number})) Ok(Some({number})) Ok(None)"), "{who:?}");
    }
}

/// An interface's name may be no UTF-8, and look like what a terminal obeys.
#[test]
fn odd_names_of_interfaces() {
    if !need("odd_names_of_interfaces", &[Need::Program("ip")]) {
        return;
    }
    for who in Who::each("odd_names_of_interfaces") {
        let scene = Scene::new();
        let make = "ip link add \"$(printf 'a\\377\\033[1mb')\" type bridge; ip link add after type bridge";
        let (_target, pid) = target(&scene, who, "-n", make);
        let found = look(&scene, who, "net", pid);
        assert!(found.contains("2 a\u{fffd}\u{1b}[1mb DOWN 1500"), "{found:?}");
        assert!(found.contains("3 after DOWN"), "{found:?}");
    }
}

/// Many interfaces: the answer comes in several datagrams.
#[test]
fn a_hundred_interfaces() {
    if !need("a_hundred_interfaces", &[Need::Root, Need::Program("ip")]) {
        return;
    }
    let scene = Scene::new();
    let make = "for i in $(seq 100); do echo link add b$i type bridge; echo addr add 10.0.$i.1/24 dev b$i; done | ip -b -";
    let (_target, pid) = target(&scene, Who::Root, "-n", make);
    let found = look(&scene, Who::Root, "net", pid);
    assert_eq!((found.lines().count(), found), (101, listed(&scene, Who::Root, pid)));
}

/// What `/proc/PID/net` shows anybody.
#[test]
fn a_glimpse_of_what_may_not_be_entered() {
    if !need("a_glimpse_of_what_may_not_be_entered", &[Need::Root, Need::UserNamespaces, Need::Program("ip")])
    {
        return;
    }
    let scene = Scene::new();
    let (_target, pid) = target(&scene, Who::Root, "-n", MAKE);
    let found = look(&scene, Who::Ordinary, "glimpse", pid);
    for part in [
        "name: \"lo\", addresses: [(::1, 128)]",
        "name: \"v0\"",
        "fd00:1::5, 64",
        "10.9.8.1, 10.9.8.7, 127.0.0.1",
    ] {
        assert!(found.contains(part), "{part}: {found}");
    }
}
