//! What stops the benchmark. A contestant that fails does not: it is reported in its row.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0} (see --help)")]
    Usage(#[from] lexopt::Error),
    #[error("no case is named {0} (see --help)")]
    NoCase(String),
    #[error("{name} not found; build it in release mode, or say --ours PATH (looked for {})", list(.tried))]
    NotBuilt { name: &'static str, tried: Vec<PathBuf> },
    #[error(
        "{0} is one program, and the cases are of several tools: choose some by --case, or say a directory"
    )]
    OneProgram(PathBuf),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{program} failed: {status}")]
    Failed { program: PathBuf, status: ExitStatus },
    #[error("output: {0}")]
    Output(#[from] io::Error),
}

impl Error {
    /// For `map_err`: an I/O error with the path that it is about.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
