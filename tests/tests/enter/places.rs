//! Root and working directory.

use super::{of, target, xnsenter};
use xns_tests::{Need, Scene, Who, bin, need};

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

/// However the directory was named: by a path, by what the caller has open, by the target's own.
#[test]
fn the_working_directory_is_never_outside() {
    let test = "the_working_directory_is_never_outside";
    if !need(test, &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each(test) {
        let scene = Scene::new();
        scene.busybox_root("root");
        scene.subdir("outside");
        scene.hand_over();
        // Its root is the busybox one, with a /proc in it, through which descriptors could lead out.
        let cmd = who.xunshare(&scene).words("-fp --pivot-root root --mount-proc /bin/sh -c");
        let mut running = cmd.args(["cd /tmp; echo ready; read line"]).start();
        assert_eq!(running.line(), "ready");
        let pid = of(&running);
        let tool = bin("xnsenter");
        for (options, wanted) in [
            ("-a", Some("/")),
            ("-a -r", Some("/")),
            ("-a -w", Some("/tmp")),
            ("-a -r -w", Some("/tmp")),
            ("-a -W/bin", Some("/bin")),
            ("-a -r -W/bin", Some("/bin")),
            ("-a -Wbin", Some("/bin")),
            ("-a -W..", Some("/")),
            ("-a -w/proc/TARGET/root/dev", Some("/dev")),
            ("-a -r/proc/TARGET/root/bin", None),
            ("-a -woutside", None),
            ("-a -w/", None),
            ("-a -r -woutside", None),
            ("-a -w/proc/self/fd/7", None),
            ("-a -r -w/proc/self/fd/7", None),
            ("-a -W/proc/self/fd/7", None),
            ("-a -r -W/proc/self/fd/7", None),
            ("-a -W/proc/self/cwd", Some("/")),
            ("-a -W/proc/thread-self/fd/7", None),
        ] {
            let options = options.replace("TARGET", &pid.to_string());
            let script = "exec 7< outside; exec \"$@\"";
            let cmd = super::by(&scene, who, "sh").args(["-ec", script, "sh"]).args([&tool]);
            let cmd = cmd.args(["-t", &pid.to_string()]).words(&options);
            let done =
                cmd.args(["/bin/sh", "-c", "cd .; /bin/readlink /proc/self/cwd; ls -d ../bin /"]).run();
            let seen = done.ok().then(|| done.stdout.lines().next().unwrap_or_default());
            assert_eq!(seen, wanted, "{who:?} {options}: {done:?}");
            assert!(wanted.is_some() || [Some(1), Some(127)].contains(&done.status), "{done:?}");
        }
    }
}

/// A chroot of the tool's own, and no mount namespace.
#[test]
fn nor_with_a_root_of_a_path() {
    if !need("nor_with_a_root_of_a_path", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    let scene = Scene::new();
    scene.busybox_root("root");
    scene.subdir("outside");
    let (_running, pid) = target(&scene, Who::Root, "-u -f");
    for (options, wanted) in [
        ("-rroot", Some("/")),
        ("-r=root", Some("/")),
        ("-rroot -w", None),
        ("-rroot -wroot", Some("/")),
        ("-rroot -wroot/bin", Some("/bin")),
        ("-rroot -woutside", None),
        ("-rroot -w/", None),
        ("-rroot -w/proc/self/fd/7", None),
        ("-rroot -W/tmp", Some("/tmp")),
        ("-rroot -W/../..", Some("/")),
        ("-rroot -W/proc/self/fd/7", None),
    ] {
        let script = "mount -t proc proc root/proc; exec 7< outside; exec \"$@\"";
        let cmd = scene.private_sh(script).args([bin("xnsenter")]);
        let cmd = cmd.words(&format!("-t {pid} -u {options}"));
        let done = cmd.args(["/bin/sh", "-c", "/bin/readlink /proc/self/cwd"]).run();
        let seen = done.ok().then(|| done.stdout.lines().next().unwrap_or_default());
        assert_eq!(seen, wanted, "{options}: {done:?}");
        assert!(wanted.is_some() || done.status == Some(1), "{options}: {done:?}");
    }
}
