//! The processes of a group.

use crate::stat::Source;
use std::path::Path;
use xns_core::Errno;

/// Who is in a group itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Processes {
    /// The PIDs, each once; of a threaded group the ids of its threads.
    pub ids: Vec<u32>,
    /// How many more are there that have no PID here: those of PID namespaces above, which read 0.
    pub unseen: usize,
    /// Is it a threaded group, which has threads of processes that belong to a group above?
    pub threaded: bool,
}

impl Processes {
    /// Of the group with this directory.
    ///
    /// # Errors
    /// What reading answered: ENOENT and ENODEV when there is no such group.
    pub fn of(directory: &Path, source: &dyn Source) -> Result<Processes, Errno> {
        match source.read(directory, "cgroup.procs") {
            Ok(text) => Ok(Processes::read(&text, false)),
            Err(Errno::EOPNOTSUPP) => {
                source.read(directory, "cgroup.threads").map(|text| Processes::read(&text, true))
            }
            Err(errno) => Err(errno),
        }
    }

    /// The kernel promises neither an order, nor that nothing comes twice (cgroup-v2.rst, "cgroup.procs").
    fn read(text: &[u8], threaded: bool) -> Processes {
        let numbers =
            text.split(|byte| *byte == b'\n').filter_map(|line| std::str::from_utf8(line).ok()?.parse().ok());
        let mut ids: Vec<u32> = numbers.collect();
        ids.sort_unstable();
        let unseen = ids.partition_point(|id| *id == 0);
        ids.drain(..unseen);
        ids.dedup();
        Processes { ids, unseen, threaded }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.ids.len() + self.unseen
    }
}
