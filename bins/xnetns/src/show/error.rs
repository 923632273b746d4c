//! Why one is not shown.

use super::subject::SubjectError;
use super::world::Space;
use thiserror::Error;
use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint};
use xns_net::NetError;
use xns_tool::{Asks, Refusal};

/// Why a network namespace is not shown.
#[derive(Debug, Error)]
pub(crate) enum ShowError {
    /// It was not found.
    #[error(transparent)]
    Subject(#[from] SubjectError),
    /// It could not be entered.
    #[error("{label}: {error}")]
    Closed {
        /// Which.
        label: String,
        /// Why.
        error: NetError,
    },
}

impl ShowError {
    /// Why nothing was read of it, if so.
    pub(crate) fn closed(space: &Space) -> Option<Self> {
        let error = *space.contents.as_ref()?.as_ref().err()?;
        Some(ShowError::Closed { label: space.label(), error })
    }
}

impl Refusal for ShowError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        let error = match self {
            ShowError::Closed { error, .. } => error,
            ShowError::Subject(error) => return error.hint(facts),
        };
        if error.errno() != Some(Errno::EPERM) {
            return None;
        }
        let hint = Hint::new(
            "XNS-N50-not-ours",
            "a network namespace is entered only with CAP_SYS_ADMIN over it: as root, or as the user who made its user namespace",
        );
        let evidence = format!("setns(2) answers EPERM; the effective user id is {}", facts.euid());
        Some(hint.because(evidence).cure(facts.command_with::<&str>(&["sudo"], &[]), "as root"))
    }

    fn into_diagnostic(self) -> Diagnostic {
        Diagnostic::new(self.to_string(), 1)
    }
}
