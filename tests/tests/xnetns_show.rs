//! `xnetns show`: the picture and its JSON, for network namespaces of the test's own; stale names, ordinary users, a thousand names.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use serde_json::Value;
use xns_tests::{Done, Need, Scene, bin, need};

const BEGIN: &str = r#"
mount -t tmpfs run /run
for n in RED BLUE; do ip netns add $n; done
ip link add veth0 netns RED address 02:00:00:00:00:01 type veth peer name veth1 address 02:00:00:00:00:02 netns BLUE
ip -n RED address add 11.11.11.2/24 dev veth0; ip -n BLUE address add 11.11.11.3/32 label veth1:x dev veth1
for n in RED BLUE; do ip netns exec $n sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6'; done
ip -n RED link set veth0 up; ip -n BLUE link set veth1 up mtu 1400; ip -n RED link set lo up
ip -n RED route add default via 11.11.11.3
"#;

fn run(scene: &Scene, script: &str) -> Done {
    let script = format!("{BEGIN}{script}");
    let command = scene.cmd("unshare").args(["-mnpf", "--mount-proc", "sh", "-ec", &script]);
    command.env("X", bin("xnetns")).env("LC_ALL", "C.UTF-8").run()
}

fn needs(test: &str) -> bool {
    need(test, &[Need::Root, Need::Program("ip")])
}

fn json(scene: &Scene, script: &str) -> Value {
    let done = run(scene, script);
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
}

#[test]
fn peers_are_named_by_namespace() {
    if !needs("peers_are_named_by_namespace") {
        return;
    }
    let want = "\
RED · no process
├─lo · UP · 127.0.0.1/8 host
├─veth0 ── veth1 in BLUE · UP · 02:00:00:00:00:01 · 11.11.11.2/24
└─routes
  ├─default via 11.11.11.3 dev veth0
  └─11.11.11.0/24 dev veth0 src 11.11.11.2
BLUE · no process
├─lo · DOWN: nothing is reached at 127.0.0.1
└─veth1 ── veth0 in RED · UP · 02:00:00:00:00:02 · mtu 1400 · 11.11.11.3/32 label veth1:x
";
    let scene = Scene::new();
    assert_eq!(run(&scene, "$X show RED BLUE").stdout, want);
    let ascii = run(&scene, "LC_ALL=C $X show RED BLUE").stdout;
    assert_eq!(ascii, want.replace("├─", "|-").replace("└─", "`-").replace("──", "--").replace(" ·", ","));
}

