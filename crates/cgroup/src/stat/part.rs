//! The directories of one group.

use super::source::Source;
use super::text;
use crate::Version;
use std::path::PathBuf;

/// A group's directory in one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The version of the hierarchy.
    pub version: Version,
    /// Its controllers. Of version 2 they need not be said: which files there are tells it.
    pub controllers: Vec<String>,
    /// The directory.
    pub directory: PathBuf,
}

/// All of them, and who reads them.
pub(super) struct Parts<'p> {
    pub(super) parts: &'p [Part],
    pub(super) source: &'p dyn Source,
}

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct Files<'p> {
    pub(super) part: &'p Part,
    pub(super) source: &'p dyn Source,
}

impl<'p> Parts<'p> {
    pub(super) fn each(&self) -> impl Iterator<Item = Files<'p>> {
        let source = self.source;
        self.parts.iter().map(move |part| Files { part, source })
    }

    /// The directory of version 1 for a controller.
    pub(super) fn version1(&self, controller: &str) -> Option<Files<'p>> {
        self.each().find(|files| {
            files.part.version == Version::V1 && files.part.controllers.iter().any(|name| name == controller)
        })
    }

    /// The directory whose pids controller counts.
    pub(super) fn pids(&self) -> Option<Files<'p>> {
        self.version1("pids").or_else(|| self.version2())
    }

    /// The directory of version 2.
    pub(super) fn version2(&self) -> Option<Files<'p>> {
        self.each().find(|files| files.part.version == Version::V2)
    }
}

impl Files<'_> {
    pub(super) fn read(&self, file: &str) -> Option<String> {
        let bytes = self.source.read(&self.part.directory, file).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The number that a file has in its first line; `max` is none.
    pub(super) fn number(&self, file: &str) -> Option<u64> {
        text::number(&self.read(file)?)
    }

    /// The value of a key in a file of lines like `oom_kill 0`.
    pub(super) fn value(&self, file: &str, key: &str) -> Option<u64> {
        text::value(&self.read(file)?, key)
    }

    /// What a file of events has counted in the group and below it.
    ///
    /// By version 1, by version 2 of older kernels and with its mount options memory_localevents and pids_localevents a group counts
    /// only what happens in itself. A group that counts what is below it, too, and has counted no more than its own, has groups below
    /// it that have counted nothing: the sum is right in each case.
    pub(super) fn events(&self, file: &str, local: Option<&str>, key: &str) -> Option<u64> {
        let own = self.value(file, key)?;
        let below = self.source.below(&self.part.directory);
        let is_more = |local: u64| local != own;
        if below.is_empty() || local.and_then(|local| self.value(local, key)).is_some_and(is_more) {
            return Some(own);
        }
        let counted = below.iter().filter_map(|group| {
            let bytes = self.source.read(group, file).ok()?;
            text::value(&String::from_utf8_lossy(&bytes), key)
        });
        Some(counted.fold(own, u64::saturating_add))
    }
}
