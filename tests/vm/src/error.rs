//! Why there is no guest, or what became of it.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// What went wrong. [`Error::lacks`] tells what the machine has not from what has failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither installed nor downloadable.
    #[error("{0}")]
    Lacks(String),
    /// A file or directory.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program of the host could not be run.
    #[error("{program}: {source}")]
    Program {
        /// Which.
        program: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A program of the host failed.
    #[error("{program}: {status}: {complaint}")]
    Failed {
        /// Which.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it printed.
        complaint: String,
    },
    /// The kernel has no such module, and it is not built in either.
    #[error("the kernel has no module {0}")]
    Module(String),
    /// cargo did not build what is to be run.
    #[error("cargo could not build the tests for guests")]
    Build,
    /// The guest did not come up, twice.
    #[error("the guest did not come up, twice: {reason}\n{console}")]
    Boot {
        /// Panic, or time.
        reason: &'static str,
        /// The last of its kernel's messages.
        console: String,
    },
}

impl Error {
    /// Is only something missing on this machine?
    #[must_use]
    pub fn lacks(&self) -> bool {
        matches!(self, Error::Lacks(_))
    }
}

/// For `map_err`: an error at a path.
pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::Io { path, source }
}
