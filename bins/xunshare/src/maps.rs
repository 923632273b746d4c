//! From map options to the maps themselves, and who writes them.

use crate::cli::{Cli, SingleMap};
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_core::{Facts, Hint};
use xns_user::account;
use xns_user::idmap::{
    IdKind, IdMap, InsideId, MapError, MapSpec, MapTextError, OutsideId, Range, Single, merge,
};
use xns_user::subid::{self, SubidError};

/// The page size that limits a map's text: the smallest of the architectures we run on.
const PAGE_SIZE: usize = 4096;

/// One kind's map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Map {
    /// None: ids show as the overflow id.
    None,
    /// The caller's own id, which a process may map for itself.
    Own(IdMap),
    /// Ranges, or the id of somebody else, which a helper writes from outside.
    Ranges(IdMap),
}

impl Map {
    /// The map's lines, if there are any.
    pub(crate) fn lines(&self) -> Option<&IdMap> {
        match self {
            Map::None => None,
            Map::Own(map) | Map::Ranges(map) => Some(map),
        }
    }
}

/// Why no map can be made.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The caller's range in `/etc/subuid` or `/etc/subgid`.
    #[error("{error}")]
    Subid {
        /// Which of them.
        kind: IdKind,
        /// What is wrong.
        error: SubidError,
    },
    /// The file of such ranges.
    #[error("could not open {}", .0.subid_file())]
    NoSubidFile(IdKind),
    /// The lines together.
    #[error("{file}: {error}")]
    Map {
        /// `uid_map` or `gid_map`.
        file: &'static str,
        /// What is wrong with them.
        error: MapError,
    },
    /// The caller's own map, for `all`.
    #[error("could not read the caller's own map: {0}")]
    OwnMap(#[from] MapTextError),
    /// The caller's id is none that exists.
    #[error("the caller's {0} cannot be mapped")]
    NoId(&'static str),
}

impl PlanError {
    /// As it is told.
    pub(crate) fn into_diagnostic(self) -> Diagnostic {
        Diagnostic::new(self.to_string(), 1)
    }

    /// What to do about it.
    pub(crate) fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            PlanError::Subid { kind, .. } | PlanError::NoSubidFile(kind) => {
                xns_user::not_to_be_had(*kind, facts)
            }
            PlanError::Map { .. } | PlanError::OwnMap(_) | PlanError::NoId(_) => None,
        }
    }
}

/// The user map.
pub(crate) fn users(cli: &Cli, facts: &Facts) -> Result<Map, PlanError> {
    build(IdKind::User, cli, facts)
}

/// The group map.
pub(crate) fn groups(cli: &Cli, facts: &Facts) -> Result<Map, PlanError> {
    build(IdKind::Group, cli, facts)
}

fn build(kind: IdKind, cli: &Cli, facts: &Facts) -> Result<Map, PlanError> {
    let (single, specs, own) = match kind {
        IdKind::User => (cli.map_user, &cli.map_users, facts.euid()),
        IdKind::Group => (cli.map_group, &cli.map_groups, facts.egid()),
    };
    let single = single.map(|single| resolve(kind, single, own)).transpose()?;
    if specs.is_empty() {
        // Who has become the owner has no right to map the caller's id.
        let map = if cli.owner.is_some() { Map::Ranges } else { Map::Own };
        return Ok(single.map_or(Map::None, |single| map(merge(Some(single), &[]))));
    }
    let mut ranges = Vec::new();
    for spec in specs {
        add_ranges(kind, spec, facts, &mut ranges)?;
    }
    let map = merge(single, &ranges);
    map.check(PAGE_SIZE).map_err(|error| PlanError::Map { file: kind.map_file(), error })?;
    Ok(Map::Ranges(map))
}

fn resolve(kind: IdKind, single: SingleMap, own: u32) -> Result<Single, PlanError> {
    let outside = OutsideId::new(own).ok_or(PlanError::NoId(kind.word()))?;
    let inside = match single {
        SingleMap::Id(id) => id,
        SingleMap::Current => InsideId::new(own).ok_or(PlanError::NoId(kind.word()))?,
    };
    Ok(Single { inside, outside })
}

fn add_ranges(kind: IdKind, spec: &MapSpec, facts: &Facts, ranges: &mut Vec<Range>) -> Result<(), PlanError> {
    match spec {
        MapSpec::Range(extent) => ranges.push(Range::Fixed(*extent)),
        MapSpec::Auto => ranges.push(Range::Auto(granted(kind, facts)?)),
        MapSpec::Subids => ranges.push(Range::Fixed(granted(kind, facts)?.identity())),
        MapSpec::All => {
            let text = facts.file(&format!("/proc/self/{}", kind.map_file())).unwrap_or_default();
            ranges.extend(IdMap::parse_proc(&text)?.identities().map(Range::Fixed));
        }
    }
    Ok(())
}

/// The caller's block: by user for groups too, as the original and newgidmap do.
fn granted(kind: IdKind, facts: &Facts) -> Result<xns_user::idmap::Block, PlanError> {
    let text = facts.file(kind.subid_file()).ok_or(PlanError::NoSubidFile(kind))?;
    let passwd = facts.file("/etc/passwd").unwrap_or_default();
    let login = account::user_by_uid(&passwd, facts.euid()).map(|user| user.name);
    subid::find(kind, &text, login, facts.euid()).map_err(|error| PlanError::Subid { kind, error })
}
