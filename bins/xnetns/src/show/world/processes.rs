//! Which processes are in which network namespace, as far as `/proc` shows it.

use std::collections::BTreeMap;
use std::path::Path;
use xns_core::Errno;
use xns_sys::namespace;

/// Those of one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Crowd {
    /// How many.
    pub(crate) count: usize,
    /// The lowest number.
    pub(crate) first: u32,
}

/// By the namespace's inode number, without this process. Whose namespaces are not shown to us, are not counted; how many these are
/// is the second.
pub(crate) fn crowds() -> (BTreeMap<u64, Crowd>, usize) {
    let own = xns_sys::fork::own_pid();
    let (mut found, mut hidden) = (BTreeMap::<u64, Crowd>::new(), 0);
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for pid in entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        if pid == own {
            continue;
        }
        let inode = match namespace::number_of(&format!("/proc/{pid}/ns/net")) {
            Ok(inode) => inode,
            Err(errno) => {
                // Others have ended, or are about to.
                hidden += usize::from(matches!(errno, Errno::EACCES | Errno::EPERM));
                continue;
            }
        };
        let crowd = found.entry(inode).or_default();
        crowd.first = if crowd.count == 0 { pid } else { crowd.first.min(pid) };
        crowd.count += 1;
    }
    (found, hidden)
}

/// A process's name; any bytes.
pub(crate) fn command(pid: u32) -> Vec<u8> {
    let text = xns_sys::fs::read(Path::new(&format!("/proc/{pid}/comm"))).unwrap_or_default();
    text.trim_ascii_end().to_vec()
}
