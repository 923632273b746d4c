//! Finding our tools and the originals.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cases::Tool;
use crate::error::Error;
use crate::options::Options;

/// A tool of ours and the original, where they were found.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) tool: &'static Tool,
    pub(crate) ours: PathBuf,
    /// Not installed: None.
    pub(crate) peer: Option<PathBuf>,
}

/// These tools, each once.
pub(crate) fn find(
    options: &Options,
    tools: impl Iterator<Item = &'static Tool>,
) -> Result<Vec<Pair>, Error> {
    let mut pairs: Vec<Pair> = Vec::new();
    for tool in tools {
        if !pairs.iter().any(|pair| pair.tool == tool) {
            let ours = find_ours(options.ours.as_deref(), tool.ours)?;
            let peer = find_peer(options.peer.as_deref(), tool.peer);
            pairs.push(Pair { tool, ours, peer });
        }
    }
    match one_program(options) {
        Some(path) if pairs.len() > 1 => Err(Error::OneProgram(path.clone())),
        _ => Ok(pairs),
    }
}

/// A path that the user gave, and that is not a directory of tools.
fn one_program(options: &Options) -> Option<&PathBuf> {
    [&options.ours, &options.peer].into_iter().flatten().find(|path| !path.is_dir())
}

/// `tool ARGUMENTS… program`
pub(crate) fn argv(tool: &Path, arguments: Vec<String>, program: &Path) -> Vec<OsString> {
    let arguments = arguments.into_iter().map(OsString::from);
    [tool.into()].into_iter().chain(arguments).chain([program.into()]).collect()
}

fn find_ours(given: Option<&Path>, name: &'static str) -> Result<PathBuf, Error> {
    let tried = match given {
        Some(path) if path.is_dir() => vec![path.join(name)],
        Some(path) => vec![path.to_path_buf()],
        None => built(name),
    };
    // Absolute, so that nothing looks it up in PATH.
    tried.iter().find_map(|path| path.canonicalize().ok()).ok_or(Error::NotBuilt { name, tried })
}

/// The static binary before the one that cargo makes by default.
fn built(name: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("/"));
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let musl = format!("{}-unknown-linux-musl", env::consts::ARCH);
    vec![target.join(musl).join("release").join(name), target.join("release").join(name)]
}

fn find_peer(given: Option<&Path>, name: &str) -> Option<PathBuf> {
    match given {
        Some(path) if path.is_dir() => Some(path.join(name)).filter(|path| path.is_file()),
        Some(path) => Some(path.to_path_buf()).filter(|path| path.is_file()),
        None => in_path(name),
    }
}

/// Not resolved: a multi-call binary knows its task by its name.
pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(name)).find(|path| path.is_file())
}
