//! Known defects of util-linux's unshare, which ours has not. Each check is also made on unshare 2.38, where it has to fail:
//! that shows that the check can.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::{Path, PathBuf};
use xns_tests::{Cmd, Done, Need, ORDINARY_UID, Scene, bin, need, wait_for};

/// What is wrong, if anything is.
type Verdict = Result<(), String>;

/// Ours is right, and 2.38 is not.
fn mended(test: &str, needs: &[Need], right: impl Fn(&Path) -> Verdict) {
    if !need(test, needs) {
        return;
    }
    assert_eq!(right(&bin("xunshare")), Ok(()));
    if need(&format!("{test} (util-linux)"), &[Need::Version("unshare", "2.38")]) {
        let verdict = right(&original());
        assert!(verdict.is_err(), "unshare does not show the defect: the check proves nothing");
    }
}

fn original() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|dir| dir.join("unshare")).find(|file| file.is_file()).unwrap()
}

fn verdict(right: bool, seen: impl std::fmt::Debug) -> Verdict {
    if right { Ok(()) } else { Err(format!("{seen:?}")) }
}

/// A shell script as the ordinary user; `$T` is the tool. Whoever is left holds its output, so its end is not waited for.
fn ordinary(scene: &Scene, tool: &Path, script: &str) -> Done {
    scene.hand_over();
    scene.sh(script).env("T", tool).ordinary().start().end()
}

/// The same as whoever runs the test.
fn as_self(scene: &Scene, tool: &Path, script: &str) -> Done {
    scene.sh(script).env("T", tool).start().end()
}

