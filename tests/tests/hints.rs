//! Hints after the first line: each cause provoked, its id, and evidence that is true.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use serde_json::Value;
use xns_tests::{Done, Need, ORDINARY_UID, Scene, is_root, need};

/// Fails unless the first line is this one, and a hint with this id follows.
#[track_caller]
fn hinted(done: &Done, first: &str, id: &str) {
    let lines: Vec<_> = done.stderr.lines().collect();
    assert_eq!(lines.first(), Some(&first), "{done:?}");
    assert!(lines.get(1).is_some_and(|line| line.starts_with(&format!("  hint[{id}]: "))), "{done:?}");
}

/// The evidence lines.
fn because(done: &Done) -> Vec<&str> {
    done.stderr.lines().filter_map(|line| line.strip_prefix("  because: ")).collect()
}

/// What is proposed, without the notes.
fn cures(done: &Done) -> Vec<&str> {
    let lines =
        done.stderr.lines().filter_map(|line| line.strip_prefix("  try: ").or(line.strip_prefix("  or:  ")));
    lines.map(|line| line.split("   (").next().unwrap()).collect()
}

const REFUSED: &str = "xunshare: unshare failed: Operation not permitted";

#[test]
fn e01_an_ordinary_user_without_a_user_namespace() {
    if !need("e01_an_ordinary_user_without_a_user_namespace", &[Need::UserNamespaces]) {
        return;
    }
    for (option, word) in [
        ("-n", "network"),
        ("-m", "mount"),
        ("-p", "PID"),
        ("-i", "IPC"),
        ("-u", "UTS"),
        ("-C", "cgroup"),
        ("-T", "time"),
    ] {
        let done = Scene::new()
            .sh(&format!("PATH=\"${{X%/*}}:$PATH\"; exec xunshare --hints=always {option} true"))
            .ordinary()
            .run();
        assert_eq!(done.status, Some(1));
        hinted(&done, REFUSED, "XNS-E01-unprivileged");
        let uid = if is_root() { ORDINARY_UID } else { nix::unistd::geteuid().as_raw() };
        assert!(
            done.stderr
                .contains(&format!("only root may create a {word} namespace directly; you are uid {uid}")),
            "{done:?}"
        );
        // True: the same user has no capability, and may make a user namespace.
        assert_eq!(
            because(&done),
            [
                "CapEff of /proc/self/status lacks bit 21, CAP_SYS_ADMIN",
                "a probe process could create a user namespace"
            ]
        );
        assert_eq!(cures(&done)[0], format!("xunshare -r --hints=always {option} true"));
        // And the cure cures.
        assert!(
            Scene::new().xunshare().ordinary().words(&format!("-r --hints=always {option} true")).run().ok()
        );
    }
}

#[test]
fn e01_root_without_the_right() {
    if !need("e01_root_without_the_right", &[Need::Root, Need::Program("setpriv")]) {
        return;
    }
    let done = Scene::new()
        .sh("exec setpriv --bounding-set -sys_admin --inh-caps -sys_admin \"$X\" --hints=always -n true")
        .run();
    hinted(&done, REFUSED, "XNS-E01-no-sys-admin");
    assert_eq!(because(&done), ["CapEff of /proc/self/status lacks bit 21, CAP_SYS_ADMIN"]);
    assert!(cures(&done)[1].ends_with("-U --hints=always -n true"), "{done:?}");
}

