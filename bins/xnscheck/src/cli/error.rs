//! What can be wrong with a command line.

use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_cli::options::UsageError;
use xns_core::{Facts, Hint};
use xns_tool::{Asks, BadWord, Refusal};

/// Why the command line is not taken, or what it asks for instead of a run.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum CliError {
    #[error("help asked for")]
    Help,
    #[error("version asked for")]
    Version,
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    BadWord(#[from] BadWord),
    #[error("there is no walkthrough '{}': they are W1 to W10", .0.display())]
    Walk(OsString),
    #[error("unexpected operand '{}'", .0.display())]
    Operand(OsString),
}

impl Refusal for CliError {
    fn asks(&self) -> Option<Asks> {
        match self {
            CliError::Help => Some(Asks::Help),
            CliError::Version => Some(Asks::Version),
            _ => None,
        }
    }

    fn hint(&self, _: &Facts) -> Option<Hint> {
        None
    }

    fn into_diagnostic(self) -> Diagnostic {
        match self {
            CliError::Usage(usage) => Diagnostic::usage(usage.to_string()).with_status(2),
            CliError::Operand(_) => Diagnostic::usage(self.to_string()).with_status(2),
            other => Diagnostic::new(other.to_string(), 2),
        }
    }
}
