//! Namespaces pinned on files: they outlive their processes, and nothing is pinned for a program that never ran.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::os::linux::fs::MetadataExt;
use xns_tests::{Cmd, Need, Scene, exec_enters_time, need, wait_for};

fn root(test: &str) -> bool {
    need(test, &[Need::Root, Need::Original("nsenter"), Need::Program("taskset")])
}

/// Option, kind in `/proc/PID/ns`, what else it needs, and nsenter's option.
const KINDS: &[(&str, &str, &str)] = &[
    ("uts", "uts", ""),
    ("ipc", "ipc", ""),
    ("net", "net", ""),
    ("cgroup", "cgroup", ""),
    ("time", "time", ""),
    ("user", "user", ""),
    ("pid", "pid", "-f"),
    ("mount", "mnt", ""),
];

/// The number of the namespace that lies on this file, in the scene's mount namespace.
fn number(scene: &Scene, file: &str) -> u64 {
    std::fs::metadata(scene.path(file)).unwrap().st_ino()
}

/// The script in a mount namespace that only it sees, all of it on one CPU: Linux 6.18 numbers namespaces in a batch for
/// each CPU, takes the number for the age, and refuses (EINVAL) to pin a mount namespace that seems the older one.
fn on_one_cpu(scene: &Scene, script: &str) -> Cmd {
    let first = "cpu=$(taskset -cp $$); cpu=${cpu##*: }; cpu=${cpu%%[,-]*}";
    let words = format!("{first}; exec taskset -c $cpu unshare -m sh -ec \"$1\"");
    scene.sh(&words).args([script])
}

#[test]
fn every_kind_outlives_its_program() {
    if !root("every_kind_outlives_its_program") {
        return;
    }
    for (option, kind, more) in KINDS {
        for more in [*more, "-f", "-rf --mount", "--init --mount"] {
            if *option == "pid" && more.is_empty() {
                continue;
            }
            // Its program stays in the old one.
            if *option == "time" && more.is_empty() && !exec_enters_time() {
                continue;
            }
            let scene = Scene::new();
            scene.file("ns", "");
            // A mount namespace can be pinned only where mounts are not shared.
            let script = format!(
                "mkdir -p at; mount --bind at at; mount --make-private at; : > at/ns; \
                 \"$X\" {more} --{option}=at/ns readlink /proc/self/ns/{kind}; stat -L -c '{kind}:[%i]' at/ns"
            );
            let done = on_one_cpu(&scene, &script).run();
            let lines: Vec<_> = done.out().lines().collect();
            assert_eq!(lines.len(), 2, "{option} {more}: {done:?}");
            assert_eq!(lines[0], lines[1], "{option} {more}: {done:?}");
        }
    }
}

#[test]
fn a_pinned_namespace_can_be_entered() {
    if !root("a_pinned_namespace_can_be_entered") {
        return;
    }
    let scene = Scene::new();
    scene.file("uts", "");
    scene.xunshare().words("--uts=uts --hostname pinned true").run().out();
    assert_eq!(scene.mounts(), [scene.path("uts")]);
    assert_eq!(
        scene.cmd("nsenter").args(["--uts=uts", "cat", "/proc/sys/kernel/hostname"]).run().out(),
        "pinned"
    );
}

#[test]
fn the_file_is_pinned_before_the_program_starts() {
    if !root("the_file_is_pinned_before_the_program_starts") {
        return;
    }
    for options in
        ["--uts=ns", "-f --uts=ns", "-fm --uts=ns", "-r --uts=ns", "--init -m --uts=ns", "-R / --uts=ns"]
    {
        let scene = Scene::new();
        scene.file("ns", "");
        // The program cannot see the mount from its own mount namespace, so the test looks.
        let mut shell = scene.xunshare().words(options).args(["sh"]).start();
        let inside = shell.ask("readlink /proc/self/ns/uts");
        assert_eq!(format!("uts:[{}]", number(&scene, "ns")), inside, "{options}");
        assert!(shell.end().ok());
    }
}

#[test]
fn several_files_at_once() {
    if !root("several_files_at_once") {
        return;
    }
    for options in ["", "-f", "-fm", "-rm"] {
        let scene = Scene::new();
        scene.file("uts", "");
        scene.file("ipc", "");
        scene.file("again", "");
        let words = format!("{options} --uts=uts --ipc=uts --ipc=ipc --net=again true");
        scene.xunshare().words(&words).run().out();
        let mut mounts = scene.mounts();
        mounts.sort();
        assert_eq!(mounts, ["again", "ipc", "uts"].map(|name| scene.path(name)), "{options}");
    }
}

