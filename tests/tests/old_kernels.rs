//! Kernel fall-backs, on a new kernel: a seccomp filter takes calls away. What comes of a run stays the same.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Scene, Who, bin, children, need, ns, send, wait_for};

/// Calls that came together, or that a filter takes away one by one; the version that has them.
const MISSING: &[(&str, &str)] = &[
    ("5.1", "open_tree,move_mount,fsopen,fsconfig,fsmount"),
    ("5.2", "clone3"),
    ("5.3", "waitid-pidfd"),
    ("5.5", "openat2"),
    ("5.11", "mount_setattr"),
    ("5.10", "close_range"),
    ("5.0", "pidfd_open,pidfd_send_signal,pidfd_getfd"),
    ("filtered", "open_tree"),
    ("filtered", "move_mount"),
    ("filtered", "fsopen"),
    ("filtered", "fsconfig"),
    ("filtered", "fsmount"),
    ("4.18", ALL),
];

const ALL: &str = "clone3,open_tree,move_mount,fsopen,fsconfig,fsmount,mount_setattr,openat2,pidfd_open,\
                   pidfd_send_signal,pidfd_getfd,close_range,waitid-pidfd";

/// Prints what a run leads to: namespaces (new or not), mounts without their numbers, names, ids.
const PROBE: &str = r#"
    for kind in mnt uts ipc pid net user cgroup time; do
        [ "$(readlink /proc/self/ns/$kind)" = "$(eval echo "\$OUT_$kind")" ] || echo "new $kind"
    done
    cat /proc/self/uid_map /proc/self/gid_map
    hostname
    id -u; id -g
    while read -r _ _ _ root at options rest; do echo "$root $at $options ${rest##*- }"; done < /proc/self/mountinfo
    ls -l /dev | while read -r mode _ _ _ _ _ _ _ name; do echo "$mode $name"; done
"#;

/// A scene with a root, and `src`, where the script mounts more.
fn scene() -> Scene {
    let scene = Scene::new();
    scene.busybox_root("root");
    std::os::unix::fs::symlink("/srv", scene.path("root/link")).unwrap();
    scene.subdir("root/srv");
    scene.subdir("src/sub");
    scene.file("src/file", "text\n");
    scene.hand_over();
    scene
}

/// `xunshare`, as root or as the ordinary user with `-r`, without these calls; `src/sub` is another mount.
fn old(scene: &Scene, missing: &str, ordinary: bool) -> Cmd {
    let user = if ordinary {
        format!("setpriv --reuid={ORDINARY_UID} --regid={ORDINARY_UID} --clear-groups")
    } else {
        String::new()
    };
    let root = if ordinary { "-r" } else { "" };
    let without = if missing.is_empty() { String::new() } else { format!("$WITHOUT {missing}") };
    let script = format!(
        "mount -t tmpfs -o nosuid,nodev,noatime inner src/sub; echo deep > src/sub/deep
        for kind in mnt uts ipc pid net user cgroup time; do export OUT_$kind=$(readlink /proc/self/ns/$kind); done
        exec {user} {without} $X {root} \"$@\""
    );
    scene.private_sh(&script).env("WITHOUT", env!("CARGO_BIN_EXE_without")).env("PROBE", PROBE)
}

fn run(missing: &str, ordinary: bool, words: &str) -> Done {
    let scene = scene();
    let done = old(&scene, missing, ordinary).words(words).run();
    Done { stdout: done.stdout.replace(scene.dir().to_str().unwrap(), "SCENE"), ..done }
}

