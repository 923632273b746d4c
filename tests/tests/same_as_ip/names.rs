//! `ip netns` and `xnetns netns`.

use crate::{NEEDS, script};
use std::collections::BTreeMap;
use xns_tests::need;

/// A command line, after what is there before it.
struct Case {
    before: &'static str,
    words: &'static str,
    /// What is otherwise, and why.
    differs: Option<&'static str>,
}

const fn same(before: &'static str, words: &'static str) -> Case {
    Case { before, words, differs: None }
}

const fn differs(before: &'static str, words: &'static str, why: &'static str) -> Case {
    Case { before, words, differs: Some(why) }
}

const A: &str = "ip netns add A";
const AB: &str = "ip netns add A; ip netns add B";
const HELD: &str = "ip netns attach Q $$";
const STALE: &str = "ip netns add A; touch /run/netns/old";
const NUMBERED: &str = "ip netns add A; ip netns add B; ip netns set A 7; ip netns set B 3";

const STRICT: &str = "a word that is not wanted is refused: ip passes over it";
const LIST_ERRORS: &str = "ip complains of each name that has no namespace";
const OPTION: &str = "the line has the tool's name, and points to --help";

static CASES: [Case; 93] = [
    same("", "netns"),
    same("", "netns list"),
    differs("", "-j netns list", "without the directory ip prints no JSON at all"),
    same("mkdir /run/netns", "-j netns list"),
    same(A, "netns list"),
    same(A, "netns show"),
    same(A, "netns l"),
    same(A, "netns"),
    same(AB, "netns list"),
    same(AB, "-j netns list"),
    same(NUMBERED, "netns list"),
    same(NUMBERED, "-json netns list"),
    same(NUMBERED, "-n A netns list"),
    same("", "-n A netns list"),
    differs(A, "netns list x", STRICT),
    differs(STALE, "netns list", LIST_ERRORS),
    differs(STALE, "-j netns list", "what has no namespace has a key of its own"),
    same("", "netns add A"),
    same("", "netns a A"),
    same(A, "netns add B"),
    same(A, "netns add A"),
    same(STALE, "netns add old"),
    same("", "netns add a.b_c+d@e-f"),
    same("", "netns add"),
    same("", "netns add ''"),
    same("", "netns add a/b"),
    same("", "netns add ../x"),
    same("", "netns add ."),
    same("", "netns add .."),
    differs("", "netns add -- -x", "a name that looks like an option is not made"),
    differs("", "netns add 'x y'", "a name with a blank is not made"),
    differs("", "netns add a b", STRICT),
    same(A, "netns del A"),
    same(A, "netns delete A"),
    same(A, "netns d A"),
    same("", "netns del A"),
    same("", "netns del"),
    same("", "netns del a/b"),
    same("", "netns del .."),
    same(STALE, "netns del old"),
    same(HELD, "netns del Q"),
    differs(AB, "netns del A B", STRICT),
    same(AB, "-all netns del"),
    same(AB, "-a netns delete"),
    same("", "-all netns del"),
    same("", "netns attach Q $$"),
    same(HELD, "netns attach Q $$"),
    same("", "netns attach"),
    same("", "netns attach Q"),
    same("", "netns attach Q x"),
    same("", "netns attach Q 4194304"),
    same("", "netns attach a/b $$"),
    same(A, "netns set A 7"),
    same(A, "netns set A 0x10"),
    same(A, "netns set A auto"),
    same(NUMBERED, "netns set A 7"),
    same(NUMBERED, "netns set A 8"),
    same("ip netns add A; ip netns add B; ip netns set A 7", "netns set B 7"),
    same(A, "netns set A x"),
    same(A, "netns set A -5"),
    same(A, "netns set A"),
    same(A, "netns set"),
    same(A, "netns set B 7"),
    same(AB, "-n A netns set B 4"),
    same(STALE, "netns set old 7"),
    same(NUMBERED, "netns list-id"),
    same(NUMBERED, "-j netns list-id"),
    same(NUMBERED, "netns list-id nsid 7"),
    same(NUMBERED, "netns list-id nsid 9"),
    same("ip netns set A 0 2>/dev/null; ip netns add A; ip netns set A 7", "netns list-id target-nsid 7"),
    same("ip netns add A; ip netns set A 7; ip -n A netns set A 5", "netns list-id target-nsid 7"),
    same(NUMBERED, "netns list-id nsid x"),
    same(NUMBERED, "netns list-id nsid"),
    same(HELD, "netns identify"),
    same(HELD, "netns identify $$"),
    same("", "netns identify"),
    same(HELD, "-n A netns identify"),
    same(HELD, "-n B netns identify"),
    same(AB, "-n A netns exec B true"),
    same(A, "-n B netns exec A true"),
    same(STALE, "-n old netns identify"),
    same("", "netns identify 4194304"),
    same("", "netns identify x"),
    same("", "netns identify 1 2"),
    same(A, "netns pids A"),
    same("", "netns pids A"),
    same("", "netns pids"),
    differs(STALE, "netns pids old", "that there is no namespace is told: ip lists no processes"),
    differs("", "netns foo", OPTION),
    differs("", "foo", OPTION),
    differs("", "-zzz netns", OPTION),
    differs("", "netns help", "--help is asked for, and no misuse"),
    differs("", "neigh show", "the neighbours are left to ip"),
];

