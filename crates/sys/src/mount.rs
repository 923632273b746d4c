//! Mounting: the classic calls and the new mount API (Linux 5.2 and later).

use crate::{Errno, Result, errno};
use rustix::fs::CWD;
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags, MoveMountFlags, OpenTreeFlags};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

pub use nix::mount::{MntFlags, MsFlags};

/// `int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)`.
pub fn mount(
    source: Option<&Path>,
    target: &Path,
    kind: Option<&str>,
    flags: MsFlags,
    data: Option<&str>,
) -> Result<()> {
    nix::mount::mount(source, target, kind, flags, data)
}

/// `int umount2(const char *target, int flags)`.
pub fn unmount(target: &Path, flags: MntFlags) -> Result<()> {
    nix::mount::umount2(target, flags)
}

/// `int chroot(const char *path)`.
pub fn change_root(path: &Path) -> Result<()> {
    nix::unistd::chroot(path)
}

/// `int pivot_root(".", ".")`: the current directory becomes `/`; the old root lies on top of it until it is unmounted.
pub fn pivot_root_here() -> Result<()> {
    nix::unistd::pivot_root(".", ".")
}

/// `int open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC [| AT_RECURSIVE])` (Linux 5.2): a detached copy
/// of the mount at `path`, with `recursive` of those below it too.
pub fn clone_tree(path: &Path, recursive: bool) -> Result<OwnedFd> {
    let mut flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    flags.set(OpenTreeFlags::AT_RECURSIVE, recursive);
    rustix::mount::open_tree(CWD, path, flags).map_err(errno)
}

/// `int move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)` (Linux 5.2): attaches a
/// detached tree on what `target` refers to; no path is looked up.
pub fn attach(tree: impl AsFd, target: impl AsFd) -> Result<()> {
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    rustix::mount::move_mount(tree, c"", target, c"", flags).map_err(errno)
}

/// `int mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, {.attr_set = MOUNT_ATTR_RDONLY, .propagation =
/// MS_PRIVATE}, …)` (Linux 5.12): with everything below it read-only, and nothing mounted later arrives there.
pub fn set_read_only(tree: impl AsFd) -> Result<()> {
    const AT_RECURSIVE: libc::c_int = 0x8000;
    let attr = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_RDONLY,
        attr_clr: 0,
        propagation: libc::MS_PRIVATE,
        userns_fd: 0,
    };
    // SAFETY: the path is an empty C string, `attr` is of the size given and lives through the call, which reads it.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_fd().as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | AT_RECURSIVE,
            &raw const attr,
            size_of::<libc::mount_attr>(),
        )
    };
    Errno::result(answer).map(drop)
}

/// `fsopen(kind)`, `fsconfig(source = kind)`, `fsconfig(key = value)…`, `fsconfig(CMD_CREATE)`, `fsmount(attributes)` (Linux 5.2): a new,
/// detached file system.
pub fn new_file_system(kind: &str, settings: &[(&str, &str)], attributes: MountAttrFlags) -> Result<OwnedFd> {
    let context = rustix::mount::fsopen(kind, FsOpenFlags::FSOPEN_CLOEXEC).map_err(errno)?;
    rustix::mount::fsconfig_set_string(&context, c"source", kind).map_err(errno)?;
    for (key, value) in settings {
        rustix::mount::fsconfig_set_string(&context, *key, *value).map_err(errno)?;
    }
    rustix::mount::fsconfig_create(&context).map_err(errno)?;
    rustix::mount::fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes).map_err(errno)
}

/// MOUNT_ATTR_* of mount_setattr(2), for [`new_file_system`].
pub use rustix::mount::MountAttrFlags as Attributes;
