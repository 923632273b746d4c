//! Namespaces that are mounted on files: the mount table names each by its kind and number.

use super::links;
use super::table::Collected;
use crate::model::Pin;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_core::{NsKind, NsSet, mountinfo};

/// Adds what is mounted in our mount namespace, or with `more` false only where that which is there is mounted. What lies below
/// another mount counts as well: it keeps its namespace.
pub(super) fn add(collected: &mut Collected, kinds: NsSet, more: bool) {
    // Without a readable mount table nothing is known of mounts; processes are.
    let text = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    for (kind, ino, point) in pinned(&text).filter(|(kind, ..)| kinds.contains(*kind)) {
        if !more && collected.find(ino).is_none() {
            continue;
        }
        let place = collected.place(kind, ino);
        let namespace = &mut collected.namespaces[place];
        if !namespace.mounts.contains(&point) {
            namespace.mounts.push(point.clone());
            collected.pin(place, Pin::Mount(point));
        }
    }
}

/// The namespaces in a mount table, and where each is mounted.
pub(super) fn pinned(table: &[u8]) -> impl Iterator<Item = (NsKind, u64, PathBuf)> {
    let is_nsfs = |line: &&[u8]| line.windows(8).any(|part| part == b" - nsfs ");
    let lines = table.split(|byte| *byte == b'\n').filter(is_nsfs);
    lines.filter_map(|line| {
        let mounted = mountinfo::parse(line)?.pop()?;
        let (kind, ino) = links::namespace(mounted.root.as_os_str().as_bytes())?;
        (mounted.fs_type == b"nsfs").then_some((kind, ino, mounted.point))
    })
}