/// Programs and what becomes of them.
static PROGRAMS: [Case; 22] = [
    same(A, "netns exec A true"),
    same(A, "netns exec A false"),
    same(A, "netns e A sh -c 'exit 7'"),
    same(A, "netns exec A sh -c 'kill -9 $$'"),
    same(A, "netns exec A echo --quiet -j -- -all 'a b' ''"),
    same(A, "netns exec A ip -br link"),
    same(A, "netns exec A ls /sys/class/net"),
    same(A, "netns exec A sh -c 'ls -l /proc/self/fd | wc -l'"),
    same(A, "netns exec A sh -c 'echo $PPID'"),
    same(A, "netns exec A stat -f -c %T /sys"),
    same(A, "netns exec A /no/such"),
    same(A, "netns exec A no-such-program"),
    same(A, "netns exec A /etc/passwd"),
    same(A, "netns exec A"),
    same(A, "netns exec"),
    same(A, "netns exec B true"),
    same(A, "netns exec ../A true"),
    same(STALE, "netns exec old true"),
    same(AB, "-all netns exec ip -br link"),
    same(AB, "-all netns exec sh -c 'exit 3'"),
    same(AB, "-all netns exec"),
    differs(A, "netns exec A ls /sys/fs/cgroup", "the control groups stay visible"),
];

/// What a run shows: of its output the numbers that are others each time are left out.
fn observed(tool: &str, case: &Case) -> BTreeMap<&'static str, String> {
    let text = format!(
        "{}\n$T {} >/dev/shm/out.$$ 2>/dev/shm/err.$$ </dev/null\necho $?\n\
         sed \"s/\\b$$\\b/PID/g\" /dev/shm/out.$$; echo ==\nsed \"s/\\b$$\\b/PID/g\" /dev/shm/err.$$; echo ==\nrm /dev/shm/*.$$\n\
         cd /run/netns 2>/dev/null && for file in *; do stat -c '%n %F %a' -- \"$file\"; stat -f -c %T -- \"$file\"; done\n\
         ip netns list 2>&1; xnetns list 2>&1 | sort; grep -c '/run/netns .*shared:' /proc/self/mountinfo\n",
        case.before, case.words,
    );
    let done = script(tool, &text);
    let (status, rest) = done.stdout.split_once('\n').unwrap_or_else(|| panic!("{done:?}"));
    let (out, rest) = rest.split_once("==\n").unwrap_or_else(|| panic!("{done:?}"));
    let (complaints, effect) = rest.split_once("==\n").unwrap_or_else(|| panic!("{done:?}"));
    [("status", status), ("output", out), ("complaints", complaints), ("effect", effect)]
        .map(|(what, text)| (what, text.to_owned()))
        .into()
}

