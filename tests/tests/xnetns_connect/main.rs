//! `xnetns connect` and `disconnect`, in network namespaces and a `/run` of the test's own: nothing of this touches the machine's.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod killed;
mod marks;
mod version_six;

use xns_tests::{Done, Need, Scene, bin, need};

/// What every test needs.
pub(crate) const NEEDS: [Need; 3] = [Need::Root, Need::Program("ip"), Need::Program("ping")];

/// Runs a shell script in new network and mount namespaces, with an empty `/run` and our tools first in PATH.
pub(crate) fn inside(script: &str) -> Done {
    inside_of(&Scene::new(), script)
}

pub(crate) fn inside_of(scene: &Scene, script: &str) -> Done {
    let tools = bin("xnetns").parent().unwrap().to_owned();
    let path = format!("PATH={}:{}", tools.display(), std::env::var("PATH").unwrap());
    let script = format!("mount -t tmpfs tmpfs /run; export {path}; cd \"$1\"; {script}");
    let words = ["-n", "-m", "--propagation", "private", "sh", "-ec", &script, "sh"];
    scene.cmd("unshare").args(words).args([scene.dir()]).run()
}

/// What it printed; fails the test when it did not go well.
#[track_caller]
pub(crate) fn out(script: &str) -> String {
    let done = inside(script);
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""), "{script}: {done:?}");
    done.stdout
}

const PING: &str = "p() { ip netns exec $1 ping -c 1 -W 2 $2 >/dev/null && echo $1 hears $2; };";
/// What is there: names, and the devices of our own namespace but `lo`.
pub(crate) const LEFT: &str = "left() { xnetns list; ip -o link show | grep -v ' lo: ' || :; };";

#[test]
fn two_in_one_line() {
    if !need("two_in_one_line", &NEEDS) {
        return;
    }
    let script = format!(
        "{PING} {LEFT} xnetns connect RED:11.11.11.2/24 BLUE:11.11.11.3/24
        ip netns list | sort
        p RED 11.11.11.3; p BLUE 11.11.11.2; p RED 127.0.0.1; p BLUE 127.0.0.1
        ip -n RED route; ip -n RED -o link show veth0 | grep -o 'veth0@[^:]*'
        xnetns disconnect RED BLUE; left"
    );
    let shown = out(&script);
    let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
    assert!(lines[0].starts_with("BLUE") && lines[1].starts_with("RED"), "{shown}");
    assert_eq!(
        lines[2..7],
        [
            "RED hears 11.11.11.3",
            "BLUE hears 11.11.11.2",
            "RED hears 127.0.0.1",
            "BLUE hears 127.0.0.1",
            "11.11.11.0/24 dev veth0 proto kernel scope link src 11.11.11.2",
        ]
    );
    assert!(lines[7].starts_with("veth0@"), "{shown}");
    assert_eq!(lines.len(), 8, "something was left: {shown}");
}

#[test]
fn the_host_a_process_and_version_6() {
    if !need("the_host_a_process_and_version_6", &NEEDS) {
        return;
    }
    let script = "unshare -n sleep 1000 & pid=$!; while [ \"$(readlink /proc/$pid/ns/net)\" = \"$(readlink /proc/self/ns/net)\" ]; do sleep 0.01; done
        xnetns connect host:10.1.0.1/24,fd00:1::1/64 $pid:10.1.0.2/24,fd00:1::2/64
        ping -c 1 -W 2 10.1.0.2 >/dev/null && echo four
        ping -6 -c 1 -W 2 fd00:1::2 >/dev/null && echo six
        nsenter -t $pid -n ip -o link show lo | grep -o 'state [A-Z]*'
        ip -o link show lo | grep -o 'state [A-Z]*'
        xnetns disconnect $pid
        nsenter -t $pid -n ip -o link show lo | grep -o 'state [A-Z]*'
        { nsenter -t $pid -n ip -o link show lo; ip -o link show lo; } | grep -e alias -e UP || :
        ip -o link | grep -v ' lo: ' || :
        kill $pid";
    assert_eq!(out(script), "four\nsix\nstate UNKNOWN\nstate UNKNOWN\nstate DOWN\n");
}

