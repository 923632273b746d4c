//! Roots whose symlinks lead outside: what is mounted stays in the root, and the outside stays as it was.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::os::unix::fs::symlink;
use xns_tests::{Need, Scene, Who, need};

/// A busybox root without `proc` and `dev`, and something outside that nobody is to touch.
fn scene() -> Scene {
    let scene = Scene::new();
    let root = scene.busybox_root("root");
    for dir in ["proc", "dev"] {
        std::fs::remove_dir(root.join(dir)).unwrap();
    }
    scene.file("outside/keep", "as it was");
    scene.file("data/file", "data");
    scene
}

/// `LINK -> TARGET` in the root, options that mount through it, and where the mount has to be, as the root sees it.
const LINKS: &[(&str, &str, &str, &str)] = &[
    ("proc", "/tmp", "-fp", "/tmp"),
    ("proc", "tmp", "-fp", "/tmp"),
    ("proc", "../../../../../../../tmp", "-fp", "/tmp"),
    ("srv", "/{scene}/outside", "--bind data:/srv", ""),
    ("srv", "../outside", "--bind data:/srv", ""),
    ("srv", "../../../../../../../..{scene}/outside", "--bind data:/srv/deep", ""),
    ("srv", "/tmp/a/../../tmp", "--tmpfs /srv/x", ""),
    ("dev", "../../../etc", "--dev /dev", ""),
    ("dev", "/etc", "--dev /dev", ""),
    ("srv", "/etc/passwd", "--bind data/file:/srv", ""),
    ("srv", "../outside/keep", "--bind data/file:/srv", ""),
    ("srv", "/proc/1/root", "--tmpfs /srv", ""),
    ("srv", "/proc/self/root", "-fp --tmpfs /srv/tmp", ""),
    ("srv", "/proc/self/cwd", "-fp --bind data:/srv/new", ""),
    ("tmp/loop", "loop", "--tmpfs /tmp/loop/x", ""),
];

fn fill(text: &str, scene: &Scene) -> String {
    text.replace("/{scene}", &scene.dir().display().to_string())
        .replace("{scene}", &scene.dir().display().to_string())
}

#[test]
fn no_link_leads_outside() {
    if !need("no_link_leads_outside", &[Need::Program("busybox")]) {
        return;
    }
    let etc = || std::fs::read_dir("/etc").unwrap().count();
    for who in Who::each("no_link_leads_outside") {
        for (link, target, options, at) in LINKS {
            let scene = scene();
            let target = fill(target, &scene);
            symlink(&target, scene.path("root").join(link)).unwrap();
            let (before, etc_before) = (outside(&scene), etc());
            let done = who
                .xunshare(&scene)
                .words("--pivot-root root")
                .words(options)
                .env("PATH", "/bin")
                .args(["cat", "/proc/self/mountinfo"]);
            let done = done.run();
            assert_eq!(
                (outside(&scene), etc()),
                (before, etc_before),
                "{who:?} {link} -> {target}: {done:?}"
            );
            assert!(scene.mounts().is_empty());
            if !at.is_empty() {
                // With /proc elsewhere `cat` says so; that it is where the root's own eyes see the link leads is asked anew.
                let seen = who
                    .xunshare(&scene)
                    .words("--pivot-root root")
                    .words(options)
                    .env("PATH", "/bin")
                    .args(["cat", &format!("{at}/self/mountinfo")])
                    .run();
                assert!(
                    seen.out().lines().any(|line| line.split(' ').nth(4) == Some(at)),
                    "{who:?} {link} -> {target}: {seen:?}"
                );
            }
            wrong_only_cleanly(&done.stderr);
        }
    }
}

/// It either works inside the root or fails with one line of ours.
fn wrong_only_cleanly(stderr: &str) {
    let ours = |line: &str| line.starts_with("xunshare: ") || line.starts_with("cat: ");
    assert!(stderr.lines().count() <= 1 && stderr.lines().all(ours), "{stderr}");
}

/// Everything in the scene but the root, with contents.
fn outside(scene: &Scene) -> Vec<String> {
    let root = scene.path("root").display().to_string();
    let kept = std::fs::read_to_string(scene.path("outside/keep")).unwrap();
    // The directory line of the scene itself stays; that of what is in the root may change.
    scene.listing().into_iter().filter(|line| !line.starts_with(&root)).chain([kept]).collect()
}

