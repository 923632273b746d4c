//! The names, and what they lead to.

use super::visit;
use std::path::Path;
use xns_core::Errno;
use xns_net::{NetnsName, store};
use xns_sys::fs;

/// A name, and the inode number of its namespace, or why it leads to none.
pub(crate) struct Named {
    pub(crate) name: NetnsName,
    pub(crate) leads_to: Result<u64, String>,
}

/// All of the directory, sorted; none when it is not there.
pub(crate) fn all() -> Vec<Named> {
    let names = std::fs::read_dir(store::DIRECTORY).into_iter().flatten().flatten();
    let mut names: Vec<NetnsName> =
        names.filter_map(|entry| NetnsName::existing(&entry.file_name()).ok()).collect();
    names.sort();
    names.into_iter().map(|name| Named { leads_to: inode(&name), name }).collect()
}

fn inode(name: &NetnsName) -> Result<u64, String> {
    let path = name.path();
    match visit::open(&path, false) {
        Ok(file) => fs::inode(&file).map_err(|errno| xns_core::errno::text(errno)),
        Err(errno) => Err(why(&path, errno)),
    }
}

/// Why a file of the directory is no name of a namespace.
fn why(path: &Path, errno: Errno) -> String {
    let kind = std::fs::symlink_metadata(path).map(|file| file.file_type());
    match kind {
        Ok(kind) if kind.is_symlink() => {
            let target = fs::read_link(fs::cwd(), path).unwrap_or_default();
            format!("a symbolic link to {}, which is not followed", xns_core::shell::quote(&target))
        }
        Ok(kind) if kind.is_file() && errno == Errno::EINVAL => {
            "stale: a plain file; no namespace is mounted there, as after a reboot, or in another mount namespace".to_owned()
        }
        Ok(kind) if kind.is_dir() => "a directory".to_owned(),
        Ok(kind) if !kind.is_file() => "no regular file".to_owned(),
        _ => xns_core::errno::text(errno),
    }
}
