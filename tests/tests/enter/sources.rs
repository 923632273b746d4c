//! Where else a namespace, or an id, comes from: sockets, ids, owners, the target's own ids.

use super::{by, target, xnsenter};
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Running, Scene, Who, is_root, need, ns};

/// Started by these words in front of it, perl opens a socket, says its number and the network namespace, goes to another one,
/// and waits.
fn with_socket(scene: &Scene, who: Who) -> (Running, u32, String, String) {
    const SCRIPT: &str = "$| = 1; socket(S, 2, 2, 0) or die; $was = readlink '/proc/self/ns/net'; \
                          syscall(272, 0x40000000) == 0 or die; print fileno(S), \" $was\\n\"; readline STDIN";
    let mut running = who.xunshare(scene).args(["-n", "perl", "-e", SCRIPT]).start();
    let line = running.line();
    let (number, was) = line.split_once(' ').unwrap();
    let pid = running.pid();
    (running, pid, number.to_owned(), was.to_owned())
}

/// The target itself has left the namespace, which its socket keeps.
#[test]
fn the_network_namespace_of_a_socket() {
    let test = "the_network_namespace_of_a_socket";
    if !need(test, &[Need::Program("perl")]) {
        return;
    }
    for who in Who::each(test) {
        let scene = Scene::new();
        let (_running, pid, number, was) = with_socket(&scene, who);
        assert_ne!(ns(pid, "net"), was);
        let user = if who == Who::Ordinary { "-U" } else { "" };
        for words in [format!("-N {number}"), format!("-N{number}"), format!("--net-socket={number}")] {
            let cmd = xnsenter(&scene, who).words(&format!("-t {pid} {user} {words}"));
            assert_eq!(cmd.args(["readlink", "/proc/self/ns/net"]).run().out(), was, "{who:?} {words}");
        }
        // The last one of a kind counts.
        let cmd = xnsenter(&scene, who).words(&format!("-t {pid} {user} -N {number} -n"));
        assert_eq!(cmd.args(["readlink", "/proc/self/ns/net"]).run().out(), ns(pid, "net"));
    }
}

#[test]
fn what_is_no_socket() {
    let test = "what_is_no_socket";
    if !need(test, &[Need::Program("perl")]) {
        return;
    }
    for who in Who::each(test) {
        let scene = Scene::new();
        let (_running, pid, ..) = with_socket(&scene, who);
        for (number, first) in [
            (
                "0",
                "cannot get the network namespace of descriptor 0 of the target: Inappropriate ioctl for device",
            ),
            ("999", "cannot duplicate descriptor 999 of the target: Bad file descriptor"),
        ] {
            let done =
                xnsenter(&scene, who).words(&format!("--hints=always -t {pid} -N {number} echo ran")).run();
            done.fails(1, &format!("xnsenter: {first}"));
            assert!(done.stderr.contains("\n  hint[XNS-E29-no-socket]: "), "{done:?}");
            assert_eq!(done.stdout, "");
        }
        for number in ["-1", "x", "2147483648", ""] {
            let done = xnsenter(&scene, who).args(["-t", "1", "-N", number, "true"]).run();
            done.fails(
                1,
                &format!("xnsenter: failed to parse file descriptor: '{number}': Invalid argument"),
            );
        }
    }
}

/// A process in a user namespace in another one, both this user's.
fn two_deep(scene: &Scene, who: Who) -> (Running, String) {
    let cmd = by(scene, who, "sh").args([
        "-c",
        "exec \"$X\" -r sh -c 'readlink /proc/self/ns/user; exec \"$X\" -r -u sh -c \"echo; read line\"'",
    ]);
    let mut running = cmd.env("X", xns_tests::bin("xunshare")).start();
    let outer = running.line();
    running.line();
    (running, outer)
}

/// The owner of what is entered, not the target's own.
#[test]
fn the_parent_of_a_user_namespace() {
    let test = "the_parent_of_a_user_namespace";
    for who in Who::each(test) {
        let scene = Scene::new();
        scene.hand_over();
        let (inner, outer) = two_deep(&scene, who);
        let pid = inner.pid();
        assert_ne!(ns(pid, "user"), outer);
        let run = |words: &str| {
            let cmd = xnsenter(&scene, who).words(words);
            cmd.args(["readlink", "/proc/self/ns/user"]).run().out().to_owned()
        };
        assert_eq!(run(&format!("-t {pid} --user-parent")), outer, "{who:?}");
        assert_eq!(run(&format!("-U/proc/{pid}/ns/user --user-parent")), outer);
        // Of a namespace of another kind it is the owner.
        assert_eq!(run(&format!("-u/proc/{pid}/ns/uts --user-parent")), ns(pid, "user"));
        assert_eq!(run(&format!("-t {pid} -u --user-parent")), outer);
    }
}

