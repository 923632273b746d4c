//! `--pivot-root` and what fills it, as root and as an ordinary user.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::Path;
use xns_tests::{Cmd, Done, Need, Scene, Who, bin, need};

/// A scene with a busybox root, and who can try it.
fn each(test: &str, check: impl Fn(Who, &Scene)) {
    if !need(test, &[Need::Program("busybox")]) {
        return;
    }
    for who in Who::each(test) {
        let scene = Scene::new();
        scene.busybox_root("root");
        check(who, &scene);
        assert!(scene.mounts().is_empty(), "the host sees none of it");
    }
}

/// A shell script run in the root, with these options.
fn inside(who: Who, scene: &Scene, options: &str, script: &str) -> Done {
    command(who, scene, options).args(["sh", "-c", script]).run()
}

fn command(who: Who, scene: &Scene, options: &str) -> Cmd {
    who.xunshare(scene).words("--pivot-root root").words(options).env("PATH", "/bin")
}

#[test]
fn the_directory_is_the_root_and_the_host_is_gone() {
    each("the_directory_is_the_root_and_the_host_is_gone", |who, scene| {
        let done = inside(who, scene, "", "echo *; readlink /proc/self/root; pwd; [ -e /etc ] || echo gone");
        assert_eq!(done.out(), "bin dev proc tmp\n/\ngone");
        let done = inside(
            who,
            scene,
            "-fp",
            "cat /proc/self/mountinfo | while read a b c d at rest; do echo $at; done",
        );
        assert_eq!(done.out(), "/\n/proc");
        let up = inside(who, scene, "-fp", "cd ../../..; pwd; ls -a /..");
        assert!(up.out().starts_with("/\n") && !up.stdout.contains("etc"), "{up:?}");
    });
}

#[test]
fn proc_is_that_of_the_new_pid_namespace() {
    each("proc_is_that_of_the_new_pid_namespace", |who, scene| {
        for options in ["-fp", "-fp --mount-proc", "--init"] {
            let pid = if options == "--init" { "2" } else { "1" };
            let done =
                inside(who, scene, options, "echo $$; readlink /proc/self; cd /proc; set -- [0-9]*; echo $1");
            assert_eq!(done.out().lines().next(), Some(pid), "{options}");
            assert_eq!(done.out().lines().nth(2), Some("1"), "{options}");
        }
        let other = inside(who, scene, "-fp --mount-proc=/tmp/p", "cat /tmp/p/1/comm; echo /proc/*");
        assert_eq!(other.out(), "sh\n/proc/*");
    });
}

#[test]
fn nothing_stays_in_the_directory_but_the_mount_points() {
    each("nothing_stays_in_the_directory_but_the_mount_points", |who, scene| {
        let options = "--bind /etc/passwd:/a/b/name --tmpfs /t/u -fp";
        let done = inside(who, scene, options, "[ -f /a/b/name ] && [ -d /t/u ] && echo there");
        assert_eq!(done.out(), "there");
        assert!(
            scene.path("root/a/b/name").metadata().unwrap().len() == 0 && scene.path("root/t/u").is_dir()
        );
    });
}

#[test]
fn binds_show_the_host_files() {
    each("binds_show_the_host_files", |who, scene| {
        scene.file("shared/file", "text");
        scene.file("odd:name/file", "colon");
        let options = r"--bind shared:/srv/shared --bind odd\:name:/srv/o\:n --bind shared/file:/srv/one";
        let done = inside(
            who,
            scene,
            options,
            "cat /srv/shared/file /srv/o:n/file /srv/one; echo new > /srv/shared/made",
        );
        assert_eq!(done.out(), "textcolontext");
        assert_eq!(std::fs::read_to_string(scene.path("shared/made")).unwrap(), "new\n");
    });
}

