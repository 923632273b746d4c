//! What must not happen: less isolation than asked, another process's namespace, a trace on the host. Each case once did.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use nix::sys::signal::Signal;
use xns_tests::{Cmd, Need, Scene, bin, children, need, send, wait_for, xunshare};

/// A number that is closed must not become one of ours.
#[test]
fn a_closed_number_never_serves() {
    for options in ["-fp", "-fp --init", "-f --pid-file pid", "--pid-file pid", "-u"] {
        for (number, option) in
            [(3, "--info-fd 3"), (3, "--wait-fd 3"), (4, "--wait-fd 4"), (6, "--info-fd 6")]
        {
            let scene = Scene::new();
            scene.hand_over();
            let script = format!("exec \"$X\" -r {options} {option} touch ran 3>&- 4>&- 5>&- 6>&-");
            let done = scene.cmd("sh").args(["-c", &script]).env("X", bin("xunshare")).ordinary().run();
            let message = format!("cannot use descriptor {number}: Bad file descriptor");
            assert!(done.status == Some(1) && done.stderr.contains(&message), "{options} {option}: {done:?}");
            assert!(!scene.path("ran").exists() && !scene.path("pid").exists(), "{options} {option}");
        }
    }
}

/// In a PID namespace under another one's /proc, `/proc/PID` is somebody else.
#[test]
fn a_foreign_proc_is_not_trusted() {
    if !need("a_foreign_proc_is_not_trusted", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let file = scene.file("pin", "");
    let inside = |words: &str| {
        let script = format!("exec \"$X\" {words} touch ran");
        let inside = xunshare().args(["-pf", "sh", "-c", &script]).dir(scene.dir()).env("X", bin("xunshare"));
        inside.run()
    };
    for words in ["-U --map-users=0:0:7".to_owned(), format!("--uts={}", file.display())] {
        let done = inside(&words);
        assert!(done.status == Some(1) && done.stderr.contains("No such process"), "{words}: {done:?}");
        assert!(!scene.path("ran").exists(), "{words}");
    }
    assert!(!std::fs::read_to_string("/proc/self/mountinfo").unwrap().contains("/pin "));
}

/// On a host whose mounts are shared nothing of the new root may arrive, whatever propagation was asked for.
#[test]
fn an_own_root_leaves_no_mount_on_the_host() {
    if !need("an_own_root_leaves_no_mount_on_the_host", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    for propagation in ["private", "slave", "shared", "unchanged"] {
        let script = format!(
            "mount -t tmpfs host . && mount --make-shared . && cd \"$PWD\" && mkdir root && cp /bin/busybox root &&\n\
             before=$(cat /proc/self/mountinfo)\n\
             \"$X\" -fp --propagation {propagation} --pivot-root root --tmpfs /tmp --bind-ro /etc:/etc /busybox true || exit 9\n\
             [ \"$before\" = \"$(cat /proc/self/mountinfo)\" ]"
        );
        let scene = Scene::new();
        let host = Cmd::new("unshare").args(["-m", "sh", "-c", &script]).dir(scene.dir());
        let done = host.env("X", bin("xunshare")).run();
        assert!(done.ok(), "{propagation}: {done:?}");
    }
}

/// util-linux leaves the program in the old root.
#[test]
fn a_relative_directory_lies_in_the_new_root() {
    if !need("a_relative_directory_lies_in_the_new_root", &[Need::UserNamespaces, Need::Program("busybox")]) {
        return;
    }
    for (dir, shown) in [(".", "/"), ("..", "/"), ("sub", "/sub"), ("../../sub", "/sub")] {
        let done = xunshare()
            .args([
                "-r",
                "sh",
                "-c",
                "mkdir -p root/sub && cp /bin/busybox root && exec \"$X\" -R root -w \"$1\" /busybox pwd",
            ])
            .args(["sh", dir])
            .env("X", bin("xunshare"));
        let scene = Scene::new();
        assert_eq!(done.dir(scene.dir()).run().out(), shown, "{dir}");
    }
}

/// Whoever pauses and resumes the program need not know about its parent.
#[test]
fn a_paused_program_is_waited_for() {
    let mut running = xunshare().args(["-r", "-f", "sh", "-c", "echo up; read -r x; exit 3"]).start();
    assert_eq!(running.line(), "up");
    let program = children(running.pid())[0];
    let state = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").map(|(_, rest)| rest.starts_with('T'))
    };
    send(program, Signal::SIGSTOP);
    wait_for("the program to stop", || state(program) == Some(true));
    send(program, Signal::SIGCONT);
    running.say("go");
    assert_eq!(running.end().status, Some(3));
}

/// A helper that dies is told of, and never made out to be a signal of ours.
#[test]
fn a_lost_helper_is_named() {
    let needs = [Need::Root, Need::Program("strace")];
    if !need("a_lost_helper_is_named", &needs) {
        return;
    }
    let scene = Scene::new();
    let file = scene.file("pin", "");
    let strace = Cmd::new("strace").args(["-f", "-o", "/dev/null", "-e", "inject=sendto:error=EPERM:when=1"]);
    let pin = format!("--uts={}", file.display());
    let done = strace.args([bin("xunshare")]).args(["-m", &pin, "true"]).run();
    done.fails(1, "xunshare: binder ended without saying why");
}

/// A filter, or a tracer, can answer success for a call that it suppresses: the program would run without what was asked for.
#[test]
fn a_lying_unshare_is_refused() {
    if !need("a_lying_unshare_is_refused", &[Need::Root, Need::Program("strace")]) {
        return;
    }
    for (option, kind) in [
        ("-m", "mnt"),
        ("-u", "uts"),
        ("-i", "ipc"),
        ("-n", "net"),
        ("-p", "pid"),
        ("-U", "user"),
        ("-C", "cgroup"),
        ("-T", "time"),
        ("-uinC", "uts"),
    ] {
        let strace = Cmd::new("strace").args(["-o", "/dev/null", "-e", "inject=unshare:retval=0"]);
        let done = strace.args([bin("xunshare")]).args([option, "echo", "ran"]).run();
        let message =
            format!("unshare failed: it was answered, but the {kind} namespace is still the old one");
        done.fails(1, &format!("xunshare: {message}: Operation not supported"));
        assert_eq!(done.stdout, "", "{option}");
    }
}
