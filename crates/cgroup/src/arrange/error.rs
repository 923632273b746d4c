//! Why a group cannot be where it is wanted.

use crate::{Hierarchy, Layout, hint};
use std::path::PathBuf;
use thiserror::Error;
use xns_core::{Errno, Facts, Hint};

/// Why a group cannot be where it is wanted.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum ArrangeError {
    #[error("no cgroup hierarchy is mounted")]
    NoHierarchy,
    #[error("cannot read {file}: {}", xns_core::errno::text(*errno))]
    Unread { file: &'static str, errno: Errno },
    #[error("no mount here shows your group in the hierarchy {0}")]
    Outside(Hierarchy),
    #[error("the cgroup hierarchy at {} is mounted read-only", .0.display())]
    ReadOnly(PathBuf),
    #[error("the controller {controller} is not available in {}", directory.display())]
    NotAvailable { controller: String, directory: PathBuf },
    #[error("the controller {controller} works for whole processes, and {} is a group of threads", directory.display())]
    Threaded { controller: String, directory: PathBuf },
}

impl ArrangeError {
    /// The cause and the cure, as far as the machine shows them.
    pub fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            ArrangeError::NoHierarchy => {
                Some(hint::no_controller("memory", &Layout::of(facts).place("memory", facts), facts))
            }
            ArrangeError::Unread { file, errno } => hint::unread(file, *errno, facts),
            ArrangeError::Outside(hierarchy) => hint::not_shown(hierarchy, facts),
            ArrangeError::NotAvailable { controller, directory } => {
                Some(hint::not_available(controller, directory, facts))
            }
            ArrangeError::Threaded { controller, directory } => hint::threaded(controller, directory, facts),
            ArrangeError::ReadOnly(_) => None,
        }
    }
}
