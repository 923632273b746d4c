//! E27 to E38: processes, namespaces and directories that cannot be entered, or not as one thinks.

use super::{because, cures, hinted};
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Running, Scene, Who, bin, children, is_root, need, wait_for};

const REFUSED: &str = "xnsenter: reassociate to namespaces failed: Operation not permitted";

/// The tool with hints, by this user.
fn enter(scene: &Scene, who: Who, words: &str) -> Done {
    by(scene, who, bin("xnsenter")).args(["--hints=always"]).words(words).run()
}

fn by(scene: &Scene, who: Who, program: impl AsRef<std::ffi::OsStr>) -> Cmd {
    let cmd = scene.cmd(program).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    if who == Who::Ordinary { cmd.ordinary() } else { cmd }
}

/// A process in these namespaces: `xunshare`'s child where it forks.
fn target(scene: &Scene, who: Who, words: &str) -> (Running, u32) {
    let mut running = who.xunshare(scene).words(words).args(["sh", "-c", "echo ready; read line"]).start();
    assert_eq!(running.line(), "ready");
    let pid = children(running.pid()).first().copied().unwrap_or(running.pid());
    (running, pid)
}

/// A cure, pasted into a shell by the same user.
#[track_caller]
fn pasted(scene: &Scene, who: Who, cure: &str) -> Done {
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", bin("xnsenter").parent().unwrap().display());
    let done = by(scene, who, "sh").args(["-c", cure]).env("PATH", path).run();
    assert!(done.ok(), "{cure}: {done:?}");
    done
}

/// A message and a hint, and nothing that ran.
#[track_caller]
fn refused(done: &Done, first: &str, id: &str) {
    hinted(done, first, id);
    assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{done:?}");
}

#[test]
fn e28_ones_own_user_namespace() {
    for who in Who::each("e28_ones_own_user_namespace") {
        let scene = Scene::new();
        let done = enter(&scene, who, "-U/proc/self/ns/user echo ran");
        refused(
            &done,
            "xnsenter: reassociate to namespace 'ns/user' failed: Invalid argument",
            "XNS-E28-same-user",
        );
    }
}

#[test]
fn e29_files_that_are_no_namespace() {
    for who in Who::each("e29_files_that_are_no_namespace") {
        let scene = Scene::new();
        scene.file("file", "");
        let invalid = "reassociate to namespace 'ns/net' failed: Invalid argument";
        for (words, first, id, evidence) in [
            ("-nfile", invalid, "XNS-E29-no-namespace", "ioctl(NS_GET_NSTYPE) refuses it: it is not on nsfs"),
            (
                "-n/etc/passwd",
                invalid,
                "XNS-E29-no-namespace",
                "ioctl(NS_GET_NSTYPE) refuses it: it is not on nsfs",
            ),
            ("-n/proc/self/ns/uts", invalid, "XNS-E29-other-kind", "ioctl(NS_GET_NSTYPE) says so"),
            (
                "-t ./file",
                "'./file' is no namespace",
                "XNS-E29-no-namespace",
                "ioctl(NS_GET_NSTYPE) refuses it",
            ),
            (
                "-t ./none",
                "'./none' is no namespace",
                "XNS-E29-no-namespace",
                "stat(2) of ./none finds nothing",
            ),
        ] {
            let done = enter(&scene, who, &format!("{words} echo ran"));
            refused(&done, &format!("xnsenter: {first}"), id);
            assert_eq!(because(&done), [evidence], "{words}");
        }
    }
}

