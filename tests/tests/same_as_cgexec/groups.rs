//! The groups that a case runs with: made by hand, as a user would, and removed when it is over.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use xns_tests::{ORDINARY_UID, wait_for};

const ROOT: &str = "/sys/fs/cgroup";

/// In every hierarchy a group of one name, and in it `in`, and `mine`, which is the ordinary user's. Dropping it removes them,
/// also when the test fails.
pub(crate) struct Groups {
    name: String,
    dirs: Vec<PathBuf>,
}

impl Groups {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("xns-same-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut groups = Groups { name, dirs: Vec::new() };
        for hierarchy in hierarchies() {
            groups.make(&hierarchy);
        }
        groups
    }

    /// Their name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn make(&mut self, hierarchy: &Path) {
        let group = hierarchy.join(&self.name);
        // Hierarchies of several controllers have several names.
        if group.exists() {
            return;
        }
        for dir in [group.clone(), group.join("in"), group.join("mine")] {
            fs::create_dir(&dir).unwrap();
            self.dirs.push(dir);
        }
        for entry in ["", "tasks", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"] {
            let path = group.join("mine").join(entry);
            if path.exists() {
                chown(path, Some(ORDINARY_UID), Some(ORDINARY_UID)).unwrap();
            }
        }
        // A new group of version 1 has no CPUs and no memory; `in` and `mine` stay so.
        for file in ["cpuset.cpus", "cpuset.mems"] {
            if let (Ok(all), true) = (fs::read(hierarchy.join(file)), hierarchy.join("tasks").exists()) {
                fs::write(group.join(file), all).unwrap();
            }
        }
    }

    /// Removes them; fails the test if one cannot be removed.
    #[track_caller]
    pub(crate) fn remove(mut self) {
        let dirs = std::mem::take(&mut self.dirs);
        // Who has just ended may still be in it for a moment.
        wait_for("the groups to be empty", || dirs.iter().rev().all(|dir| gone(dir)));
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for _ in 0..100 {
            if self.dirs.iter().rev().all(|dir| gone(dir)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Removes the group if it is still there: is it gone?
fn gone(dir: &Path) -> bool {
    let _ = fs::remove_dir(dir);
    !dir.exists()
}

/// Every mounted one, of either version, at its usual place.
fn hierarchies() -> Vec<PathBuf> {
    let below = fs::read_dir(ROOT).unwrap().map(|entry| entry.unwrap().path());
    let hierarchy = |dir: &PathBuf| dir.is_dir() && dir.join("cgroup.procs").is_file();
    match Path::new(ROOT).join("cgroup.procs").is_file() {
        true => vec![ROOT.into()],
        false => below.filter(hierarchy).collect(),
    }
}
