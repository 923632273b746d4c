//! Why there is nothing to be shown.

use crate::cli::CliError;
use std::ffi::OsString;
use std::path::PathBuf;
use thiserror::Error;
use xns_cgroup::{ArrangeError, GroupPath, Layout, hint};
use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint};
use xns_tool::{Asks, Refusal};

/// Why a verb shows nothing.
#[derive(Debug, Error)]
pub(crate) enum LookError {
    #[error("no group {0} in any hierarchy")]
    NoGroup(GroupPath),
    #[error("no process has the PID {0}")]
    NoProcess(u32),
    #[error("'{}' is no name of a file of a group", .0.display())]
    NotFile(OsString),
    #[error("{} has no file {file}{}", name.display(), why.as_ref().map(|why| format!(": {why}")).unwrap_or_default())]
    NoFile { name: PathBuf, file: String, why: Option<String> },
    #[error("cannot read {}", file.display())]
    Unread { file: PathBuf, errno: Errno },
    #[error("{} is only written to: there is nothing to be read in it", .0.display())]
    OnlyWritten(PathBuf),
    #[error("an interval has at least 10ms")]
    Interval,
    #[error(transparent)]
    Arrange(#[from] ArrangeError),
    #[error(transparent)]
    Cli(#[from] CliError),
}

impl Refusal for LookError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            LookError::NoGroup(name) => hint::no_group(name, &Layout::of(facts), facts),
            LookError::NoProcess(pid) => no_process(*pid, facts),
            LookError::Arrange(error) => error.hint(facts),
            LookError::Cli(error) => error.hint(facts),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        let message = self.to_string();
        match self {
            LookError::Cli(error) => error.into_diagnostic(),
            LookError::Unread { errno, .. } => Diagnostic::new(message, 1).errno(errno),
            _ => Diagnostic::new(message, 1),
        }
    }
}

/// E46: numbers of processes are those of a PID namespace.
fn no_process(pid: u32, facts: &Facts) -> Option<Hint> {
    let hint = Hint::new("XNS-E46-no-process", "it has ended, or its number is one of another PID namespace")
        .because(format!("/proc/{pid} is not there"));
    let hides = facts
        .mounts()?
        .into_iter()
        .any(|mount| mount.fs_type == b"proc" && mount.fs_has("hidepid=invisible"));
    Some(if hides && facts.euid() != 0 {
        hint.because("/proc hides the processes of others from you (hidepid)")
            .cure(facts.command_with(&["sudo"], &[] as &[&str]), "")
    } else {
        hint.cure("ps -e", "shows the processes that there are")
    })
}
