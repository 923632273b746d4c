//! What can be wrong with a command line.

use super::SpecError;
use thiserror::Error;
use xns_cgroup::device::DevicesError;
use xns_cgroup::limits::LimitError;
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
    #[error(transparent)]
    Spec(#[from] SpecError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error(transparent)]
    Devices(#[from] DevicesError),
    #[error("no program to run")]
    NoProgram,
    #[error("neither a group (-g) nor a limit for a new one")]
    NoGroup,
}

impl Refusal for CliError {
    fn asks(&self) -> Option<Asks> {
        match self {
            CliError::Help => Some(Asks::Help),
            CliError::Version => Some(Asks::Version),
            _ => None,
        }
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            CliError::NoGroup => Some(
                Hint::new("XNS-G1-no-rules", "nothing says which group the program is for")
                    .because("cgexec would ask the rules of /etc/cgrules.conf; xcgexec has no rules, and no daemon for them")
                    .cure(facts.command_with(&[] as &[&str], &["-g", "CONTROLLERS:GROUP"]), "in a group that is there")
                    .cure(facts.command_with(&[] as &[&str], &["--memory", "500M"]), "in a new one with a limit"),
            ),
            CliError::Limit(error) => error.hint(facts),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        let pointed = match &self {
            CliError::Limit(error) => error.pointed(),
            CliError::Devices(error) => error.pointed(),
            _ => None,
        };
        match self {
            CliError::Usage(_) | CliError::NoProgram => Diagnostic::usage(self.to_string()),
            other => Diagnostic::new(other.to_string(), 1).pointed(pointed),
        }
    }
}
