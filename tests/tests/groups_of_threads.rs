//! What version 2 takes, and is not what it seems: groups of threads, partitions of CPUs, groups that are frozen.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::fs::{create_dir, read_to_string, write};
use std::path::PathBuf;
use std::time::Duration;
use xns_tests::groups::{OwnGroup, in_roots, xcgexec};
use xns_tests::{Cmd, Done, Need, bin, cgroup2_root, need};

/// A group of version 2 that goes with it.
struct Ground {
    group: OwnGroup,
    directory: PathBuf,
}

impl Ground {
    fn new() -> Self {
        let group = OwnGroup::new();
        let directory = cgroup2_root().unwrap().join(group.name());
        create_dir(&directory).unwrap();
        Ground { group, directory }
    }

    fn make(&self, name: &str) {
        create_dir(self.directory.join(name)).unwrap();
    }

    fn line(&self, file: &str) -> String {
        read_to_string(self.directory.join(file)).unwrap().trim_end().to_owned()
    }

    fn run(&self, words: &[&str]) -> Done {
        let spec = format!(":{}", self.group.name());
        xcgexec().args(["--hints=always", "-g", &spec]).args(words).run()
    }

    fn xcgroup(&self, verb: &str, below: &str, words: &[&str]) -> Done {
        let name = format!("{}{below}", self.group.name());
        in_roots(Cmd::new(bin("xcgroup"))).args(["--hints=always", verb, &name]).args(words).run()
    }
}

/// A new group below one of threads is made one itself: as a domain it would take no process, and no leaf would help.
#[test]
fn below_a_group_of_threads() {
    if !need("below_a_group_of_threads", &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let ground = Ground::new();
    ground.make("a");
    write(ground.directory.join("a/cgroup.type"), "threaded").unwrap();
    assert_eq!(ground.line("cgroup.type"), "domain threaded");
    let done = ground.run(&["--report", "--quiet", "sh", "-c", "cat /proc/self/cgroup; sleep 1000 & :"]);
    assert_eq!(done.status, Some(0), "{done:?}");
    assert!(done.stdout.contains(&format!("0::/{}/xcgexec-", ground.group.name())), "{done:?}");
    assert_eq!(ground.xcgroup("create", "/b", &[]).status, Some(0));
    assert_eq!(ground.line("b/cgroup.type"), "threaded");
    // None of those for threads is in version 2 on a hybrid machine, but this one may be.
    let available = read_to_string(cgroup2_root().unwrap().join("cgroup.controllers")).unwrap();
    if let Some(file) = [("hugetlb", "hugetlb.2MB.max=max"), ("memory", "memory.max=max")]
        .iter()
        .find_map(|(name, file)| available.split_whitespace().any(|word| word == *name).then_some(file))
    {
        let done = ground.xcgroup("set", "/a", &[file]);
        assert_eq!(done.status, Some(1), "{done:?}");
        for part in ["works for whole processes", "hint[XNS-E45-not-for-threads]", "xcgroup create /NAME"] {
            assert!(done.stderr.contains(part), "{part}: {done:?}");
        }
    }
}

/// The kernel takes the write, and says by reading alone that nothing has come of it.
#[test]
fn a_partition_that_is_none() {
    if !need("a_partition_that_is_none", &[Need::Root, Need::Version2(&["cpuset"])]) {
        return;
    }
    let ground = Ground::new();
    let done = ground.xcgroup("set", "", &["cpuset.cpus.partition=root"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.stderr.contains("makes no valid partition (cpuset.cpus"), "{done:?}");
    assert!(done.stderr.contains("hint[XNS-C6-partition]"), "{done:?}");
    assert_eq!(ground.line("cpuset.cpus.partition"), "member");
    // In the order in which it can be, whatever was typed.
    let done = ground.xcgroup("set", "", &["cpuset.cpus.partition=root", "cpuset.cpus=0"]);
    assert_eq!((done.status, ground.line("cpuset.cpus.partition")), (Some(0), "root".to_owned()), "{done:?}");
    ground.xcgroup("set", "", &["cpuset.cpus.partition=member"]);
}

/// The program would wait without a word.
#[test]
fn a_frozen_group_is_told_before() {
    if !need("a_frozen_group_is_told_before", &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let ground = Ground::new();
    write(ground.directory.join("cgroup.freeze"), "1").unwrap();
    let file = ground.directory.join("cgroup.freeze");
    let thawed = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(500));
        write(file, "0").unwrap();
    });
    let done = ground.run(&["true"]);
    thawed.join().unwrap();
    assert_eq!(done.status, Some(0), "{done:?}");
    let cure = format!("try: xcgroup thaw /{}", ground.group.name());
    assert!(done.stderr.contains("hint[XNS-C4-frozen]") && done.stderr.contains(&cure), "{done:?}");
}

/// What the groups on the way lack, they are given on the way.
#[test]
fn controllers_come_down_through_groups_that_are_there() {
    if !need("controllers_come_down_through_groups_that_are_there", &[Need::Root, Need::Version2(&["pids"])])
    {
        return;
    }
    let ground = Ground::new();
    ground.make("a");
    let done = ground.xcgroup("create", "/a/b", &["--pids", "7"]);
    assert_eq!((done.status, ground.line("a/b/pids.max")), (Some(0), "7".to_owned()), "{done:?}");
}
