//! `/run/netns`: the directory in which network namespaces have names, each a file with the namespace bound to it (ip-netns(8)).

mod cover;
mod state;

pub use cover::{Cover, Need};
pub use state::State;

use crate::NetnsName;
use std::ffi::OsString;
use std::path::Path;
use xns_core::Errno;
use xns_sys::fs;

/// The directory.
pub const DIRECTORY: &str = "/run/netns";

/// Where `ip netns exec` finds files that take the place of those in `/etc`.
pub const CONFIGURATION: &str = "/etc/netns";

/// All names, in the order in which the file system has them, as `ip` tells them; none when there is no directory.
///
/// # Errors
/// When the directory may not be read, or is none.
pub fn names() -> Result<Vec<NetnsName>, Errno> {
    let found = match fs::open_directory(Path::new(DIRECTORY)).and_then(fs::names_in) {
        Err(Errno::ENOENT) => Vec::new(),
        answer => answer?,
    };
    Ok(found.iter().filter_map(|name: &OsString| NetnsName::existing(name).ok()).collect())
}

/// Is the namespace with this inode number bound to it? Nothing is followed. (All namespaces are in one file system, nsfs.)
pub fn is_bound_to(name: &NetnsName, inode: u64) -> bool {
    let file = fs::open_path(fs::cwd(), &name.path(), fs::NO_FOLLOW);
    file.is_ok_and(|file| fs::inode(&file) == Ok(inode) && fs::is_namespace(&file) == Ok(true))
}
