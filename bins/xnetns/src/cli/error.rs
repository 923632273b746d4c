//! What can be wrong with a command line.

use super::{NamesVerb, VERBS};
use crate::options::TABLE;
use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_cli::options::UsageError;
use xns_core::{Facts, Hint, nearest};
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
    #[error("no verb: what is to be done?")]
    NoVerb,
    #[error("Option \"{}\" is unknown", .0.display())]
    Option(OsString),
    #[error("'{}' is not one of xnetns' options", .0.display())]
    ForeignOption(OsString),
    #[error("Object \"{}\" is unknown", .0.display())]
    Object(OsString),
    #[error("Command \"{}\" is unknown", .0.display())]
    Verb(OsString),
    #[error("'{}' is not one of xnetns' objects", typed.display())]
    Foreign { typed: OsString, object: &'static str },
}

impl CliError {
    /// The status that ip ends with.
    const fn status(&self) -> u8 {
        match self {
            CliError::Object(_) | CliError::Foreign { .. } => 1,
            _ => 255,
        }
    }
}

/// The word that was misspelt, as it was meant.
fn meant(error: &CliError, facts: &Facts) -> Option<Hint> {
    let (typed, new) = match error {
        CliError::Object(word) => {
            let word = word.to_str()?;
            (word.to_owned(), nearest(word, VERBS.iter().map(|row| row.name))?.to_owned())
        }
        CliError::Verb(word) => {
            let word = word.to_str()?;
            (word.to_owned(), nearest(word, NamesVerb::words())?.to_owned())
        }
        CliError::Usage(UsageError::UnknownLong { typed }) => {
            let (name, value) = typed.split_at(typed.find('=').unwrap_or(typed.len()));
            let name = nearest(name, TABLE.options.iter().map(|row| row.long))?;
            (format!("--{typed}"), format!("--{name}{value}"))
        }
        _ => return None,
    };
    let cause = format!("{new} is the nearest that there is");
    Some(Hint::new("XNS-NET-meant", cause).cure(facts.command_instead(&typed, &new), ""))
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
        if let Some(meant) = meant(self, facts) {
            return Some(meant);
        }
        let (what, id) = match self {
            CliError::Foreign { object, .. } => (format!("the object {object}"), "XNS-NET-object"),
            CliError::ForeignOption(option) => (format!("the option {}", option.display()), "XNS-NET-option"),
            _ => return None,
        };
        // Ours have two dashes, and ip knows none of them.
        let ours = |word: &&OsString| word.as_encoded_bytes().starts_with(b"--");
        let typed = facts.command().iter().skip(1).filter(|word| !ours(word)).map(OsString::as_os_str);
        let line = xns_core::shell::line(std::iter::once("ip".as_ref()).chain(typed));
        Some(
            Hint::new(id, format!("xnetns has not all of ip: {what} is left to it"))
                .cure(line, "the same by ip"),
        )
    }

    fn into_diagnostic(self) -> Diagnostic {
        let status = self.status();
        match self {
            CliError::BadWord(_) | CliError::Foreign { .. } | CliError::ForeignOption(_) => {
                Diagnostic::new(self.to_string(), status)
            }
            other => Diagnostic::usage(other.to_string()).with_status(status),
        }
    }
}
