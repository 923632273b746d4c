//! User and group ids of this process.

use crate::{Errno, Result};
use nix::unistd::{Gid, Uid};

/// `uid_t geteuid(void)`.
pub fn effective_uid() -> u32 {
    Uid::effective().as_raw()
}

/// `gid_t getegid(void)`.
pub fn effective_gid() -> u32 {
    Gid::effective().as_raw()
}

/// `uid_t getuid(void)`.
pub fn real_uid() -> u32 {
    Uid::current().as_raw()
}

/// `gid_t getgid(void)`.
pub fn real_gid() -> u32 {
    Gid::current().as_raw()
}

/// `int setgroups(0, NULL)`: leaves every supplementary group.
///
/// The system call, not the C library's function: this process has one thread, so there is nobody to tell.
pub fn drop_groups() -> Result<()> {
    // SAFETY: a count of 0, so the kernel reads no memory.
    Errno::result(unsafe { libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<libc::gid_t>()) }).map(drop)
}

/// `int setgid(gid_t gid)`: real, effective and saved, when privileged.
pub fn set_gid(gid: u32) -> Result<()> {
    // SAFETY: passes a number.
    Errno::result(unsafe { libc::syscall(libc::SYS_setgid, gid) }).map(drop)
}

/// `int setuid(uid_t uid)`: real, effective and saved, when privileged.
pub fn set_uid(uid: u32) -> Result<()> {
    // SAFETY: passes a number.
    Errno::result(unsafe { libc::syscall(libc::SYS_setuid, uid) }).map(drop)
}

/// Was this program started set-user-ID, set-group-ID or with file capabilities? (getauxval(3), AT_SECURE)
pub fn started_with_raised_rights() -> bool {
    // SAFETY: reads the auxiliary vector that the kernel put before `main`.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
