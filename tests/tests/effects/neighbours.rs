//! Runs and groups beside each other.

use crate::{alone, xcgexec};
use std::path::PathBuf;
use xns_tests::{Need, groups, need, wait_for};

/// A group made by hand, removed with the test.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// By version 2 a controller is enabled for all groups below one: who ends does not take it from the others.
#[test]
fn a_run_that_ends_takes_no_limit_from_others() {
    let _alone = alone();
    let test = "a_run_that_ends_takes_no_limit_from_others";
    if !need(test, &[Need::Root, Need::Cgroup2, Need::Unified(&["hugetlb", "pids"])]) {
        return;
    }
    let root = groups::hierarchies().into_iter().find(|one| one.is_v2).unwrap().point;
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
    let has = |controller: &str| read("cgroup.controllers").split_whitespace().any(|one| one == controller);
    let known = [("hugetlb", "hugetlb.2MB.max", "4194304"), ("pids", "pids.max", "77")];
    let (controller, file, value) = known.into_iter().find(|(controller, ..)| has(controller)).unwrap();
    let before = read("cgroup.subtree_control");
    let mut run =
        xcgexec().args(["--set", &format!("{file}={value}"), "sh", "-c", "echo up; read -r x"]).start();
    assert_eq!(run.line(), "up");
    assert!(read("cgroup.subtree_control").contains(controller));
    let group = Beside(root.join(format!("xns-beside-{}", std::process::id())));
    std::fs::create_dir(&group.0).unwrap();
    std::fs::write(group.0.join(file), value).unwrap();
    run.say("");
    let done = run.end();
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
    let left = std::fs::read_to_string(group.0.join(file));
    drop(group);
    // As it was; the run could not do that.
    let sign = |word: &str| before.split_whitespace().any(|one| one == word);
    if !sign(controller) {
        std::fs::write(root.join("cgroup.subtree_control"), format!("-{controller}")).unwrap();
    }
    assert_eq!(left.unwrap().trim(), value);
    wait_for("the controllers as before", || read("cgroup.subtree_control") == before);
}
