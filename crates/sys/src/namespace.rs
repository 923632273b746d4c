//! Creating namespaces.

use crate::{Errno, Result};

/// CLONE_NEWTIME of clone(2): nix lacks it.
pub const CLONE_NEWTIME: u32 = 0x80;

/// `int unshare(int flags)`.
pub fn unshare(flags: u32) -> Result<()> {
    // SAFETY: passes a number. No flag used here shares or unshares memory with another thread.
    Errno::result(unsafe { libc::syscall(libc::SYS_unshare, flags as libc::c_ulong) }).map(drop)
}

/// `int setns(int fd, int nstype)`.
pub fn setns(fd: impl std::os::fd::AsFd, kinds: u32) -> Result<()> {
    nix::sched::setns(fd, nix::sched::CloneFlags::from_bits_retain(kinds as libc::c_int))
}

/// `int ioctl(int fd, NS_GET_MNTNS_ID, __u64 *id)` (Linux 6.11): the number of a mount namespace, by which the kernel tells the
/// older of two.
pub fn mount_namespace_id(fd: impl std::os::fd::AsFd) -> Result<u64> {
    use std::os::fd::AsRawFd;
    // _IOR(0xb7, 5, __u64), linux/nsfs.h.
    const NS_GET_MNTNS_ID: u32 = 0x8008_b705;
    let mut id = 0u64;
    // SAFETY: the kernel writes eight bytes to `id`, which lives through the call.
    let answer =
        unsafe { libc::syscall(libc::SYS_ioctl, fd.as_fd().as_raw_fd(), NS_GET_MNTNS_ID, &raw mut id) };
    Errno::result(answer)?;
    Ok(id)
}

/// `int sethostname(const char *name, size_t len)`.
pub fn set_host_name(name: &[u8]) -> Result<()> {
    // SAFETY: pointer and length are one slice's; the kernel copies it.
    Errno::result(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }).map(drop)
}

/// `int setdomainname(const char *name, size_t len)`.
pub fn set_domain_name(name: &[u8]) -> Result<()> {
    // SAFETY: as in `set_host_name`.
    Errno::result(unsafe { libc::setdomainname(name.as_ptr().cast(), name.len()) }).map(drop)
}
