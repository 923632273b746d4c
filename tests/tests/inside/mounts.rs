//! How another's mount table differs from ours.

use crate::{look, target};
use xns_tests::{Need, Scene, Who, need};

/// What is found, without the mounts that other tests make at the same time.
fn told(scene: &Scene, who: Who, pid: u32) -> String {
    let own = scene.dir().display().to_string();
    let found = look(scene, who, "mnt", pid);
    let lines = found.lines().filter(|line| !line.contains("/xns-test-") || line.contains(&own));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_was_mounted_unmounted_and_changed() {
    for who in Who::each("what_was_mounted_unmounted_and_changed") {
        let scene = Scene::new();
        let dir = scene.subdir("new one").display().to_string();
        let (_target, pid) = target(&scene, who, "-m", &format!("mount -t tmpfs none '{dir}'"));
        let found = told(&scene, who, pid);
        let lines: Vec<_> = found.lines().collect();
        assert!(lines.contains(&format!("added {dir}").as_str()) && lines[0] == "root /", "{found}");
        assert!(!found.contains("gone ") && !found.contains("flags true"), "{found}");
        // An identical copy differs in nothing but how events pass.
        let (_target, pid) = target(&scene, who, "-m", ":");
        let found = told(&scene, who, pid);
        assert!(found.lines().skip(1).all(|line| line.ends_with("flags false private")), "{found}");
        let (_target, pid) = target(&scene, who, "-u", ":");
        assert_eq!(told(&scene, who, pid), "root /", "{who:?}");
    }
}

#[test]
fn of_root_other_flags_too() {
    if !need("of_root_other_flags_too", &[Need::Root]) {
        return;
    }
    let scene = Scene::new();
    let script = "mount -o remount,bind,ro /proc; mount --make-shared /proc; umount -l /dev/shm 2>/dev/null || umount -l /sys";
    let (_target, pid) = target(&scene, Who::Root, "-m", script);
    let found = told(&scene, Who::Root, pid);
    assert!(found.contains("changed /proc flags true shared:"), "{found}");
    assert!(found.contains("gone /dev/shm") || found.contains("gone /sys"), "{found}");
    // A root of its own: the path is from its own top.
    let root = scene.busybox_root("root").display().to_string();
    let (_target, pid) = target(&scene, Who::Root, &format!("--root {root}"), ":");
    assert_eq!(told(&scene, Who::Root, pid).lines().next(), Some(format!("root {root}").as_str()));
    let (_target, pid) = target(&scene, Who::Root, &format!("--pivot-root {root}"), ":");
    let found = told(&scene, Who::Root, pid);
    assert!(found.starts_with("root /\n") && found.contains("gone /proc"), "{found}");
}
