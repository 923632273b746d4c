//! What can be wrong with a command line, in the original's words where it has some.

use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_cli::options::UsageError;
use xns_core::{Facts, Hint};
use xns_tool::{Asks, BadWord, Refusal};

use crate::watch::IntervalError;

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
    #[error("invalid PID argument: '{}'", .0.display())]
    Pid(OsString),
    #[error("invalid PID argument: '{}': Numerical result out of range", .0.display())]
    PidRange(OsString),
    #[error("invalid namespace argument: '{}'", .0.display())]
    Namespace(OsString),
    #[error("invalid namespace argument: '{}': Numerical result out of range", .0.display())]
    NamespaceRange(OsString),
    #[error("unknown namespace type: {}", .0.display())]
    Kind(OsString),
    #[error("unknown tree type: {}", .0.display())]
    Tree(OsString),
    #[error("unknown column: {0}")]
    Column(String),
    #[error("--watch: {0}")]
    Interval(#[from] IntervalError),
    #[error("mutually exclusive arguments: {0} {1}")]
    Exclusive(&'static str, &'static str),
    #[error("--task is mutually exclusive with <namespace>")]
    TaskAndNamespace,
    #[error("--compare needs at least two processes")]
    TooFew,
    #[error(transparent)]
    OfComparison(Box<CliError>),
    #[error("--detail needs a namespace's inode number, or a process: -p PID")]
    DetailOfNothing,
    #[error("{option} takes no operand: '{}'", word.display())]
    Operand { option: &'static str, word: OsString },
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
        match self {
            CliError::Kind(word) if word.to_string_lossy().contains(',') => Some(
                Hint::new("XNS-L1-list-of-types", "--type takes one kind, and may be given several times")
                    .because(format!("'{}' has a comma in it", word.display()))
                    .cure(
                        word.to_string_lossy()
                            .split(',')
                            .map(|kind| format!("-t {kind} "))
                            .collect::<String>()
                            .trim_end(),
                        "each of them",
                    ),
            ),
            _ => None,
        }
    }

    /// As it is told; `--compare` ends with 2, as diff does.
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            CliError::Usage(usage) => Diagnostic::usage(usage.to_string()),
            CliError::OfComparison(error) => error.into_diagnostic().with_status(2),
            other => Diagnostic::new(other.to_string(), 1),
        }
    }
}
