//! What a process hands on to the program that xcgexec makes of it, or starts in a group, is the same with and without it; its own
//! descriptors stay its own.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::collections::{BTreeMap, BTreeSet};
use xns_tests::groups::{self, OwnGroup};
use xns_tests::inherited::{STARTERS, differences, inherited};
use xns_tests::{Cmd, Need, Running, Scene, Seen, bin, children, descriptor, need, traced};

/// Options, and how many processes are between the tool and the program.
const MODES: &[(&str, usize)] = &[
    ("-g pids:/", 0),
    ("-g *:/ -g pids:/", 0),
    ("--pids 20", 1),
    ("--memory 50M --report=report --report-format=json", 1),
    ("--device-deny /dev/zero+r --remaining=wait --report", 1),
];

const NEEDS: [Need; 6] = [
    Need::Root,
    Need::Controller("pids"),
    Need::Controller("memory"),
    Need::Controller("devices"),
    Need::Program("setarch"),
    Need::Program("chrt"),
];

fn scene() -> Scene {
    let scene = Scene::new();
    scene.file("pin", "");
    scene.file("out", "");
    scene
}

fn words(options: &str) -> Vec<String> {
    let options = options.split_whitespace().map(|word| word.replace('+', " "));
    [bin("xcgexec").display().to_string()].into_iter().chain(options).collect()
}

/// Starts the words by this starter, in the root of every hierarchy.
fn start(scene: &Scene, starter: &str, words: &[String]) -> Running {
    let script = format!("{starter} \"$@\"");
    let cmd = scene.cmd("sh").args(["-ec", &script, "sh"]).args(words);
    let mut running = groups::in_roots(cmd.args(["/bin/sh", "-c", "echo up; read -r x"])).start();
    assert_eq!(running.line(), "up", "{starter} {words:?}");
    running
}

/// A wait needs SIGCHLD as it is by default, and the groups are what was asked for.
fn as_expected(mut seen: BTreeMap<String, String>, forks: bool) -> BTreeMap<String, String> {
    if forks {
        let ignored = u64::from_str_radix(&seen["SigIgn"], 16).unwrap();
        seen.insert("SigIgn".to_owned(), format!("{:016x}", ignored & !(1 << (libc::SIGCHLD - 1))));
    }
    seen.remove("cgroup");
    seen
}

#[test]
fn a_program_in_a_group_inherits_what_its_starter_set() {
    if !need("a_program_in_a_group_inherits_what_its_starter_set", &NEEDS) {
        return;
    }
    for starter in STARTERS {
        let scene = scene();
        let plain = start(&scene, starter, &[]);
        let plain = inherited(plain.pid());
        for (options, between) in MODES {
            let running = start(&scene, starter, &words(options));
            let program = (0..*between).fold(running.pid(), |pid, _| *children(pid).last().unwrap());
            let (seen, expected) =
                (as_expected(inherited(program), false), as_expected(plain.clone(), *between > 0));
            assert_eq!(differences(&seen, &expected), [] as [&str; 0], "{starter} {options}");
            let group =
                nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(program.cast_signed()))).unwrap();
            let own =
                nix::unistd::getpgid(Some(nix::unistd::Pid::from_raw(running.pid().cast_signed()))).unwrap();
            assert_eq!(group, own, "{starter} {options}");
            let pid = running.pid();
            // It reads the end of its input, and ends.
            let _ = running.end();
            assert!(groups::run_groups(pid).is_empty(), "{starter} {options}");
        }
    }
}

/// Command lines under strace; `G` is a group.
const TRACED: &[(&str, &str)] = &[
    ("xcgexec", "-g pids:G true"),
    ("xcgexec", "-g *:/ true"),
    ("xcgexec", "--memory 50M --pids 20 --report=report true"),
    ("xcgexec", "--cpuset 0 --remaining=wait --hints=always --explain true"),
    ("xcgexec", "-g pids:G --pids 5 --device-deny /dev/zero+r true"),
    ("xcgexec", "-g pids:none --hints=always true"),
    ("xcgroup", "set G --pids 5 --memory 50M"),
    ("xcgroup", "add G PID"),
    ("xcgroup", "create G/in --cpuset 0"),
    ("xcgroup", "delegate G 54321"),
    ("xcgroup", "tree"),
    ("xcgroup", "top --once"),
    ("xcgroup", "delete -r --kill G"),
];

#[test]
fn every_descriptor_is_closed_on_exec_and_that_of_a_move_at_once() {
    let test = "every_descriptor_is_closed_on_exec_and_that_of_a_move_at_once";
    if !need(test, &NEEDS) || !need(test, &[Need::Program("strace"), Need::Controller("cpuset")]) {
        return;
    }
    let mut moves = 0;
    for (tool, line) in TRACED {
        let (scene, group) = (Scene::new(), OwnGroup::new());
        let sleep = groups::in_roots(scene.cmd("sleep").args(["1000"])).start();
        assert_eq!(Cmd::new(bin("xcgroup")).args(["create", group.name()]).run().out(), "");
        let pid = sleep.pid().to_string();
        let word = |word: &str| match word {
            "PID" => pid.clone(),
            "G" => group.name().to_owned(),
            "G/in" => format!("{}/in", group.name()),
            _ => word.replace(":G", &format!(":{}", group.name())).replace('+', " "),
        };
        let words: Vec<String> = line.split(' ').map(word).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let roots: String = groups::hierarchies()
            .iter()
            .filter(|one| !one.is_v2)
            .map(|one| format!("echo 0 > {}; ", one.point.join("tasks").display()))
            .collect();
        let prefix = format!("{roots}exec \"$@\"");
        let (done, trace) = traced(&scene, &["sh", "-ec", &prefix, "sh"], bin(tool), &words);
        assert_eq!(done.ok(), !line.contains("none"), "{line}: {done:?}");
        for (at, seen) in trace.iter().enumerate() {
            assert!(!makes_an_open_one(seen), "{tool} {line}: {seen}");
            if opens_for_a_move(seen) {
                moves += 1;
                let mut next =
                    trace[at + 1..].iter().filter(|next| next.pid == seen.pid && next.name != "fcntl");
                let number = seen.new_descriptor();
                let is = |seen: Option<&Seen>, name: &str| {
                    seen.is_some_and(|seen| {
                        seen.name == name && descriptor(seen.arg(0)).map(|(fd, _)| fd) == number
                    })
                };
                assert!(is(next.next(), "write") && is(next.next(), "close"), "{tool} {line}: {seen}");
            }
        }
    }
    assert!(moves > 20, "{moves}");
}

