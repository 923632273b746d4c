//! Creating namespaces, and processes in them (E01 to E07).

use super::{REFUSED, because, cured_by, cures, hinted};
use xns_tests::{Need, ORDINARY_UID, Scene, bin, is_root, need, pids_root};

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
fn e05_a_second_pid_namespace() {
    if !need("e05_a_second_pid_namespace", &[Need::UserNamespaces]) {
        return;
    }
    // The first child, PID 1, lives.
    for options in ["-p", "-fp", "-mp"] {
        let script = format!(
            "exec \"$X\" -r -p sh -c 'sleep 60 >/dev/null 2>&1 & exec \"$X\" --hints=always {options} true'"
        );
        let done = Scene::new().sh(&script).ordinary().run();
        hinted(&done, "xunshare: unshare failed: Invalid argument", "XNS-E05-second-pid-namespace");
        assert!(because(&done)[0].contains("pid_for_children is pid:["), "{done:?}");
    }
}

/// A cgroup of the test's own, which is removed with it.
struct Group(std::path::PathBuf);

impl Group {
    fn new(most: u32) -> Self {
        let dir = std::path::Path::new(pids_root().unwrap()).join(format!("xns-test-{}", std::process::id()));
        std::fs::create_dir(&dir).unwrap();
        let group = Group(dir);
        std::fs::write(group.0.join("pids.max"), most.to_string()).unwrap();
        group
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let gone = || std::fs::remove_dir(&self.0).is_ok();
        for _ in 0..200 {
            if gone() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

#[test]
fn e07_a_cgroup_that_is_full() {
    if !need("e07_a_cgroup_that_is_full", &[Need::Root, Need::PidsController]) {
        return;
    }
    const FIRST: &str = "xunshare: fork failed: Resource temporarily unavailable";
    let group = Group::new(1);
    let dir = group.0.display();
    for (words, present) in [("-f", 1), ("-fr", 1), ("--init", 2), ("--map-auto", 1), ("-r --uts=file", 1)] {
        let scene = Scene::new();
        scene.file("file", "");
        std::fs::write(group.0.join("pids.max"), present.to_string()).unwrap();
        let script = format!("echo $$ > {dir}/cgroup.procs; exec \"$X\" --hints=always {words} true");
        let done = scene.sh(&script).run();
        if words == "--map-auto" && done.stderr.contains("/etc/subuid") {
            continue; // root has no ids here
        }
        hinted(&done, FIRST, "XNS-E07-pids-max");
        let evidence = because(&done);
        let now = match words {
            "--init" => "is 1, and was one more".to_owned(),
            _ => format!("is {present}"),
        };
        assert_eq!(evidence[0], format!("{dir}/pids.max is {present}, pids.current {now}"), "{done:?}");
        assert!(evidence[1].starts_with(&format!("{dir}/pids.events counts ")), "{done:?}");
        assert_eq!(cures(&done)[0], format!("echo 100 | sudo tee {dir}/pids.max"));
    }
    // With room there is no failure, and a cgroup namespace hides where we are.
    std::fs::write(group.0.join("pids.max"), "9").unwrap();
    let run = |words: &str| {
        Scene::new()
            .sh(&format!("echo $$ > {dir}/cgroup.procs; exec \"$X\" --hints=always {words} true"))
            .run()
    };
    assert!(run("-f").ok());
    std::fs::write(group.0.join("pids.max"), "1").unwrap();
    assert_eq!(run("-f -C").stderr, format!("{FIRST}\n"));
}

#[test]
fn e07_a_user_with_too_many_processes() {
    if !need(
        "e07_a_user_with_too_many_processes",
        &[Need::Root, Need::Program("prlimit"), Need::Program("setpriv"), Need::Program("bash")],
    ) {
        return;
    }
    // A uid of the test's own: others run tests as the ordinary user at the same time.
    const UID: u32 = ORDINARY_UID + 7;
    let user = format!("setpriv --reuid {UID} --regid {UID} --clear-groups");
    let scene = Scene::new();
    let done = scene.sh(&format!("exec prlimit --nproc=1:9 {user} \"$X\" --hints=always -f true")).run();
    hinted(&done, "xunshare: fork failed: Resource temporarily unavailable", "XNS-E07-process-limit");
    assert_eq!(because(&done), ["RLIMIT_NPROC is 1 (/proc/self/limits), and /proc has 1 of that user"]);
    // The limit holds in a user namespace too, where that user has another number, or none yet.
    for options in ["-rf", "-Uf"] {
        let done =
            scene.sh(&format!("exec prlimit --nproc=1:9 {user} \"$X\" --hints=always {options} true")).run();
        hinted(&done, "xunshare: fork failed: Resource temporarily unavailable", "XNS-E07-process-limit");
        assert_eq!(because(&done), ["RLIMIT_NPROC is 1 (/proc/self/limits), and /proc has 1 of that user"]);
    }
    let inside = "ulimit -u 1; exec \"$X\" --hints=always -f true";
    let done = scene.sh(&format!("exec {user} \"$X\" -r bash -c '{inside}'")).run();
    hinted(&done, "xunshare: fork failed: Resource temporarily unavailable", "XNS-E07-process-limit");
    // Root may start what it likes, but not as somebody who may not.
    let done = scene
        .sh(&format!(
            "mkfifo go; chmod 666 go; {{ {user} sh -c 'sleep 60 & echo > go; exec sleep 60' >/dev/null 2>&1 & }}; read -r _ < go; \
             exec prlimit --nproc=1 \"$X\" --hints=always -S {UID} true"
        ))
        .run();
    hinted(
        &done,
        "xunshare: failed to execute true: Resource temporarily unavailable",
        "XNS-E07-process-limit",
    );
}

/// A pin is made outside, where a user namespace of one's own gives no rights.
#[test]
fn e01_proposes_what_works() {
    if !need("e01_proposes_what_works", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    scene.file("pin", "");
    scene.subdir("mq");
    scene.hand_over();
    let done = scene.xunshare().ordinary().words("--hints=always --uts=pin true").run();
    hinted(&done, "xunshare: unshare failed: Operation not permitted", "XNS-E01-unprivileged");
    assert!(cures(&done).iter().all(|cure| cure.starts_with("sudo ")), "{done:?}");
    let done = scene.xunshare().ordinary().words("--hints=always --mount-mqueue=mq true").run();
    let words = cures(&done)[0].split_once("xunshare ").unwrap().1.to_owned();
    assert_eq!(words, "-r -i --hints=always --mount-mqueue=mq true");
    assert!(scene.xunshare().ordinary().words(&words).run().ok());
}

#[test]
fn r1_chroot_needs_a_capability() {
    if need("r1_chroot_needs_a_capability", &[Need::UserNamespaces]) {
        let done = Scene::new().xunshare().ordinary().words("--hints=always -R / true").run();
        hinted(
            &done,
            "xunshare: cannot change root directory to '/': Operation not permitted",
            "XNS-R1-chroot",
        );
        cured_by(&done, "-r --hints=always -R / true");
    }
}

#[test]
fn t1_a_clock_cannot_become_negative() {
    if need("t1_a_clock_cannot_become_negative", &[Need::UserNamespaces]) {
        let line = "--hints=always -rT --boottime=-99999999999 true";
        let done = Scene::new().xunshare().ordinary().words(line).run();
        let first = "xunshare: failed to write to /proc/self/timens_offsets: Numerical result out of range";
        hinted(&done, first, "XNS-T1-clock");
        let option = cures(&done)[0].to_owned();
        let again = Scene::new().xunshare().ordinary().words("-rT").words(&option).args(["true"]).run();
        assert!(again.ok(), "{option}: {again:?}");
    }
}

/// The reasons that a command line itself has.
#[test]
fn u_what_is_wrong_with_the_command_line() {
    let scene = Scene::new();
    let ask = |words: &str| scene.xunshare().words("--hints=always").words(words).args(["true"]).run();
    let done = ask("--kill-child=9");
    hinted(&done, "xunshare: unknown signal: 9", "XNS-U1-signal");
    assert_eq!(cures(&done), ["--kill-child=SIGKILL"]);
    let done = ask("--kill-child=FOO");
    hinted(&done, "xunshare: unknown signal: FOO", "XNS-U1-signal");
    let done = ask("-r --setgroups=allow");
    let first = "xunshare: options --setgroups=allow and --map-group are mutually exclusive";
    hinted(&done, first, "XNS-U2-setgroups");
    // Without being asked nothing follows.
    let plain = scene.xunshare().words("--kill-child=9 true").run();
    assert_eq!(plain.stderr, "xunshare: unknown signal: 9\n");
    let json = scene.xunshare().words("--error-format=json --kill-child=9 true").run();
    let told: serde_json::Value = serde_json::from_str(json.stderr.trim_end()).unwrap();
    assert_eq!(told["hint"]["id"], "XNS-U1-signal");
}

#[test]
fn p1_becoming_somebody_else_needs_rights() {
    if !need("p1_becoming_somebody_else_needs_rights", &[Need::Root]) {
        return;
    }
    for (words, first) in [
        ("-S 0", "xunshare: setuid failed: Operation not permitted"),
        ("-G 0", "xunshare: setgroups failed: Operation not permitted"),
        ("--owner 5:5", "xunshare: setgroups failed: Operation not permitted"),
    ] {
        let done = Scene::new().xunshare().ordinary().words(&format!("--hints=always {words} true")).run();
        hinted(&done, first, "XNS-P1-credentials");
    }
}

/// The 33rd nested one: no limit that is set has been reached.
#[test]
fn e04_nested_too_deep() {
    let endless =
        std::fs::read_to_string("/proc/sys/user/max_user_namespaces").is_ok_and(|text| text.trim().len() > 9);
    if !endless || !need("e04_nested_too_deep", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    let script = "n=0; while [ $n -lt 40 ]; do n=$((n + 1)); set -- \"$X\" --hints=always -r \"$@\"; done; exec \"$@\"";
    let done = scene.cmd("sh").args(["-c", script, "sh", "true"]).env("X", bin("xunshare")).ordinary().run();
    hinted(&done, "xunshare: unshare failed: No space left on device", "XNS-E04-nested");
}
