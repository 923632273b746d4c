//! `xnsenter`: into the namespaces of processes and of files, as root and as an ordinary user.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use xns_tests::{Cmd, Need, Running, Scene, Who, bin, children, need, ns, send, wait_for};

const KINDS: [&str; 7] = ["mnt", "uts", "ipc", "net", "pid", "user", "cgroup"];

/// Prints the program's namespaces, one a line.
const SHOW: &str = "for kind in mnt uts ipc net pid user cgroup; do readlink /proc/self/ns/$kind; done";

/// A process in namespaces of its own, and `xunshare`, which waits for it.
fn target(scene: &Scene, who: Who, words: &str) -> (Running, u32) {
    let mut running = who.xunshare(scene).words(words).args(["sh", "-c", "echo ready; read line"]).start();
    assert_eq!(running.line(), "ready");
    let pid = children(running.pid()).first().copied().unwrap_or(running.pid());
    (running, pid)
}

fn xnsenter(scene: &Scene, who: Who) -> Cmd {
    let cmd = scene.cmd(bin("xnsenter"));
    if who == Who::Ordinary { cmd.ordinary() } else { cmd }
}

fn all_of(pid: u32) -> Vec<String> {
    KINDS.iter().map(|kind| ns(pid, kind)).collect()
}

/// W-2, W-2b: the original stumbles over setgroups, and over namespaces that are one's own.
#[test]
fn all_namespaces_of_ones_own_process() {
    for who in Who::each("all_namespaces_of_ones_own_process") {
        for words in ["-muinpC -f --mount-proc", "-mu", "-fp --mount-proc", "-r", "-rm"] {
            let scene = Scene::new();
            let (_running, pid) = target(&scene, who, words);
            let done = xnsenter(&scene, who).args(["-t", &pid.to_string(), "-a", "sh", "-c", SHOW]).run();
            assert_eq!(done.out().lines().collect::<Vec<_>>(), all_of(pid), "{words}");
        }
    }
}

/// The others stay the caller's.
#[test]
fn one_namespace_and_no_other() {
    for who in Who::each("one_namespace_and_no_other") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-muin -f");
        for (option, kind) in [("-u", "uts"), ("-i", "ipc"), ("-n", "net"), ("-m", "mnt")] {
            let words = if who == Who::Ordinary { vec!["-U", option] } else { vec![option] };
            let done = xnsenter(&scene, who)
                .args(["-t", &pid.to_string()])
                .args(words)
                .args(["sh", "-c", SHOW])
                .run();
            let own = all_of(std::process::id());
            let expected: Vec<_> = KINDS
                .iter()
                .zip(all_of(pid).into_iter().zip(own))
                .map(|(k, (theirs, own))| {
                    let entered = *k == kind || (*k == "user" && who == Who::Ordinary);
                    if entered { theirs } else { own }
                })
                .collect();
            assert_eq!(done.out().lines().collect::<Vec<_>>(), expected, "{option}");
        }
    }
}

/// W-3: files and the target's mixed, without rights outside.
#[test]
fn files_and_a_target_mix() {
    for who in Who::each("files_and_a_target_mix") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-uni -f");
        let user = if who == Who::Ordinary { format!("-U/proc/{pid}/ns/user") } else { "-u".to_owned() };
        for net in [
            format!("-n/proc/{pid}/ns/net"),
            format!("-n=/proc/{pid}/ns/net"),
            format!("--net=/proc/{pid}/ns/net"),
        ] {
            let done = xnsenter(&scene, who)
                .args([
                    "-t",
                    &pid.to_string(),
                    &user,
                    &net,
                    "-u",
                    "sh",
                    "-c",
                    "readlink /proc/self/ns/net; readlink /proc/self/ns/uts",
                ])
                .run();
            assert_eq!(done.out().lines().collect::<Vec<_>>(), [ns(pid, "net"), ns(pid, "uts")], "{net}");
        }
    }
}

