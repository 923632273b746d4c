//! Control groups for tests: where the hierarchies are, and groups that go away with the test.

use crate::{Cmd, bin, is_root};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A hierarchy of the mount table: its controllers by version 1 (none for version 2), and its mount point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hierarchy {
    /// Version 1's controllers, or its name.
    pub names: Vec<String>,
    /// Is it version 2?
    pub is_v2: bool,
    /// Where it is mounted.
    pub point: PathBuf,
}

/// Our `xcgexec`, started in the root of every hierarchy: who has started the tests may have a group of its own, which is left alone,
/// and a new group is made below that of the caller.
pub fn xcgexec() -> Cmd {
    in_roots(Cmd::new(bin("xcgexec")))
}

/// Started in the root of every hierarchy.
pub fn in_roots(mut command: Cmd) -> Cmd {
    use std::os::unix::process::CommandExt;
    let own = std::fs::read_to_string("/proc/self/cgroup").unwrap();
    let elsewhere = |one: &Hierarchy| {
        let names = one.names.join(",");
        own.lines().any(|line| line.split(':').nth(1) == Some(&names) && !line.ends_with(":/"))
    };
    let v1 = hierarchies().into_iter().filter(|one| !one.is_v2 && elsewhere(one));
    let files: Vec<_> = v1.map(|one| one.point.join("tasks")).collect();
    if !is_root() {
        return command;
    }
    // SAFETY: the test's process has other threads, but the paths are made before the fork, and what is left is open(2), write(2)
    // and close(2).
    unsafe {
        command.std().pre_exec(move || files.iter().try_for_each(|file| write_zero(file)));
    }
    command
}

fn write_zero(file: &Path) -> std::io::Result<()> {
    use std::io::Write;
    std::fs::File::options().write(true).open(file)?.write_all(b"0")
}

/// Every hierarchy, as the mount table has them.
pub fn hierarchies() -> Vec<Hierarchy> {
    let known = std::fs::read_to_string("/proc/self/cgroup").unwrap();
    let is_name = |word: &&str| {
        known.lines().any(|line| line.split(':').nth(1).unwrap().split(',').any(|n| n == *word))
    };
    let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let line = |line: &str| {
        let (left, right) = line.split_once(" - ")?;
        let point = PathBuf::from(left.split(' ').nth(4)?);
        let mut right = right.split(' ');
        let kind = right.next()?;
        let options = right.nth(1)?.split(',').filter(is_name).map(str::to_owned);
        match kind {
            "cgroup" => Some(Hierarchy { names: options.collect(), is_v2: false, point }),
            "cgroup2" => Some(Hierarchy { names: Vec::new(), is_v2: true, point }),
            _ => None,
        }
    };
    table.lines().filter_map(line).collect()
}

/// The mount point of the hierarchy that has a controller, and whether it is version 2.
pub fn controller(name: &str) -> Option<(PathBuf, bool)> {
    let all = hierarchies();
    let v1 = all.iter().find(|hierarchy| hierarchy.names.iter().any(|known| known == name));
    let has = |hierarchy: &&Hierarchy| {
        let text = std::fs::read_to_string(hierarchy.point.join("cgroup.controllers"));
        hierarchy.is_v2 && text.is_ok_and(|text| text.split_whitespace().any(|word| word == name))
    };
    let found = v1.or_else(|| all.iter().find(has))?;
    Some((found.point.clone(), found.is_v2))
}

/// A name for groups of one test. Dropping it ends the processes of every group of that name, and removes them, in every hierarchy:
/// also when the test fails.
pub struct OwnGroup(String);

impl OwnGroup {
    /// A name that nobody else has.
    #[allow(clippy::new_without_default, reason = "each is another")]
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        OwnGroup(format!("xns-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Its directories that are there.
    pub fn directories(&self) -> Vec<PathBuf> {
        hierarchies().into_iter().map(|one| one.point.join(&self.0)).filter(|dir| dir.is_dir()).collect()
    }

    /// Makes it by hand in one controller's hierarchy.
    pub fn by_hand(&self, name: &str) -> PathBuf {
        let directory = controller(name).unwrap().0.join(&self.0);
        std::fs::create_dir(&directory).unwrap();
        directory
    }
}

impl Drop for OwnGroup {
    fn drop(&mut self) {
        for directory in self.directories() {
            remove(&directory);
        }
    }
}

/// Ends whoever is in a group or below it, and removes all of it.
fn remove(directory: &Path) {
    let start = Instant::now();
    let _ = std::fs::write(directory.join("freezer.state"), "THAWED");
    while start.elapsed() < Duration::from_secs(10) {
        for group in below(directory) {
            for pid in processes(&group) {
                let _ = nix::sys::signal::kill(
                    nix::unistd::Pid::from_raw(pid.cast_signed()),
                    nix::sys::signal::Signal::SIGKILL,
                );
            }
            let _ = std::fs::remove_dir(&group);
        }
        if !directory.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    eprintln!("{} could not be removed", directory.display());
}

/// A group and those below it, the deepest first.
fn below(directory: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            all.extend(below(&entry.path()));
        }
    }
    all.push(directory.to_owned());
    all
}

/// The processes of a group.
pub fn processes(directory: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).filter(|pid| *pid > 0).collect()
}

/// Groups of runs of xcgexec that are there now, in any hierarchy: of the caller's own group and the roots.
pub fn run_groups(pid: u32) -> Vec<PathBuf> {
    let name = format!("xcgexec-{pid}");
    let numbered = format!("{name}.");
    let own = std::fs::read_to_string("/proc/self/cgroup").unwrap();
    let paths: Vec<&str> = own.lines().filter_map(|line| line.splitn(3, ':').nth(2)).collect();
    let mut found: Vec<PathBuf> = Vec::new();
    for hierarchy in hierarchies() {
        for path in paths.iter().chain(&["/"]) {
            let above = hierarchy.point.join(path.trim_start_matches('/'));
            for entry in std::fs::read_dir(above).into_iter().flatten().flatten() {
                let of_run = |found: &str| found == name || found.starts_with(&numbered);
                let directory = entry.path();
                if entry.file_name().to_str().is_some_and(of_run) && !found.contains(&directory) {
                    found.push(directory);
                }
            }
        }
    }
    found
}