#[test]
fn a_read_only_bind_is_read_only_to_its_last_mount() {
    if !need(
        "a_read_only_bind_is_read_only_to_its_last_mount",
        &[Need::Root, Need::Program("busybox"), Need::Program("setpriv")],
    ) {
        return;
    }
    // A source with a mount below it, and one below that; nosuid and nodev must survive too.
    let prepare = "mkdir -m 777 src src/sub; mount -t tmpfs -o nosuid,nodev,mode=777 t src/sub; mkdir src/sub/deep; mount -t tmpfs -o mode=777 u src/sub/deep";
    let write = "for at in /s /s/sub /s/sub/deep; do touch $at/x && echo $at written; done 2>/dev/null; mount -o remount,bind,rw /s 2>/dev/null; touch /s/sub/x 2>/dev/null && echo late; grep -c ' /s' /proc/self/mountinfo; grep ' /s/sub ' /proc/self/mountinfo";
    for user in ["", "setpriv --reuid 54321 --regid 54321 --clear-groups"] {
        for bind in ["bind", "bind-ro"] {
            let scene = Scene::new();
            scene.busybox_root("root");
            scene.hand_over();
            let map = if user.is_empty() { "" } else { "-r" };
            std::os::unix::fs::symlink("busybox", scene.path("root/bin/grep")).unwrap();
            let script = format!(
                "{prepare}; PATH=$PATH:/bin; {user} \"$X\" {map} -fp --pivot-root root --{bind} src:/s sh -c \"$WRITE\""
            );
            let done = scene.private_sh(&script).env("WRITE", write).run();
            let text = done.out();
            assert_eq!(
                text.matches(" written").count(),
                if bind == "bind" { 3 } else { 0 },
                "{user} {bind}: {done:?}"
            );
            assert!(text.contains("\n3\n") || text.starts_with("3\n"), "the submounts are there: {done:?}");
            let sub = text.lines().last().unwrap();
            assert!(sub.contains("nosuid,nodev"), "{sub}");
            assert_eq!(text.contains("late"), bind == "bind", "{done:?}");
        }
    }
}

#[test]
fn fillings_come_in_the_order_given() {
    each("fillings_come_in_the_order_given", |who, scene| {
        scene.file("data/file", "data");
        let done = inside(who, scene, "--tmpfs /m --bind data:/m/data", "cat /m/data/file; ls /m");
        assert_eq!(done.out(), "datadata");
        assert!(!scene.path("root/m/data").exists(), "made in the tmpfs");
        let over = inside(who, scene, "--bind data:/m --tmpfs /m", "ls /m; stat -c %a /m");
        assert_eq!(over.out(), "1777");
        let writable = inside(who, scene, "--bind-ro data:/m --tmpfs /m/t", "echo");
        writable.fails(1, "xunshare: cannot use /m/t in the new root as mount point: Read-only file system");
    });
}

#[test]
fn a_dev_of_its_own() {
    each("a_dev_of_its_own", |who, scene| {
        let script = "cd /dev; echo x > null && cat null && test $(head -c 3 /dev/zero | wc -c) = 3; \
             for f in null zero full random urandom tty; do [ -c $f ] || echo no $f; done; \
             for l in fd stdin stdout stderr ptmx; do readlink $l; done; echo through | cat stdin; : > shm/x && echo shm; \
             (: > full2) 2>&1; (echo y > full) 2>/dev/null || echo full; exec 3<>ptmx && ls pts";
        std::os::unix::fs::symlink("busybox", scene.path("root/bin/head")).unwrap();
        let done = inside(who, scene, "-fp --dev /dev", script);
        let links = "/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx";
        assert_eq!(done.out(), format!("{links}\nthrough\nshm\nfull\n0\nptmx"), "{done:?}");
        let around =
            inside(who, scene, "-fp --dev /other/dev", "[ -c /other/dev/null ] && echo yes; echo /dev/*");
        assert_eq!(around.out(), "yes\n/dev/*");
    });
}

