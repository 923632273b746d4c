//! `xnetns check`: each cause is provoked in network namespaces of the test's own; the cures that it prints are typed until it finds
//! none, and then ping has a reply.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod firewalls;
mod links;
mod version_six;

use xns_tests::{Done, Need, Scene, bin, need};

/// One cause.
struct Trouble {
    /// What makes it.
    made_by: &'static str,
    /// The words after `check`.
    checked: &'static str,
    /// From where to which address is pinged.
    ping: (&'static str, &'static str),
    /// Has ping no reply before? (Not so for what only may matter.)
    is_silent: bool,
    /// The ids of the causes that are found first.
    ids: &'static str,
}

/// In a network, mount and PID namespace of its own, with a `/run` of its own: no other network namespace is in sight.
const BEGIN: &str = r#"
mount -t tmpfs run /run
ip link set lo up
pair() {
    for n in RED BLUE; do ip netns add $n; ip -n $n link set lo up; done
    ip link add veth0 netns RED type veth peer name veth1 netns BLUE
    ip -n RED address add 11.11.11.2/24 dev veth0; ip -n BLUE address add 11.11.11.3/24 dev veth1
    ip -n RED link set veth0 up; ip -n BLUE link set veth1 up
}
bridge() {
    for n in RED BLUE SW; do ip netns add $n; ip -n $n link set lo up; done
    ip -n SW link add br0 type bridge; ip -n SW link set br0 up
    for n in RED BLUE; do
        ip -n SW link add p$n type veth peer name eth0 netns $n
        ip -n SW link set p$n up master br0; ip -n $n link set eth0 up
    done
    ip -n RED address add 10.1.0.1/24 dev eth0; ip -n BLUE address add 10.1.0.2/24 dev eth0
}
six() {
    pair
    ip -n RED address add fd00:7::1/64 dev veth0 nodad; ip -n BLUE address add fd00:7::2/64 dev veth1 nodad
}
six_only() { six; ip -n RED address del 11.11.11.2/24 dev veth0; ip -n BLUE address del 11.11.11.3/24 dev veth1; }
nft_in() { n=$1; shift; ip netns exec "$n" nft "$@"; }
# drops NAMESPACE FAMILY HOOK: all of it
drops() { nft_in "$1" add table "$2" f; nft_in "$1" add chain "$2" f c "{ type filter hook $3 priority 0; policy drop; }"; }
set_in() { ip netns exec "$1" sh -c "echo $3 > /proc/sys/net/$2"; }
router() {
    for n in RED BLUE R; do ip netns add $n; ip -n $n link set lo up; done
    set_in R ipv4/ip_forward 1
    i=1
    for n in RED BLUE; do
        ip -n R link add r$n type veth peer name eth0 netns $n
        ip -n R link set r$n up; ip -n R address add 10.$i.0.254/24 dev r$n
        ip -n $n link set eth0 up; ip -n $n address add 10.$i.0.1/24 dev eth0
        ip -n $n route add default via 10.$i.0.254
        i=$((i+1))
    done
}
"#;

/// `checked`, `in`, `address` are set.
const CURE: &str = r#"
ping() { if [ "$in" = host ]; then command ping -c1 -W1 "$1"; else ip netns exec "$in" ping -c1 -W1 "$1"; fi > /dev/null 2>&1; }
if ping "$address"; then echo before reply; else echo before silence; fi
for round in 1 2 3 4 5; do
    status=0
    xnetns check $checked > out || status=$?
    echo "status $status: $(sed -n 's/^cause\[\(.*\)\]:.*/\1/p' out | tr '\n' ' ')"
    [ $status = 1 ] || break
    # The remarks stand last; a note stands behind three blanks.
    sed -n '/^remark/q;s/^  try: //p' out | sed 's/   (.*)$//' > cures
    cat cures
    sh -e cures
done
# A neighbour that did not answer is asked again later.
for try in 1 2 3 4 5 6 7 8; do if ping "$address"; then echo after reply; exit; fi; sleep 0.5; done
echo after silence; cat out
"#;

