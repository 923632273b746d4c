//! The root of a cgroup namespace, as it is called here.

use crate::{look, target};
use std::path::PathBuf;
use xns_tests::{Need, Scene, Who, cgroup2_root, need};

/// A group of the test's own, which goes with it.
struct Group(PathBuf);

impl Group {
    fn make(path: PathBuf) -> Group {
        std::fs::create_dir(&path).unwrap();
        Group(path)
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

/// The group of version 2, of the lines found.
fn unified(found: &str) -> &str {
    found.lines().find_map(|line| line.strip_prefix("cgroup2 ")).unwrap()
}

#[test]
fn the_group_that_is_the_root_there() {
    for who in Who::each("the_group_that_is_the_root_there") {
        let scene = Scene::new();
        let (_target, pid) = target(&scene, who, "-C", ":");
        let own = std::fs::read_to_string("/proc/self/cgroup").unwrap();
        let Some(own) = own.lines().find_map(|line| line.strip_prefix("0::")) else { return };
        assert_eq!(unified(&look(&scene, who, "cgroup", pid)), own, "{who:?}");
        // Without a process: our own group is asked about.
        let file = format!("/proc/{pid}/ns/cgroup");
        assert_eq!(unified(&look(&scene, who, "cgroup", file)), own, "{who:?}");
    }
}

#[test]
fn a_process_below_and_outside_of_it() {
    if !need("a_process_below_and_outside_of_it", &[Need::Root, Need::Cgroup2]) {
        return;
    }
    let mounted = cgroup2_root().unwrap();
    let name = format!("xns-test-inside-{}", std::process::id());
    let group = Group::make(mounted.join(&name));
    let below = Group::make(group.0.join("below"));
    let scene = Scene::new();
    let tool = xns_tests::bin("xunshare");
    let script = format!(
        "echo 0 > {group}/cgroup.procs; exec {tool} -C sh -c 'echo 0 > {below}/cgroup.procs; echo ready; read line'",
        group = group.0.display(),
        below = below.0.display(),
        tool = tool.display()
    );
    let mut running = scene.cmd("sh").args(["-ec", &script]).start();
    assert_eq!(running.line(), "ready");
    let root = format!("/{name}");
    let found = look(&scene, Who::Root, "cgroup", running.pid());
    assert!(unified(&found).ends_with(&root), "{found}");
    // We lie outside of that root: it is not guessed.
    let file = format!("/proc/{}/ns/cgroup", running.pid());
    assert_eq!(unified(&look(&scene, Who::Root, "cgroup", file)), "unknown");
    drop(running);
}
