//! What only `--deep` looks at: threads that have left their process, namespaces for children, and the mount tables of others.

use super::links::{self, Links};
use super::mounts::pinned;
use super::table::{Collected, Table};
use crate::model::Pin;
use std::collections::HashSet;
use std::os::fd::{AsFd, BorrowedFd};
use xns_core::{NsKind, NsSet};
use xns_sys::proc::{self, Name};

/// The kinds of which a process can choose another one for its children (namespaces(7)).
const FOR_CHILDREN: [(NsKind, &std::ffi::CStr); 2] =
    [(NsKind::Pid, c"pid_for_children"), (NsKind::Time, c"time_for_children")];

/// Threads of a process, and what its children will be in.
pub(super) fn look(proc: BorrowedFd<'_>, pid: u32, of_process: &Links, kinds: NsSet, table: &mut Table) {
    let Ok(tasks) = proc::open(proc, Name::of(pid, "/task").path()) else { return };
    let mut tids = Vec::new();
    let _ = proc::numbers(&tasks, &mut proc::room(), |tid| tids.push(tid));
    for tid in tids {
        let Ok(directory) = proc::open_directory(&tasks, Name::of(tid, "/ns").path()) else { continue };
        if tid != pid {
            let links = links::read_in(directory.as_fd(), kinds).unwrap_or_default();
            for (kind, ino) in links.iter().filter(|(kind, ino)| !of_process.has(*kind, *ino)) {
                let place = table.entry(kind, ino);
                table.pin(place, Pin::Thread { pid, tid });
            }
        }
        for (kind, file) in FOR_CHILDREN.into_iter().filter(|(kind, _)| kinds.contains(*kind)) {
            // Missing while the new PID namespace has no process yet.
            let Ok(ino) = links::number(directory.as_fd(), file) else { continue };
            if !of_process.has(kind, ino) {
                let place = table.entry(kind, ino);
                table.pin(place, Pin::ForChildren { pid: tid });
            }
        }
    }
}

/// What is mounted in each mount namespace that a process is in, as that sees it.
pub(super) fn add_mounts(collected: &mut Collected, kinds: NsSet) {
    let ours: HashSet<_> = mount_ids(&std::fs::read("/proc/self/mountinfo").unwrap_or_default()).collect();
    let tables: Vec<(u64, u32)> = collected
        .namespaces
        .iter()
        .filter(|namespace| namespace.kind == NsKind::Mnt)
        .filter_map(|namespace| Some((namespace.ino, namespace.pid?)))
        .collect();
    for (mount_namespace, pid) in tables {
        let Ok(text) = std::fs::read(format!("/proc/{pid}/mountinfo")) else { continue };
        if mount_ids(&text).any(|id| ours.contains(&id)) {
            continue; // our own
        }
        for (kind, ino, point) in pinned(&text).filter(|(kind, ..)| kinds.contains(*kind)) {
            let place = collected.place(kind, ino);
            collected.pin(place, Pin::MountIn { ino: mount_namespace, pid, point });
        }
    }
}

/// The numbers of the mounts, which no two mount namespaces share.
fn mount_ids(table: &[u8]) -> impl Iterator<Item = i32> {
    let lines = table.split(|byte| *byte == b'\n');
    lines.filter_map(|line| std::str::from_utf8(line.split(|byte| *byte == b' ').next()?).ok()?.parse().ok())
}