fn run(scene: &Scene, script: &str, variables: [(&str, &str); 3]) -> Done {
    let tools = bin("xnetns");
    let path = format!("{}:{}", tools.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let command = scene.cmd("unshare").args(["-mnpf", "--mount-proc", "sh", "-ec", script]).env("PATH", path);
    variables.into_iter().fold(command, |command, (name, value)| command.env(name, value)).run()
}

fn try_all(test: &str, more: &[Need], troubles: &[Trouble]) {
    let needs = [&[Need::Root, Need::Program("ip"), Need::Program("ping")], more].concat();
    if !need(test, &needs) {
        return;
    }
    for trouble in troubles {
        let scene = Scene::new();
        let script = format!("{BEGIN}\n{}\n{CURE}", trouble.made_by);
        let (from, address) = trouble.ping;
        let done = run(&scene, &script, [("checked", trouble.checked), ("in", from), ("address", address)]);
        let told = format!("{}\n{done:?}", trouble.made_by);
        let lines: Vec<&str> = done.stdout.lines().collect();
        let before = if trouble.is_silent { "before silence" } else { "before reply" };
        assert_eq!(lines.first(), Some(&before), "{told}");
        let status = u8::from(!trouble.ids.is_empty());
        let first = format!("status {status}: {}", trouble.ids);
        assert_eq!(lines.get(1).map(|line| line.trim_end()), Some(first.trim_end()), "{told}");
        assert_eq!(lines.last(), Some(&"after reply"), "{told}");
        assert!(lines.iter().any(|line| line.starts_with("status 0:")), "{told}");
    }
}

const fn trouble(made_by: &'static str, to: (&'static str, &'static str), ids: &'static str) -> Trouble {
    Trouble { made_by, checked: to.0, ping: ("RED", to.1), is_silent: true, ids }
}

const BLUE: (&str, &str) = ("RED BLUE", "11.11.11.3");

#[test]
fn devices_and_lo() {
    try_all(
        "devices_and_lo",
        &[],
        &[
            Trouble { is_silent: false, ..trouble("pair", BLUE, "") },
            trouble("pair; ip -n BLUE link set veth1 down", BLUE, "XNS-N03-device-down"),
            trouble(
                "pair; ip -n RED link set veth0 down; ip -n BLUE link set veth1 down",
                ("RED 11.11.11.3", "11.11.11.3"),
                "XNS-N03-device-down XNS-N03-device-down",
            ),
            trouble("pair; ip -n RED link set veth0 down", ("RED", "11.11.11.3"), "XNS-N03-device-down"),
            trouble("pair; ip -n RED link set lo down", ("RED 127.0.0.1", "127.0.0.1"), "XNS-E62-lo-down"),
            trouble("pair; ip -n RED link set lo down", ("RED", "11.11.11.2"), "XNS-E62-lo-down"),
            trouble("ip netns add RED; ip netns add BLUE", ("RED BLUE", "10.0.0.2"), "XNS-N01-no-device"),
            trouble(
                "ip netns add RED; ip netns add BLUE; for n in RED BLUE; do ip -n $n link add d0 type bridge; \
                 ip -n $n link set d0 up; done; ip -n BLUE address add 10.7.7.7/24 dev d0",
                ("RED BLUE", "10.0.0.2"),
                "XNS-N02-not-joined",
            ),
        ],
    );
}

#[test]
fn addresses() {
    let flushed = "pair; ip -n RED address flush dev veth0";
    try_all(
        "addresses",
        &[],
        &[
            trouble(flushed, BLUE, "XNS-N05-no-address"),
            trouble(
                "pair; ip -n BLUE address flush dev veth1",
                ("RED BLUE", "11.11.11.1"),
                "XNS-N05-no-address",
            ),
            trouble(
                "pair; ip -n RED address flush dev veth0; ip -n RED address add 11.11.11.2/32 dev veth0",
                BLUE,
                "XNS-N06-no-network",
            ),
            trouble(
                "pair; ip -n RED address flush dev veth0; ip -n RED address add 10.9.9.2/24 dev veth0",
                BLUE,
                "XNS-N07-other-network XNS-N07-other-network",
            ),
            trouble(
                "pair; ip -n BLUE address flush dev veth1; ip -n BLUE address add 11.11.11.2/24 dev veth1",
                ("RED BLUE", "11.11.11.1"),
                "XNS-N12-duplicate",
            ),
            trouble("pair", ("RED 11.11.11.9", "11.11.11.9"), "XNS-N16-nobody"),
            trouble(
                "pair; ip -n RED address add fd00:7::1/64 dev veth0 nodad; ip -n BLUE address add fd00:7::2/64 dev veth1 nodad; \
                 ip -n BLUE link set veth1 down",
                ("RED fd00:7::2", "fd00:7::2"),
                "XNS-N03-device-down",
            ),
        ],
    );
}

#[test]
fn routes() {
    try_all(
        "routes",
        &[],
        &[
            trouble("pair; ip -n RED route del 11.11.11.0/24", BLUE, "XNS-E64-no-route"),
            trouble("pair; ip -n RED route add blackhole 11.11.11.3", BLUE, "XNS-N09-route-forbids"),
            trouble(
                "pair; ip netns add X; ip -n RED link add w type veth peer name x netns X; ip -n RED link set w up; \
                 ip -n X link set x up; ip -n RED address add 11.11.11.4/25 dev w",
                BLUE,
                "XNS-N10-other-device",
            ),
            trouble(
                "pair; ip -n RED neigh replace 11.11.11.3 lladdr 02:00:00:00:00:99 dev veth0 nud permanent",
                BLUE,
                "XNS-N14-wrong-neighbour",
            ),
            trouble("pair; set_in BLUE ipv4/icmp_echo_ignore_all 1", BLUE, "XNS-N13-echo-ignored"),
            trouble("router; ip -n RED route del default", ("RED BLUE", "10.2.0.1"), "XNS-E64-no-route"),
            trouble("router; ip -n BLUE route del default", ("RED 10.2.0.1", "10.2.0.1"), "XNS-E64-no-route"),
            trouble("router; set_in R ipv4/ip_forward 0", ("RED BLUE", "10.2.0.1"), "XNS-E64-forwarding"),
            trouble(
                "router; set_in R ipv4/conf/rRED/forwarding 0",
                ("RED BLUE", "10.2.0.1"),
                "XNS-E64-forwarding",
            ),
            trouble(
                "router; set_in R ipv4/conf/rRED/rp_filter 1; ip netns add X; set_in X ipv4/ip_forward 1; \
                 ip -n R link add rX type veth peer name x netns X; ip -n X link add x2 type veth peer name r2 netns RED; \
                 ip -n R link set rX up; ip -n X link set x up; ip -n X link set x2 up; ip -n RED link set r2 up; \
                 ip -n R address add 10.3.0.254/24 dev rX; ip -n X address add 10.3.0.1/24 dev x; \
                 ip -n X address add 10.4.0.254/24 dev x2; ip -n RED address add 10.4.0.1/24 dev r2; \
                 ip -n R route add 10.1.0.1 via 10.3.0.1; ip -n X route add 10.1.0.1 via 10.4.0.1; \
                 for n in X RED; do set_in $n ipv4/conf/all/rp_filter 0; done",
                ("RED BLUE", "10.2.0.1"),
                "XNS-E64-rp-filter",
            ),
        ],
    );
}

#[test]
fn bridges() {
    const AT_BRIDGE: (&str, &str) = ("RED BLUE", "10.1.0.2");
    try_all(
        "bridges",
        &[Need::Program("bridge")],
        &[
            Trouble { is_silent: false, ..trouble("bridge", AT_BRIDGE, "") },
            trouble("bridge; ip -n SW link set pBLUE nomaster", AT_BRIDGE, "XNS-N08-no-master"),
            trouble("bridge; ip -n SW link del br0", AT_BRIDGE, "XNS-N08-no-master"),
            trouble("bridge; ip -n SW link set br0 down", AT_BRIDGE, "XNS-N03-device-down"),
            trouble(
                "bridge; ip netns exec SW bridge link set dev pBLUE state 0",
                AT_BRIDGE,
                "XNS-N11-port-blocked",
            ),
        ],
    );
}

#[test]
fn the_host_and_processes() {
    let host = "ip netns add RED; ip link add h0 type veth peer name eth0 netns RED; \
                ip address add 10.7.0.1/24 dev h0; ip -n RED address add 10.7.0.2/24 dev eth0";
    let process = "unshare -n sleep 1000 & sleep 0.3; ip link add h0 type veth peer name eth0 netns $!; \
                   ip address add 10.7.0.1/24 dev h0; ip link set h0 up; checked=\"host $!\"; \
                   nsenter --net=/proc/$!/ns/net ip address add 10.7.0.2/24 dev eth0";
    let both = "XNS-N03-device-down XNS-N03-device-down";
    try_all(
        "the_host_and_processes",
        &[],
        &[
            Trouble { ping: ("host", "10.7.0.2"), ..trouble(host, ("host RED", ""), both) },
            trouble(host, ("RED host", "10.7.0.1"), both),
            Trouble { ping: ("host", "10.7.0.2"), ..trouble(process, ("", ""), "XNS-N03-device-down") },
        ],
    );
}

#[test]
fn what_cannot_be_checked_is_trouble() {
    if !need("what_cannot_be_checked_is_trouble", &[Need::Root, Need::Program("ip")]) {
        return;
    }
    let script = format!(
        "{BEGIN}\npair; touch /run/netns/old\nfor words in '' nix old 'RED nix' 'RED BLUE more' 999999; do \
         status=0; xnetns check $words 2>> err || status=$?; echo $status; done; cat err"
    );
    let done = run(&Scene::new(), &script, [("a", ""), ("b", ""), ("c", "")]);
    assert!(done.stdout.starts_with("2\n2\n2\n2\n2\n2\n"), "{done:?}");
    for told in [
        "xnetns: no name: which network namespace gets no reply?",
        "xnetns: Cannot open network namespace \"nix\": No such file or directory",
        "xnetns: Cannot open network namespace \"old\": stale: no namespace is bound to it here",
        "xnetns: unexpected 'more': after the name comes an address or another name",
        "xnetns: Cannot open network namespace of process 999999: No such process",
    ] {
        assert!(done.stdout.contains(told), "{told}: {done:?}");
    }
}

#[test]
fn the_same_in_json() {
    if !need("the_same_in_json", &[Need::Root, Need::Program("ip")]) {
        return;
    }
    let script = format!("{BEGIN}\npair; ip -n BLUE link set veth1 down; xnetns -j check RED BLUE");
    let done = run(&Scene::new(), &script, [("a", ""), ("b", ""), ("c", "")]);
    let value: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(done.status, Some(1));
    assert_eq!((&value["from"]["name"], &value["to"]["name"]), (&"RED".into(), &"BLUE".into()));
    assert_eq!(value["address"], "11.11.11.3");
    assert_eq!(value["causes"][0]["id"], "XNS-N03-device-down");
    assert_eq!(value["causes"][0]["cures"][0]["action"], "xnetns -n BLUE link set veth1 up");
    assert_eq!(value["causes"].as_array().unwrap().len(), 1);
}