#[test]
fn ends_as_the_program_ends() {
    for who in Who::each("ends_as_the_program_ends") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-fp --mount-proc");
        let pid = pid.to_string();
        let run = |script: &str| xnsenter(&scene, who).args(["-t", &pid, "-a", "sh", "-c", script]).run();
        assert_eq!(run("exit 7").status, Some(7));
        assert_eq!(run("kill -TERM $$").signal, Some(15));
        let missing = xnsenter(&scene, who).args(["-t", &pid, "-a", "./no-such-program"]).run();
        missing.fails(127, "xnsenter: failed to execute ./no-such-program: No such file or directory");
    }
}

/// The original leaves the program behind in the container.
#[test]
fn timeout_leaves_nothing_behind() {
    for who in Who::each("timeout_leaves_nothing_behind") {
        let scene = Scene::new();
        let (running, pid) = target(&scene, who, "-fp --mount-proc");
        let before = scene.processes().len();
        let script = format!(
            "timeout --foreground 0.3 {} -t {pid} -a sleep 1000 || echo $?",
            bin("xnsenter").display()
        );
        let sh = scene.sh(&script);
        let sh = if who == Who::Ordinary { sh.ordinary() } else { sh };
        assert_eq!(sh.run().out(), "124");
        wait_for("the end of what was entered", || scene.processes().len() == before);
        drop(running);
    }
}

#[test]
fn the_program_gets_no_descriptor_of_ours() {
    for who in Who::each("the_program_gets_no_descriptor_of_ours") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-mun -fp --mount-proc");
        let count = ["sh", "-c", "ls /proc/self/fd | wc -l"];
        // What the test itself hands down is there without the tool too.
        let plain = scene.cmd(count[0]).args(&count[1..]).run();
        for words in ["-a", "-a -r -w", "-a -r/ -w/", "-a -W/tmp"] {
            let done = xnsenter(&scene, who).args(["-t", &pid.to_string()]).words(words).args(count).run();
            assert_eq!(done.out(), plain.out(), "{words}");
        }
    }
}

