//! proc and mqueue (E14, M1, M2), and roots (E20).

use super::{because, cured_by, cures, hinted};
use xns_tests::{Need, ORDINARY_UID, Scene, need};

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

/// E16: no mount has to be there, neither on a directory nor in a root.
#[test]
fn e16_proc_where_nothing_is_mounted() {
    if !need("e16_proc_where_nothing_is_mounted", &[Need::UserNamespaces, Need::Program("busybox")]) {
        return;
    }
    for words in [
        "--mount-proc=root/proc test -d root/proc/1/ns",
        "--mount-proc=root/proc --propagation slave test -d root/proc/1/ns",
        "--root root --mount-proc /bin/test -d /proc/1/ns",
        "--root root --mount-proc=/tmp --propagation unchanged /bin/test -d /tmp/1/ns",
        "--pivot-root root --mount-proc=/tmp /bin/test -d /tmp/1/ns",
    ] {
        let scene = Scene::new();
        scene.busybox_root("root");
        scene.hand_over();
        let done = scene.xunshare().ordinary().words(&format!("-rfp {words}")).run();
        assert_eq!(done.out(), "", "{words}");
        assert_eq!(done.stderr, "", "{words}");
    }
}

#[test]
fn e20_mounts_of_ones_own_in_a_chroot() {
    if !need(
        "e20_mounts_of_ones_own_in_a_chroot",
        &[Need::Root, Need::Program("busybox"), Need::Program("chroot")],
    ) {
        return;
    }
    let first = "xunshare: cannot change root filesystem propagation: Invalid argument";
    for proc in ["", "mount --bind /proc root/proc;"] {
        let scene = Scene::new();
        scene.busybox_root("root");
        let run = |words: &str| {
            let script = format!(
                "{proc} cp \"$X\" root/bin/xunshare; exec chroot root /bin/xunshare --hints=always {words}"
            );
            scene.private_sh(&script).run()
        };
        let done = run("-m /bin/true");
        hinted(&done, first, "XNS-E20-chroot");
        let cure = cures(&done)[0].strip_prefix("/bin/xunshare ").unwrap();
        assert!(run(cure).ok(), "{cure}");
        hinted(&run("--pivot-root /tmp /bin/true"), first, "XNS-E20-chroot");
    }
    // The chroot's root is a mount point, but what it is mounted on is shared.
    let scene = Scene::new();
    let script = "mkdir at; mount -t tmpfs none at; mount --make-shared at; mkdir at/root; mount --bind at/root at/root; \
                  mount --make-private at/root; cd at/root; mkdir bin new proc; cp \"$X\" bin/xunshare; mount --bind /proc proc; \
                  exec chroot . /bin/xunshare --hints=always --pivot-root /new /bin/xunshare --version";
    let done = scene.private_sh(script).run();
    hinted(&done, "xunshare: pivot_root failed: Invalid argument", "XNS-E20-chroot");
    assert_eq!(because(&done), ["entering our own mount namespace again moves a process to another root"]);
}
