//! `--join-cgroup`: in every hierarchy, of version 1 and 2, side by side or one alone.

use super::{by, target, xnsenter};
use std::path::{Path, PathBuf};
use xns_tests::{Need, Running, Scene, Who, bin, cgroup2_root, need, ns};

/// A group of the test's own in each hierarchy that lets one be made. Dropping them removes them: what is in them has to have
/// ended by then, or to end soon.
struct Groups(Vec<PathBuf>);

impl Groups {
    fn make(test: &str) -> Self {
        let name = format!("xns-test-{}-{test}", std::process::id());
        let mut made = Vec::new();
        for group in hierarchies().into_iter().map(|point| point.join(&name)) {
            if std::fs::create_dir(&group).is_ok() {
                made.push(group);
            }
        }
        Groups(made)
    }

    /// The process moves; a hierarchy that takes none (cpuset, before it has been told its CPUs) is left out.
    fn take(&mut self, pid: u32) {
        let take = |group: &PathBuf| std::fs::write(group.join("cgroup.procs"), pid.to_string()).is_ok();
        let (taken, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0).into_iter().partition(take);
        others.iter().for_each(|group| remove(group));
        self.0 = taken;
        assert!(!self.0.is_empty());
    }

    fn members(&self) -> Vec<String> {
        let read = |group: &PathBuf| std::fs::read_to_string(group.join("cgroup.procs")).unwrap();
        self.0.iter().map(|group| read(group).trim_end().to_owned()).collect()
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        self.0.iter().for_each(|group| remove(group));
    }
}

