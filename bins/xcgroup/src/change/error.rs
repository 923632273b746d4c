//! What the machine shows to be impossible before anything is done.

use crate::cli::CliError;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use thiserror::Error;
use xns_cgroup::device::DevicesError;
use xns_cgroup::limits::LimitError;
use xns_cgroup::{ArrangeError, GroupPath, Layout, hint};
use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint};
use xns_tool::{Asks, Refusal};

/// Why there is no plan.
#[derive(Debug, Error)]
pub(crate) enum ChangeError {
    #[error("no group {0} in any hierarchy")]
    NoGroup(GroupPath),
    #[error("the root of a hierarchy is not given away: all limits of the machine are below it")]
    RootDelegated,
    #[error("the root of a hierarchy cannot be removed")]
    Root,
    #[error("the root of a hierarchy has all processes of the machine: they are not ended together")]
    KillAll,
    #[error("cannot make {0}: you may make groups in none of the hierarchies there")]
    NotAllowed(GroupPath),
    #[error("{name} has {} process{}: {}", pids.len(), if pids.len() == 1 { "" } else { "es" }, listed(pids))]
    Busy { name: GroupPath, pids: Vec<u32> },
    #[error("{name} has groups below it: {}", groups.join(", "))]
    HasGroups { name: GroupPath, groups: Vec<String> },
    #[error("cannot read the processes of {}: {}", directory.display(), xns_core::errno::text(*errno))]
    Unread { directory: PathBuf, errno: Errno },
    #[error("{0} cannot be frozen: it is neither in the freezer's hierarchy nor in that of version 2")]
    NoFreezer(GroupPath),
    #[error("{} is not made: systemd owns the tree there", .0.display())]
    Systemds(PathBuf),
    #[error("no user '{}'", .0.display())]
    NoUser(OsString),
    #[error("'{}' has no '=' between file and value", .0.display())]
    NoValue(OsString),
    #[error(
        "{name} uses {kept} bytes that cannot be given back, and so is not limited to {limit}: processes would be ended"
    )]
    BelowUsage { name: GroupPath, kept: u64, limit: u64, file: PathBuf },
    #[error("nothing to set")]
    NothingToSet,
    #[error(transparent)]
    Arrange(#[from] ArrangeError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error(transparent)]
    Devices(#[from] DevicesError),
    #[error(transparent)]
    Cli(#[from] CliError),
}

/// C6: as the kernel says it of version 1.
fn below_usage(name: &GroupPath, kept: u64, limit: u64, file: &Path) -> Hint {
    let quoted = xns_core::shell::quote(name.to_string());
    let enough = kept.div_ceil(1 << 20) + 1;
    Hint::new("XNS-C6-below-usage", "by version 2 the kernel ends processes until a limit holds")
        .because(format!("anon and shmem of {} are {kept} together, and no swap takes them", file.display()))
        .cure(format!("xcgroup set {quoted} memory.max={enough}M"), "what it uses now")
        .cure(format!("xcgroup set {quoted} memory.high={limit}"), "slows it down, and ends nobody")
        .cure(format!("xcgroup kill {quoted}"), "ends its processes")
}

/// The first few.
fn listed(pids: &[u32]) -> String {
    const SHOWN: usize = 8;
    let mut text = pids.iter().take(SHOWN).map(u32::to_string).collect::<Vec<_>>().join(" ");
    if pids.len() > SHOWN {
        text += " …";
    }
    text
}

fn not_yours(name: &GroupPath, facts: &Facts) -> Hint {
    const NO_WORDS: &[&str] = &[];
    Hint::new("XNS-E43-not-yours", "the directory in which the group would be made is another user's")
        .because(format!("you are uid {}", facts.euid()))
        .cure(facts.command_with(&["sudo"], NO_WORDS), "")
        .cure(format!("sudo xcgroup delegate GROUP {}", facts.euid()), "gives you one, below which you may")
        .because(format!("{name} counts from where the hierarchies are mounted"))
}

impl Refusal for ChangeError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        let layout = Layout::of(facts);
        match self {
            ChangeError::Systemds(directory) => hint::systemd_owns(directory, facts),
            ChangeError::NoGroup(name) => hint::no_group(name, &layout, facts),
            ChangeError::Busy { name, pids } => Some(
                Hint::new(
                    "XNS-E48-processes",
                    "a group with processes is not removed: they would lose its limits",
                )
                .because(format!("cgroup.procs, there or in a group below it, has {}", listed(pids)))
                .cure(
                    format!("xcgroup delete -r --kill {}", xns_core::shell::quote(name.to_string())),
                    "ends them first; -r: also the groups below",
                )
                .cure(
                    format!("xcgroup wait {}", xns_core::shell::quote(name.to_string())),
                    "until they have ended",
                ),
            ),
            ChangeError::HasGroups { name, .. } => Some(
                Hint::new("XNS-E48-groups", "a group that has others below it is not removed")
                    .because("each of them is a directory in it")
                    .cure(
                        format!("xcgroup delete -r {}", xns_core::shell::quote(name.to_string())),
                        "removes them as well",
                    ),
            ),
            ChangeError::BelowUsage { name, kept, limit, file } => {
                Some(below_usage(name, *kept, *limit, file))
            }
            ChangeError::NotAllowed(name) => Some(not_yours(name, facts)),
            ChangeError::NoFreezer(name) => Some(
                Hint::new("XNS-E40-no-freezer", "version 1 freezes processes by a hierarchy of its own")
                    .because(format!("{name} was made in others only"))
                    .cure(
                        format!("xcgroup create {}", xns_core::shell::quote(name.to_string())),
                        "makes it there, too; then: xcgroup add",
                    ),
            ),
            ChangeError::Arrange(error) => error.hint(facts),
            ChangeError::Limit(error) => error.hint(facts),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        let pointed = match &self {
            ChangeError::Limit(error) => error.pointed(),
            ChangeError::Devices(error) => error.pointed(),
            _ => None,
        };
        match self {
            ChangeError::Cli(error) => error.into_diagnostic(),
            other => Diagnostic::new(other.to_string(), 1).pointed(pointed),
        }
    }
}