#[test]
fn the_host_processes_bridges_and_stale_names() {
    if !needs("the_host_processes_bridges_and_stale_names") {
        return;
    }
    let script = "ip link add br0 type bridge; ip link add p0 type veth peer name eth0 netns RED; ip link set p0 master br0; \
        unshare -n sleep 1000 & sleep 0.3; ip link add q0 type veth peer name q1 netns $!; \
        touch /run/netns/old; ln -s /proc/1/ns/net /run/netns/link; ip netns attach ALIAS $!; ip netns add GONE; \
        $X -j show; echo; $X show | sed 's/net:\\[[0-9]*\\]/net:[N]/'";
    let done = run(&Scene::new(), script);
    let (value, picture) = done.stdout.split_once('\n').unwrap();
    let value: Value = serde_json::from_str(value).unwrap();
    let find = |name: &str| value.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
    let device = |space: &Value, name: &str| {
        let all = space["interfaces"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap().clone()
    };
    assert_eq!((&value[0]["host"], &value[0]["name"]), (&true.into(), &Value::Null));
    assert_eq!(device(&value[0], "p0")["master"], "br0");
    assert_eq!(device(&value[0], "p0")["peer"]["namespace"]["name"], "RED");
    assert_eq!(device(find("RED"), "eth0")["peer"]["namespace"]["host"], true);
    assert_eq!(device(find("ALIAS"), "q1")["peer"]["name"], "q0");
    assert_eq!(
        (&find("ALIAS")["processes"], &find("ALIAS")["process"]["command"]),
        (&1.into(), &"sleep".into())
    );
    assert_eq!((&find("old")["state"], &find("link")["state"]), (&"stale".into(), &"foreign".into()));
    assert_eq!(find("GONE")["interfaces"].as_array().unwrap().len(), 1);
    for line in [
        "├─p0 ── eth0 in RED · DOWN · ",
        "─q0 ── q1 in ALIAS · DOWN · ",
        "ALIAS · 1 process\n",
        "link · a symbolic link, no network namespace\n",
        "old · stale: no namespace is bound to it here\n",
    ] {
        assert!(picture.contains(line), "{line}: {picture}");
    }
}

#[test]
fn a_namespace_without_a_name_is_told_by_a_process() {
    if !needs("a_namespace_without_a_name_is_told_by_a_process") {
        return;
    }
    let scene = Scene::new();
    let made =
        "unshare -n sleep 1000 & P=$!; sleep 0.3; ip link add q0 netns RED type veth peer name q1 netns $P;";
    let picture = run(&scene, &format!("{made} $X show RED; $X show $P")).stdout;
    assert!(picture.contains("q0 ── q1 in net:["), "{picture}");
    assert!(picture.contains(" sleep) · DOWN"), "{picture}");
    assert!(picture.contains("q1 ── q0 in RED"), "{picture}");
    // Of one without a process, a name and a file nothing can be known.
    let hidden = "sleep 1000 & S=$!; nsenter --net=/run/netns/RED ip link set veth0 netns $S; \
        ip netns attach KEPT $S; ip netns add H; ip link add h0 type veth peer name h1 netns H; \
        mkdir /run/else; touch /run/else/f; mount --bind /run/netns/H /run/else/f; ip netns del H; $X show";
    let picture = run(&scene, hidden).stdout;
    assert!(picture.contains("h0 ── h1 in a network namespace out of sight"), "{picture}");
}

#[test]
fn two_that_look_the_same_are_told_apart() {
    if !needs("two_that_look_the_same_are_told_apart") {
        return;
    }
    // The same index, name and hardware address, in each pair.
    let script = "for n in A B C D; do ip netns add $n; done; \
        for pair in 'A B' 'C D'; do set -- $pair; \
        ip link add e0 netns $1 address 02:00:00:00:00:09 type veth peer name e1 address 02:00:00:00:00:0a netns $2; done; \
        $X -j show A B C D";
    let value = json(&Scene::new(), script);
    let peers: Vec<&Value> =
        (0..4).map(|at| &value[at]["interfaces"][1]["peer"]["namespace"]["name"]).collect();
    assert_eq!(peers, ["B", "A", "D", "C"]);
}

#[test]
fn an_ordinary_user_sees_his_own() {
    if !needs("an_ordinary_user_sees_his_own") {
        return;
    }
    let script = "cp $X /run/x; chmod 755 /run/x; status=0; \
        setpriv --reuid 54321 --clear-groups /run/x --hints always show || status=$?; echo $status";
    let done = run(&Scene::new(), script);
    assert!(done.stdout.starts_with("host · "), "{done:?}");
    assert!(done.stdout.contains(
        "RED · no process in sight · cannot enter the network namespace: Operation not permitted\n"
    ));
    assert!(done.stdout.ends_with("\n1\n"), "{done:?}");
    assert!(done.stderr.contains("hint[XNS-N50-not-ours]"), "{done:?}");
    // Inside a user namespace of his own they are his.
    let mine = "chmod 755 /run; cp $X /run/x; chmod 755 /run/x; setpriv --reuid 54321 --clear-groups unshare -rmn sh -ec \
        'mount -t tmpfs none /run/netns; ip netns add OWN; ip link add e0 type veth peer name e1 netns OWN; /run/x show OWN'";
    let done = run(&Scene::new(), mine);
    assert!(done.stdout.contains("└─e1 ── e0 in host · DOWN"), "{done:?}");
}

#[test]
fn what_is_not_there_and_hostile_names() {
    if !needs("what_is_not_there_and_hostile_names") {
        return;
    }
    let scene = Scene::new();
    let done = run(&scene, "$X show nix");
    done.fails(1, "xnetns: Cannot open network namespace \"nix\": No such file or directory");
    run(&scene, "$X show 999999")
        .fails(1, "xnetns: Cannot open network namespace of process 999999: No such process");
    let done = run(&scene, "status=0; $X show RED nix || status=$?; echo $status");
    assert!(done.stdout.starts_with("RED · ") && done.stdout.ends_with("\n1\n"), "{done:?}");
    let script = "name=$(printf 'a\\033[2Jb'); ip link add \"$name\" type veth peer name c; \
        ip link set c alias \"$(printf 'x\\033]0;y\\007')\"; $X show host; $X -j show host; \
        ip netns add o; odd=$(printf 'o\\033d'); touch \"/run/netns/$odd\" \"/run/netns/s$odd\"; mount --bind /run/netns/o \"/run/netns/$odd\"; \
        umount /run/netns/o; rm /run/netns/o; ip link add e type veth peer name f netns \"$odd\"; $X show";
    let done = run(&scene, script);
    for told in ["\\x1b[2Jb", "\no\\x1bd · ", "f in o\\x1bd · ", "so\\x1bd · stale"] {
        assert!(done.stdout.contains(told), "{told}: {done:?}");
    }
    assert!(!done.stdout.contains(['\u{1b}', '\u{7}']), "{done:?}");
}

#[test]
fn a_thousand_names_take_ten_times_as_long_as_a_hundred() {
    const MANY: usize = 1000;
    if !needs("a_thousand_names_take_ten_times_as_long_as_a_hundred") {
        return;
    }
    let script = |names: usize| {
        format!(
            "{{ for i in $(seq {names}); do echo netns add n$i; done; }} | ip -b -; \
             {{ for i in $(seq 1 2 {names}); do echo link add v$i netns n$i type veth peer name w$i netns n$((i+1)); done; }} | ip -b -; \
             for i in 1 2 3; do $X show > out; date +%s%N; $X show > out; date +%s%N; done; grep -c ' in n[0-9]' out"
        )
    };
    let time = |names: usize| {
        let done = run(&Scene::new(), &script(names));
        let numbers: Vec<u64> = done.stdout.lines().filter_map(|line| line.parse().ok()).collect();
        let (pairs, times) = numbers.split_last().unwrap_or_else(|| panic!("{done:?}"));
        assert_eq!(*pairs, u64::try_from(names).unwrap(), "every end is found");
        times.chunks(2).map(|two| two[1] - two[0]).min().unwrap()
    };
    let (few, many) = (time(MANY / 10), time(MANY));
    // Linear: not much more than ten times; quadratic would be a hundred times.
    assert!(many < 30 * few, "{few} ns for 100 names, {many} ns for 1000");
}