#[test]
fn a_parent_out_of_sight() {
    for who in Who::each("a_parent_out_of_sight") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-u -f");
        // Root's own is the first of all.
        let top = if who == Who::Root { pid } else { std::process::id() };
        let done =
            xnsenter(&scene, who).words(&format!("--hints=always -t {top} --user-parent echo ran")).run();
        if who == Who::Root || !is_root() {
            done.fails(1, "xnsenter: failed to open parent ns of user namespace: Operation not permitted");
            assert!(done.stderr.contains("\n  hint[XNS-E30-no-parent]: "), "{done:?}");
        }
        assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""));
    }
}

/// `_IOR(0xb7, 13, __u64)` of linux/nsfs.h.
const NS_GET_ID: u32 = 0x8008_b70d;

/// The namespace's 64-bit id, where the kernel has them.
fn id(pid: u32, kind: &str) -> Option<u64> {
    let file = std::fs::File::open(format!("/proc/{pid}/ns/{kind}")).unwrap();
    let mut id = 0u64;
    // SAFETY: the kernel writes eight bytes to `id`, which lives through the call.
    let answer = unsafe { libc::ioctl(std::os::fd::AsRawFd::as_raw_fd(&file), NS_GET_ID as _, &raw mut id) };
    (answer == 0).then_some(id)
}

fn can_open_by_id(test: &str) -> bool {
    need(test, &[Need::NamespaceIds])
}

#[test]
fn namespaces_by_their_ids() {
    let test = "namespaces_by_their_ids";
    if !need(test, &[Need::Root]) || !can_open_by_id(test) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-muinpCT -f");
    for (option, kind) in [
        ("-m", "mnt"),
        ("-u", "uts"),
        ("-i", "ipc"),
        ("-n", "net"),
        ("-C", "cgroup"),
        ("--uts=", "uts"),
        ("-n=", "net"),
    ] {
        let words = format!("{option}:{}", id(pid, kind).unwrap());
        // Seen from outside: the mount namespace has the old /proc.
        let running = super::program(xnsenter(&scene, Who::Root).words(&words));
        assert_eq!(ns(super::of(&running), kind), ns(pid, kind), "{words}");
    }
    let words = format!("-p:{}", id(pid, "pid").unwrap());
    let running = super::program(xnsenter(&scene, Who::Root).words(&words));
    assert_eq!(ns(super::of(&running), "pid"), ns(pid, "pid"));
}

/// One that nobody has, one of another kind, and what is no id.
#[test]
fn ids_that_lead_nowhere() {
    let test = "ids_that_lead_nowhere";
    if !need(test, &[Need::Root]) || !can_open_by_id(test) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-un -f");
    let run = |words: &str| -> Done {
        let done = xnsenter(&scene, Who::Root).words(&format!("--hints=always {words} echo ran")).run();
        assert_eq!(done.stdout, "", "{words}");
        done
    };
    let none = u64::MAX;
    let done = run(&format!("-n:{none}"));
    done.fails(1, &format!("xnsenter: cannot open net namespace by id {none}: Stale file handle"));
    assert!(done.stderr.contains("\n  hint[XNS-E29-no-id]: "), "{done:?}");
    let other = run(&format!("-n:{}", id(pid, "uts").unwrap()));
    assert_eq!(other.status, Some(1), "{other:?}");
    for word in [":", ":x", ":-1", ":18446744073709551616", ":0x10"] {
        let done = run(&format!("-n{word}"));
        let word = &word[1..];
        done.fails(1, &format!("xnsenter: failed to parse namespace id: ':{word}': Invalid argument"));
    }
}

/// As the target is numbered by who follows.
#[test]
fn ids_that_follow_the_target() {
    if !need("ids_that_follow_the_target", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let plain = by(&scene, Who::Ordinary, "sleep").args(["1000"]).start();
    let run = |cmd: Cmd| cmd.args(["sh", "-c", "id -u; id -g; id -G"]).run().out().to_owned();
    let follow = |words: &str, pid: u32| run(xnsenter(&scene, Who::Root).words(&format!("-t {pid} {words}")));
    let uid = ORDINARY_UID;
    assert_eq!(follow("-S follow -G follow", plain.pid()), format!("{uid}\n{uid}\n{uid}"));
    assert_eq!(follow("-u -Sfollow --setgid=follow", plain.pid()), format!("{uid}\n{uid}\n{uid}"));
    assert_eq!(follow("-S 7 -G follow", plain.pid()), format!("7\n{uid}\n{uid}"));
    // In its user namespace it is root.
    let (_running, pid) = target(&scene, Who::Ordinary, "-u -f");
    assert!(follow("-a -S follow -G follow", pid).starts_with("0\n0\n"));
    // Nobody to follow.
    let done = scene.cmd(xns_tests::bin("xnsenter")).words("-S follow true").run();
    done.fails(1, "xnsenter: neither filename nor target pid supplied for the ids to follow");
}
