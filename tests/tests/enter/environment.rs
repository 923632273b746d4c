//! `--env`: the target's environment, all of it that is one, and nothing that rules the loader or the shell of another user.

use super::{Zombie, by, of, program, target, xnsenter};
use std::ffi::CString;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use xns_tests::{Cmd, Need, Running, Scene, Who, need, wait_for};

/// A process of this user's with just these entries.
fn with_environment(scene: &Scene, who: Who, entries: &[&[u8]]) -> Running {
    let words = ["/bin/sleep", "1000"].map(|word| CString::new(word).unwrap());
    let entries: Vec<CString> = entries.iter().map(|entry| CString::new(*entry).unwrap()).collect();
    let mut cmd: Cmd = by(scene, who, "/bin/true");
    // SAFETY: one system call, with what was made before the fork; the arrays of pointers are the only allocation, and no
    // other thread of the child can hold the allocator's lock for ever: glibc resets it after a fork.
    unsafe {
        cmd.std().pre_exec(move || {
            let Err(error) = nix::unistd::execve(&words[0], &words, &entries);
            Err(error.into())
        });
    }
    let running = cmd.start();
    let comm = format!("/proc/{}/comm", running.pid());
    wait_for("sleep", || std::fs::read_to_string(&comm).unwrap() == "sleep\n");
    running
}

/// What the program gets by these options, byte for byte.
fn environment_by(scene: &Scene, who: Who, target: u32, words: &str) -> String {
    let cmd =
        xnsenter(scene, who).args(["-t", &target.to_string()]).words(words).args(["/bin/sleep", "1000"]);
    let running = cmd.start();
    let file = |name: &str| std::fs::read(format!("/proc/{}/{name}", of(&running))).unwrap();
    // An exec sets the name before it sets where the variables are: once it sleeps it is through.
    wait_for("the program", || file("stat").windows(10).any(|text| text == b"(sleep) S "));
    file("environ").escape_ascii().to_string()
}

fn shown(entries: &[&[u8]]) -> String {
    entries.iter().map(|entry| format!("{}\\x00", entry.escape_ascii())).collect()
}

/// The original reads over the end of an empty one, and dies of an entry without `=`.
#[test]
fn odd_entries_are_passed_over() {
    const ODD: [&[u8]; 9] =
        [b"A=1", b"A=2", b"", b"NOTHING", b"=x", b"=", b"EMPTY=", b"BYTES=\xff\xfe\x80 =\n", b"B=\"$A\""];
    const CLEAN: [&[u8]; 4] = [b"A=2", b"EMPTY=", b"BYTES=\xff\xfe\x80 =\n", b"B=\"$A\""];
    for who in Who::each("odd_entries_are_passed_over") {
        let scene = Scene::new();
        scene.hand_over();
        let odd = with_environment(&scene, who, &ODD);
        assert_eq!(environment_by(&scene, who, odd.pid(), "-e"), shown(&CLEAN));
        assert_eq!(environment_by(&scene, who, odd.pid(), "--env --trust-env"), shown(&CLEAN));
        for empty in [&[][..], &[&b""[..]], &[b"NOTHING"], &[b"="]] {
            let none = with_environment(&scene, who, empty);
            assert_eq!(environment_by(&scene, who, none.pid(), "-e"), "", "{empty:?}");
        }
    }
}

/// What the caller has does not come along with it.
#[test]
fn nothing_of_the_callers_is_left() {
    for who in Who::each("nothing_of_the_callers_is_left") {
        let scene = Scene::new();
        scene.hand_over();
        let one = with_environment(&scene, who, &[b"ONE=1"]);
        let run = |words: &str| {
            let cmd =
                xnsenter(&scene, who).env("SECRET", "of the caller").args(["-t", &one.pid().to_string()]);
            cmd.words(words).args(["/usr/bin/env"]).run()
        };
        assert_eq!(run("-e").out(), "ONE=1");
        let without = run("-w");
        assert!(without.out().contains("SECRET=of the caller"), "{without:?}");
        assert!(!without.stdout.contains("ONE="), "{without:?}");
    }
}

