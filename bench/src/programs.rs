//! The C programs of the benchmark, built next to its own binary each time: that takes a fraction of a second.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use crate::cases::Least;
use crate::error::Error;
use crate::options::Options;

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
    /// The limit of running in control groups.
    pub(crate) group: PathBuf,
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
    /// Compiles them, unless they have been before, for a machine without a compiler.
    pub(crate) fn build(options: &Options) -> Result<Self, Error> {
        let exe = env::current_exe().map_err(Error::file("/proc/self/exe"))?;
        let beside = exe.with_file_name("xns-bench-c");
        let dir = options.programs.as_ref().or(options.compile.as_ref()).unwrap_or(&beside);
        fs::create_dir_all(dir).map_err(Error::file(dir))?;
        let program = |name| match options.programs {
            Some(_) => Ok(dir.join(name)),
            None => compile(dir, name),
        };
        Ok(Self {
            tiny: program("tiny")?,
            limit: program("limit")?,
            group: program("group")?,
            launch: program("launch")?,
            trace: program("trace")?,
            target: program("target")?,
            lsns: program("lsns")?,
            people: program("people")?,
            inside: program("inside")?,
            results: dir.join(format!("results.{}", process::id())),
        })
    }

    pub(crate) fn least(&self, which: Least) -> &Path {
        match which {
            Least::Namespaces => &self.limit,
            Least::Groups => &self.group,
            Least::List => &self.lsns,
        }
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
