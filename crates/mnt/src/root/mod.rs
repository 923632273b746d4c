//! A root of one's own: opened, filled, and made `/` by pivot_root(2).
//!
//! Everything is reached through one descriptor of the root, never through a symlink of it to the outside.

mod fill;
mod open;
mod pivot;
mod point;
mod read_only;

pub use fill::{Content, Fill};
pub use open::OpenRoot;
pub use pivot::Pivot;

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;

/// The name under which /proc leads to what a descriptor refers to.
fn proc_path(fd: &OwnedFd) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", fd.as_raw_fd()))
}