/// Is somebody left a moment after the end? The scene ends them.
fn left_behind(scene: &Scene) -> Vec<u32> {
    for _ in 0..100 {
        if scene.processes().is_empty() {
            return Vec::new();
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    scene.processes()
}

/// W-6: the helper waited for ever, with the caller's output in its hands.
#[test]
fn a_refused_launch_leaves_no_binder() {
    mended("a_refused_launch_leaves_no_binder", &[Need::UserNamespaces], |tool| {
        let scene = Scene::new();
        let file = scene.file("pin", "");
        let done = ordinary(&scene, tool, "\"$T\" -m --uts=pin true || echo refused");
        assert_eq!((done.stdout.as_str(), file.exists()), ("refused\n", true), "{done:?}");
        verdict(left_behind(&scene).is_empty(), done)
    });
}

#[test]
fn a_refused_launch_leaves_no_mapper() {
    mended("a_refused_launch_leaves_no_mapper", &[Need::UserNamespaces], |tool| {
        let scene = Scene::new();
        let script = "unshare -rU sh -c 'echo 0 > /proc/sys/user/max_user_namespaces; \
                      \"$T\" --map-users=0,0,1 true || echo refused'";
        let done = ordinary(&scene, tool, script);
        assert_eq!(done.stdout, "refused\n", "{done:?}");
        verdict(left_behind(&scene).is_empty(), done)
    });
}

/// Only exit codes were looked at: a helper that was killed counted as one that had done its work.
#[test]
fn a_map_helper_that_is_killed_is_a_failure() {
    mended("a_map_helper_that_is_killed_is_a_failure", &[Need::UserNamespaces], |tool| {
        let scene = Scene::new();
        for name in ["newuidmap", "newgidmap"] {
            scene.file(&format!("bin/{name}"), "#!/bin/sh\nkill -9 $$\n");
        }
        let script = "chmod 755 bin/*; PATH=$PWD/bin:$PATH; \"$T\" --map-users=1,0,1 touch ran || echo $?";
        let done = ordinary(&scene, tool, script);
        assert!(!done.stderr.contains("Permission denied"), "{done:?}");
        verdict(done.stdout == "1\n" && !scene.path("ran").exists(), done)
    });
}

#[test]
fn a_binder_that_is_killed_is_a_failure() {
    mended("a_binder_that_is_killed_is_a_failure", &[Need::Root], |tool| {
        let scene = Scene::new();
        scene.file("pin", "");
        let name = tool.file_name().unwrap();
        // Ours is a child of process 1, so that it is nobody's zombie.
        let binder = if name == "xunshare" { "2" } else { "1" };
        let killed_at_mount = (0..50).find_map(|call: usize| {
            let at = [binder.to_owned(), call.to_string()];
            let command = scene.cmd(env!("CARGO_BIN_EXE_kill-at")).args([name]).args(at);
            let done = command.args([tool]).words("-m --uts=pin touch ran").start().end();
            wait_for("everybody's end", || scene.processes().is_empty());
            let mount = format!("killed {}\n", libc::SYS_mount);
            let ran = std::fs::remove_file(scene.path("ran")).is_ok();
            done.stdout.contains(&mount).then_some((done, ran))
        });
        let (done, ran) = killed_at_mount.expect("the binder mounts");
        assert!(scene.mounts().is_empty());
        verdict(!ran && done.stdout.ends_with("exited 1\n"), done)
    });
}

/// Cut to 32 bits this is root.
#[test]
fn a_number_beyond_32_bits_is_not_root() {
    mended("a_number_beyond_32_bits_is_not_root", &[Need::Root], |tool| {
        let scene = Scene::new();
        let done = as_self(&scene, tool, "\"$T\" -S 4294967296 id -u || echo $?");
        verdict(done.stdout == "1\n", done)
    });
    mended("a_number_beyond_32_bits_is_not_root", &[Need::Root], |tool| {
        let scene = Scene::new();
        let done = as_self(&scene, tool, "\"$T\" -G 4294967296 id -g || echo $?");
        verdict(done.stdout == "1\n", done)
    });
}

/// W-8: a range that ends just before the single map's id lost one.
#[test]
fn a_range_beside_the_single_map_is_whole() {
    let needs = [Need::Root, Need::Program("newuidmap")];
    mended("a_range_beside_the_single_map_is_whole", &needs, |tool| {
        let scene = Scene::new();
        scene.file("subuid", "root:100000:65536\n");
        // The old syntax, which both read; 2.38 asks newuidmap also for root.
        let script = "mount --bind subuid /etc/subuid
             exec \"$T\" --map-users=100000,0,10 --map-user=10 cat /proc/self/uid_map";
        let done = scene.private_sh(script).env("T", tool).run();
        let map: Vec<_> = done.out().split_whitespace().map(|n| n.parse::<u32>().unwrap()).collect();
        assert!(map.starts_with(&[10, 0, 1]), "{done:?}");
        verdict(map == [10, 0, 1, 0, 100_000, 10], map)
    });
}

/// W-9: a relative directory stayed the one outside the new root.
#[test]
fn a_relative_directory_does_not_leave_the_root_open() {
    let needs = [Need::Root, Need::Program("busybox")];
    for dir in [".", "..", "dir"] {
        mended("a_relative_directory_does_not_leave_the_root_open", &needs, |tool| {
            let scene = Scene::new();
            scene.busybox_root("root");
            for marked in ["inside", "dir/inside"] {
                scene.file(&format!("root/{marked}"), "");
            }
            for marked in ["outside", "dir/outside", "here/outside", "here/dir/outside"] {
                scene.file(marked, "");
            }
            let script = format!("cd here; exec \"$T\" -R ../root -w {dir} /bin/ls");
            let done = as_self(&scene, tool, &script);
            let words: Vec<_> = done.out().lines().collect();
            verdict(words.contains(&"inside") && !words.contains(&"outside"), words)
        });
    }
}

/// `-r` writes it already; the second time was too late.
#[test]
fn denying_setgroups_twice_is_denying_it() {
    mended("denying_setgroups_twice_is_denying_it", &[Need::UserNamespaces], |tool| {
        let scene = Scene::new();
        let done = ordinary(&scene, tool, "\"$T\" -r --setgroups=deny cat /proc/self/setgroups");
        verdict(done.ok() && done.stdout == "deny\n", done)
    });
}

/// The file is there when the program looks, however slow the mount is.
#[test]
fn the_program_waits_for_its_pins() {
    let needs = [Need::Root, Need::Program("strace")];
    mended("the_program_waits_for_its_pins", &needs, |tool| {
        let scene = Scene::new();
        scene.file("pin", "");
        let script = "exec strace -f -o /dev/null -e trace=mount -e inject=mount:delay_enter=1s:when=1 \
                      \"$T\" -f --uts=pin grep -c \"$PWD/pin\" /proc/self/mountinfo";
        let done = as_self(&scene, tool, script);
        assert_eq!(scene.mounts(), [scene.path("pin")], "{done:?}");
        verdict(done.stdout == "1\n", done)
    });
}

/// Neither when the process that is to mount is lost before, nor when the mount fails.
#[test]
fn no_program_runs_without_its_pins() {
    let needs = [Need::Root, Need::Program("strace")];
    mended("no_program_runs_without_its_pins", &needs, |tool| {
        let scene = Scene::new();
        scene.file("pin", "");
        let script = "strace -f -o /dev/null -e trace=mount -e inject=mount:signal=KILL:when=1 \
                      \"$T\" -f --uts=pin touch ran || true";
        let done = as_self(&scene, tool, script);
        wait_for("everybody's end", || scene.processes().is_empty());
        assert!(scene.mounts().is_empty());
        verdict(!scene.path("ran").exists(), done)
    });
    mended("no_program_runs_without_its_pins", &needs, |tool| {
        let scene = Scene::new();
        // The failure comes late, or the program would not have had the time.
        let script = "strace -f -o /dev/null -e trace=mount -e inject=mount:error=ENOENT:delay_enter=1s:when=1 \
                      \"$T\" -f --uts=pin touch ran || echo $?";
        let done = as_self(&scene, tool, script);
        assert_eq!(done.stdout, "1\n", "{done:?}");
        wait_for("everybody's end", || scene.processes().is_empty());
        verdict(!scene.path("ran").exists(), done)
    });
}

/// 127 says that there is no such program; that a map helper is not installed is another thing.
#[test]
fn a_missing_map_helper_is_no_missing_program() {
    mended("a_missing_map_helper_is_no_missing_program", &[Need::UserNamespaces], |tool| {
        let scene = Scene::new();
        let status = |words: &str| {
            let script = format!("e=0; PATH=/nonexistent \"$T\" {words} || e=$?; echo $e");
            ordinary(&scene, tool, &script)
        };
        let program = status("-r no-such-program");
        assert_eq!(program.stdout, "127\n", "{program:?}");
        let helper = status("--map-users=1,0,1 /bin/true");
        assert!(helper.stderr.contains("newuidmap: No such file or directory"), "{helper:?}");
        verdict(helper.stdout == "1\n", helper)
    });
}

/// With a pin and a fork the helper's descriptor became the program's. 2.38 has no helper without a mount namespace.
#[test]
fn a_pinned_user_namespace_hands_on_no_descriptor() {
    let needs = [Need::Root, Need::Program("bash")];
    if !need("a_pinned_user_namespace_hands_on_no_descriptor", &needs) {
        return;
    }
    const LIST: &str =
        "for fd in /proc/$BASHPID/fd/*; do [ -e /dev/fd/${fd##*/} ] && echo ${fd##*/}; done; true";
    for options in
        ["--user=pin --fork", "--user=pin -m --fork", "--user=pin", "--user=pin --init --mount-proc"]
    {
        let scene = Scene::new();
        scene.file("pin", "");
        let list = |cmd: Cmd| cmd.args(["bash", "-c", LIST]).run().out().to_owned();
        let plain = list(scene.cmd("env"));
        assert_eq!(list(scene.xunshare().words(options)), plain, "{options}");
    }
}

/// W-7; 2.38 has no such option.
#[test]
fn a_whitelist_of_nothing_is_an_empty_environment() {
    for options in ["--whitelist-env=NO,SUCH,NAMES", "--whitelist-env=", "--whitelist-env=, -r -f"] {
        let done = Scene::new().xunshare().words(options).args(["/usr/bin/env"]).run();
        assert_eq!(done.out(), "", "{options}");
    }
}

/// Without `-U` it was written all the same: into the namespace that the caller is in, for ever.
#[test]
#[ignore = "xunshare's cli and plan: --setgroups without a new user namespace changes the caller's, as util-linux does"]
fn setgroups_is_of_a_new_user_namespace_only() {
    mended("setgroups_is_of_a_new_user_namespace_only", &[Need::UserNamespaces], |tool| {
        let scene = Scene::new();
        let script = "unshare -U --keep-caps sh -c '\"$T\" --setgroups=deny true; cat /proc/self/setgroups'";
        let done = ordinary(&scene, tool, script);
        verdict(done.stdout == "allow\n", done)
    });
}

/// The ordinary user's number is nobody's on the host, or the checks above would mean something else.
#[test]
fn the_ordinary_user_has_no_account() {
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
    assert!(!passwd.lines().any(|line| line.split(':').nth(2) == Some(&ORDINARY_UID.to_string())));
}
