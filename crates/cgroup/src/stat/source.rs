//! Where the files are read.

use crate::walk;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use xns_core::Errno;
use xns_sys::fs;

/// Whoever reads the files of groups: the machine, or a test's record.
pub trait Source {
    /// The contents of a file of a group.
    ///
    /// # Errors
    /// ENOENT where there is no such file, EOPNOTSUPP where the group has it to no use, ENODEV when the group has gone.
    fn read(&self, directory: &Path, file: &str) -> Result<Vec<u8>, Errno>;

    /// The groups below this one, without itself.
    fn below(&self, directory: &Path) -> Vec<PathBuf>;

    /// Has there been a group right below this one since it was [marked](super::mark)? Also where that cannot be told.
    fn had_groups(&self, directory: &Path) -> bool {
        super::lost::had_groups(directory)
    }

    /// The name of the disk with this number, `254:0`.
    fn disk(&self, device: &str) -> Option<String>;
}

/// The files as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Source for Machine {
    fn read(&self, directory: &Path, file: &str) -> Result<Vec<u8>, Errno> {
        fs::read(&directory.join(file))
    }

    fn below(&self, directory: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk::walk(directory, |group| {
            if !group.path.as_os_str().is_empty() {
                found.push(directory.join(group.path));
            }
        })
        // A group that has gone has none below it.
        .ok();
        found
    }

    fn disk(&self, device: &str) -> Option<String> {
        let link = std::fs::read_link(Path::new("/sys/dev/block").join(device)).ok()?;
        // A slash in the name of a disk is written so in sysfs: cciss!c0d0.
        Some(link.file_name()?.to_string_lossy().replace('!', "/"))
    }
}

/// One that looks once for the groups below another: several statistics are sums over them.
pub(super) struct Once<'s> {
    source: &'s dyn Source,
    below: RefCell<BTreeMap<PathBuf, Vec<PathBuf>>>,
}

impl<'s> Once<'s> {
    pub(super) fn new(source: &'s dyn Source) -> Self {
        Once { source, below: RefCell::default() }
    }
}

impl Source for Once<'_> {
    fn read(&self, directory: &Path, file: &str) -> Result<Vec<u8>, Errno> {
        self.source.read(directory, file)
    }

    fn below(&self, directory: &Path) -> Vec<PathBuf> {
        let mut known = self.below.borrow_mut();
        if let Some(groups) = known.get(directory) {
            return groups.clone();
        }
        let groups = self.source.below(directory);
        known.insert(directory.to_owned(), groups.clone());
        groups
    }

    fn disk(&self, device: &str) -> Option<String> {
        self.source.disk(device)
    }
}
