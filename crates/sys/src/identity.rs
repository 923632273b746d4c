//! User and group ids of this process.

use crate::{Errno, Result};

/// `unsigned long getauxval(AT_EUID)`: the effective user id that this program was started with.
///
/// The kernel hands these four over at the start (getauxval(3)), so asking costs no system call.
pub fn effective_uid() -> u32 {
    at_start(libc::AT_EUID)
}

/// `unsigned long getauxval(AT_EGID)`.
pub fn effective_gid() -> u32 {
    at_start(libc::AT_EGID)
}

/// `unsigned long getauxval(AT_UID)`.
pub fn real_uid() -> u32 {
    at_start(libc::AT_UID)
}

/// `unsigned long getauxval(AT_GID)`.
pub fn real_gid() -> u32 {
    at_start(libc::AT_GID)
}

fn at_start(entry: libc::c_ulong) -> u32 {
    // SAFETY: reads the auxiliary vector that the kernel put before `main`.
    let value = unsafe { libc::getauxval(entry) };
    value as u32
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
    at_start(libc::AT_SECURE) != 0
}