/// A process that has just ended may hold it for a moment.
fn remove(group: &Path) {
    for _ in 0..500 {
        if std::fs::remove_dir(group).is_ok() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Where hierarchies of either version are mounted.
fn hierarchies() -> Vec<PathBuf> {
    let text = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let lines = text.lines().filter_map(|line| line.split_once(" - "));
    let groups = lines.filter(|(_, right)| right.starts_with("cgroup"));
    groups.filter_map(|(left, _)| left.split(' ').nth(4)).map(PathBuf::from).collect()
}

fn groups_of(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap()
}

/// A process of this user's in groups of its own, from `make`.
fn member(scene: &Scene, who: Who, groups: &mut Groups, words: &str) -> (Running, u32) {
    let (running, pid) = target(scene, who, words);
    groups.take(pid);
    assert_ne!(groups_of(pid), groups_of(std::process::id()));
    (running, pid)
}

/// The original joins one hierarchy, at most.
#[test]
fn every_hierarchy_is_joined() {
    if !need("every_hierarchy_is_joined", &[Need::Root]) {
        return;
    }
    let mut groups = Groups::make("every");
    let scene = Scene::new();
    let (_running, pid) = member(&scene, Who::Root, &mut groups, "-u -f");
    for words in ["-c", "--join-cgroup", "-u -c", "-a -c", "-a -c -S 5"] {
        let done = xnsenter(&scene, Who::Root)
            .args(["-t", &pid.to_string()])
            .words(words)
            .args(["cat", "/proc/self/cgroup"])
            .run();
        assert_eq!(done.stdout, groups_of(pid), "{words}: {done:?}");
    }
    // Not without being asked.
    let done =
        xnsenter(&scene, Who::Root).args(["-t", &pid.to_string(), "-a", "cat", "/proc/self/cgroup"]).run();
    assert_eq!(done.stdout, groups_of(std::process::id()));
    assert!(groups.members().iter().all(|members| *members == pid.to_string()));
}

/// With the cgroup namespace: the groups are joined while they are within sight, and are its root.
#[test]
fn the_groups_are_joined_before_their_namespace() {
    if !need("the_groups_are_joined_before_their_namespace", &[Need::Root]) {
        return;
    }
    let mut groups = Groups::make("namespace");
    let scene = Scene::new();
    let script = "read go; exec \"$X\" -C sh -c 'echo ready; read line'";
    let mut running = scene.sh(script).start();
    groups.take(running.pid());
    assert_eq!(running.ask("go"), "ready");
    let done = xnsenter(&scene, Who::Root)
        .args(["-t", &running.pid().to_string(), "-a", "-c"])
        .args(["sh", "-c", "cat /proc/self/cgroup; readlink /proc/self/ns/cgroup"])
        .run();
    let (seen, space) = done.out().rsplit_once('\n').unwrap();
    assert_eq!(space, ns(running.pid(), "cgroup"));
    let roots = seen.lines().filter(|line| line.ends_with(":/")).count();
    assert!(seen.lines().all(|line| !line.contains("/..")) && roots >= groups.0.len(), "{seen}");
}

/// CVE-2026-78408: the original takes descriptor 0 for the group's, and leaves it open.
#[test]
fn standard_input_and_descriptors_are_left_alone() {
    if !need("standard_input_and_descriptors_are_left_alone", &[Need::Root]) {
        return;
    }
    let mut groups = Groups::make("input");
    let scene = Scene::new();
    let (_running, pid) = member(&scene, Who::Root, &mut groups, "-u -f");
    let joined = || xnsenter(&scene, Who::Root).args(["-t", &pid.to_string(), "-c"]);
    assert_eq!(joined().args(["cat"]).input("hello\n").run().out(), "hello");
    let list = ["ls", "/proc/self/fd"];
    let plain = scene.cmd(list[0]).args(&list[1..]).run();
    assert_eq!(joined().args(list).run().out(), plain.out());
    // Also where nothing is open: then the group's file would be descriptor 0.
    let script = "exec \"$E\" -t $P -c sh -c 'ls /proc/self/fd >&2' 0<&- 1<&-";
    let done = scene.sh(script).env("E", bin("xnsenter")).env("P", pid.to_string()).run();
    let bare = scene.sh("exec sh -c 'ls /proc/self/fd >&2' 0<&- 1<&-").run();
    assert_eq!((done.status, done.stderr), (Some(0), bare.stderr));
}

/// Who may not write there is told so, and is in no group of the target's: not even in the first.
#[test]
fn a_refused_one_changes_nothing() {
    let test = "a_refused_one_changes_nothing";
    if !need(test, &[Need::Root, Need::UserNamespaces]) {
        return;
    }
    let mut groups = Groups::make("refused");
    let scene = Scene::new();
    let (_running, pid) = member(&scene, Who::Ordinary, &mut groups, "-u -f");
    for words in ["-c", "-a -c"] {
        let done = xnsenter(&scene, Who::Ordinary)
            .args(["-t", &pid.to_string(), "--hints=always"])
            .words(words)
            .args(["echo", "ran"])
            .run();
        done.fails(1, &format!("xnsenter: cannot open a cgroup.procs of process {pid}: Permission denied"));
        assert_eq!(done.stdout, "");
        assert!(done.stderr.contains("\n  hint[XNS-E43-not-yours]: only uid 0 may move processes into /"));
        assert!(groups.members().iter().all(|members| *members == pid.to_string()));
    }
}

/// As containers see it: version 2 is the only one that is mounted.
#[test]
fn version_2_alone() {
    if !need("version_2_alone", &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let mut groups =
        Groups(vec![cgroup2_root().unwrap().join(format!("xns-test-{}-alone", std::process::id()))]);
    std::fs::create_dir(&groups.0[0]).unwrap();
    let scene = Scene::new();
    let (_running, pid) = member(&scene, Who::Root, &mut groups, "-u -f");
    let alone = "umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup";
    // What lies above the others hides them, too.
    let above = format!("mount --rbind {} /sys/fs/cgroup", cgroup2_root().unwrap().display());
    for mounts in [alone, above.as_str()] {
        let script = format!("{mounts}; exec \"$E\" -t {pid} -c cat /proc/self/cgroup");
        let done = scene.private_sh(&script).env("E", bin("xnsenter")).run();
        assert_eq!(done.stdout, groups_of(pid), "{done:?}");
    }
}

/// A hierarchy that is mounted nowhere: found out before any other is joined.
#[test]
fn a_hierarchy_that_is_not_mounted() {
    if !need("a_hierarchy_that_is_not_mounted", &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let mut groups = Groups::make("unmounted");
    let scene = Scene::new();
    let (_running, pid) = member(&scene, Who::Root, &mut groups, "-u -f");
    if groups.0.len() < 2 {
        return; // version 2 alone is mounted here
    }
    let script = format!(
        "umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; exec \"$E\" --hints=always -t {pid} -c echo ran"
    );
    let done = scene.private_sh(&script).env("E", bin("xnsenter")).run();
    done.fails(
        1,
        &format!("xnsenter: a cgroup hierarchy of process {pid} is not mounted here: No such device"),
    );
    assert!(done.stderr.contains("hint[XNS-E43-unmounted]: the cgroup hierarchy "), "{done:?}");
    assert!(done.stderr.contains("  try: sudo mount -t cgroup -o "), "{done:?}");
    assert_eq!(done.stdout, "");
    assert!(groups.members().iter().all(|members| *members == pid.to_string()));
}

/// From a cgroup namespace beside it.
#[test]
fn a_group_out_of_sight() {
    if !need("a_group_out_of_sight", &[Need::Root]) {
        return;
    }
    let (mut theirs, mut ours) = (Groups::make("theirs"), Groups::make("ours"));
    let scene = Scene::new();
    let (_running, pid) = member(&scene, Who::Root, &mut theirs, "-u -f");
    let script = format!("read go; exec \"$X\" -C \"$E\" --hints=always -t {pid} -c echo ran");
    let mut caller = by(&scene, Who::Root, "sh")
        .args(["-ec", &script])
        .env("X", bin("xunshare"))
        .env("E", bin("xnsenter"))
        .start();
    ours.take(caller.pid());
    caller.say("go");
    let done = caller.end();
    done.fails(
        1,
        &format!(
            "xnsenter: a cgroup of process {pid} cannot be reached from here: No such file or directory"
        ),
    );
    assert!(done.stderr.contains("hint[XNS-E44-outside]"), "{done:?}");
    assert_eq!(done.stdout, "");
    assert!(theirs.members().iter().all(|members| *members == pid.to_string()));
}
