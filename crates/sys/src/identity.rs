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

/// The capability sets of this thread, a bit for each capability (capabilities(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// In force.
    pub effective: u64,
    /// That may be put in force.
    pub permitted: u64,
    /// That an exec may hand on.
    pub inheritable: u64,
}

/// What capget(2) and capset(2) take: the version that has 64 bits, for this thread.
#[repr(C)]
struct CapabilityHeader {
    version: u32,
    pid: i32,
}

const CAPABILITY_HEADER: CapabilityHeader = CapabilityHeader { version: 0x2008_0522, pid: 0 };

/// `int capget(hdr, data)`.
pub fn capabilities() -> Result<Capabilities> {
    let mut header = CAPABILITY_HEADER;
    let mut data = [[0u32; 3]; 2];
    // SAFETY: both have the size and form that this version of the call reads and writes, and live through it.
    Errno::result(unsafe { libc::syscall(libc::SYS_capget, &raw mut header, &raw mut data) })?;
    let whole = |i: usize| u64::from(data[0][i]) | u64::from(data[1][i]) << 32;
    Ok(Capabilities { effective: whole(0), permitted: whole(1), inheritable: whole(2) })
}

/// `int capset(hdr, data)`.
pub fn set_capabilities(sets: Capabilities) -> Result<()> {
    let mut header = CAPABILITY_HEADER;
    let half =
        |shift: u32| [sets.effective, sets.permitted, sets.inheritable].map(|set| (set >> shift) as u32);
    let data = [half(0), half(32)];
    // SAFETY: as in `capabilities`; the kernel only reads `data`.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, &raw mut header, &raw const data) }).map(drop)
}

/// `int prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)`: an exec keeps it.
pub fn raise_ambient(capability: u32) -> Result<()> {
    const NONE: libc::c_ulong = 0;
    let capability = libc::c_ulong::from(capability);
    // SAFETY: passes numbers.
    let answer =
        unsafe { libc::prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_RAISE, capability, NONE, NONE) };
    Errno::result(answer).map(drop)
}
