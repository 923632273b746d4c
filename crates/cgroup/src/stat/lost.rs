//! Counts that are lost: by version 1 OOM kills, and refused forks before Linux 6.11 also by version 2, are counted in the group
//! where they happen alone, and go with it. Who has been told 0 by the groups that are left does not know that there were none.

use super::part::{Files, Parts};
use super::{Part, Source, Stats};
use crate::Version;
use std::path::Path;
use std::time::SystemTime;
use xns_core::Errno;
use xns_sys::fs;

/// What may have been more than is known, because groups below have been removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// The OOM kills.
    pub oom_kills: bool,
    /// The refused forks.
    pub refused_forks: bool,
}

/// Marks a new group, so that [`Source::had_groups`] can tell: the kernel keeps the time of a change only for a directory whose times
/// somebody has set, and changes it with every group that is made or removed right below. Who makes one further down has made or
/// found one there.
///
/// # Errors
/// EPERM for who does not own the group.
pub fn mark(group: &Path) -> Result<(), Errno> {
    fs::set_modified(group, SystemTime::UNIX_EPOCH)
}

/// Has there been a group below this one since it was marked? Also where that cannot be told.
pub(super) fn had_groups(group: &Path) -> bool {
    let modified = std::fs::metadata(group).and_then(|metadata| metadata.modified());
    modified.ok() != Some(SystemTime::UNIX_EPOCH)
}

/// How many processes the OOM killer has killed on the whole machine (Linux 4.13).
pub fn kills_of_machine(source: &dyn Source) -> Option<u64> {
    let text = source.read("/proc".as_ref(), "vmstat").ok()?;
    super::text::value(&String::from_utf8_lossy(&text), "oom_kill")
}

impl Stats {
    /// Takes back what is not known, of a group that was [marked](mark) before anybody was in it: a 0 that may be a loss. `before` is
    /// what [`kills_of_machine`] was then.
    pub fn forget_lost(&mut self, parts: &[Part], before: Option<u64>, source: &dyn Source) -> Lost {
        let parts = Parts { parts, source };
        let had_groups = |files: &Files<'_>| source.had_groups(&files.part.directory);
        let mut lost = Lost::default();
        if self.memory.oom_kills == Some(0)
            && parts.version1("memory").is_some_and(|files| had_groups(&files))
        {
            // If nobody was killed anywhere, nobody was here.
            let none = before.is_some() && kills_of_machine(source) == before;
            lost.oom_kills = !none;
        }
        if self.pids.refused_forks == Some(0)
            && parts.pids().is_some_and(|files| is_local(files) && had_groups(&files))
        {
            lost.refused_forks = true;
        }
        if lost.oom_kills {
            self.memory.oom_kills = None;
        }
        if lost.refused_forks {
            self.pids.refused_forks = None;
        }
        lost
    }
}

/// Does `pids.events` count only the group's own? The kernels that count what is below, too, have a second file.
fn is_local(files: Files<'_>) -> bool {
    files.part.version == Version::V1 || files.read("pids.events.local").is_none()
}
