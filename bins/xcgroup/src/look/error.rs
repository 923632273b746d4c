//! Why there is nothing to be shown.

use crate::cli::CliError;
use std::ffi::OsString;
use std::path::PathBuf;
use thiserror::Error;
use xns_cgroup::GroupPath;
use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint};
use xns_tool::{Asks, Refusal};

/// Why a verb shows nothing.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub(crate) enum LookError {
    #[error("no cgroup hierarchy is mounted")]
    Nothing,
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
    #[error(transparent)]
    Cli(#[from] CliError),
}

impl Refusal for LookError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, _: &Facts) -> Option<Hint> {
        None
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