/// Whoever it belongs to would run code as the caller.
#[test]
fn what_rules_loader_and_shell_is_dropped() {
    const RULES: [&[u8]; 6] =
        [b"LD_PRELOAD=/x", b"A=1", b"BASH_ENV=/x", b"PS4=$(id)", b"ENV=/x", b"BASH_FUNC_ls%%=() { id; }"];
    if !need("what_rules_loader_and_shell_is_dropped", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let theirs = with_environment(&scene, Who::Ordinary, &RULES);
    assert_eq!(environment_by(&scene, Who::Root, theirs.pid(), "-e"), shown(&[b"A=1"]));
    assert_eq!(environment_by(&scene, Who::Root, theirs.pid(), "-e --trust-env"), shown(&RULES));
    for who in [Who::Root, Who::Ordinary] {
        let own = with_environment(&scene, who, &RULES);
        assert_eq!(environment_by(&scene, who, own.pid(), "-e"), shown(&RULES), "{who:?}");
    }
}

/// The program is looked for in the target's PATH, and its SHELL is the program when there is no other.
#[test]
fn path_and_shell_are_the_targets() {
    for who in Who::each("path_and_shell_are_the_targets") {
        let scene = Scene::new();
        let tool = scene.file("tools/tool", "#!/bin/sh\necho theirs $#\n");
        std::fs::set_permissions(&tool, std::fs::Permissions::from_mode(0o755)).unwrap();
        scene.hand_over();
        let path = format!("PATH={}", scene.path("tools").display());
        let shell = format!("SHELL={}", tool.display());
        let target = with_environment(&scene, who, &[path.as_bytes(), shell.as_bytes()]);
        let run = |words: &str| {
            let cmd = xnsenter(&scene, who)
                .env("SHELL", "/bin/false")
                .env("PATH", "/usr/bin:/bin")
                .args(["-t", &target.pid().to_string()]);
            cmd.words(words).run()
        };
        assert_eq!(run("-e tool 1 2").out(), "theirs 2");
        assert_eq!(run("-e").out(), "theirs 0");
        run("-w tool").fails(127, "xnsenter: failed to execute tool: No such file or directory");
    }
}

/// Who has none says so, and nothing runs.
#[test]
fn who_has_no_environment() {
    if !need("who_has_no_environment", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let zombie = Zombie::new();
    let run = |pid: u32| {
        let cmd = xnsenter(&scene, Who::Root).args(["--hints=always", "-t", &pid.to_string(), "-e"]);
        let done = cmd.args(["/bin/echo", "ran"]).run();
        assert_eq!(done.stdout, "");
        done
    };
    let done = run(zombie.pid());
    done.fails(1, &format!("xnsenter: cannot open /proc/{}/environ: No such process", zombie.pid()));
    assert!(done.stderr.contains("\n  hint[XNS-E33-zombie]: "), "{done:?}");
    if std::fs::read("/proc/2/cmdline").is_ok_and(|words| words.is_empty()) {
        let done = run(2);
        // Older kernels say nothing instead of refusing.
        let [empty, refused] = [
            "process 2 has no environment: No such file or directory",
            "cannot open /proc/2/environ: No such process",
        ];
        let first = done.stderr.lines().next().unwrap_or_default().strip_prefix("xnsenter: ").unwrap();
        assert!(done.status == Some(1) && [empty, refused].contains(&first), "{done:?}");
        assert!(done.stderr.contains("\n  hint[XNS-E33-kernel-thread]: "), "{done:?}");
    }
}

/// The target's environment is read before anything is entered: what lies over its `/proc` is not.
#[test]
fn it_is_read_from_outside() {
    if !need("it_is_read_from_outside", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let (mut hides, pid) = target(&scene, Who::Root, "-m");
    drop(program(xnsenter(&scene, Who::Root).args(["-t", &pid.to_string(), "-m"])));
    let script = "mount -t tmpfs none /proc && mkdir /proc/self && printf 'LIE=1\\0' > /proc/self/environ";
    let cover = xnsenter(&scene, Who::Root).args(["-t", &pid.to_string(), "-m", "sh", "-c", script]).run();
    assert!(cover.ok(), "{cover:?}");
    let done = xnsenter(&scene, Who::Root).args(["-t", &pid.to_string(), "-a", "-e", "/usr/bin/env"]).run();
    assert!(done.out().contains("XNS_TEST_SCENE=") && !done.out().contains("LIE"), "{done:?}");
    hides.say("");
}
