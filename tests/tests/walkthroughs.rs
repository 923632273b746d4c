//! The walkthroughs of the lesson, line by line, as root and as an ordinary user with `-r`.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use xns_tests::{
    Need, ORDINARY_UID, Scene, Who, children, exec_enters_time, is_root, need, ns, send, wait_for,
};

/// The kinds in which a process differs from this test.
fn new_kinds(pid: u32) -> Vec<&'static str> {
    let differs = |kind: &&str| ns(pid, kind) != ns(std::process::id(), kind);
    ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"].into_iter().filter(differs).collect()
}

/// With `-r` there is one more.
fn expected(who: Who, kinds: &[&'static str]) -> Vec<&'static str> {
    let mut kinds = kinds.to_vec();
    if who == Who::Ordinary {
        kinds.push("user");
    }
    kinds.sort_unstable();
    kinds
}

#[test]
fn each_option_makes_its_namespace_and_no_other() {
    for who in Who::each("each_option_makes_its_namespace_and_no_other") {
        for (words, kinds) in [
            ("-m", &["mnt"][..]),
            ("-u", &["uts"]),
            ("-i", &["ipc"]),
            ("-n", &["net"]),
            ("-C", &["cgroup"]),
            ("-T", &["time"]),
            ("-fT", &["time"]),
            ("-U", &["user"]),
            ("--mount --uts --ipc --net --cgroup --time", &["mnt", "uts", "ipc", "net", "cgroup", "time"]),
        ] {
            let scene = Scene::new();
            let mut shell = who.xunshare(&scene).words(words).args(["sh"]).start();
            let pid: u32 = shell.ask("echo $$").parse().unwrap();
            let mut kinds = expected(who, kinds);
            kinds.dedup();
            // It stays outside, and dash starts nothing there: it uses vfork(2).
            let stays = kinds.contains(&"time") && !(exec_enters_time() || words.contains('f'));
            if stays {
                kinds.retain(|kind| *kind != "time");
            }
            assert_eq!(new_kinds(pid), kinds, "{who:?} {words}");
            if !stays {
                let id = shell.ask("readlink /proc/$$/ns/mnt");
                assert_eq!(id, ns(pid, "mnt"), "the inode number is the id");
            }
            assert!(shell.end().ok());
        }
    }
}

#[test]
fn w2_a_mount_stays_in_its_namespace() {
    for who in Who::each("w2_a_mount_stays_in_its_namespace") {
        let scene = Scene::new();
        scene.subdir("mnt");
        let mut shell = who.xunshare(&scene).words("--mount --propagation private sh").start();
        assert_eq!(shell.ask("mount -t tmpfs none mnt && : > mnt/inside && echo $?"), "0");
        assert_eq!(shell.ask("ls mnt"), "inside");
        assert!(scene.mounts().is_empty() && !scene.path("mnt/inside").exists());
        assert!(shell.end().ok());
    }
}

#[test]
fn w3_a_host_name_of_its_own() {
    if !need("w3_a_host_name_of_its_own", &[Need::Program("hostname"), Need::Program("domainname")]) {
        return;
    }
    let names = || {
        ["hostname", "domainname"].map(|n| std::fs::read_to_string(format!("/proc/sys/kernel/{n}")).unwrap())
    };
    let outside = names();
    for who in Who::each("w3_a_host_name_of_its_own") {
        let scene = Scene::new();
        let mut shell = who.xunshare(&scene).words("-u sh").start();
        assert_eq!(shell.ask("hostname Sam; hostname"), "Sam");
        assert_eq!(shell.ask("domainname mars; domainname"), "mars");
        assert_eq!(names(), outside);
        assert!(shell.end().ok());
        let named = who
            .xunshare(&scene)
            .words("--hostname my-container --domainname moon sh -c")
            .args(["hostname; cat /proc/sys/kernel/domainname"]);
        assert_eq!(named.run().out(), "my-container\nmoon");
        assert_eq!(names(), outside);
    }
}

/// The keys that `ipcs` lists in this namespace, of all three kinds.
const LIST: &str = "{ ipcs -m; ipcs -q; ipcs -s; } | grep -c ^0x || true";

#[test]
fn w4_system_v_objects_are_not_seen_across() {
    if !need("w4_system_v_objects_are_not_seen_across", &[Need::Program("ipcmk"), Need::Program("ipcs")]) {
        return;
    }
    for who in Who::each("w4_system_v_objects_are_not_seen_across") {
        // A namespace of the test's own stands for the host, so that nobody's objects are touched.
        let scene = Scene::new();
        let mut outside = who.xunshare(&scene).words("-i sh").start();
        let make = "ipcmk -M 4096 >&2; ipcmk -Q >&2; ipcmk -S 2 >&2;";
        assert_eq!(outside.ask(&format!("{make} {LIST}")), "3");
        // It says that it runs: what is written before that, the outer shell would read.
        let nested = format!("{} --ipc sh -c 'echo on; exec sh'", xns_tests::bin("xunshare").display());
        assert_eq!(outside.ask(&nested), "on");
        let mut inside = outside;
        assert_eq!(inside.ask(LIST), "0");
        assert_eq!(inside.ask(&format!("ipcmk -Q >&2; {LIST}")), "1");
        assert_eq!(inside.ask("echo bye; exit"), "bye");
        assert_eq!(inside.ask(LIST), "3");
        assert!(inside.end().ok());
    }
}

#[test]
fn w4_posix_queues_have_a_file_system_of_their_own() {
    for who in Who::each("w4_posix_queues_have_a_file_system_of_their_own") {
        let scene = Scene::new();
        scene.subdir("outer");
        scene.subdir("inner");
        let outer = format!("-i --mount-mqueue={} sh", scene.path("outer").display());
        let mut shell = who.xunshare(&scene).words(&outer).start();
        assert_eq!(shell.ask(": > outer/queue; ls outer"), "queue");
        let inner = "\"$X\" -i --mount-mqueue=\"$PWD\"/inner sh -c 'ls inner; : > inner/other; ls inner'; ls outer; echo end";
        shell.say(&format!("X={}; {inner}", xns_tests::bin("xunshare").display()));
        assert_eq!([shell.line(), shell.line(), shell.line()], ["other", "queue", "end"]);
        assert!(shell.end().ok());
    }
}

#[test]
fn w4_a_pipe_opened_before_crosses() {
    for who in Who::each("w4_a_pipe_opened_before_crosses") {
        let scene = Scene::new();
        assert_eq!(who.xunshare(&scene).words("-i cat").input("through").run().out(), "through");
    }
}

#[test]
fn w5_the_program_is_pid_1_and_sees_only_its_own() {
    if !need("w5_the_program_is_pid_1_and_sees_only_its_own", &[Need::Program("ps")]) {
        return;
    }
    for who in Who::each("w5_the_program_is_pid_1_and_sees_only_its_own") {
        let scene = Scene::new();
        let mut shell = who.xunshare(&scene).words("-fp --mount-proc /bin/sh").start();
        let (outer, me) = (shell.pid(), std::process::id());
        assert_eq!(shell.ask("echo $$ $PPID"), "1 0");
        // A pipeline would add processes: the list goes to a variable.
        assert_eq!(shell.ask("set -- $(ps -e -o pid=,ppid=,args=); echo $1 $2 $3"), "1 0 /bin/sh");
        let seen = shell.ask("list=$(ps -e -o pid=); echo $list");
        assert!(seen.starts_with("1 ") && seen.split(' ').count() <= 3, "{seen}");
        let shells = children(outer);
        assert_eq!(shells.len(), 1, "xunshare is the parent of the shell, which has a PID here");
        assert_eq!(shell.ask("readlink /proc/$$/ns/pid"), ns(shells[0], "pid"));
        assert_ne!(ns(shells[0], "pid"), ns(me, "pid"));
        assert_eq!(ns(outer, "pid_for_children"), ns(shells[0], "pid"));
        let said = shell.ask(&format!("kill -0 {me} 2>&1; echo"));
        assert!(said.contains("No such process"), "{said}");
        assert!(shell.line().is_empty() && shell.end().ok());
    }
}

#[test]
fn w5_killing_pid_1_ends_the_whole_namespace() {
    for who in Who::each("w5_killing_pid_1_ends_the_whole_namespace") {
        let scene = Scene::new();
        let mut shell = who.xunshare(&scene).words("--fork --pid --mount-proc sh").start();
        assert_eq!(shell.ask("sleep 10000 & setsid sleep 10000 & echo on"), "on");
        let host_pid = children(shell.pid())[0];
        wait_for("the sleepers", || children(host_pid).len() == 2);
        let sleepers = children(host_pid);
        send(host_pid, Signal::SIGKILL);
        wait_for("their end", || {
            sleepers.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists())
        });
        assert_eq!(shell.end().signal, Some(9), "the terminal prints Killed");
        wait_for("everybody's end", || scene.processes().is_empty());
    }
}

#[test]
fn w5_the_shell_of_the_terminal_prints_killed() {
    for who in Who::each("w5_the_shell_of_the_terminal_prints_killed") {
        let scene = Scene::new();
        let ordinary = if who == Who::Ordinary { "-r" } else { "" };
        scene.hand_over();
        let script = format!(
            "\"$X\" {ordinary} -fp sh -c 'kill -9 $$; echo not PID 1s affair; exit 3' || echo $?; \"$X\" {ordinary} -f sh -c 'kill -9 $$' || echo $?"
        );
        let shell = scene.sh(&script);
        let done = if who == Who::Ordinary { shell.ordinary() } else { shell }.run();
        // A PID 1 is not killed by its own namespace's signals; a child without a namespace is.
        assert_eq!(done.out(), "not PID 1s affair\n3\n137");
        assert!(done.stderr.contains("Killed"), "{done:?}");
    }
}

#[test]
fn w5_namespaces_nest_and_only_the_outer_sees_the_inner() {
    for who in Who::each("w5_namespaces_nest_and_only_the_outer_sees_the_inner") {
        let scene = Scene::new();
        let mut shell = who.xunshare(&scene).words("-fp --mount-proc sh").start();
        let nested =
            format!("{} -fp --mount-proc sh -c 'echo on; exec sh'", xns_tests::bin("xunshare").display());
        assert_eq!(shell.ask(&nested), "on");
        assert_eq!(shell.ask("echo $$"), "1");
        let middle = children(shell.pid())[0];
        let inner_tool = children(middle)[0];
        let inner = children(inner_tool)[0];
        let numbers = std::fs::read_to_string(format!("/proc/{inner}/status")).unwrap();
        let numbers = numbers.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap();
        let numbers: Vec<_> = numbers.split_whitespace().collect();
        let deepest = &numbers[numbers.len() - 3..];
        assert_eq!((deepest[0], deepest[2]), (inner.to_string().as_str(), "1"), "{numbers:?}");
        assert_eq!(shell.ask("set -- /proc/[0-9]*; echo $#"), "1");
        assert!(shell.end().ok());
    }
}

#[test]
fn w7_an_ordinary_user_is_root_inside_and_has_no_more_rights_outside() {
    let needs = [Need::UserNamespaces, Need::Program("whoami")];
    if !need("w7_an_ordinary_user_is_root_inside_and_has_no_more_rights_outside", &needs) {
        return;
    }
    let scene = Scene::new();
    let secret = scene.file("secret", "for root only");
    let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&secret, only_owner).unwrap();
    let uid = if is_root() { ORDINARY_UID } else { nix::unistd::geteuid().as_raw() };
    let mut shell = scene.xunshare().ordinary().words("--user --map-root-user sh").start();
    assert_eq!(shell.ask("whoami"), "root");
    assert_eq!(shell.ask("id -u"), "0");
    assert_eq!(shell.ask("set -- $(cat /proc/self/uid_map); echo $*"), format!("0 {uid} 1"));
    assert_eq!(
        shell.ask("set -- $(cat /proc/self/gid_map); echo $1 $3 $(cat /proc/self/setgroups)"),
        "0 1 deny"
    );
    let owner =
        std::fs::metadata(format!("/proc/{}", shell.pid())).map(|m| std::os::unix::fs::MetadataExt::uid(&m));
    let status = std::fs::read_to_string(format!("/proc/{}/status", shell.pid())).unwrap();
    assert!(status.contains(&format!("Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n")), "{owner:?} {status}");
    if is_root() {
        assert_eq!(shell.ask("cat secret >/dev/null 2>&1 || echo no"), "no");
        assert_eq!(shell.ask("hostname evil 2>/dev/null || echo no"), "no");
    }
    assert!(shell.end().ok());
}

#[test]
fn w9_another_uptime() {
    if !need("w9_another_uptime", &[Need::Program("uptime")]) {
        return;
    }
    let seconds = |text: &str| text.split('.').next().unwrap().parse::<u64>().unwrap();
    let outside = || seconds(&std::fs::read_to_string("/proc/uptime").unwrap());
    for who in Who::each("w9_another_uptime") {
        for fork in ["-f", ""].into_iter().filter(|fork| *fork == "-f" || exec_enters_time()) {
            let scene = Scene::new();
            let inside = || who.xunshare(&scene).words(&format!("-T --boottime 300000000 {fork}"));
            let told = inside().words("uptime -p").run();
            assert!(told.out().starts_with("up 9 years"), "{told:?}");
            let before = outside();
            let read = seconds(inside().words("cat /proc/uptime").run().out());
            assert!((before + 300_000_000..=outside() + 300_000_000).contains(&read), "{read}");
        }
        let scene = Scene::new();
        let offsets =
            who.xunshare(&scene).words("-T --boottime 5 --monotonic -1 cat /proc/self/timens_offsets").run();
        let words: Vec<_> = offsets.out().split_whitespace().collect();
        assert_eq!(words, ["monotonic", "-1", "0", "boottime", "5", "0"]);
    }
}
