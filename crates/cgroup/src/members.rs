//! The processes of a group and of those below it.

use crate::walk::walk;
use crate::{LEAF, Version};
use std::ffi::OsString;
use std::fs::DirEntry;
use std::path::Path;
use xns_core::Errno;
use xns_sys::fs;

/// The processes of a group, and of all groups below it, as numbers of this PID namespace (0: one that is in none of ours).
///
/// # Errors
/// What reading `cgroup.procs` answered. A group that is removed meanwhile has none.
pub fn members(directory: &Path) -> Result<Vec<u32>, Errno> {
    let mut pids = processes(directory)?;
    let mut below = Ok(());
    walk(directory, |group| {
        if below.is_err() || group.depth == 0 {
            return;
        }
        match processes(&directory.join(group.path)) {
            Ok(own) => pids.extend(own),
            Err(Errno::ENOENT | Errno::ENODEV) => {}
            Err(errno) => below = Err(errno),
        }
    })?;
    below.map(|()| pids)
}

/// Is nobody in a group nor below it?
///
/// # Errors
/// What reading its files answered.
pub(crate) fn is_empty(directory: &Path, version: Version) -> Result<bool, Errno> {
    match version {
        Version::V1 => members(directory).map(|pids| pids.is_empty()),
        Version::V2 => {
            text(directory, "cgroup.events").map(|text| text.lines().any(|line| line == "populated 0"))
        }
    }
}

/// The processes of the group alone.
///
/// # Errors
/// What reading answered.
pub fn processes(group: &Path) -> Result<Vec<u32>, Errno> {
    let text = match text(group, "cgroup.procs") {
        // A threaded group has threads; their processes are its domain's.
        Err(Errno::EOPNOTSUPP) => text(group, "cgroup.threads")?,
        answer => answer?,
    };
    Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
}

/// Has a group no other below it than a leaf of ours? What is disabled in it is so for all of them, and what they were set to is lost.
pub(crate) fn is_alone(group: &Path) -> bool {
    groups_below(group).is_ok_and(|below| below.iter().all(|name| name == LEAF))
}

/// The names of the groups directly below.
pub(crate) fn groups_below(group: &Path) -> std::io::Result<Vec<OsString>> {
    let is_group = |entry: &DirEntry| entry.file_type().is_ok_and(|file| file.is_dir());
    Ok(std::fs::read_dir(group)?.flatten().filter(is_group).map(|entry| entry.file_name()).collect())
}

/// What a file of the group says.
pub(crate) fn text(group: &Path, file: &str) -> Result<String, Errno> {
    fs::read(&group.join(file)).map(|text| String::from_utf8_lossy(&text).into_owned())
}
