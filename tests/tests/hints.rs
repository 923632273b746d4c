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
        ("-n", "a network namespace"),
        ("-m", "a mount namespace"),
        ("-p", "a PID namespace"),
        ("-i", "an IPC namespace"),
        ("-u", "a UTS namespace"),
        ("-C", "a cgroup namespace"),
        ("-T", "a time namespace"),
        ("-pm", "mount and PID namespaces"),
        ("-p --mount-proc", "mount and PID namespaces"),
        ("--mount-proc", "a mount namespace"),
        ("-fp --mount-proc", "mount and PID namespaces"),
    ] {
        let done = Scene::new()
            .sh(&format!("PATH=\"${{X%/*}}:$PATH\"; exec xunshare --hints=always {option} true"))
            .ordinary()
            .run();
        assert_eq!(done.status, Some(1));
        hinted(&done, REFUSED, "XNS-E01-unprivileged");
        let uid = if is_root() { ORDINARY_UID } else { nix::unistd::geteuid().as_raw() };
        assert!(
            done.stderr.contains(&format!("only root may create {word} directly; you are uid {uid}")),
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
        let added = match option {
            "-p" | "-pm" | "-p --mount-proc" => " -f",
            "--mount-proc" => " -p -f",
            _ => "",
        };
        let cure = format!("-r{added} --hints=always {option} true");
        assert_eq!(cures(&done)[0], format!("xunshare {cure}"));
        // And the cure cures.
        let cured = Scene::new().xunshare().ordinary().words(&cure).run();
        assert!(cured.ok(), "{cured:?}");
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
fn e02_nogroup() {
    if !need("e02_nogroup", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let done = Scene::new().sh("exec \"$X\" -U --map-users 0:0:1 \"$X\" --hints=always -r true").run();
    hinted(&done, REFUSED, "XNS-E02-unmapped");
    let overflow = std::fs::read_to_string("/proc/sys/kernel/overflowgid").unwrap();
    let evidence = format!(
        "you are gid {0}, the overflow gid, and /proc/self/gid_map does not have it",
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
    assert_eq!(cures(&done), ["--map-auto"]);
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
    assert_eq!(because(&done), ["it is neither set-user-ID root nor has file capabilities"]);
    let copy = scene.path("bin/newuidmap");
    assert!(done.stderr.contains(&format!("PATH finds {}, which is not the system's", copy.display())));
    assert!(!done.stderr.contains("chmod"), "{done:?}");
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
fn e08_a_range_that_nobody_has() {
    if !need("e08_a_range_that_nobody_has", &[Need::Root, Need::UserNamespaces, Need::Program("newuidmap")]) {
        return;
    }
    let scene = Scene::new();
    scene.file(
        "passwd",
        &format!("root:x:0:0::/:/bin/sh\nalice:x:{ORDINARY_UID}:{ORDINARY_UID}::/:/bin/sh\n"),
    );
    scene.file("subuid", "bob:100000:65536\n");
    let script = |words: &str| {
        format!(
            "mount --bind passwd /etc/passwd; mount --bind subuid /etc/subuid; mount --bind subuid /etc/subgid; \
             exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \"$X\" {words}"
        )
    };
    let done = scene.private_sh(&script("--hints=always --map-users=0:100000:5 true")).run();
    hinted(&done, "newuidmap: uid range [0-5) -> [100000-100005) not allowed", "XNS-E08-not-granted");
    assert_eq!(cures(&done), ["sudo usermod --add-subuids 165536-231071 --add-subgids 165536-231071 alice"]);
    // What newuidmap says comes first; then our line.
    let done = scene.private_sh(&script("--error-format=json --map-users=0:100000:5 true")).run();
    let told: Value = serde_json::from_str(done.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(told["message"], "newuidmap ended with status 1");
    assert_eq!((&told["errno"], &told["status"]), (&Value::Null, &Value::from(1)));
    assert_eq!(told["hint"]["id"], "XNS-E08-not-granted");
}

#[test]
fn e09_and_e10_ids_that_the_map_lacks() {
    if !need("e09_and_e10_ids_that_the_map_lacks", &[Need::UserNamespaces]) {
        return;
    }
    const GROUPS: &str = "xunshare: setgroups failed: Operation not permitted";
    const USER: &str = "xunshare: setuid failed: Invalid argument";
    for (words, first, id, evidence) in [
        ("-r -S 7", USER, "XNS-E10-unmapped", "its uids are 0"),
        ("-U -S 7", USER, "XNS-E10-unmapped", "the plan writes no uid_map"),
        ("-r -G 7", GROUPS, "XNS-E09-setgroups-denied", "the plan writes \"deny\" to /proc/self/setgroups"),
        ("-U -G 7", GROUPS, "XNS-E09-setgroups-denied", "the plan writes no gid_map"),
    ] {
        let done = Scene::new().xunshare().ordinary().words(&format!("--hints=always {words} true")).run();
        hinted(&done, first, id);
        assert_eq!(because(&done), [evidence]);
        assert!(cures(&done)[0].ends_with(&format!("--map-auto --hints=always {words} true")), "{done:?}");
    }
}

/// The words that a cure proposes, without the tool's name; they cure.
#[track_caller]
fn cured_by(done: &Done, words: &str) {
    assert!(cures(done)[0].ends_with(&format!("xunshare {words}")), "{done:?}");
    let again = Scene::new().xunshare().ordinary().words(words).run();
    assert!(again.ok(), "{again:?}");
}

#[test]
fn e14_proc_without_a_new_pid_namespace() {
    if !need("e14_proc_without_a_new_pid_namespace", &[Need::UserNamespaces]) {
        return;
    }
    let first = "xunshare: mount /proc failed: Operation not permitted";
    for (words, id, added) in [
        ("-r --mount-proc", "XNS-E14-no-pid-namespace", "-p -f"),
        ("-r -f --mount-proc", "XNS-E14-no-pid-namespace", "-p"),
        ("-r -p --mount-proc", "XNS-E14-not-forked", "-f"),
    ] {
        let words = format!("--hints=always {words} true");
        let done = Scene::new().xunshare().ordinary().words(&words).run();
        hinted(&done, first, id);
        cured_by(&done, &format!("{added} {words}"));
    }
}

#[test]
fn e14_proc_that_is_covered() {
    if !need("e14_proc_that_is_covered", &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let done = Scene::new()
        .private_sh(&format!(
            "mount --bind /dev/null /proc/version; exec setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups \
             \"$X\" --hints=always -r -p -f --mount-proc true"
        ))
        .run();
    hinted(&done, "xunshare: mount /proc failed: Operation not permitted", "XNS-E14-masked-proc");
    assert!(because(&done)[0].starts_with("/proc/self/mountinfo has "), "{done:?}");
}

#[test]
fn m1_nothing_to_mount_on() {
    if !need("m1_nothing_to_mount_on", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    scene.hand_over();
    for (option, kind) in [("-i --mount-mqueue", "mqueue"), ("-p -f --mount-proc", "proc")] {
        let at = scene.path(kind);
        let words = format!("--hints=always -r {option}={} true", at.display());
        let done = scene.xunshare().ordinary().words(&words).run();
        let first = format!("xunshare: mount {} failed: No such file or directory", at.display());
        hinted(&done, &first, "XNS-M1-no-directory");
        assert_eq!(cures(&done)[0], format!("mkdir -p {}", at.display()));
        assert!(scene.sh(cures(&done)[0]).ordinary().run().ok());
        let again = scene.xunshare().ordinary().words(&words).run();
        assert!(again.ok(), "{again:?}");
    }
}

#[test]
fn m2_mqueue_without_an_ipc_namespace() {
    if !need("m2_mqueue_without_an_ipc_namespace", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let words = format!("--hints=always -r --mount-mqueue={} true", scene.dir().display());
    let done = scene.xunshare().ordinary().words(&words).run();
    let first = format!("xunshare: mount {} failed: Operation not permitted", scene.dir().display());
    hinted(&done, &first, "XNS-M2-no-ipc-namespace");
    cured_by(&done, &format!("-i {words}"));
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
        assert_eq!(told["step"], 2);
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