#[test]
fn the_working_directory_is_a_path_of_the_new_root() {
    each("the_working_directory_is_a_path_of_the_new_root", |who, scene| {
        assert_eq!(inside(who, scene, "--wd /bin", "pwd").out(), "/bin");
        assert_eq!(inside(who, scene, "--wd bin", "pwd").out(), "/bin");
        inside(who, scene, "--wd /etc", "pwd")
            .fails(1, "xunshare: cannot chdir to '/etc': No such file or directory");
        assert_eq!(inside(who, scene, "--wd ..", "pwd; ls").out().lines().next(), Some("/"));
    });
}

#[test]
fn chroot_and_its_working_directory() {
    each("chroot_and_its_working_directory", |who, scene| {
        let run = |options: &str, script| {
            who.xunshare(scene).words(options).env("PATH", "/bin").args(["sh", "-c", script]).run()
        };
        assert_eq!(run("-R root", "pwd; echo *").out(), "/\nbin dev proc tmp");
        assert_eq!(run("--root root --wd /bin", "pwd").out(), "/bin");
        assert_eq!(run("-R root -fp --mount-proc", "echo $$; [ -e /proc/1 ] && echo yes").out(), "1\nyes");
        assert_eq!(
            who.xunshare(scene).words("--wd root sh -c pwd").run().out(),
            scene.path("root").display().to_string()
        );
    });
}

#[test]
fn propagation_with_an_own_root() {
    if !need("propagation_with_an_own_root", &[Need::Root, Need::Program("busybox")]) {
        return;
    }
    for (kind, shown) in
        [("private", ""), ("slave", "master:"), ("shared", "shared:"), ("unchanged", "shared:")]
    {
        for map in ["", "-r"] {
            let scene = Scene::new();
            scene.busybox_root("root");
            // A shared mount outside. What is mounted inside must not arrive there, whatever the kind.
            let script = format!(
                "mount --make-rshared /; mount --bind root root; before=$(cat /proc/self/mountinfo); PATH=$PATH:/bin; \
                 \"$X\" {map} -fp --propagation {kind} --pivot-root root --tmpfs /new cat /proc/self/mountinfo || exit; \
                 [ \"$before\" = \"$(cat /proc/self/mountinfo)\" ] && echo untouched"
            );
            let script = if kind == "unchanged" {
                script.replace("--make-rshared /;", "--make-rprivate /;")
            } else {
                script
            };
            let done = scene.private_sh(&format!("{script}; ")).run();
            let root = done
                .out()
                .lines()
                .find(|line| line.contains(" / / ") || line.split(' ').nth(4) == Some("/"))
                .unwrap_or("");
            let tags = root.split(' ').nth(6).unwrap_or("");
            let expected = if kind == "unchanged" { "" } else { shown };
            assert!(
                tags.starts_with(expected) && (!expected.is_empty() || tags == "-"),
                "{kind} {map}: {root}"
            );
            assert!(done.stdout.ends_with("untouched\n"), "{kind} {map}: {done:?}");
        }
    }
}

#[test]
fn mqueue_in_an_own_root() {
    each("mqueue_in_an_own_root", |who, scene| {
        let done = inside(
            who,
            scene,
            "-i --dev /dev --mount-mqueue",
            ": > /dev/mqueue/q; stat -f -c %t /dev/mqueue; ls /dev/mqueue",
        );
        assert_eq!(done.out(), "19800202\nq");
    });
}

#[test]
fn the_own_tool_can_be_bound_in_and_nested() {
    each("the_own_tool_can_be_bound_in_and_nested", |who, scene| {
        let tool = bin("xunshare");
        let options = format!("-fp --bind-ro {}:/x --dev /dev", tool.display());
        let done = inside(
            who,
            scene,
            &options,
            "mkdir -p /tmp/r/bin && mount -o bind /bin /tmp/r/bin && /x -fp --pivot-root /tmp/r /bin/sh -c 'echo $$ /*'",
        );
        assert_eq!(done.out(), "1 /bin /proc");
        assert!(!Path::new(&scene.path("root/tmp/r/proc")).join("1").exists());
    });
}
