//! Whose limit of memory it was: not a group's own, but that of one above.

use super::bounds::Chain;
use super::model::{Memory, SLACK};
use super::{Part, Source, memory, text, words};
use std::path::{Path, PathBuf};

/// A limit of memory of a group above, which was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Whose it is, from the root of the hierarchy that is seen here; `None` when the group is above that, out of sight.
    pub group: Option<PathBuf>,
    /// The limit.
    pub limit_bytes: u64,
}

impl Reached {
    /// For a group in which the OOM killer has been, by its directories and the mount points above them. `None` when its own limit was
    /// reached, and when no group above has reached one: then the machine had no memory left.
    pub fn above(parts: &[(Part, PathBuf)], own: &Memory, source: &dyn Source) -> Option<Self> {
        if own.is_limit_reached() == Some(true) {
            return None;
        }
        let chain = Chain::of(parts, "memory", source)?;
        let levels: Vec<_> = chain.files().collect();
        let (last, above) = levels.split_last()?;
        let reached = above.iter().rev().filter_map(|(group, files)| {
            let memory = memory::of(*files);
            let limit_bytes = memory.limit_bytes.filter(|_| memory.is_limit_reached() == Some(true))?;
            Some(Reached { group: Some((*group).clone()), limit_bytes })
        });
        reached.min_by_key(|reached| reached.limit_bytes).or_else(|| {
            let limit_bytes =
                text::limit(&last.1.value("memory.stat", "hierarchical_memory_limit")?.to_string())?;
            let seen = levels.iter().filter_map(|(_, files)| memory::limit(*files)).min();
            let is_unseen = seen.is_none_or(|seen| limit_bytes < seen);
            let is_near = own.peak_bytes.is_some_and(|peak| peak.saturating_add(SLACK) >= limit_bytes);
            (is_unseen && is_near).then_some(Reached { group: None, limit_bytes })
        })
    }

    /// `memory limit 30M of /a reached, not its own 60M`
    pub(super) fn words(&self, own: &Memory) -> String {
        let group = self.group.as_deref().unwrap_or(Path::new("a group above what is seen here")).display();
        let own = own.limit_bytes.map(|limit| format!(", not its own {}", words::size(limit)));
        format!(
            "memory limit {} of {group} reached{}",
            words::size(self.limit_bytes),
            own.unwrap_or_default()
        )
    }
}
