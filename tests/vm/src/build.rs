//! Test programs for guests, built by cargo. They are static; with glibc, since some of them need what musl has not.

use crate::error::{Error, at};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

const TARGET: &str = "x86_64-unknown-linux-gnu";
const FLAGS: (&str, &str) = (
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
    "-C target-feature=+crt-static -C relocation-model=static",
);

/// What cargo has built.
#[derive(Debug)]
pub struct Program {
    /// Of the test target, or of the binary that a test runs.
    pub name: String,
    /// Does it hold tests?
    pub is_test: bool,
    /// Where cargo has put it: tests have such paths compiled in.
    pub path: PathBuf,
    /// Without debugging information.
    pub data: Vec<u8>,
}

/// A line of cargo's.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Builds these test targets of the package xns-tests, in the order of the names, and the binaries of that package.
///
/// # Errors
/// [`Error::Build`] when cargo fails, which has said why.
pub fn tests(root: &Path, target: &Path, names: &[String]) -> Result<Vec<Program>, Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--quiet", "--no-run", "--target", TARGET, "-p", "xns-tests"]);
    command.args(names.iter().flat_map(|name| ["--test", name]));
    command.args(["--message-format", "json-render-diagnostics"]);
    command.current_dir(root).env("CARGO_TARGET_DIR", target).env(FLAGS.0, FLAGS.1);
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let done = command.output().map_err(|source| Error::Program { program: "cargo", source })?;
    if !done.status.success() {
        return Err(Error::Build);
    }
    let text = String::from_utf8_lossy(&done.stdout);
    let mut programs = Vec::new();
    for line in text.lines() {
        if let Ok(Message { target: Some(of), executable: Some(path) }) = serde_json::from_str(line) {
            let is_test = of.kind.iter().any(|kind| kind == "test");
            programs.push(Program { name: of.name, is_test, data: stripped(&path)?, path });
        }
    }
    programs.sort_by_key(|program| names.iter().position(|name| *name == program.name));
    Ok(programs)
}

/// Without debugging information, by strip(1), which the linker brings; as it is where that fails.
pub(crate) fn stripped(program: &Path) -> Result<Vec<u8>, Error> {
    let out = tempfile::NamedTempFile::new().map_err(at(program))?;
    let mut strip = Command::new("strip");
    strip.arg("-s").arg("-o").args([out.path(), program]);
    let works = strip.status().is_ok_and(|status| status.success());
    let from = if works { out.path() } else { program };
    fs::read(from).map_err(at(from))
}