fn compare(cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let (theirs, ours) = (observed("ip", case), observed("xnetns", case));
        match case.differs {
            None if theirs != ours => {
                wrong.push(format!("{} | {}\n   ip: {theirs:?}\n ours: {ours:?}", case.before, case.words));
            }
            Some(why) if theirs == ours => {
                wrong.push(format!("{} | {}: no longer differs: {why}", case.before, case.words));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_are_as_ips() {
    if need("names_are_as_ips", &NEEDS) {
        compare(&CASES);
    }
}

#[test]
fn programs_are_run_as_by_ip() {
    if need("programs_are_run_as_by_ip", &NEEDS) {
        compare(&PROGRAMS);
    }
}

/// What each has made the other uses and removes, and `xnetns VERB` is `xnetns netns VERB`.
#[test]
fn each_tool_uses_the_others_names() {
    if !need("each_tool_uses_the_others_names", &NEEDS) {
        return;
    }
    for (one, other) in [("ip netns", "xnetns"), ("xnetns", "ip netns"), ("xnetns netns", "ip netns")] {
        let text = format!(
            "set -e\n{one} add A; {other} add B\n{other} exec A ip link set lo up; {one} exec A ip -br link | cut -c1-30\n\
             {other} list; {one} set B 5; {other} list; {other} del A; {one} del B; {other} list; ls /run/netns\n"
        );
        let done = script("", &text);
        assert!(done.ok() && done.stderr.is_empty(), "{done:?}");
        assert_eq!(done.stdout.lines().skip(1).collect::<Vec<_>>(), ["B", "A", "B (id: 5)", "A"], "{done:?}");
    }
}

/// The peer of a veth is gone when `del` ends, so that the same line can follow at once; with ip it is mostly still there.
#[test]
fn what_goes_with_a_name_is_gone() {
    if !need("what_goes_with_a_name_is_gone", &NEEDS) {
        return;
    }
    let text = "for round in 1 2 3 4 5 6; do
        xnetns add A && ip link add v0 type veth peer name v1 && ip link set v0 netns A && xnetns del A || exit 1
        ip link show v1 2>/dev/null && exit 2
        done; true";
    let done = script("", text);
    assert!(done.ok() && done.stdout.is_empty() && done.stderr.is_empty(), "{done:?}");
}

/// Who keeps a namespace whose name is gone is told, and not waited for.
#[test]
fn what_keeps_a_namespace_is_told() {
    if !need("what_keeps_a_namespace_is_told", &NEEDS) {
        return;
    }
    let text = "xnetns add A; ip link add v0 type veth peer name v1; ip link set v0 netns A; ip netns exec A sleep 60 &
        until grep -qs sleep /proc/$!/comm; do sleep 0.01; done
        xnetns attach B $!
        xnetns del A --hints=always; echo $!; ip -br link show v1 | cut -c1-5; xnetns -all del; kill $!";
    let done = script("", text);
    let pid = done.stdout.lines().next().unwrap();
    let told = format!(
        "xnetns: the name A is gone, the network namespace is kept by process {pid} (sleep), the name B\n"
    );
    assert!(done.stderr.contains(&told), "{done:?}");
    assert_eq!(done.stdout.lines().nth(1), Some("v1@if"), "{done:?}");
}

/// In exec: a new /sys with the control groups as they were, the files of /etc/netns, nothing of it outside, the same process.
#[test]
fn the_mounts_of_exec() {
    if !need("the_mounts_of_exec", &NEEDS) {
        return;
    }
    let text = "xnetns add A; mount -t tmpfs etc /etc/netns 2>/dev/null || { mkdir -p /run/e; mount --bind /run/e /run/e; }
        mkdir -p /run/upper /run/work; mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work o /etc || exit 9
        mkdir -p /etc/netns/A; echo nameserver 192.0.2.1 > /etc/netns/A/resolv.conf; : > /etc/netns/A/no-such-file; touch /etc/resolv.conf
        ls /sys/fs/cgroup > /run/before; cat /proc/self/mountinfo > /run/mounts
        xnetns exec A sh -c 'cat /etc/resolv.conf; ls /sys/class/net; ls /sys/fs/cgroup | diff - /run/before && echo same
            grep -c \" /sys/fs/cgroup\" /proc/self/mountinfo; mount -t tmpfs x /mnt; grep -c \" /sys \" /proc/self/mountinfo'
        grep -c ' /sys/fs/cgroup' /run/mounts; diff /run/mounts /proc/self/mountinfo && echo unchanged
        exec xnetns exec A sh -c '[ $$ = '$$' ] && echo in place'";
    let done = script("", text);
    assert!(done.ok(), "{done:?}");
    let lines: Vec<_> = done.stdout.lines().collect();
    let [name, devices, groups, inside, sys, outside, mounts, place] = lines.as_slice() else {
        panic!("{done:?}")
    };
    assert_eq!((*name, *devices, *groups), ("nameserver 192.0.2.1", "lo", "same"), "{done:?}");
    assert_eq!((inside, *sys, *mounts, *place), (outside, "1", "unchanged", "in place"), "{done:?}");
    let told = "Bind /etc/netns/A/no-such-file -> /etc/no-such-file failed: No such file or directory\n";
    assert_eq!(done.stderr, told.repeat(2));
}

#[test]
fn a_thousand_names() {
    if !need("a_thousand_names", &NEEDS) {
        return;
    }
    let text = "for i in $(seq 1000); do echo netns add n$i; done | ip -batch - || exit 1
        ip netns list > /run/theirs; xnetns list > /run/ours; cmp /run/theirs /run/ours && wc -l < /run/ours; xnetns -all del; ls /run/netns";
    let done = script("", text);
    assert_eq!((done.stdout.trim(), done.stderr.as_str(), done.ok()), ("1000", "", true), "{done:?}");
}

#[test]
fn comings_and_goings() {
    if !need("comings_and_goings", &NEEDS) {
        return;
    }
    let text = "xnetns monitor > /run/seen & until grep -q inotify /proc/$!/fdinfo/* 2>/dev/null; do sleep 0.01; done
        ip netns add A; xnetns add B; ip netns del A; xnetns del B
        until [ $(wc -l < /run/seen) = 4 ]; do sleep 0.01; done; kill $!; cat /run/seen";
    let done = script("", text);
    assert_eq!(done.stdout, "add A\nadd B\ndelete A\ndelete B\n", "{done:?}");
}