/// Every filter must leave status and output of the command as they are.
fn same_under_every_filter(test: &str, words: &str, probe: bool) {
    if !need(test, &[Need::Root, Need::UserNamespaces, Need::Program("busybox")]) {
        return;
    }
    let mut wrong = Vec::new();
    for ordinary in [false, true] {
        let run = |missing: &str| {
            let scene = scene();
            let command = old(&scene, missing, ordinary).words(words);
            let done = if probe { command.args(["/bin/sh", "-c", PROBE]) } else { command }.run();
            (
                done.status,
                done.signal,
                done.stdout.replace(scene.dir().to_str().unwrap(), "SCENE"),
                done.stderr,
            )
        };
        let expected = run("");
        assert!(!probe || (expected.0 == Some(0) && expected.3.is_empty()), "{expected:?}");
        for (version, missing) in MISSING {
            let got = run(missing);
            if got != expected {
                wrong.push(format!(
                    "{version} without {missing}, ordinary {ordinary}:\n{got:#?}\ninstead of {expected:#?}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{words}:\n{}", wrong.join("\n"));
}

#[test]
fn namespaces_and_proc() {
    same_under_every_filter("namespaces_and_proc", "-muinpC -f --mount-proc --hostname old", true);
}

#[test]
fn a_filled_root() {
    let words = "--pivot-root root -fp --bind src:/srv/deep --bind-ro src:/ro --bind-ro /etc/passwd:/etc/passwd --tmpfs /tmp \
                 --dev /dev --mount-mqueue=/queues -i";
    same_under_every_filter("a_filled_root", words, true);
}

/// The working directory itself as root: the mount on it is not reached by its name ".".
#[test]
fn the_working_directory_as_root() {
    if need("the_working_directory_as_root", &[Need::Root, Need::Program("busybox")]) {
        for (_, missing) in MISSING {
            let scene = scene();
            let done =
                old(&scene, missing, false).args(["-w", "/", "--pivot-root", "."]).dir(scene.path("root"));
            // The script mounts below its directory.
            scene.subdir("root/src/sub");
            let done = done.args(["/bin/sh", "-c", "ls -d /usr /home; ls /bin/busybox"]).run();
            assert_eq!(done.stdout, "/bin/busybox\n", "{missing}: {done:?}");
        }
    }
}

/// In a user namespace a remount may not drop nosuid, nodev or noatime.
#[test]
fn read_only_is_recursive() {
    const TRY: &str = "for f in /ro/file /ro/sub/deep; do echo x > $f; cat $f; done; mount | grep ' /ro'";
    if !need("read_only_is_recursive", &[Need::Root, Need::UserNamespaces, Need::Program("busybox")]) {
        return;
    }
    for missing in ["", "mount_setattr", "open_tree,move_mount,fsopen,fsconfig,fsmount,mount_setattr", ALL] {
        for ordinary in [false, true] {
            let scene = scene();
            let words = "--pivot-root root -fp --bind-ro src:/ro /bin/sh -c";
            let done = old(&scene, missing, ordinary).words(words).args([TRY]).run();
            let lines: Vec<_> = done.stdout.lines().collect();
            assert_eq!(lines[..2], ["text", "deep"], "{missing}: {done:?}");
            assert_eq!(done.stderr.matches("Read-only file system").count(), 2, "{missing}: {done:?}");
            assert!(lines[2].contains("(ro,"), "{missing}: {done:?}");
            assert!(lines[3].contains("(ro,nosuid,nodev,noatime"), "{missing}: {done:?}");
            assert_eq!(std::fs::read_to_string(scene.path("src/file")).unwrap(), "text\n");
        }
    }
}

#[test]
fn statuses_and_signals() {
    for words in [
        "-f sh -c exit\u{20}7",
        "-f no-such-program",
        "-f /etc/passwd",
        "--init false",
        "--init no-such-program",
        "-fp -R no-such-root true",
        "-u false",
    ] {
        same_under_every_filter("statuses_and_signals", words, false);
    }
    if need("statuses_and_signals (signals)", &[Need::Root]) {
        for (_, missing) in MISSING {
            for (option, signal) in [("-f", "TERM"), ("-f", "KILL"), ("--init", "TERM"), ("--init", "KILL")] {
                let scene = scene();
                let script = format!("kill -{signal} $$");
                let done = old(&scene, missing, false).args([option, "sh", "-c", &script]).run();
                let number = if signal == "TERM" { 15 } else { 9 };
                assert_eq!(done.signal, Some(number), "{missing} {option}: {done:?}");
            }
        }
    }
}

/// Away from a terminal a stopped child is nobody's business but that of whoever stopped it (terminal.rs has the rest).
#[test]
fn stopping_and_continuing() {
    if !need("stopping_and_continuing", &[Need::Root]) {
        return;
    }
    for missing in ["", "clone3", "pidfd_open,pidfd_send_signal,pidfd_getfd", "waitid-pidfd", ALL] {
        let scene = scene();
        let mut running =
            old(&scene, missing, false).args(["-f", "sh", "-c", "echo up; read -r x; exit 5"]).start();
        assert_eq!(running.line(), "up", "{missing}");
        let (parent, child) = (running.pid(), children(running.pid())[0]);
        let stopped = |pid: u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
        };
        send(child, Signal::SIGSTOP);
        wait_for(&format!("the child to stop without {missing:?}"), || stopped(child));
        assert!(!stopped(parent), "{missing}");
        send(child, Signal::SIGCONT);
        wait_for(&format!("the child to go on without {missing:?}"), || !stopped(child));
        running.say("go");
        assert_eq!(running.end().status, Some(5), "{missing}");
    }
}

#[test]
fn explain_names_the_fall_back() {
    if !need("explain_names_the_fall_back", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    let words = "--explain --pivot-root root --bind-ro src:/ro --tmpfs /tmp /bin/true";
    for (missing, expected) in [
        (
            "mount_setattr",
            &["ok, by mount(MS_REMOUNT|MS_BIND|MS_RDONLY) on each: no mount_setattr here"] as &[&str],
        ),
        ("fsopen", &["ok, by mount(2): no fsopen here"]),
        ("open_tree", &["ok, by mount(MS_BIND|MS_REC): no open_tree here"]),
        (ALL, &["no open_tree here", "no fsopen here"]),
    ] {
        let done = run(missing, false, words);
        assert!(done.ok(), "{done:?}");
        for text in expected {
            assert!(done.stderr.contains(text), "{missing}: {text}: {done:?}");
        }
    }
    let done = run("", false, words);
    assert!(done.ok() && !done.stderr.contains("ok, by"), "{done:?}");
}

/// RESOLVE_IN_ROOT is missing below 5.6: a symlink on the way is refused then, and nothing is made.
#[test]
fn a_symlink_in_the_root_is_refused() {
    if !need("a_symlink_in_the_root_is_refused", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    for option in ["--tmpfs=/link/x", "--bind=src:/link/x", "--bind-ro=src:/link", "--dev=/link"] {
        for (missing, refused) in [("", false), ("openat2", true), (ALL, true)] {
            let scene = scene();
            let before = scene.listing();
            let done = old(&scene, missing, false).args(["--pivot-root", "root", option, "/bin/true"]).run();
            if refused {
                let line = done.stderr.lines().next().unwrap_or("");
                assert!(line.ends_with("Too many levels of symbolic links"), "{missing} {option}: {done:?}");
                assert_eq!(done.status, Some(1));
                assert_eq!(scene.listing(), before);
            } else {
                assert!(done.ok(), "{option}: {done:?}");
            }
            assert!(!std::path::Path::new("/srv/x").exists());
        }
    }
}

/// What `xnsenter` asks newer kernels for, and the version that has it.
const MISSING_FOR_ENTERING: &[(&str, &str)] = &[
    ("5.3", "pidfd_open,pidfd_getfd,pidfd_send_signal"),
    ("5.8", "setns-pidfd"),
    ("5.9", "close_range"),
    ("5.6", "pidfd_getfd"),
    ("6.11", "pidfd-ioctls"),
    ("5.3", "clone3"),
    ("5.4", "waitid-pidfd"),
    ("5.7", "setns-pidfd,pidfd-ioctls,close_range,waitid-pidfd"),
    ("4.18", "pidfd_open,pidfd_getfd,pidfd_send_signal,clone3,close_range,openat2,pidfd-ioctls,waitid-pidfd"),
];

/// A process in namespaces of its own, and who waits for it.
fn target(scene: &Scene, who: Who, words: &str) -> (xns_tests::Running, u32) {
    let mut running = who.xunshare(scene).words(words).args(["sh", "-c", "echo ready; read line"]).start();
    assert_eq!(running.line(), "ready");
    let pid = children(running.pid())[0];
    (running, pid)
}

/// `xnsenter` without these calls, by this user.
fn entering(scene: &Scene, who: Who, missing: &str, words: &str) -> Cmd {
    let cmd = scene.cmd(env!("CARGO_BIN_EXE_without")).args([missing]).args([bin("xnsenter")]);
    let cmd = if who == Who::Ordinary { cmd.ordinary() } else { cmd };
    cmd.words(words)
}

/// By the directory in `/proc` instead of the pidfd, one namespace after the other, the descriptors one by one.
#[test]
fn entering_without_what_is_newer() {
    const KINDS: [&str; 7] = ["mnt", "uts", "ipc", "net", "pid", "user", "cgroup"];
    for who in Who::each("entering_without_what_is_newer") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-muinC -fp --mount-proc");
        for (version, missing) in MISSING_FOR_ENTERING {
            for words in [
                "-a",
                "-a -r -w",
                "-a -e",
                "-a --close-fds",
                "-a --mount-proc",
                "-a -S 0 -G 0",
                "-a --user=/proc/PID/ns/user",
            ] {
                if who == Who::Root && words.contains("--user") {
                    continue; // it is root's own
                }
                let words = format!("-t {pid} {}", words.replace("PID", &pid.to_string()));
                let mut inside = entering(&scene, who, missing, &words)
                    .args(["sh", "-c", "echo there; read line; exit 7"])
                    .start();
                assert_eq!(inside.line(), "there");
                let program = children(inside.pid())[0];
                for kind in KINDS {
                    let same = ns(program, kind) == ns(pid, kind);
                    assert!(
                        same != (kind == "mnt" && words.contains("mount-proc")),
                        "{version} {who:?} {words} {kind}"
                    );
                }
                if words.contains("--close-fds") {
                    assert_eq!(std::fs::read_dir(format!("/proc/{program}/fd")).unwrap().count(), 3);
                }
                assert_eq!(inside.end().status, Some(7), "{version} {who:?} {words}");
            }
            let done =
                entering(&scene, who, missing, &format!("-t {pid} -a sh -c")).args(["kill -TERM $$"]).run();
            assert_eq!(done.signal, Some(15), "{version} {who:?}: {done:?}");
        }
    }
}

/// Nothing else leads to a socket of another process, to a namespace by its id, to a pidfd's inode: that is said, and nothing runs.
#[test]
fn what_has_no_other_way_is_refused() {
    if !need("what_has_no_other_way_is_refused", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-un -f");
    for (missing, words, first) in [
        (
            "pidfd_getfd",
            format!("-t {pid} -N 0"),
            "cannot duplicate descriptor 0 of the target: Function not implemented",
        ),
        (
            "open_by_handle_at",
            "-n:7".to_owned(),
            "cannot open net namespace by id 7: Operation not supported",
        ),
        (
            "pidfd_open",
            format!("-t {pid}:7 -u"),
            &format!("process {pid} is not the one with inode 7: Operation not supported"),
        ),
    ] {
        let done = entering(&scene, Who::Root, missing, &words).args(["echo", "ran"]).run();
        done.fails(1, &format!("xnsenter: {first}"));
        assert_eq!(done.stdout, "", "{words}");
    }
}

/// What has ended is refused by the directory, too.
#[test]
fn a_process_that_has_ended_is_refused_without_a_pidfd() {
    let mut zombie = std::process::Command::new("true").spawn().unwrap();
    let stat = || std::fs::read_to_string(format!("/proc/{}/stat", zombie.id())).unwrap();
    wait_for("its end", || stat().contains(") Z "));
    let scene = Scene::new();
    for missing in ["pidfd_open,pidfd_getfd,pidfd_send_signal", "setns-pidfd", "pidfd-ioctls"] {
        for words in ["-u -n", "-a", "-u"] {
            let words = format!("-t {} {words} echo ran", zombie.id());
            let done = entering(&scene, Who::Root, missing, &words).run();
            assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{missing} {words}: {done:?}");
        }
    }
    zombie.wait().unwrap();
}
