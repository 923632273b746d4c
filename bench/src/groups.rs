//! The control groups of the cases: `xns-bench-PID` in each hierarchy, with the groups `here`, which is joined, `wait`, in which
//! ours makes groups, and `launch`, in which the launcher runs, so that what is made below the caller's own group is made below ours.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::programs::Programs;

/// Of control groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Version {
    One,
    Two,
}

/// The controllers that the cases use, and the words that stand for their groups.
const CONTROLLERS: [(&str, &str); 3] = [("cpu", "{cpu}"), ("memory", "{memory}"), ("pids", "{pids}")];

/// Stands for the name of the groups.
const NAME: &str = "{name}";

const PREFIX: &str = "xns-bench-";

/// Where the controllers are on this machine.
#[derive(Debug)]
pub(crate) struct Hierarchies {
    /// The mount point of each controller.
    points: [PathBuf; CONTROLLERS.len()],
    version: Version,
    /// The hierarchy of version 2, where there is one beside those of version 1.
    unified: Option<PathBuf>,
}

impl Hierarchies {
    /// None: not all controllers are in hierarchies of one version.
    pub(crate) fn find() -> Option<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
        let rows: Vec<Vec<&str>> = mounts.lines().map(|line| line.split(' ').collect()).collect();
        let version1 = |name: &str| {
            let has = |row: &&Vec<&str>| row[2] == "cgroup" && row[3].split(',').any(|option| option == name);
            rows.iter().find(has).map(|row| PathBuf::from(row[1]))
        };
        let unified = rows.iter().find(|row| row[2] == "cgroup2").map(|row| PathBuf::from(row[1]));
        let found = CONTROLLERS.map(|(name, _)| version1(name));
        if let [Some(cpu), Some(memory), Some(pids)] = found {
            return Some(Self { points: [cpu, memory, pids], version: Version::One, unified });
        }
        let root = unified.clone()?;
        let there = fs::read_to_string(root.join("cgroup.controllers")).ok()?;
        let all = CONTROLLERS.iter().all(|(name, _)| there.split_whitespace().any(|one| one == *name));
        all.then(|| Self { points: CONTROLLERS.map(|_| root.clone()), version: Version::Two, unified: None })
    }

    pub(crate) fn version(&self) -> Version {
        self.version
    }

    /// Their mount points, each once.
    fn roots(&self) -> Vec<&Path> {
        let mut roots: Vec<&Path> = self.points.iter().chain(&self.unified).map(PathBuf::as_path).collect();
        roots.dedup();
        roots
    }
}

/// The groups, until it is dropped.
#[derive(Debug)]
pub(crate) struct Groups {
    hierarchies: Hierarchies,
    name: String,
    made: Vec<PathBuf>,
}

impl Groups {
    pub(crate) fn make(hierarchies: Hierarchies) -> Result<Self, Error> {
        let name = format!("{PREFIX}{}", process::id());
        let mut groups = Self { hierarchies, name, made: Vec::new() };
        let roots: Vec<PathBuf> = groups.hierarchies.roots().into_iter().map(Path::to_path_buf).collect();
        for root in roots {
            remove_left(&root);
            let group = root.join(&groups.name);
            groups.make_one(group.clone())?;
            if groups.hierarchies.version == Version::Two {
                let all = CONTROLLERS.map(|(name, _)| format!("+{name}")).join(" ");
                for dir in [&root, &group] {
                    let file = dir.join("cgroup.subtree_control");
                    fs::write(&file, &all).map_err(Error::file(&file))?;
                }
            }
            for inner in ["here", "wait", "launch"] {
                groups.make_one(group.join(inner))?;
            }
        }
        Ok(groups)
    }

    fn make_one(&mut self, dir: PathBuf) -> Result<(), Error> {
        match fs::create_dir(&dir) {
            // The mount point of another controller of the same hierarchy.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            other => {
                self.made.push(dir.clone());
                other.map_err(Error::file(dir))
            }
        }
    }

    /// The argument, with names and directories in it.
    pub(crate) fn fill(&self, argument: &str) -> String {
        let mut text = argument.replace(NAME, &self.name);
        for ((_, word), point) in CONTROLLERS.iter().zip(&self.hierarchies.points) {
            text = text.replace(word, &point.join(&self.name).to_string_lossy());
        }
        text
    }

    /// What has to stand before a program that is to run in our groups. On version 2 it stays where it is: a process cannot be
    /// where there are groups with controllers below.
    pub(crate) fn prefix(&self, programs: &Programs) -> Vec<OsString> {
        if self.hierarchies.version == Version::Two {
            return Vec::new();
        }
        let mut words: Vec<OsString> = vec![(&programs.group).into()];
        for root in self.hierarchies.roots() {
            let file = root.join(&self.name).join("launch/cgroup.procs");
            words.push(format!("@{}", file.display()).into());
        }
        words.push("--".into());
        words
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for dir in self.made.iter().rev() {
            remove(dir);
        }
    }
}

/// Removes a group with those in it. Who has just ended may still be there for a moment.
pub(crate) fn remove(dir: &Path) {
    for _ in 0..50 {
        for inner in fs::read_dir(dir).into_iter().flatten().flatten() {
            if inner.path().is_dir() {
                remove(&inner.path());
            }
        }
        match fs::remove_dir(dir) {
            Err(error) if error.kind() == ErrorKind::ResourceBusy => thread::sleep(Duration::from_millis(10)),
            _ => return,
        }
    }
}

/// Groups of a run that was killed.
fn remove_left(root: &Path) {
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            remove(&entry.path());
        }
    }
}
