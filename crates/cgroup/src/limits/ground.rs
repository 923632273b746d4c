//! What is known of the place where a group is, or will be.

use super::{IfMissing, LimitError, LimitKey, Nowhere, Setting};
use crate::{Layout, Tree};
use std::path::{Path, PathBuf};
use xns_core::Facts;

/// A group's surroundings.
#[derive(Clone, Copy)]
pub(super) struct Ground<'g> {
    pub(super) layout: &'g Layout,
    pub(super) group: &'g dyn Fn(&Tree) -> Option<PathBuf>,
    pub(super) facts: &'g Facts,
}

/// One controller, in the hierarchy that has it.
#[derive(Clone, Copy)]
pub(super) struct Home<'g> {
    /// The option that asks for it.
    pub(super) key: LimitKey,
    pub(super) tree: &'g Tree,
    pub(super) controller: &'g str,
}

impl<'g> Ground<'g> {
    /// Where a controller is.
    pub(super) fn home(&self, key: LimitKey, controller: &'static str) -> Result<Home<'g>, LimitError> {
        let tree = self.layout.find(controller);
        tree.map(|tree| Home { key, tree, controller }).ok_or_else(|| self.nowhere(key, controller))
    }

    /// The controller of disks, which has another name in version 2.
    pub(super) fn disks(&self, key: LimitKey) -> Result<Home<'g>, LimitError> {
        self.home(key, "blkio").or_else(|error| self.home(key, "io").map_err(|_| error))
    }

    pub(super) fn nowhere(&self, key: LimitKey, controller: &str) -> LimitError {
        let nowhere = Nowhere::of(controller, self.layout, self.facts);
        LimitError::NoController { key, controller: controller.to_owned(), nowhere }
    }

    /// The contents of a file of a directory.
    pub(super) fn line(&self, directory: &Path, file: &str) -> Option<String> {
        self.facts.line(directory.join(file).to_str()?)
    }

    /// What a file of the group holds, when the group is there already.
    pub(super) fn current(&self, tree: &Tree, file: &str) -> Option<String> {
        self.line(&(self.group)(tree)?, file)
    }

    /// The same, as a number.
    pub(super) fn number(&self, tree: &Tree, file: &str) -> Option<u64> {
        self.current(tree, file)?.parse().ok()
    }

    /// The size of a page of memory (getauxval(3), AT_PAGESZ).
    pub(super) fn page(&self) -> u64 {
        const PAGE_SIZE: usize = 6;
        const WORD: usize = size_of::<usize>();
        let vector = self.facts.file("/proc/self/auxv").unwrap_or_default();
        let word = |bytes: &[u8]| bytes.try_into().ok().map(usize::from_ne_bytes);
        let mut pairs = vector.chunks_exact(2 * WORD).map(|pair| pair.split_at(WORD));
        let size = pairs.find_map(|(name, value)| word(name).filter(|n| *n == PAGE_SIZE).and(word(value)));
        size.and_then(|size| u64::try_from(size).ok()).filter(|size| *size > 0).unwrap_or(4096)
    }
}

impl Home<'_> {
    /// The same, asked for by another option.
    pub(super) fn of(self, key: LimitKey) -> Self {
        Home { key, ..self }
    }

    /// A value for a file of this controller.
    pub(super) fn setting(&self, file: &str, value: impl ToString) -> Setting {
        Setting {
            asked: Some(self.key),
            hierarchy: self.tree.hierarchy.clone(),
            controller: self.controller.to_owned(),
            file: file.to_owned(),
            value: value.to_string(),
            if_missing: IfMissing::Fail,
            note: None,
            told: None,
        }
    }
}
