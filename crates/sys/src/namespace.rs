//! Creating namespaces.

use crate::{Errno, Result, errno};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

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

/// This process's own view of its namespaces' numbers.
///
/// By its pidfd (PIDFD_GET_…_NAMESPACE, Linux 6.11), or by `/proc/self/ns`, the only way before.
pub struct Own(Way);

enum Way {
    /// By the pidfd, when one is asked for.
    Unopened,
    Pidfd(OwnedFd),
    Proc,
}

impl Own {
    /// A view for this process, not for one that it forks, to be asked about this many kinds. The kernel makes `/proc/self` at the
    /// first look, which costs as much as three questions to a pidfd, and answers the others at half their price.
    pub const fn open(kinds: usize, proc_is_used_anyway: bool) -> Self {
        Own(if kinds > 3 || proc_is_used_anyway { Way::Proc } else { Way::Unopened })
    }

    /// A number that is another one in every namespace of this kind: of the mount namespace, the number of the mount that `/`
    /// lies on (`statx(2)`, STATX_MNT_ID, Linux 5.8), which is cheaper; of others the namespace's own.
    pub fn mark(&mut self, kind: u32, file: &str) -> Result<u64> {
        const CLONE_NEWNS: u32 = 0x0002_0000;
        let root = (kind == CLONE_NEWNS).then(crate::fs::mount_of_root).flatten();
        root.map_or_else(|| self.number(kind, file), Ok)
    }

    /// The inode number of the namespace of this kind (a CLONE_NEW… flag) that this process's children are in; `file` is its
    /// name in `/proc/self/ns`, where a PID namespace that has no process yet is missing (ENOENT).
    pub fn number(&mut self, kind: u32, file: &str) -> Result<u64> {
        if matches!(self.0, Way::Unopened) {
            self.0 = crate::fork::open_self().map_or(Way::Proc, Way::Pidfd);
        }
        if let (Way::Pidfd(pidfd), Some(request)) = (&self.0, request(kind)) {
            match number_by_pidfd(pidfd, request) {
                // A kernel without these requests, or a filter.
                Err(Errno::ENOTTY | Errno::EINVAL | Errno::ENOSYS | Errno::EPERM) => self.0 = Way::Proc,
                answer => return answer,
            }
        }
        number_by_proc(file)
    }
}

/// `<linux/pidfd.h>`, for what children are in.
const fn request(kind: u32) -> Option<u32> {
    Some(
        0xff00
            | match kind {
                0x0200_0000 => 1,
                0x0800_0000 => 2,
                0x0002_0000 => 3,
                0x4000_0000 => 4,
                0x2000_0000 => 6,
                CLONE_NEWTIME => 8,
                0x1000_0000 => 9,
                0x0400_0000 => 10,
                _ => return None,
            },
    )
}

/// `int ioctl(int pidfd, PIDFD_GET_…_NAMESPACE, 0)`, and `fstat(2)` of the namespace's descriptor.
fn number_by_pidfd(pidfd: &OwnedFd, request: u32) -> Result<u64> {
    // SAFETY: these requests take no argument and answer a new descriptor, close-on-exec.
    let answer = unsafe { libc::ioctl(pidfd.as_raw_fd(), request as _, 0) };
    let fd = Errno::result(answer)?;
    // SAFETY: new, so nobody else owns it.
    let namespace = unsafe { OwnedFd::from_raw_fd(fd) };
    crate::fs::inode(namespace)
}

/// `ssize_t readlink("/proc/self/ns/FILE", …)`: N of `uts:[N]`.
fn number_by_proc(file: &str) -> Result<u64> {
    number_at(rustix::fs::CWD, &format!("/proc/self/ns/{file}"))
}

/// `ssize_t readlinkat(dir, path, …)` of a link in a process's `ns`: N of `uts:[N]`.
pub fn number_at(dir: impl std::os::fd::AsFd, path: &str) -> Result<u64> {
    let mut text = [0; 64];
    let length = rustix::fs::readlinkat_raw(dir, path, &mut text[..]).map_err(errno)?;
    let digits = text[..length].iter().filter(|byte| byte.is_ascii_digit());
    Ok(digits.fold(0, |number: u64, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_answer_the_same_number() {
        let kinds = [(0x0400_0000, "uts"), (0x0002_0000, "mnt"), (0x4000_0000, "net"), (0x1000_0000, "user")];
        let by_link = |file| number_by_proc(file).unwrap();
        for (kind, file) in kinds {
            assert_eq!(Own(Way::Unopened).number(kind, file), Ok(by_link(file)), "{file}");
            assert_eq!(Own(Way::Proc).number(kind, file), Ok(by_link(file)), "{file}");
        }
        assert_eq!(
            Own(Way::Unopened).number(0x2000_0000, "pid_for_children"),
            Ok(by_link("pid_for_children"))
        );
        assert_ne!(by_link("uts"), by_link("mnt"));
    }
}
