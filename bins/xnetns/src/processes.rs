//! Which processes are in which network namespace, as far as `/proc` shows it.

use std::collections::BTreeMap;
use std::path::Path;
use xns_core::Errno;
use xns_sys::namespace;

/// All processes, by the inode number of their network namespace. `/proc` is read once for all questions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Processes {
    /// In ascending order.
    found: BTreeMap<u64, Vec<u32>>,
    /// How many are other users' and do not show where they are.
    pub(crate) hidden: usize,
}

impl Processes {
    /// As they are now.
    pub(crate) fn look() -> Self {
        let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let mut pids: Vec<u32> =
            entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        pids.sort_unstable();
        let mut all = Processes::default();
        for pid in pids {
            match namespace::number_of(&format!("/proc/{pid}/ns/net")) {
                Ok(inode) => all.found.entry(inode).or_default().push(pid),
                Err(Errno::EACCES | Errno::EPERM) => all.hidden += 1,
                // Others have ended, or are about to.
                Err(_) => {}
            }
        }
        all
    }

    /// Those in the namespace with this inode number.
    pub(crate) fn within(&self, inode: u64) -> &[u32] {
        self.found.get(&inode).map_or(&[], Vec::as_slice)
    }

    /// The same without this process.
    pub(crate) fn others(&self, inode: u64) -> impl Iterator<Item = u32> + '_ {
        let own = xns_sys::fork::own_pid();
        self.within(inode).iter().copied().filter(move |pid| *pid != own)
    }

    /// The namespaces with processes.
    pub(crate) fn inodes(&self) -> impl Iterator<Item = u64> + '_ {
        self.found.keys().copied()
    }
}

/// A process's name; any bytes.
pub(crate) fn command(pid: u32) -> Vec<u8> {
    let text = xns_sys::fs::read(Path::new(&format!("/proc/{pid}/comm"))).unwrap_or_default();
    text.trim_ascii_end().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_found_where_it_is() {
        let own = namespace::number_of("/proc/self/ns/net").unwrap();
        let all = Processes::look();
        let pid = std::process::id();
        assert!(all.within(own).contains(&pid) && all.inodes().any(|inode| inode == own));
        assert!(all.others(own).all(|other| other != pid));
        assert!(all.within(0).is_empty());
    }
}
