//! Namespaces pinned on files (E17, E18).

use super::{because, cures, hinted};
use xns_tests::{Done, Need, Scene, need, stay_on_one_cpu};

/// `xunshare: mount /proc/PID/ns/FILE on PATH failed: TEXT`, whatever the PID.
#[track_caller]
fn pin_failed(done: &Done, kind: &str, path: &str, text: &str, id: &str) {
    let first = done.stderr.lines().next().unwrap_or_default().to_owned();
    assert!(first.starts_with("xunshare: mount /proc/"), "{done:?}");
    assert!(first.ends_with(&format!("/ns/{kind} on {path} failed: {text}")), "{done:?}");
    hinted(done, &first, id);
}

#[test]
fn e18_no_file_to_pin_on() {
    if !need("e18_no_file_to_pin_on", &[Need::Root]) {
        return;
    }
    for (option, kind) in [("uts", "uts"), ("mount", "mnt"), ("user", "user"), ("net", "net")] {
        for path in ["my-file", "sub/dir/file"] {
            let scene = Scene::new();
            let run = |before: &str| {
                scene.private_sh(&format!("{before} exec \"$X\" --hints=always --{option}={path} true")).run()
            };
            let done = run("");
            pin_failed(&done, kind, path, "No such file or directory", "XNS-E18-no-file");
            assert_eq!(because(&done), [format!("stat(2) of {path} answers ENOENT")]);
            let cure = cures(&done)[0];
            assert!(
                cure.ends_with(&format!("touch ./{path}")) && cure.starts_with("mkdir") == path.contains('/')
            );
            if option != "mount" {
                let cured = run(&format!("{cure};"));
                assert!(cured.ok(), "{cured:?}");
            }
        }
    }
}

#[test]
fn e18_a_directory() {
    if !need("e18_a_directory", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    scene.subdir("dir");
    let run = |words: &str| scene.private_sh(&format!("{words} true")).run();
    let done = run("exec \"$X\" --hints=always --uts=dir");
    pin_failed(&done, "uts", "dir", "Not a directory", "XNS-E18-directory");
    let cured = run(&format!("{}; \"$X\" --uts=dir/uts", cures(&done)[0]));
    assert!(cured.ok(), "{cured:?}");
}

#[test]
fn e18_a_pid_namespace_without_a_process() {
    if !need("e18_a_pid_namespace_without_a_process", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    scene.file("file", "");
    for words in ["--pid=file", "-m --pid=file", "-r --pid=file"] {
        let run = |words: &str| scene.private_sh(&format!("exec \"$X\" {words}")).run();
        let done = run(&format!("--hints=always {words} true"));
        pin_failed(&done, "pid_for_children", "file", "No such file or directory", "XNS-E18-no-process");
        let cure = cures(&done)[0].split_once("xunshare ").unwrap().1;
        assert_eq!(cure, format!("-f --hints=always {words} true"));
        let cured = run(cure);
        assert!(cured.ok(), "{cured:?}");
    }
}

#[test]
fn e18_an_ordinary_user() {
    if !need("e18_an_ordinary_user", &[Need::UserNamespaces]) {
        return;
    }
    let scene = Scene::new();
    scene.file("file", "");
    scene.hand_over();
    for (option, kind) in [("uts", "uts"), ("mount", "mnt"), ("user", "user")] {
        let done =
            scene.xunshare().ordinary().words(&format!("--hints=always -r --{option}=file true")).run();
        pin_failed(&done, kind, "file", "Operation not permitted", "XNS-E18-no-privileges");
        assert!(cures(&done)[0].starts_with("sudo "), "{done:?}");
    }
}

/// A mount namespace of the script's own, in which `at` is a shared mount.
const SHARED: &str = "mkdir -p at; mount -t tmpfs none at; mount --make-shared at; : > at/file;";

#[test]
fn e17_a_mount_namespace_on_a_shared_mount() {
    if !need("e17_a_mount_namespace_on_a_shared_mount", &[Need::Root]) {
        return;
    }
    // Or the cured ones might fail for their numbers: see below.
    stay_on_one_cpu();
    for (words, group) in [("", "shared:"), ("-f", "shared:"), ("--init", "shared:"), ("-r", "master:")] {
        let scene = Scene::new();
        // The shell stays: with the old namespace's last process its mounts would be gone.
        let script = format!("{SHARED} \"$X\" --hints=always {words} --mount=at/file true || exit 1");
        let done = scene.private_sh(&script).run();
        pin_failed(&done, "mnt", "at/file", "Invalid argument", "XNS-E17-shared");
        let evidence = because(&done)[0];
        assert!(evidence.starts_with(&format!("/proc/self/mountinfo has {group}")), "{done:?}");
        assert!(evidence.ends_with(&format!(" for {}", scene.path("at").display())), "{done:?}");
        let script =
            format!("{SHARED} {}; \"$X\" --hints=always {words} --mount=at/file true", cures(&done)[0]);
        let cured = scene.private_sh(&script).run();
        assert!(cured.ok(), "{cured:?}");
    }
}

/// Linux 6.18 numbers namespaces in a batch for each CPU; other kernels do not refuse, and there is nothing to see.
#[test]
fn e17_a_mount_namespace_that_seems_older() {
    let needs = [Need::Root, Need::Program("taskset")];
    if !need("e17_a_mount_namespace_that_seems_older", &needs) {
        return;
    }
    let script = "cpus=$(taskset -cp $$); cpus=${cpus##*: }; first=${cpus%%[,-]*}; last=${cpus##*[,-]}; \
                  for pair in \"$first $last\" \"$last $first\"; do set -- $pair; \
                  taskset -c $1 unshare -m sh -ec 'mkdir -p at; mount --bind at at; mount --make-private at; : > at/file; \
                  taskset -c $0 \"$X\" --hints=always --mount=at/file true' $2 || :; done";
    let done = Scene::new().sh(script).run();
    assert!(done.ok(), "{done:?}");
    if !done.stderr.is_empty() {
        pin_failed(&done, "mnt", "at/file", "Invalid argument", "XNS-E17-number");
        let evidence = because(&done)[0];
        assert!(evidence.starts_with("NS_GET_MNTNS_ID answers "), "{done:?}");
    }
}