#[test]
fn e02_in_a_chroot() {
    if !need("e02_in_a_chroot", &[Need::Root, Need::Program("busybox"), Need::Program("chroot")]) {
        return;
    }
    for proc in ["", "mount --bind /proc root/proc;"] {
        let scene = Scene::new();
        scene.busybox_root("root");
        let done = scene
            .private_sh(&format!(
                "{proc} cp \"$X\" root/bin/xunshare; exec chroot root /bin/xunshare --hints=always -U true"
            ))
            .run();
        hinted(&done, REFUSED, "XNS-E02-chroot");
        assert!(cures(&done)[0].starts_with("xunshare --pivot-root DIR"), "{done:?}");
        let scene = Scene::new();
        scene.busybox_root("root");
        let script = "cp \"$X\" root/bin/xunshare; mount --bind /proc root/proc; exec chroot --userspec=54321:54321 --groups= root /bin/xunshare --hints=always -r true";
        let done = scene.private_sh(script).run();
        hinted(&done, REFUSED, "XNS-E02-chroot");
    }
}

#[test]
fn e02_nobody() {
    if !need("e02_nobody", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let done = scene.sh("exec \"$X\" -U \"$X\" --hints=always -U true").ordinary().run();
    hinted(&done, REFUSED, "XNS-E02-unmapped");
    let overflow = std::fs::read_to_string("/proc/sys/kernel/overflowuid").unwrap();
    let evidence = format!(
        "you are uid {0}, the overflow uid, and /proc/self/uid_map does not have it",
        overflow.trim()
    );
    assert_eq!(because(&done), [evidence]);
}

#[test]
fn e04_a_limit_that_is_0() {
    if !need("e04_a_limit_that_is_0", &[Need::UserNamespaces]) {
        return;
    }
    for (kind, option) in [
        ("net", "-n"),
        ("uts", "-u"),
        ("mnt", "-m"),
        ("ipc", "-i"),
        ("pid", "-p"),
        ("cgroup", "-C"),
        ("time", "-T"),
        ("user", "-U"),
    ] {
        let script = format!(
            "exec \"$X\" -r sh -ec 'echo 0 > /proc/sys/user/max_{kind}_namespaces; exec \"$X\" --hints=always {option} true'"
        );
        let done = Scene::new().sh(&script).ordinary().run();
        hinted(&done, "xunshare: unshare failed: No space left on device", "XNS-E04-limit");
        assert!(
            done.stderr.contains(&format!("not a disk problem: the limit user.max_{kind}_namespaces is 0\n")),
            "{done:?}"
        );
        assert_eq!(because(&done)[0], format!("/proc/sys/user/max_{kind}_namespaces reads 0"));
        assert_eq!(cures(&done), [format!("sudo sysctl -w user.max_{kind}_namespaces=15000")]);
    }
}

#[test]
fn e04_a_limit_that_is_used_up() {
    if !need("e04_a_limit_that_is_used_up", &[Need::UserNamespaces]) {
        return;
    }
    let script = "exec \"$X\" -r sh -ec 'echo 1 > /proc/sys/user/max_uts_namespaces; exec \"$X\" -u \"$X\" --hints=always -u true'";
    let done = Scene::new().sh(script).ordinary().run();
    hinted(&done, "xunshare: unshare failed: No space left on device", "XNS-E04-used-up");
    assert_eq!(because(&done), ["user.max_uts_namespaces is 1"]);
}

#[test]
fn e06_a_pid_namespace_whose_first_process_has_ended() {
    if !need("e06_a_pid_namespace_whose_first_process_has_ended", &[Need::UserNamespaces]) {
        return;
    }
    // The shell stays outside; its first child is PID 1 of the new namespace, and ends.
    for (options, first) in [
        ("-f", "xunshare: fork failed: Cannot allocate memory"),
        ("-p", "xunshare: unshare failed: Invalid argument"),
        ("-fp", "xunshare: unshare failed: Invalid argument"),
    ] {
        let script =
            format!("exec \"$X\" -r -p sh -c '/bin/true; exec \"$X\" --hints=always {options} true'");
        let done = Scene::new().sh(&script).ordinary().run();
        hinted(&done, first, "XNS-E06-pid-namespace-dead");
        assert!(because(&done)[0].starts_with("/proc/self/ns/pid is pid:["), "{done:?}");
        assert!(cures(&done)[0].contains("--fork"), "{done:?}");
    }
}

#[test]
fn e08_what_is_not_granted() {
    if !need("e08_what_is_not_granted", &[Need::Root, Need::UserNamespaces, Need::Program("newuidmap")]) {
        return;
    }
    let user = |scene: &Scene, before: &str, words: &str| {
        scene.file(
            "passwd",
            &format!("root:x:0:0::/:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
        );
        scene.file("subuid", "alice:300000:10\n");
        let script = format!(
            "mount --bind passwd /etc/passwd; mount --bind subuid /etc/subuid; mount --bind subuid /etc/subgid; \
             exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups {before} \"$X\" --hints=always {words}"
        );
        scene.private_sh(&script).run()
    };
    let scene = Scene::new();
    let done = user(&scene, "", "--map-users=0:200000:5 true");
    hinted(&done, "newuidmap: uid range [0-5) -> [200000-200005) not allowed", "XNS-E08-not-granted");
    assert_eq!(because(&done), ["/etc/subuid grants you 10 ids from 300000"]);
    assert_eq!(done.status, Some(1));

    let done = user(&scene, "--no-new-privs", "--map-auto true");
    let first = done.stderr.lines().next().unwrap_or("").to_owned();
    assert!(first.starts_with("newuidmap: "), "{done:?}");
    hinted(&done, &first, "XNS-E08-no-new-privs");
    assert_eq!(because(&done), ["NoNewPrivs in /proc/self/status is 1"]);

    let done = user(&scene, "env PATH=/nowhere", "--map-auto true");
    hinted(&done, "xunshare: failed to execute newuidmap: No such file or directory", "XNS-E08-no-tool");
    assert_eq!(because(&done), ["no newuidmap in any directory of PATH"]);
}

#[test]
fn e08_a_tool_without_rights() {
    if !need("e08_a_tool_without_rights", &[Need::Root, Need::UserNamespaces, Need::Program("newuidmap")]) {
        return;
    }
    let scene = Scene::new();
    scene.file(
        "passwd",
        &format!("root:x:0:0::/:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("subuid", "alice:300000:10\n");
    let script = format!(
        "mkdir bin; cp \"$(command -v newuidmap)\" bin/newuidmap; chmod 755 bin/newuidmap; \
         mount --bind passwd /etc/passwd; mount --bind subuid /etc/subuid; mount --bind subuid /etc/subgid; \
         PATH=$PWD/bin:$PATH; exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" --hints=always --map-auto true"
    );
    let done = scene.private_sh(&script).run();
    let first = done.stderr.lines().next().unwrap_or("").to_owned();
    assert!(first.starts_with("newuidmap: "), "{done:?}");
    hinted(&done, &first, "XNS-E08-no-setuid");
    assert_eq!(because(&done), ["it is neither set-user-ID nor has file capabilities"]);
}

#[test]
fn e08_ids_that_do_not_exist_here() {
    if !need("e08_ids_that_do_not_exist_here", &[Need::UserNamespaces]) {
        return;
    }
    let done =
        Scene::new().sh("exec \"$X\" -r \"$X\" --hints=always --map-users=0:5:3 true").ordinary().run();
    let first = done.stderr.lines().next().unwrap_or("").to_owned();
    assert!(first.ends_with("/uid_map: Operation not permitted"), "{done:?}");
    hinted(&done, &first, "XNS-E08-nested");
}

#[test]
fn who_did_not_ask_gets_the_first_line_only() {
    if !need("who_did_not_ask_gets_the_first_line_only", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let run = |variable: Option<&str>, option: &str| {
        let command = scene.xunshare().ordinary().words(option).args(["-n", "true"]);
        match variable {
            Some(word) => command.env("XNS_HINTS", word),
            None => command,
        }
        .run()
    };
    let quiet = format!("{REFUSED}\n");
    // Standard error is a pipe here.
    for (variable, option, shown) in [
        (None, "", false),
        (None, "--hints=auto", false),
        (None, "--hints=never", false),
        (None, "--hints=always", true),
        (Some("always"), "", true),
        (Some("always"), "--hints=never", false),
        (Some("always"), "--hints=auto", false),
        (Some("never"), "", false),
        (Some("never"), "--hints=always", true),
        (Some("auto"), "", false),
        (Some("nonsense"), "", false),
        (Some(""), "", false),
    ] {
        let done = run(variable, option);
        assert_eq!(done.stderr != quiet, shown, "{variable:?} {option} {done:?}");
        assert!(done.stderr.starts_with(&quiet));
    }
}

#[test]
fn a_hint_appears_only_after_a_failure() {
    let done = Scene::new().xunshare().args(["--hints=always", "true"]).run();
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
    let done = Scene::new().xunshare().args(["--hints=always", "./nosuchprogram"]).run();
    done.fails(127, "xunshare: failed to execute ./nosuchprogram: No such file or directory");
}

fn json(done: &Done) -> Value {
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    serde_json::from_str(&done.stderr).unwrap()
}

#[test]
fn the_error_as_json() {
    if !need("the_error_as_json", &[Need::UserNamespaces]) {
        return;
    }
    // Also without hints asked for, and wherever the option stands.
    for words in [
        "--error-format=json -n true",
        "-n --error-format json true",
        "--hints=never --error-format=json -n true",
    ] {
        let done = Scene::new().xunshare().ordinary().words(words).run();
        assert_eq!(done.status, Some(1));
        let told = json(&done);
        assert_eq!(told["tool"], "xunshare");
        assert_eq!(told["message"], "unshare failed: Operation not permitted");
        assert_eq!(told["errno"], "EPERM");
        assert_eq!(told["status"], 1);
        assert_eq!(told["step"], 1);
        assert_eq!(told["call"], "unshare(CLONE_NEWNET)");
        assert_eq!(told["hint"]["id"], "XNS-E01-unprivileged");
        assert_eq!(told["hint"]["because"].as_array().unwrap().len(), 2);
        assert!(told["hint"]["cures"][0]["action"].as_str().unwrap().contains(" -r "), "{told}");
    }
}

#[test]
fn usage_errors_as_json_wherever_the_option_stands() {
    for (words, message) in [
        ("--error-format=json --nope", "unrecognized option '--nope'"),
        ("--nope --error-format=json true", "unrecognized option '--nope'"),
        ("-Z --error-format json", "invalid option -- 'Z'"),
        ("--error-format=json -S", "option requires an argument -- 'S'"),
        ("--propagation=x --error-format=json true", "unsupported propagation mode: x"),
        ("--error-format=json --map-users=1:2 true", "mapping '1:2' contains only 2 elements"),
        (
            "--map-users=0:0:5 --map-users=2:9:1 --error-format=json true",
            "uid_map: inner id 2 is mapped twice, by '0 0 5' and '2 9 1'",
        ),
    ] {
        let done = Scene::new().xunshare().words(words).run();
        let told = json(&done);
        assert_eq!(
            (done.status, told["message"].as_str(), &told["status"]),
            (Some(1), Some(message), &Value::from(1)),
            "{words}"
        );
        assert_eq!((&told["errno"], &told["hint"]), (&Value::Null, &Value::Null));
    }
    // What belongs to the program is not ours.
    let done = Scene::new().xunshare().words("-w none sh --error-format=json").run();
    done.fails(1, "xunshare: cannot chdir to 'none': No such file or directory");
}

#[test]
fn the_program_not_found_as_json() {
    let told = json(&Scene::new().xunshare().words("--error-format=json ./nosuchprogram").run());
    assert_eq!((&told["status"], &told["errno"]), (&Value::from(127), &Value::from("ENOENT")));
    assert_eq!(told["message"], "failed to execute ./nosuchprogram: No such file or directory");
}
