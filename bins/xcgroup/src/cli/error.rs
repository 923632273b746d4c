//! What can be wrong with a command line.

use std::ffi::OsString;
use thiserror::Error;
use xns_cgroup::PathError;
use xns_cgroup::device::DevicesError;
use xns_cgroup::limits::LimitError;
use xns_cgroup::quantity::QuantityError;
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
    Path(#[from] PathError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error(transparent)]
    Devices(#[from] DevicesError),
    #[error("unsupported --{option} argument {error}")]
    Time { option: &'static str, error: QuantityError },
    #[error("no verb: what is to be done?")]
    NoVerb,
    #[error("unknown verb '{}'", .0.display())]
    Verb(OsString),
    #[error("verb '{word}' is ambiguous; possibilities:{}", verbs.iter().map(|verb| format!(" '{verb}'")).collect::<String>())]
    Ambiguous { word: String, verbs: Vec<&'static str> },
    #[error("--{option} is not for {verb}")]
    NotFor { option: &'static str, verb: &'static str },
    #[error("{verb} needs {operands}")]
    Missing { verb: &'static str, operands: &'static str },
    #[error("{verb}: '{}' is too many", word.display())]
    TooMany { verb: &'static str, word: OsString },
    #[error("'{}' is not a PID", .0.display())]
    Pid(OsString),
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
            CliError::Limit(error) => error.hint(facts),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        let pointed = match &self {
            CliError::Limit(error) => error.pointed(),
            CliError::Devices(error) => error.pointed(),
            CliError::Time { error, .. } => error.pointed(),
            _ => None,
        };
        match self {
            CliError::Usage(_)
            | CliError::NoVerb
            | CliError::Verb(_)
            | CliError::Ambiguous { .. }
            | CliError::Missing { .. } => Diagnostic::usage(self.to_string()),
            other => Diagnostic::new(other.to_string(), 1).pointed(pointed),
        }
    }
}