#[test]
fn proc_at_the_root_itself_is_refused_or_harmless() {
    if !need("proc_at_the_root_itself_is_refused_or_harmless", &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each("proc_at_the_root_itself_is_refused_or_harmless") {
        for target in ["/", ".", "..", "../.."] {
            let scene = scene();
            symlink(target, scene.path("root/proc")).unwrap();
            let before = outside(&scene);
            let done = who.xunshare(&scene).words("-fp --pivot-root root /bin/sh -c").args(["echo /*"]).run();
            assert_eq!(outside(&scene), before);
            assert!(scene.mounts().is_empty());
            assert!(
                !done.stdout.contains("/etc") && !done.stdout.contains("outside"),
                "{who:?} {target}: {done:?}"
            );
        }
    }
}

#[test]
fn a_loop_of_links_is_an_error() {
    if !need("a_loop_of_links_is_an_error", &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each("a_loop_of_links_is_an_error") {
        let scene = scene();
        symlink("b", scene.path("root/a")).unwrap();
        symlink("a", scene.path("root/b")).unwrap();
        for (options, at) in [("--tmpfs /a", "/a"), ("--bind data:/b/c", "/b/c"), ("--dev /a", "/a")] {
            let done =
                who.xunshare(&scene).words("--pivot-root root").words(options).args(["/bin/true"]).run();
            let message = format!(
                "xunshare: cannot use {at} in the new root as mount point: Too many levels of symbolic links"
            );
            done.fails(1, &message);
        }
    }
}

#[test]
fn a_dangling_link_is_not_followed_to_make_something() {
    if !need("a_dangling_link_is_not_followed_to_make_something", &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each("a_dangling_link_is_not_followed_to_make_something") {
        for target in ["/{scene}/outside/new", "../outside/new", "nowhere"] {
            for options in ["--bind data:/link", "--tmpfs /link/x", "--bind data/file:/link", "--dev /link"] {
                let scene = scene();
                let target = fill(target, &scene);
                symlink(&target, scene.path("root/link")).unwrap();
                let before = outside(&scene);
                let done =
                    who.xunshare(&scene).words("--pivot-root root").words(options).args(["/bin/true"]).run();
                assert_eq!(outside(&scene), before, "{options} {target}");
                assert!(
                    done.ok() || done.stderr.starts_with("xunshare: cannot use /link"),
                    "{options} {target} {done:?}"
                );
            }
        }
    }
}

#[test]
fn a_wrong_kind_of_mount_point_is_named() {
    if !need("a_wrong_kind_of_mount_point_is_named", &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each("a_wrong_kind_of_mount_point_is_named") {
        let scene = scene();
        for (options, at, message) in [
            ("--bind data:/bin/busybox", "/bin/busybox", "Not a directory"),
            ("--bind data/file:/tmp", "/tmp", "Is a directory"),
            ("--tmpfs /bin/busybox/x", "/bin/busybox/x", "Not a directory"),
        ] {
            let done =
                who.xunshare(&scene).words("--pivot-root root").words(options).args(["/bin/true"]).run();
            done.fails(1, &format!("xunshare: cannot use {at} in the new root as mount point: {message}"));
        }
    }
}

/// CVE-2024-21626: a descriptor of the host's, or a link to it in the root, is no working directory in there.
#[test]
fn the_working_directory_stays_inside() {
    for who in Who::each("the_working_directory_stays_inside") {
        let scene = scene();
        symlink("/proc/self/fd/9", scene.path("root/w")).unwrap();
        scene.hand_over();
        let r = if who == Who::Ordinary { "-r" } else { "" };
        for (way, first) in [
            ("-fp --pivot-root root -w /proc/self/fd/9", "/proc/self/fd/9"),
            ("-fp --pivot-root root -w /w", "/w"),
            ("--init --pivot-root root -w /w", "/w"),
            ("-m --pivot-root root --bind /proc:/hp -w /hp/self/fd/9", "/hp/self/fd/9"),
        ] {
            let script = format!("exec 9</ && exec \"$X\" {r} {way} /bin/busybox ls");
            let cmd = scene.sh(&script);
            let done = if who == Who::Ordinary { cmd.ordinary().run() } else { cmd.run() };
            let message = format!("xunshare: cannot chdir to '{first}', which is outside the new root");
            assert_eq!((done.status, done.stdout.as_str()), (Some(1), ""), "{way}: {done:?}");
            assert!(done.stderr.starts_with(&message), "{way}: {done:?}");
        }
    }
}