#[test]
fn a_bridge_joins_any_number() {
    if !need("a_bridge_joins_any_number", &NEEDS) {
        return;
    }
    let script = format!(
        "{PING} {LEFT} xnetns connect --bridge br0 A:10.0.0.1/24 B:10.0.0.2/24 C:10.0.0.3/24 host:10.0.0.254/24
        for i in A:2 A:3 B:1 B:3 C:1 C:2 A:254; do p ${{i%:*}} 10.0.0.${{i#*:}}; done
        ping -c 1 -W 2 10.0.0.3 >/dev/null && echo host
        xnetns connect D:10.0.0.4/24 --bridge br0; p D 10.0.0.1; p A 10.0.0.4
        xnetns disconnect D --bridge br0; p A 10.0.0.2; xnetns list | grep D || :
        xnetns disconnect --bridge br0; left"
    );
    let shown = out(&script);
    assert_eq!(shown.matches("hears").count(), 10, "{shown}");
    assert_eq!(shown.lines().count(), 11, "{shown}");
}

#[test]
fn a_hundred_on_a_bridge() {
    if !need("a_hundred_on_a_bridge", &NEEDS) {
        return;
    }
    let script = format!(
        "{PING} {LEFT} xnetns connect --bridge br0 $(for i in $(seq 100); do echo n$i:10.9.0.$i/24; done)
        xnetns list | wc -l
        for a in 1 37 64 99 100; do for b in 1 37 64 99 100; do [ $a = $b ] || p n$a 10.9.0.$b; done; done
        xnetns disconnect -all; left"
    );
    let shown = out(&script);
    assert_eq!(shown.lines().next(), Some("100"), "{shown}");
    assert_eq!(shown.matches("hears").count(), 20, "{shown}");
    assert_eq!(shown.lines().count(), 21, "{shown}");
}

/// What stood there before stands there afterwards, but for 127.0.0.1, which the kernel gives `lo` once it has been switched on.
#[test]
fn nothing_else_is_removed() {
    if !need("nothing_else_is_removed", &NEEDS) {
        return;
    }
    let script = format!(
        "{LEFT} state() {{ for n in $(ip netns list | cut -d' ' -f1 | sort); do echo $n; ip -n $n -o link show | cut -d' ' -f2,3 | sort; done; ip -o addr | tr -s ' ' | grep -v ' lo inet 127' | cut -d' ' -f2-4; ip -o link show | cut -d' ' -f2; }}
        ip netns add RED; ip -n RED link add d0 type bridge; ip -n RED link set lo alias mine
        ip link add br1 type bridge; ip addr add 10.2.0.9/24 dev br1
        ip link add v0 type veth peer name v1; ip link set v0 master br1
        state > before
        xnetns --hints=always connect --bridge br1 RED:10.2.0.1/24 BLUE:10.2.0.2/24 host:10.2.0.254/24 2>told
        grep -q 'RED: lo is switched on, and has an alias of its own' told
        ip netns exec BLUE ping -c 1 -W 2 10.2.0.254 > /dev/null && echo joined
        xnetns disconnect --bridge br1
        ip -n RED link set lo down
        state > after; diff before after && echo same"
    );
    assert_eq!(out(&script), "joined\nsame\n");
}

/// A namespace that connect made is kept while others use it.
#[test]
fn what_others_use_is_kept() {
    if !need("what_others_use_is_kept", &NEEDS) {
        return;
    }
    let script = "xnetns connect A:10.3.0.1/24 B:10.3.0.2/24
        ip netns exec A sleep 1000 & pid=$!; while [ \"$(ip netns identify $pid)\" != A ]; do sleep 0.01; done
        ip -n B link add d0 type bridge
        xnetns --hints=always disconnect A B 2>&1; ip netns list | cut -d' ' -f1 | sort
        ip -n A -o link | grep -c veth || :
        kill $pid";
    let shown = out(script);
    let expected = "A is kept: process";
    assert!(shown.contains(expected) && shown.contains("B is kept: d0 is in it"), "{shown}");
    assert!(shown.ends_with("A\nB\n0\n"), "{shown}");
}

/// Typed by a shell, the lines of `--dry-run` do the same.
#[test]
fn its_lines_do_the_same() {
    if !need("its_lines_do_the_same", &NEEDS) {
        return;
    }
    for ends in
        ["RED:11.11.11.2/24 BLUE:11.11.11.3/24", "--bridge br0 A:10.0.0.1/24 B:10.0.0.2/24 host:10.0.0.9/24"]
    {
        let state = "for n in $(ip netns list | cut -d' ' -f1 | sort); do echo $n; ip -n $n -o addr | tr -s ' '; ip -n $n route; ip -n $n -o link | sed 's/link.ether.*//'; done; ip -o addr; ip -o link | sed 's/link.ether.*//; s/link-netnsid .//'";
        // Addresses of version 6 come by themselves, with random parts.
        let state = format!(
            "{{ {state}; }} | grep -v inet6 | sed 's/link-netns [A-Z]*//; s/link-netnsid .*//; s/ *$//' | cut -d: -f2- "
        );
        let ours = out(&format!("xnetns connect {ends} 2>/dev/null; sleep 0.3; {state}"));
        let lines = out(&format!("xnetns connect --dry-run {ends} > s; sh -e s; sleep 0.3; {state}"));
        assert_eq!(ours, lines, "{ends}");
        assert!(ours.contains("inet"), "{ours}");
        let nothing = out(&format!("{LEFT} xnetns connect --dry-run {ends} >/dev/null; left"));
        assert_eq!(nothing, "");
    }
}

/// Refused with the cause, and nothing half-made is left.
/// A name whose network namespace has IPv6 switched off for new devices.
const NO_SIX: &str =
    "ip netns add B; ip netns exec B sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'";

#[test]
fn bad_input() {
    if !need("bad_input", &NEEDS) {
        return;
    }
    for (before, words, told) in [
        ("", "", "connect: what is to be joined?"),
        ("", "RED:1.1.1.1/24", "connect: what is to be joined?"),
        ("", "A:1.1.1.1/24 B:1.1.1.2/24 C:1.1.1.3/24", "more than two are joined by a bridge: --bridge NAME"),
        ("", "A:1.1.1.1/24 A:1.1.1.2/24", "A is named twice"),
        (
            "ip netns add A; touch /run/netns/B; mount --bind /run/netns/A /run/netns/B",
            "A:1.1.1.1/24 B:1.1.1.2/24",
            "B is the same network namespace as another one that is named",
        ),
        ("", "host:1.1.1.1/24 $$:1.1.1.2/24", "is the same network namespace as another one"),
        ("", "A:1.1.1.1/33 B", "'1.1.1.1/33' in 'A:1.1.1.1/33' is no address"),
        ("", "../x B", "Invalid netns name \"../x\""),
        ("", "A --bridge 0123456789abcdef", "not a valid ifname"),
        ("", "A --bridge lo", "lo is there, and is no bridge"),
        ("", "A 4194305", "Cannot open network namespace \"process 4194305\": No such file or directory"),
        (
            "ip netns add A; ip -n A addr add 1.1.1.1/24 dev lo",
            "A:1.1.1.1/24 B",
            "A has 1.1.1.1/24 already, on lo",
        ),
        (
            "mkdir /run/netns; touch /run/netns/A",
            "A:1.1.1.1/24 B",
            "setting the network namespace \"A\" failed: Invalid argument",
        ),
        (
            "mkdir /run/netns; ln -s /proc/1/ns/net /run/netns/A",
            "A:1.1.1.1/24 B",
            "setting the network namespace \"A\" failed: Invalid argument",
        ),
        ("", "A:10.0.0.1/24 B:ff02::1/64", "ff02::1/64 of B is one that no device can have"),
        ("", "A:10.0.0.1/24 B:10.0.0.1/24", "10.0.0.1/24 is given to A and to B"),
        // The kernel refuses the last request of all.
        (NO_SIX, "A:10.0.0.1/24 B:fd00::1/64 --hints=always", "XNS-NET-no-ipv6"),
        (NO_SIX, "--bridge br0 A:10.0.0.1/24 B:fd00::1/64", "IPv6 is disabled on this device"),
    ] {
        let state = "ls -l /run/netns 2>/dev/null | grep -v total || :; ip -o link | grep -v ' lo: ' || :";
        let script = format!(
            "{before}\n{state} > before; xnetns connect {words} 2> err && echo made; cat err; {state} > after; diff before after && echo same"
        );
        let shown = out(&script);
        assert!(shown.to_lowercase().contains(&told.to_lowercase()), "{words}: {shown}");
        assert!(shown.ends_with("same\n") && !shown.contains("made\n"), "{words}: {shown}");
    }
}

/// An ordinary user: inside `xunshare -rmn` it goes; outside the reason is told.
#[test]
fn an_ordinary_user() {
    if !need("an_ordinary_user", &NEEDS) || !need("an_ordinary_user", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let tools = bin("xnetns").parent().unwrap().to_owned();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let script = "xnetns connect RED:11.11.11.2/24 BLUE:11.11.11.3/24 && xnetns exec RED ping -c 1 -W 2 11.11.11.3 >/dev/null && echo heard; xnetns disconnect RED BLUE; xnetns list";
    let words = ["-r", "-m", "-n", "sh", "-c", script];
    let done = scene.cmd(bin("xunshare")).args(words).env("PATH", &path).ordinary().run();
    assert_eq!((done.status, done.stdout.as_str()), (Some(0), "heard\n"), "{done:?}");
    let outside = scene
        .cmd(bin("xnetns"))
        .words("--hints=always connect xnsRED:11.11.11.2/24 xnsBLUE")
        .ordinary()
        .run();
    assert_eq!(outside.status, Some(1), "{outside:?}");
    assert!(outside.stderr.contains("XNS-E58") && outside.stderr.contains("xunshare -rmn"), "{outside:?}");
}

/// The rest of the walkthrough: a server on the same port in each and here, and the other tools by these names.
#[test]
fn one_port_in_each_and_the_other_tools() {
    if !need("one_port_in_each_and_the_other_tools", &NEEDS)
        || !need("one_port_in_each_and_the_other_tools", &[Need::Program("busybox")])
    {
        return;
    }
    let script = "xnetns connect RED:11.11.11.2/24 BLUE:11.11.11.3/24; ip link set lo up
        serve() { mkdir $1; echo \"page of $1\" > $1/index.html; shift; \"$@\"; }
        serve red xnsenter --net=/run/netns/RED busybox httpd -p 80 -h red
        serve blue xnetns exec BLUE busybox httpd -p 80 -h blue
        serve host busybox httpd -p 80 -h host
        get() { for i in $(seq 50); do \"$@\" && return; sleep 0.1; done; }
        get xnsenter --net=/run/netns/RED busybox wget -qO- http://11.11.11.3/
        get ip netns exec BLUE busybox wget -qO- http://11.11.11.2/
        get ip netns exec BLUE busybox wget -qO- http://127.0.0.1/
        get busybox wget -qO- http://127.0.0.1/
        xnsenter --net=/run/netns/RED ip -o link | cut -d: -f2
        touch /run/netns/GREEN; xunshare --quiet --net=/run/netns/GREEN true; xnetns list | sort | cut -d' ' -f1
        xnetns exec GREEN ip -o link | cut -d: -f2
        kill $(xnetns pids RED) $(xnetns pids BLUE) $(pidof busybox | tr ' ' '\\n' | while read p; do [ $(readlink /proc/$p/ns/net) = $(readlink /proc/self/ns/net) ] && echo $p; done)";
    let shown = out(script);
    let lines: Vec<&str> = shown.lines().map(str::trim).collect();
    assert_eq!(lines[..4], ["page of blue", "page of red", "page of blue", "page of host"], "{shown}");
    assert_eq!(lines[4], "lo", "{shown}");
    assert!(lines[5].starts_with("veth0"), "{shown}");
    assert_eq!(lines[6..], ["BLUE", "GREEN", "RED", "lo"], "{shown}");
}

/// What joins two that are named is a pair, or a bridge: of that, their ports.
#[test]
fn two_are_parted_from_their_bridge() {
    if !need("two_are_parted_from_their_bridge", &NEEDS) {
        return;
    }
    let script = format!(
        "{LEFT} xnetns connect --bridge br0 A:10.0.0.1/24 B:10.0.0.2/24 C:10.0.0.3/24
        xnetns disconnect A B; xnetns list | cut -d' ' -f1; ip -o link show master br0 | wc -l
        xnetns disconnect C; left"
    );
    assert_eq!(out(&script), "C\n1\n");
}

#[test]
fn an_ordinary_user_is_told_why_nothing_is_parted() {
    if !need("an_ordinary_user_is_told_why_nothing_is_parted", &NEEDS) {
        return;
    }
    let done = inside(
        "install -m 755 $(command -v xnetns) /run/xnetns; chmod 755 /run; xnetns connect A B
        setpriv --reuid 54321 --clear-groups /run/xnetns disconnect -all --hints=always",
    );
    assert_eq!(done.status, Some(1), "{done:?}");
    for part in [
        "cannot enter the network namespace: Operation not permitted",
        "XNS-E58-unprivileged",
        "try: sudo /run/xnetns disconnect -all",
    ] {
        assert!(done.stderr.contains(part), "{part}: {done:?}");
    }
}

/// Each finds names of devices that are free, the bridge is made once, and goes with the last.
#[test]
fn many_at_once() {
    if !need("many_at_once", &NEEDS) {
        return;
    }
    let script = format!(
        "{LEFT} all() {{ for i in 1 2 3 4 5 6 7 8 9 10; do eval \"$1\" & done; wait; }}
        all 'xnetns connect --bridge br0 N$i:10.1.0.$i/24'; all 'xnetns connect host:10.2.$i.1/24 M$i:10.2.$i.2/24'
        ip -o link show master br0 | wc -l; ip -o link show type veth | wc -l; xnetns list | wc -l
        all 'xnetns disconnect M$i'; all 'xnetns disconnect N$i'; left"
    );
    assert_eq!(out(&script), "10\n20\n20\n");
}

/// A name is what it is called, even if that is the word for our own.
#[test]
fn a_name_that_is_a_word_of_ours() {
    if !need("a_name_that_is_a_word_of_ours", &NEEDS) {
        return;
    }
    let script = format!(
        "{LEFT} xnetns connect host:10.0.0.1/24 here:10.0.0.2/24; ip -n here -o -4 addr | tr -s ' ' | cut -d' ' -f4
        ip netns add host; ip link add d0 type veth peer name d1
        xnetns link set d0 netns host; ip -n host -o link show d0 | cut -d@ -f1 | cut -d: -f2
        xnetns del host; xnetns disconnect here; left"
    );
    let shown = out(&script);
    assert!(shown.starts_with("127.0.0.1/8\n10.0.0.2/24\n"), "{shown}");
    assert!(shown.ends_with(" d0\n"), "{shown}");
}
