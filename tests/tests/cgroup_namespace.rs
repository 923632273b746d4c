//! Walkthrough W9, first line: in a new cgroup namespace the process's own group shows as `/`, on v1 and v2.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::path::{Path, PathBuf};
use xns_tests::{Need, ORDINARY_UID, Scene, Who, need};

/// A group of the test's own, which goes with it.
struct Group(PathBuf);

impl Group {
    fn make(hierarchy: &Path, name: &str) -> std::io::Result<Group> {
        let path = hierarchy.join(format!("xns-test-{}-{name}", std::process::id()));
        std::fs::create_dir(&path).map(|()| Group(path))
    }

    fn name(&self) -> &str {
        self.0.file_name().unwrap().to_str().unwrap()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A process that has just ended may hold it for a moment.
        for _ in 0..200 {
            if std::fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

/// Where hierarchies are mounted, with what their line in `/proc/PID/cgroup` has between its colons.
fn hierarchies() -> Vec<(PathBuf, String)> {
    let text = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mut found = Vec::new();
    for line in text.lines() {
        let (left, right) = line.split_once(" - ").unwrap();
        let point = PathBuf::from(left.split(' ').nth(4).unwrap());
        let mut right = right.split(' ');
        match (right.next(), right.nth(1)) {
            (Some("cgroup2"), _) => found.push((point, String::new())),
            (Some("cgroup"), Some(options)) if options.split(',').any(|o| o == "pids") => {
                found.push((point, "pids".into()))
            }
            _ => {}
        }
    }
    found
}

/// The process's group in this hierarchy.
fn line<'a>(text: &'a str, controllers: &str) -> &'a str {
    let mut lines = text.lines().filter_map(|line| line.split_once(':')?.1.split_once(':'));
    lines.find(|(names, _)| *names == controllers).unwrap().1
}

#[test]
fn w9_the_own_group_is_the_root() {
    if !need("w9_the_own_group_is_the_root", &[Need::Root]) {
        return;
    }
    let mut seen = 0;
    for (number, (point, controllers)) in hierarchies().into_iter().enumerate() {
        let Ok(group) = Group::make(&point, &number.to_string()) else { continue };
        seen += 1;
        for who in Who::each("w9_the_own_group_is_the_root") {
            let scene = Scene::new();
            let user = match who {
                Who::Root => String::new(),
                Who::Ordinary => {
                    format!("setpriv --reuid {ORDINARY_UID} --regid {ORDINARY_UID} --clear-groups")
                }
            };
            let map = if who == Who::Ordinary { "-r" } else { "" };
            let script = format!(
                "echo 0 > {}/cgroup.procs; cat /proc/self/cgroup; echo ==; {user} \"$X\" {map} -C cat /proc/self/cgroup",
                group.0.display()
            );
            let done = scene.sh(&script).run();
            let (outside, inside) = done.out().split_once("==\n").unwrap();
            assert!(line(outside, &controllers).ends_with(group.name()), "{who:?} {outside}");
            assert_eq!(line(inside, &controllers), "/", "{who:?} {inside}");
            for other in inside.lines() {
                assert!(other.ends_with(":/"), "every hierarchy's group is the root: {inside}");
            }
        }
    }
    assert!(seen > 0 || !need("w9_the_own_group_is_the_root (a writable cgroup hierarchy)", &[Need::Root]));
}

#[test]
fn from_outside_the_group_keeps_its_name() {
    if !need("from_outside_the_group_keeps_its_name", &[Need::Root]) {
        return;
    }
    for (number, (point, controllers)) in hierarchies().into_iter().enumerate() {
        let Ok(group) = Group::make(&point, &format!("outside{number}")) else { continue };
        let scene = Scene::new();
        let script = format!("echo 0 > {}/cgroup.procs; exec \"$X\" -C sh", group.0.display());
        let mut shell = scene.sh(&script).start();
        assert_eq!(shell.ask("echo on"), "on");
        let outside = std::fs::read_to_string(format!("/proc/{}/cgroup", shell.pid())).unwrap();
        assert!(line(&outside, &controllers).ends_with(group.name()), "{outside}");
        assert!(shell.end().ok());
    }
}