/// W-9: the original keeps the working directory outside.
#[test]
fn a_root_has_the_working_directory_inside() {
    if !need("a_root_has_the_working_directory_inside", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    let scene = Scene::new();
    scene.busybox_root("root");
    let (_running, pid) = target(&scene, Who::Root, "-u -f");
    let root = format!("-r{}", scene.path("root").display());
    let done = xnsenter(&scene, Who::Root)
        .args([
            "-t",
            &pid.to_string(),
            "-u",
            &root,
            "/bin/sh",
            "-c",
            "cd .; /bin/readlink -f .; ls -d /bin ../bin",
        ])
        .run();
    assert_eq!(done.out(), "/\n../bin\n/bin");
}

/// A process that has the number, and is another one, is not entered.
#[test]
fn a_number_with_an_inode_is_that_process() {
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-f");
    let inode = {
        use std::os::fd::{FromRawFd, OwnedFd};
        use std::os::linux::fs::MetadataExt;
        // SAFETY: a new descriptor, which nobody else owns.
        let pidfd = unsafe {
            OwnedFd::from_raw_fd(i32::try_from(libc::syscall(libc::SYS_pidfd_open, pid, 0)).unwrap())
        };
        std::fs::File::from(pidfd).metadata().unwrap().st_ino()
    };
    let run =
        |inode: u64| xnsenter(&scene, Who::Root).args(["-t", &format!("{pid}:{inode}"), "-w", "true"]).run();
    assert!(run(inode).ok(), "{:?}", run(inode));
    run(inode + 1).fails(
        1,
        &format!("xnsenter: process {pid} is not the one with inode {}: No such process", inode + 1),
    );
}

#[test]
fn a_lying_setns_is_refused() {
    if !need("a_lying_setns_is_refused", &[Need::Root, Need::Program("strace")]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-u -f");
    let done = scene
        .cmd("strace")
        .args(["-o", "/dev/null", "-e", "inject=setns:retval=0"])
        .args([bin("xnsenter")])
        .args(["-t", &pid.to_string(), "-u", "echo", "ran"])
        .run();
    let first = "xnsenter: reassociate to namespace 'ns/uts' was answered, but it is another: Operation not supported";
    done.fails(1, first);
    assert_eq!(done.stdout, "");
}

#[test]
fn bad_input_is_named() {
    let scene = Scene::new();
    scene.file("file", "");
    for (words, message) in [
        ("-t abc -n true", "failed to parse pid: 'abc': Invalid argument"),
        ("-t 12x -n true", "failed to parse pid: '12x': Invalid argument"),
        ("-t 0 -n true", "failed to parse pid: '0': Numerical result out of range"),
        ("-t -1 -n true", "failed to parse pid: '-1': Numerical result out of range"),
        ("-t 4294967297 -n true", "failed to parse pid: '4294967297': Numerical result out of range"),
        ("-t 4194305 -n true", "cannot open /proc/4194305/ns/net: No such file or directory"),
        ("-t 1 -t 1 -n true", "the --target option may be given only once"),
        ("-n true", "neither filename nor target pid supplied for ns/net"),
        ("-a true", "no target PID specified for --all"),
        ("-r true", "neither filename nor target pid supplied for root"),
        ("true", "no namespace specified"),
        ("-nnone true", "cannot open none: No such file or directory"),
        ("-n=none true", "cannot open none: No such file or directory"),
        ("-nfile true", "reassociate to namespace 'ns/net' failed: Invalid argument"),
        ("-u/proc/self/ns/net true", "reassociate to namespace 'ns/uts' failed: Invalid argument"),
        ("-n/proc/self/ns/net -w/tmp -W/tmp true", "options --wd and --wdns cannot be combined"),
        ("-n/proc/self/ns/net -wnone true", "cannot open none: No such file or directory"),
        (
            "-n/proc/self/ns/net -S 4294967296 true",
            "failed to parse uid: '4294967296': Numerical result out of range",
        ),
        ("-n/proc/self/ns/net -S root true", "failed to parse uid: 'root'"),
    ] {
        let done = scene.cmd(bin("xnsenter")).words(words).run();
        let first = done.stderr.lines().next().unwrap_or_default();
        assert_eq!((done.status, first), (Some(1), format!("xnsenter: {message}").as_str()), "{words}");
    }
    let usage = scene.cmd(bin("xnsenter")).words("--no-such-option").run();
    usage.fails(1, &format!("{}: unrecognized option '--no-such-option'", bin("xnsenter").display()));
}

/// Under the original's name a signal ends the tool alone, as the original's.
#[test]
fn under_the_originals_name() {
    if !need("under_the_originals_name", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    std::os::unix::fs::symlink(bin("xnsenter"), scene.path("nsenter")).unwrap();
    let version = scene.cmd(scene.path("nsenter")).args(["-V"]).run();
    assert!(version.out().starts_with("nsenter from util-linux 2.43 (xns "), "{version:?}");
    let help = scene.cmd(scene.path("nsenter")).args(["--help"]).run();
    assert!(help.out().contains("Usage: nsenter ") && !help.out().contains("xnsenter"), "{help:?}");
    let (_running, pid) = target(&scene, Who::Root, "-fp --mount-proc");
    let mut entered = scene
        .cmd(scene.path("nsenter"))
        .args(["-t", &pid.to_string(), "-p", "sh", "-c", "echo in; exec sleep 1000"])
        .start();
    assert_eq!(entered.line(), "in");
    let program = children(entered.pid())[0];
    send(entered.pid(), nix::sys::signal::Signal::SIGTERM);
    assert_eq!(entered.end().signal, Some(15));
    assert!(std::path::Path::new(&format!("/proc/{program}/exe")).exists());
    send(program, nix::sys::signal::Signal::SIGKILL);
}
