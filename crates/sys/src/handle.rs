//! Namespaces by their 64-bit ids (open_by_handle_at(2) on nsfs; linux/nsfs.h).

use crate::{Errno, Result};
use std::os::fd::{FromRawFd, OwnedFd};

/// `struct file_handle` with `struct nsfs_file_handle` in it.
#[repr(C)]
struct Handle {
    bytes: u32,
    kind: i32,
    id: u64,
    namespace: u32,
    inode: u32,
}

/// What follows the two first fields.
const BYTES: u32 = 16;
const FILEID_NSFS: i32 = 0xf1;
/// Stands for the root of nsfs where a descriptor of the file system is wanted (linux/fcntl.h, Linux 6.17).
const FD_NSFS_ROOT: i32 = -10003;

/// The namespace with this id and of this kind (a CLONE_NEW… flag).
///
/// By the id alone (Linux 6.19); before, by the id with each of the inode numbers that namespaces can have: the lowest free one
/// is given to each, so they lie close together.
///
/// # Errors
/// ESTALE when there is none, or when one may not see it; EOPNOTSUPP where the kernel has no ids.
pub fn open_namespace(id: u64, kind: u32) -> Result<OwnedFd> {
    match open(id, 0, 0) {
        Err(Errno::ESTALE) => {}
        Err(Errno::EBADF | Errno::EOPNOTSUPP | Errno::ENOSYS | Errno::EINVAL) => {
            return Err(Errno::EOPNOTSUPP);
        }
        answer => return answer,
    }
    /// `PROC_DYNAMIC_FIRST`, below which are the initial namespaces (linux/proc_ns.h).
    const FIRST: u32 = 0xefff_fff0;
    const MOST: u32 = 1 << 17;
    let inodes = FIRST..FIRST + MOST;
    let mut answers = inodes.map(|inode| open(id, kind, inode));
    answers.find(|answer| !matches!(answer, Err(Errno::ESTALE))).unwrap_or(Err(Errno::ESTALE))
}

/// `int open_by_handle_at(FD_NSFS_ROOT, handle, O_RDONLY | O_CLOEXEC)`.
fn open(id: u64, namespace: u32, inode: u32) -> Result<OwnedFd> {
    let mut handle = Handle { bytes: BYTES, kind: FILEID_NSFS, id, namespace, inode };
    // SAFETY: the handle has the size that its first field says, and lives through the call.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_open_by_handle_at,
            FD_NSFS_ROOT,
            &raw mut handle,
            libc::O_RDONLY | libc::O_CLOEXEC,
        )
    };
    let fd = Errno::result(answer)?;
    // SAFETY: a new descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
