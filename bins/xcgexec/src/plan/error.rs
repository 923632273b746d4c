//! What the machine shows to be impossible before anything is done.

use std::path::PathBuf;
use thiserror::Error;
use xns_cgroup::device::DevicesError;
use xns_cgroup::limits::LimitError;
use xns_cgroup::{ArrangeError, Layout, hint};
use xns_cli::Diagnostic;
use xns_core::{Facts, Hint};
use xns_tool::{Asks, Refusal};

/// Why there is no plan.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum PlanError {
    #[error("no hierarchy of cgroup v2 is mounted, and -g names no controller")]
    NoUnified,
    #[error("the controller {name} is in no hierarchy that is mounted here{}", gone(.name))]
    NoController { name: String },
    #[error(
        "--set {0}: the program would be frozen before its first instruction, and nobody would thaw it; see xcgroup freeze"
    )]
    Freezes(String),
    #[error("with a limit of 0 processes the program cannot be one: 1 is the least")]
    NoProcess,
    #[error("the controller {controller} is not enabled for {}", directory.display())]
    NotEnabled { controller: String, directory: PathBuf },
    #[error("there is no group {}", .0.display())]
    NoGroup(PathBuf),
    #[error(transparent)]
    Arrange(#[from] ArrangeError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error(transparent)]
    Devices(#[from] DevicesError),
}

/// The one that every course has, and no kernel.
fn gone(controller: &str) -> &'static str {
    if controller == "ns" { ": it has been gone since Linux 3.0" } else { "" }
}

impl Refusal for PlanError {
    fn asks(&self) -> Option<Asks> {
        None
    }

    fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            PlanError::NoController { name } => {
                Some(hint::no_controller(name, &Layout::of(facts).place(name, facts), facts))
            }
            PlanError::NotEnabled { controller, directory } => {
                Some(hint::not_available(controller, directory, facts))
            }
            PlanError::NoGroup(directory) => hint::no_directory(directory, facts),
            PlanError::Arrange(error) => error.hint(facts),
            PlanError::Limit(error) => error.hint(facts),
            _ => None,
        }
    }

    fn into_diagnostic(self) -> Diagnostic {
        let pointed = match &self {
            PlanError::Limit(error) => error.pointed(),
            PlanError::Devices(error) => error.pointed(),
            _ => None,
        };
        Diagnostic::new(self.to_string(), 1).pointed(pointed)
    }
}
