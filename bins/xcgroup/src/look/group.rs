//! The group that an operand names, and those below it.

use super::{LookError, hierarchies};
use crate::cli::{Cli, CliError};
use std::path::{Path, PathBuf};
use xns_cgroup::stat::Part;
use xns_cgroup::walk::{Listed, Listing};
use xns_cgroup::{GroupPath, Layout, Placed, locate};
use xns_core::Facts;

/// A group, by its directories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// What it is called: its path below the mount points, with a slash at its start. Where that is another one in each hierarchy,
    /// because the name counts from our own group, the name as typed.
    pub(super) name: PathBuf,
    /// Where it is, in the order of the hierarchies.
    pub(super) placed: Vec<Placed>,
}

impl Group {
    /// The group of this name.
    pub(super) fn of(name: &GroupPath, layout: &Layout, facts: &Facts) -> Result<Group, LookError> {
        let placed = locate(name, layout, facts);
        if placed.is_empty() {
            return Err(LookError::NoGroup(name.clone()));
        }
        let below =
            |placed: &Placed| placed.directory.strip_prefix(&placed.tree.point).ok().map(Path::to_owned);
        let first = below(&placed[0]);
        let name =
            match first.filter(|first| placed.iter().all(|placed| below(placed).as_ref() == Some(first))) {
                Some(same) => Path::new("/").join(same),
                None => name.as_path().to_owned(),
            };
        Ok(Group { name, placed })
    }

    /// The one that the only operand names; without one the root of all hierarchies.
    pub(super) fn top(cli: &Cli, facts: &Facts) -> Result<Group, LookError> {
        let name = match cli.operands.first() {
            Some(word) => GroupPath::parse(word).map_err(CliError::from)?,
            // With a slash: not our own group, from which names may count.
            None => GroupPath::parse("/".as_ref()).map_err(CliError::from)?,
        };
        Group::of(&name, &hierarchies(facts)?, facts)
    }

    /// Those that operands name.
    pub(super) fn all(cli: &Cli, facts: &Facts) -> Result<Vec<Group>, LookError> {
        let layout = hierarchies(facts)?;
        cli.names()?.iter().map(|name| Group::of(name, &layout, facts)).collect()
    }

    /// All groups below it, and itself, each once.
    pub(super) fn listing(&self) -> Listing {
        let directories: Vec<&Path> = self.placed.iter().map(|placed| placed.directory.as_path()).collect();
        Listing::of(&directories)
    }

    /// What one of the listing is called.
    pub(super) fn name_of(&self, listed: &Listed) -> PathBuf {
        if listed.path.as_os_str().is_empty() { self.name.clone() } else { self.name.join(&listed.path) }
    }

    /// As statistics are read from it.
    pub(super) fn parts(&self) -> Vec<Part> {
        self.placed.iter().map(Placed::part).collect()
    }

    /// As the limits that bind it are found.
    pub(super) fn below_points(&self) -> Vec<(Part, PathBuf)> {
        self.placed.iter().map(|placed| (placed.part(), placed.tree.point.clone())).collect()
    }
}
