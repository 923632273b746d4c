//! The C programs of the benchmark, built next to its own binary each time: that takes a fraction of a second.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use crate::error::Error;

/// No libc, nothing that runs before the first statement, and one loadable segment where there is no data to write.
const FLAGS: &[&str] = &[
    "-std=gnu11",
    "-O2",
    "-Wall",
    "-Wextra",
    "-ffreestanding",
    "-nostdlib",
    "-static",
    "-no-pie",
    "-fno-pie",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    // Loops stay loops: there is no memset or memcpy to call.
    "-fno-tree-loop-distribute-patterns",
    "-Wl,-z,noseparate-code",
    "-Wl,-z,norelro",
    "-Wl,--build-id=none",
    "-s",
];

#[derive(Debug)]
pub(crate) struct Programs {
    /// What is launched.
    pub(crate) tiny: PathBuf,
    pub(crate) limit: PathBuf,
    pub(crate) launch: PathBuf,
    pub(crate) trace: PathBuf,
    /// What is entered.
    pub(crate) target: PathBuf,
    /// The limit of listing.
    pub(crate) lsns: PathBuf,
    /// What is listed, and what runs programs in its midst.
    pub(crate) people: PathBuf,
    pub(crate) inside: PathBuf,
    /// Where `launch` and `trace` put their figures.
    pub(crate) results: PathBuf,
}

impl Programs {
    pub(crate) fn build() -> Result<Self, Error> {
        let exe = env::current_exe().map_err(Error::file("/proc/self/exe"))?;
        let dir = exe.with_file_name("xns-bench-c");
        fs::create_dir_all(&dir).map_err(Error::file(&dir))?;
        Ok(Self {
            tiny: compile(&dir, "tiny")?,
            limit: compile(&dir, "limit")?,
            launch: compile(&dir, "launch")?,
            trace: compile(&dir, "trace")?,
            target: compile(&dir, "target")?,
            lsns: compile(&dir, "lsns")?,
            people: compile(&dir, "people")?,
            inside: compile(&dir, "inside")?,
            results: dir.join(format!("results.{}", process::id())),
        })
    }
}

fn compile(dir: &Path, name: &str) -> Result<PathBuf, Error> {
    let cc = env::var_os("CC").unwrap_or_else(|| OsString::from("cc"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("limit").join(name).with_extension("c");
    let target = dir.join(name);
    let status = Command::new(&cc)
        .args(FLAGS)
        .arg("-o")
        .arg(&target)
        .arg(&source)
        .status()
        .map_err(Error::file(&cc))?;
    if status.success() { Ok(target) } else { Err(Error::Failed { program: cc.into(), status }) }
}
