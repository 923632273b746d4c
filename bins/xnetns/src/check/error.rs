//! Why nothing can be said.

use super::TROUBLE;
use crate::show::ShowError;
use crate::show::subject::SubjectError;
use std::ffi::OsString;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_core::{Facts, Hint};
use xns_tool::{Asks, Refusal};

/// Why nothing can be said.
#[derive(Debug, Error)]
pub(super) enum CheckError {
    /// Which?
    #[error("no name: which network namespace gets no reply?")]
    NoName,
    /// One is checked against one.
    #[error("unexpected '{}': after the name comes an address or another name", .0.display())]
    TooMany(OsString),
    /// It was not found.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// It could not be read.
    #[error(transparent)]
    Show(ShowError),
}

impl Refusal for CheckError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            CheckError::Show(error) => error.hint(facts),
            CheckError::Subject(error) => error.hint(facts),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        match self {
            CheckError::NoName | CheckError::TooMany(_) => {
                Diagnostic::usage(self.to_string()).with_status(TROUBLE)
            }
            other => Diagnostic::new(other.to_string(), TROUBLE),
        }
    }
}
