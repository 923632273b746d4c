//! Directories below directories, as a walk over a large tree meets them.

use crate::proc::Room;
use crate::{Errno, Result, errno};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, StatxAttributes, StatxFlags};
use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// `openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)`: to list what is in it.
pub fn open(dir: impl AsFd, name: &Path) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(dir, name, flags, Mode::empty()).map_err(errno)
}

/// `getdents64(2)` until the end: the names of the directories in this one, by the type that it answers. Links to directories are
/// none, and neither is what a file system tells no type of.
///
/// # Errors
/// What the call answers; what was found by then has been told.
pub fn directories_in(dir: impl AsFd, room: &mut Room, mut tell: impl FnMut(&OsStr)) -> Result<()> {
    let mut entries = RawDir::new(dir, &mut room[..]);
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(errno)?;
        let name = entry.file_name().to_bytes();
        if entry.file_type() == FileType::Directory && name != b"." && name != b".." {
            tell(OsStr::from_bytes(name));
        }
    }
    Ok(())
}

/// What `statx(2)` says of a directory before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Its links: in kernfs, as in tmpfs and ext4, its directories and two more.
    pub links: u32,
    /// Is it the root of a mount (Linux 5.8)?
    pub is_mount_root: bool,
}

/// `statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_NLINK)` (Linux 4.11), of a directory.
///
/// # Errors
/// ENOTDIR when it is none.
pub fn look(dir: impl AsFd, name: &Path) -> Result<Looked> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::STATX_DONT_SYNC;
    let stat = rustix::fs::statx(dir, name, flags, StatxFlags::TYPE | StatxFlags::NLINK).map_err(errno)?;
    if FileType::from_raw_mode(stat.stx_mode.into()) != FileType::Directory {
        return Err(Errno::ENOTDIR);
    }
    Ok(Looked {
        links: stat.stx_nlink,
        is_mount_root: stat.stx_attributes.contains(StatxAttributes::MOUNT_ROOT),
    })
}