/// The option that is proposed enters it.
#[test]
fn e29_the_option_of_that_kind() {
    if !need("e29_the_option_of_that_kind", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let done = enter(&scene, Who::Root, "-n/proc/self/ns/uts true");
    assert_eq!(cures(&done), ["--uts=/proc/self/ns/uts"]);
    assert!(enter(&scene, Who::Root, &format!("{} true", cures(&done)[0])).ok());
}

/// On a kernel before 6.18.
#[test]
fn e29_no_ids_here() {
    let test = "e29_no_ids_here";
    if !need(test, &[Need::Program("strace")]) {
        return;
    }
    let scene = Scene::new();
    for (errno, text) in [
        ("EOPNOTSUPP", "Operation not supported"),
        ("EBADF", "Operation not supported"),
        ("ENOSYS", "Operation not supported"),
    ] {
        let inject = format!("inject=open_by_handle_at:error={errno}");
        let cmd = scene.cmd("strace").args(["-o", "/dev/null", "-e", &inject]).args([bin("xnsenter")]);
        let done = cmd.words("--hints=always -n:7 echo ran").run();
        refused(&done, &format!("xnsenter: cannot open net namespace by id 7: {text}"), "XNS-E29-old-kernel");
    }
}

/// An ordinary user's own namespaces, which belong to their user namespace: the cure enters that.
#[test]
fn e30_the_user_namespace_first() {
    let test = "e30_the_user_namespace_first";
    if !need(test, &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Ordinary, "-un -f");
    for words in ["-n true", "-u -n true", "-u true"] {
        let done = enter(&scene, Who::Ordinary, &format!("-t {pid} {words}"));
        refused(&done, REFUSED, "XNS-E30-user-first");
        pasted(&scene, Who::Ordinary, cures(&done)[0]);
    }
}

#[test]
fn e30_without_rights() {
    let test = "e30_without_rights";
    if !need(test, &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let done = enter(&scene, Who::Ordinary, "-n/proc/self/ns/net echo ran");
    refused(
        &done,
        "xnsenter: reassociate to namespace 'ns/net' failed: Operation not permitted",
        "XNS-E30-unprivileged",
    );
    assert_eq!(because(&done), ["CapEff of /proc/self/status lacks bit 21, CAP_SYS_ADMIN"]);
    let without = cures(&done)[0].strip_prefix("sudo ").unwrap().to_owned();
    if is_root() {
        pasted(&scene, Who::Root, &without);
    }
}

/// The target is the tool that has made the PID namespace, and is outside: its child is named, and the cure enters it.
#[test]
fn e31_the_parent_of_pid_1() {
    for who in Who::each("e31_the_parent_of_pid_1") {
        let scene = Scene::new();
        let (running, child) = target(&scene, who, "-fp --mount-proc");
        let parent = running.pid();
        let done = enter(&scene, who, &format!("-t {parent} -a sh -c true"));
        assert!(done.ok(), "{done:?}");
        let told = format!(
            "xnsenter: hint[XNS-E31-parent]: process {parent} is outside the PID namespace that it has made; its child {child} is in it"
        );
        assert_eq!(done.stderr.lines().next(), Some(told.as_str()));
        let cured = pasted(&scene, who, cures(&done)[0]);
        assert!(!cured.stderr.contains("E31"), "{cured:?}");
        // The child is not told so.
        let done = enter(&scene, who, &format!("-t {child} -a true"));
        assert_eq!(done.stderr, "", "{who:?}");
    }
}

#[test]
fn e32_another_users_process() {
    if !need("e32_another_users_process", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Root, "-un -f");
    for (words, first) in [
        ("-n", REFUSED.to_owned()),
        ("-a", format!("xnsenter: stat of /proc/{pid}/ns/user failed: Permission denied")),
        ("-r", format!("xnsenter: cannot open /proc/{pid}/root: Permission denied")),
        ("-w", format!("xnsenter: cannot open /proc/{pid}/cwd: Permission denied")),
        ("-e", format!("xnsenter: cannot open /proc/{pid}/environ: Permission denied")),
    ] {
        let done = enter(&scene, Who::Ordinary, &format!("-t {pid} {words} echo ran"));
        refused(&done, &first, "XNS-E32-not-yours");
        assert!(
            done.stderr.contains(&format!("process {pid} belongs to uid 0; you are uid {ORDINARY_UID}")),
            "{done:?}"
        );
        pasted(&scene, Who::Root, cures(&done)[0].strip_prefix("sudo ").unwrap());
    }
}

/// One's own, which has more rights than oneself.
#[test]
fn e32_a_process_that_hides() {
    if !need("e32_a_process_that_hides", &[Need::Root, Need::Program("setpriv")]) {
        return;
    }
    let scene = Scene::new();
    let user = format!(
        "--reuid={ORDINARY_UID} --regid={ORDINARY_UID} --clear-groups --inh-caps=+net_admin --ambient-caps=+net_admin"
    );
    let mut running = scene.cmd("setpriv").words(&user).args(["sh", "-c", "echo ready; read line"]).start();
    assert_eq!(running.line(), "ready");
    let done = enter(&scene, Who::Ordinary, &format!("-t {} -n echo ran", running.pid()));
    refused(&done, REFUSED, "XNS-E32-hidden");
}

#[test]
fn e33_what_is_no_process() {
    let test = "e33_what_is_no_process";
    let scene = Scene::new();
    let zombie = std::process::Command::new("true").spawn();
    let mut zombie = zombie.unwrap();
    let ended = |pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") Z ");
    wait_for("its end", || ended(zombie.id()));
    let z = zombie.id();
    let who = if is_root() { Who::Root } else { Who::Ordinary };
    for (words, first, id) in [
        (
            "-t 4194305 -n",
            "cannot open /proc/4194305/ns/net: No such file or directory".to_owned(),
            "XNS-E33-no-process",
        ),
        (
            "-t 4194305 -a",
            "stat of /proc/4194305/ns/user failed: No such file or directory".to_owned(),
            "XNS-E33-no-process",
        ),
        (
            "-t 4194305 -r",
            "cannot open /proc/4194305/root: No such file or directory".to_owned(),
            "XNS-E33-no-process",
        ),
        (
            &format!("-t {z} -n"),
            "reassociate to namespaces failed: No such process".to_owned(),
            "XNS-E33-zombie",
        ),
        (
            &format!("-t {z} -a"),
            "reassociate to namespaces failed: No such process".to_owned(),
            "XNS-E33-zombie",
        ),
        ("-t 0 -a", "failed to parse pid: '0': Numerical result out of range".to_owned(), "XNS-E33-stopped"),
        ("-t container:nope -a", "no container 'nope'".to_owned(), "XNS-E33-no-container"),
    ] {
        let done = enter(&scene, who, &format!("{words} echo ran"));
        refused(&done, &format!("xnsenter: {first}"), id);
    }
    let done = scene.cmd(bin("xnsenter")).args(["--hints=always", "-t", "", "-a", "echo", "ran"]).run();
    refused(&done, "xnsenter: failed to parse pid: '': Invalid argument", "XNS-E33-no-pid");
    zombie.wait().unwrap();
    let thread = std::fs::read("/proc/2/cmdline").is_ok_and(|words| words.is_empty());
    if thread && need(&format!("{test} (root)"), &[Need::Root]) {
        // Its namespaces are those of PID 1; what is a program's it has not.
        assert!(enter(&scene, Who::Root, "-t 2 -n true").ok());
        let done = enter(&scene, Who::Root, "-t 2 -e echo ran");
        assert!(done.stderr.contains("\n  hint[XNS-E33-kernel-thread]: "), "{done:?}");
    }
}

/// With a shell there, which is named and is there; without one; and with the host's tools.
#[test]
fn e34_the_program_is_not_there() {
    let test = "e34_the_program_is_not_there";
    if !need(test, &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each(test) {
        let scene = Scene::new();
        let root = scene.busybox_root("root");
        scene.hand_over();
        let cmd = who.xunshare(&scene).words("-ufp --pivot-root root --mount-proc /bin/sh -c");
        let mut running = cmd.args(["echo ready; read line"]).start();
        assert_eq!(running.line(), "ready");
        let pid = children(running.pid())[0];
        for (program, evidence) in [
            ("/usr/bin/env", "it is looked for there only, and /usr/bin/env does not exist there"),
            ("env", "it is in no directory of PATH there: /usr/sbin:/usr/bin:/sbin:/bin"),
        ] {
            let done = enter(&scene, who, &format!("-t {pid} -a {program}"));
            let first = format!("xnsenter: failed to execute {program}: No such file or directory");
            hinted(&done, &first, "XNS-E34-not-there");
            assert_eq!((done.status, because(&done)), (Some(127), vec![evidence]), "{who:?}");
            assert_eq!(cures(&done)[0], "/bin/sh as the program");
            pasted(&scene, who, cures(&done)[1]);
        }
        assert_eq!(enter(&scene, who, &format!("-t {pid} -a /bin/sh -c pwd")).out(), "/");
        std::fs::rename(root.join("bin/sh"), root.join("bin/no-shell")).unwrap();
        let done = enter(&scene, who, &format!("-t {pid} -a /bin/bash"));
        hinted(
            &done,
            "xnsenter: failed to execute /bin/bash: No such file or directory",
            "XNS-E34-not-there",
        );
        assert_eq!(because(&done)[1], "nor is there a shell");
        let cured = pasted(&scene, who, &format!("echo 'ls /proc/1/root/bin' | {}", cures(&done)[0]));
        assert!(cured.stdout.contains("busybox"), "{cured:?}");
    }
}

#[test]
fn e35_a_directory_outside() {
    for who in Who::each("e35_a_directory_outside") {
        let scene = Scene::new();
        let (_running, pid) = target(&scene, who, "-m");
        let user = if who == Who::Ordinary { "-U " } else { "" };
        for words in [format!("-t {pid} {user}-m -w/tmp echo ran"), format!("-t {pid} -a -w. echo ran")] {
            let done = enter(&scene, who, &words);
            refused(
                &done,
                "xnsenter: the working directory is outside the root that was entered: Invalid cross-device link",
                "XNS-E35-outside",
            );
        }
        assert_eq!(enter(&scene, who, &format!("-t {pid} -a -W/tmp pwd")).out(), "/tmp");
    }
}

#[test]
fn e38_and_u3_nothing_and_attached() {
    let scene = Scene::new();
    let done = enter(&scene, Who::Root, "true");
    refused(&done, "xnsenter: no namespace specified", "XNS-E38-nothing");
    for (words, file, apart) in
        [("-t 1 -Up true", "p", "-p"), ("-t 1 -mun true", "un", "-u -n"), ("-t 1 -Uip true", "ip", "-i -p")]
    {
        let done = enter(&scene, Who::Root, words);
        refused(
            &done,
            &format!("xnsenter: cannot open {file}: No such file or directory"),
            "XNS-U3-attached",
        );
        assert_eq!(cures(&done), [apart], "{words}");
    }
    // A file that is missing is no such mistake.
    let done = enter(&scene, Who::Root, "-n/run/none true");
    assert!(!done.stderr.contains("U3"), "{done:?}");
}

/// Root's open files go to who rules there; with the cure they do not.
#[test]
fn s5_open_files_go_along() {
    if !need("s5_open_files_go_along", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let (_running, pid) = target(&scene, Who::Ordinary, "-u -f");
    let with_file = |words: &str| scene.sh(&format!("exec 8< /etc/shadow; exec {words}")).run();
    let done = with_file(&format!("{} --hints=always -t {pid} -a true", bin("xnsenter").display()));
    assert!(done.ok() && done.stderr.contains("xnsenter: hint[XNS-S5-descriptors]: "), "{done:?}");
    assert_eq!(with_file(cures(&done)[0]).stderr, "");
    // Where nobody else rules it is not told.
    let (_running, own) = target(&scene, Who::Root, "-u -f");
    let done = with_file(&format!("{} --hints=always -t {own} -a true", bin("xnsenter").display()));
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
}

/// A PID namespace under the old `/proc`; with the cure it shows what is there.
#[test]
fn e27_the_old_proc() {
    for who in Who::each("e27_the_old_proc") {
        let scene = Scene::new();
        let (running, pid) = target(&scene, who, "-fp");
        let user = if who == Who::Ordinary { "-U " } else { "" };
        let done = enter(&scene, who, &format!("-t {pid} {user}-p cat /proc/1/comm"));
        assert!(done.ok() && done.stderr.starts_with("xnsenter: hint[XNS-E27-old-proc]: "), "{done:?}");
        let cured = pasted(&scene, who, cures(&done)[0]);
        assert_eq!((cured.stdout.as_str(), cured.stderr.as_str()), ("sh\n", ""), "{who:?}");
        // The caller's own is shown by it.
        if who == Who::Root {
            let done = enter(&scene, who, &format!("-t {} -p true", running.pid()));
            assert!(!done.stderr.contains("E27"), "{done:?}");
        }
    }
}

#[test]
fn a_refusal_as_json() {
    let scene = Scene::new();
    let done =
        scene.cmd(bin("xnsenter")).words("--error-format=json --hints=always -t 4194305 -a true").run();
    assert_eq!((done.status, done.stderr.lines().count()), (Some(1), 1), "{done:?}");
    let told: serde_json::Value = serde_json::from_str(&done.stderr).unwrap();
    assert_eq!(told["tool"], "xnsenter");
    assert_eq!(told["message"], "stat of /proc/4194305/ns/user failed: No such file or directory");
    assert_eq!((&told["errno"], &told["status"]), (&"ENOENT".into(), &1.into()));
    assert_eq!(told["hint"]["id"], "XNS-E33-no-process");
    assert!(told["call"].as_str().unwrap().starts_with("pidfd_open("));
}