/// A new descriptor that an exec would hand on?
fn makes_an_open_one(seen: &Seen) -> bool {
    let flags = seen.args.join(" ");
    match seen.name.as_str() {
        _ if seen.failed() => false,
        "open" | "openat" | "openat2" | "open_tree" => !flags.contains("CLOEXEC"),
        "socket" | "socketpair" | "pipe2" | "eventfd2" | "epoll_create1" | "memfd_create" | "signalfd4"
        | "accept4" => !flags.contains("CLOEXEC"),
        "fcntl" => seen.arg(1) == "F_DUPFD" || (seen.arg(1) == "F_SETFD" && seen.arg(2) == "0"),
        "dup" | "dup2" | "pipe" | "creat" | "eventfd" | "signalfd" => true,
        "dup3" => !flags.contains("CLOEXEC"),
        _ => false,
    }
}

/// Who moves processes has the file open no longer than for one write (CVE-2026-78408).
fn opens_for_a_move(seen: &Seen) -> bool {
    let path = descriptor(&seen.result).map_or("", |(_, path)| path);
    let writes = seen.args.iter().any(|arg| arg.contains("O_WRONLY") || arg.contains("O_RDWR"));
    writes && ["cgroup.procs", "tasks", "cgroup.threads"].iter().any(|file| path.ends_with(file))
}

/// In PID namespaces of their own all are process 1; none takes another's group for its own, and each removes it.
#[test]
fn runs_of_the_same_number_begin_at_the_same_time() {
    let needs = [Need::Root, Need::Controller("pids"), Need::Program("unshare"), Need::Program("seq")];
    if !need("runs_of_the_same_number_begin_at_the_same_time", &needs) {
        return;
    }
    let script = "for i in $(seq 40); do
            unshare -fp \"$0\" --pids 10 sh -c 'cat /proc/self/cgroup; sleep 0.1' > \"$i\" 2>&1 || echo \"$i: $?\" >> failed &
        done; wait; cat failed 2>/dev/null; cat [0-9]*";
    let scene = scene();
    let done = groups::in_roots(scene.cmd("sh").args(["-c", script]).args([bin("xcgexec")])).run();
    let name = |line: &str| line.rsplit('/').next().unwrap().to_owned();
    let names: Vec<String> =
        done.stdout.lines().filter(|line| line.contains("xcgexec-1.")).map(name).collect();
    let different: BTreeSet<_> = names.iter().collect();
    assert_eq!(
        (done.status, done.stdout.contains("xcgexec:"), different.len()),
        (Some(0), false, 40),
        "{done:?}"
    );
    let left =
        different.iter().filter(|name| groups::hierarchies().iter().any(|at| at.point.join(name).exists()));
    assert_eq!(left.count(), 0, "{done:?}");
}

/// Too few descriptors are no missing hierarchy, and a keeper that somebody has stopped holds nobody up.
#[test]
fn what_is_short_is_named() {
    if !need("what_is_short_is_named", &[Need::Root, Need::Controller("pids"), Need::Controller("memory")]) {
        return;
    }
    let scene = scene();
    let shell = |line: &str| {
        groups::in_roots(scene.cmd("sh").args(["-c", line]).args([bin("xcgexec"), bin("xcgroup")])).run()
    };
    let lines = [
        "\"$0\" --hints=always --pids 9 true",
        "\"$0\" --hints=always -g pids:/ true",
        "\"$1\" --hints=always list",
    ];
    for line in lines {
        let done = shell(&format!("exec 3</dev/null; ulimit -n 4; {line}"));
        let told = "cannot read /proc/self/mountinfo: Too many open files\n  hint[XNS-S8-no-descriptor]";
        // A program that is linked to libraries does not come so far.
        let linked = done.stderr.contains("error while loading shared libraries");
        assert!(linked || done.stderr.contains(told), "{line}: {done:?}");
    }
    let done = shell("\"$0\" --hints=always --memory 4096 true");
    assert_eq!(done.status, Some(126), "{done:?}");
    assert!(done.stderr.contains("hint[XNS-E52-no-room]"), "{done:?}");
    let nested = shell("\"$0\" --pids 2 \"$0\" --hints=always --pids 1 true");
    assert!(
        nested.stderr.contains("hint[XNS-E07-pids-max]: a cgroup of yours may have no more than 2"),
        "{nested:?}"
    );
    let stopped = "\"$0\" --pids 9 sh -c 'kill -STOP $(cat /proc/$PPID/task/$PPID/children | tr \" \" \"\\n\" | grep -v \"^$$\"); exit 7'";
    assert_eq!(shell(stopped).status, Some(7));
}