#[test]
fn a_program_that_cannot_be_executed_leaves_nothing_pinned() {
    if !root("a_program_that_cannot_be_executed_leaves_nothing_pinned") {
        return;
    }
    for options in [
        "",
        "-f",
        "-m",
        "-fm",
        "-r",
        "-rf",
        "-fp --mount-proc",
        "--init",
        "--init -m",
        "-r --init",
        "--map-users=0:0:9 -f",
        "--pid-file pid",
    ] {
        for (program, status) in [
            ("nosuchprogram", 127),
            ("./ns", 126),
            ("-w none true", 1),
            ("-R none true", 1),
            ("--mount-proc=/none true", 1),
        ] {
            let scene = Scene::new();
            scene.file("ns", "");
            scene.file("net", "");
            let before = scene.listing();
            let done = scene.xunshare().words(options).words("--uts=ns --net=net").words(program).run();
            assert_eq!(done.status, Some(status), "{options} {program}: {done:?}");
            scene.clean(&before);
        }
    }
}

#[test]
fn a_file_that_cannot_be_used_lets_no_program_run() {
    if !root("a_file_that_cannot_be_used_lets_no_program_run") {
        return;
    }
    for options in ["", "-f", "-fm", "-r", "-rf", "--init"] {
        for (file, message) in
            [("none", "No such file or directory"), ("d", "Not a directory"), ("f/x", "Not a directory")]
        {
            let scene = Scene::new();
            scene.subdir("d");
            scene.file("f", "");
            let before = scene.listing();
            // The first one works, and is to be taken back.
            let done =
                scene.xunshare().words(options).words(&format!("--ipc=f --uts={file} touch ran")).run();
            let line = done.stderr.lines().next().unwrap_or("").to_owned();
            let expected = format!(" on {file} failed: {message}");
            assert!(
                line.starts_with("xunshare: mount /proc/")
                    && line.contains("/ns/uts")
                    && line.ends_with(&expected),
                "{options}: {done:?}"
            );
            assert_eq!(done.status, Some(1));
            scene.clean(&before);
        }
    }
}

#[test]
fn a_pid_namespace_without_a_process_cannot_be_pinned() {
    if !root("a_pid_namespace_without_a_process_cannot_be_pinned") {
        return;
    }
    let scene = Scene::new();
    scene.file("f", "");
    let before = scene.listing();
    let done = scene.xunshare().words("--pid=f touch ran").run();
    assert!(
        done.stderr.ends_with("/ns/pid_for_children on f failed: No such file or directory\n"),
        "{done:?}"
    );
    scene.clean(&before);
}

#[test]
fn an_ordinary_user_may_not_pin() {
    if !need("an_ordinary_user_may_not_pin", &[Need::UserNamespaces]) {
        return;
    }
    for options in ["-r", "-rf", "-rm", "-r --init"] {
        let scene = Scene::new();
        scene.file("f", "");
        scene.hand_over();
        let before = scene.listing();
        let done = scene.xunshare().ordinary().words(options).words("--uts=f touch ran").run();
        let line = done.stderr.lines().next().unwrap_or("").to_owned();
        assert!(line.ends_with("/ns/uts on f failed: Operation not permitted"), "{options} {done:?}");
        assert_eq!(done.status, Some(1));
        scene.clean(&before);
    }
}

#[test]
fn the_helper_is_gone_and_no_child_of_the_program() {
    if !root("the_helper_is_gone_and_no_child_of_the_program") {
        return;
    }
    for options in ["-m --uts=f", "-r --uts=f", "-f -m --uts=f", "-rfp --uts=f", "--map-users=0:0:9 --uts=f"]
    {
        let scene = Scene::new();
        scene.file("f", "");
        let mut shell = scene.xunshare().words(options).args(["sh"]).start();
        assert_eq!(shell.ask("echo on"), "on");
        let program = if options.contains('f') && options.starts_with("-f") || options.starts_with("-rf") {
            xns_tests::children(shell.pid())[0]
        } else {
            shell.pid()
        };
        let expected = if program == shell.pid() { 1 } else { 2 };
        wait_for("the end of the helpers", || scene.processes().len() == expected);
        assert_eq!(xns_tests::children(program), Vec::<u32>::new(), "{options}");
        assert!(shell.end().ok());
    }
}
