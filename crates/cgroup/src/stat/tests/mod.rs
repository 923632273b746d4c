//! Against what kernels have shown, recorded in `*.txt`: a group `a` with limits (32 MiB of memory and, on version 1, of swap; six
//! processes, or five; by version 1 on 6.18 a fifth of a CPU) and below it a group `b`, in which a program was OOM-killed, a loop ran
//! at a fifth of a CPU, and a fork was refused.

mod bounds;
mod guests;
mod hostile;
mod hybrid;
mod lost;
mod reached;
mod report;

use super::{Part, Source, Stats};
use crate::Version;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xns_core::Errno;

/// The files of some groups: each after a line `--- PATH`.
pub(super) struct Record {
    files: BTreeMap<PathBuf, Vec<u8>>,
    disks: BTreeMap<&'static str, &'static str>,
    had_groups: Vec<&'static str>,
}

impl Record {
    pub(super) fn parse(text: &str) -> Self {
        let file = |part: &str| {
            let (path, text) = part.split_once('\n').unwrap_or((part, ""));
            (PathBuf::from(path), text.as_bytes().to_vec())
        };
        let files = text.split("--- ").filter(|part| !part.is_empty()).map(file).collect();
        Record { files, disks: BTreeMap::from([("7:0", "loop0"), ("254:0", "vda")]), had_groups: Vec::new() }
    }

    /// With another text in one file.
    pub(super) fn with(mut self, path: &str, text: &str) -> Self {
        self.files.insert(PathBuf::from(path), text.as_bytes().to_vec());
        self
    }

    pub(super) fn without(mut self, path: &str) -> Self {
        self.files.remove(Path::new(path)).unwrap();
        self
    }

    /// With groups below this one that have gone.
    pub(super) fn had_groups(mut self, directory: &'static str) -> Self {
        self.had_groups.push(directory);
        self
    }

    pub(super) fn stats(&self, parts: &[Part]) -> Stats {
        Stats::of(parts, self)
    }
}

impl Source for Record {
    fn read(&self, directory: &Path, file: &str) -> Result<Vec<u8>, Errno> {
        let text = self.files.get(&directory.join(file)).ok_or(Errno::ENOENT)?;
        if text == b"EOPNOTSUPP" { Err(Errno::EOPNOTSUPP) } else { Ok(text.clone()) }
    }

    fn below(&self, directory: &Path) -> Vec<PathBuf> {
        let groups = self.files.keys().filter_map(|file| file.parent());
        let mut below: Vec<PathBuf> = groups
            .filter(|group| group.starts_with(directory) && *group != directory)
            .map(Path::to_owned)
            .collect();
        below.dedup();
        below
    }

    fn had_groups(&self, directory: &Path) -> bool {
        self.had_groups.iter().any(|known| Path::new(known) == directory)
    }

    fn disk(&self, device: &str) -> Option<String> {
        self.disks.get(device).map(|name| (*name).to_owned())
    }
}

pub(super) fn v1(controllers: &str, directory: &str) -> Part {
    let controllers = controllers.split(',').map(str::to_owned).collect();
    Part { version: Version::V1, controllers, directory: PathBuf::from(directory) }
}

pub(super) fn v2(directory: &str) -> Part {
    Part { version: Version::V2, controllers: Vec::new(), directory: PathBuf::from(directory) }
}

/// All hierarchies of the hybrid machine, for one group.
pub(super) fn hybrid(group: &str) -> Vec<Part> {
    let one = |name: &str| v1(name, &format!("{name}/{group}"));
    let mut parts: Vec<Part> = ["cpu", "cpuacct", "memory", "freezer", "blkio", "pids"].map(one).into();
    parts.push(v2(&format!("unified/{group}")));
    parts
}

pub(super) fn hybrid_record() -> Record {
    Record::parse(include_str!("hybrid-6.18.txt"))
}
