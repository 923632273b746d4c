//! The processes of a group and of those below it.

use std::path::{Path, PathBuf};
use xns_core::Errno;

/// The processes of a group, and of all groups below it, as numbers of this PID namespace (0: one that is in none of ours).
///
/// # Errors
/// What reading `cgroup.procs` answered. A group that is removed meanwhile has none.
pub fn members(directory: &Path) -> Result<Vec<u32>, Errno> {
    let mut pids = Vec::new();
    let mut groups: Vec<PathBuf> = vec![directory.to_owned()];
    while let Some(group) = groups.pop() {
        match processes(&group) {
            Ok(own) => pids.extend(own),
            Err(Errno::ENOENT | Errno::ENODEV) if group != directory => continue,
            Err(errno) => return Err(errno),
        }
        let Ok(entries) = std::fs::read_dir(&group) else { continue };
        groups.extend(
            entries
                .flatten()
                .filter(|entry| entry.file_type().is_ok_and(|file| file.is_dir()))
                .map(|entry| entry.path()),
        );
    }
    Ok(pids)
}

/// The processes of the group alone.
///
/// # Errors
/// What reading answered.
pub fn processes(group: &Path) -> Result<Vec<u32>, Errno> {
    let read = |name: &str| {
        std::fs::read_to_string(group.join(name))
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    };
    let text = match read("cgroup.procs") {
        // A threaded group has threads; their processes are its domain's.
        Err(Errno::EOPNOTSUPP) => read("cgroup.threads")?,
        answer => answer?,
    };
    Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
}
