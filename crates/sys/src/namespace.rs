//! Creating namespaces.

use crate::{Errno, Result, errno};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

/// CLONE_NEWTIME of clone(2): nix lacks it.
pub const CLONE_NEWTIME: u32 = 0x80;

/// `int unshare(int flags)`.
pub fn unshare(flags: u32) -> Result<()> {
    // SAFETY: passes a number. No flag used here shares or unshares memory with another thread.
    Errno::result(unsafe { libc::syscall(libc::SYS_unshare, flags as libc::c_ulong) }).map(drop)
}

/// `int setns(int fd, int nstype)`.
pub fn setns(fd: impl AsFd, kinds: u32) -> Result<()> {
    nix::sched::setns(fd, nix::sched::CloneFlags::from_bits_retain(kinds as libc::c_int))
}

/// The errno of `int setns(-1, 0)`.
pub fn setns_nothing() -> Errno {
    // SAFETY: passes numbers; there is no such descriptor.
    Errno::result(unsafe { libc::setns(-1, 0) }).err().unwrap_or(Errno::UnknownErrno)
}

/// `int ioctl(int fd, NS_GET_MNTNS_ID, __u64 *id)` (Linux 6.11): the number of a mount namespace, by which the kernel tells the
/// older of two.
pub fn mount_namespace_id(fd: impl AsFd) -> Result<u64> {
    // _IOR(0xb7, 5, __u64), linux/nsfs.h.
    const NS_GET_MNTNS_ID: u32 = 0x8008_b705;
    let mut id = 0u64;
    // SAFETY: the kernel writes eight bytes to `id`, which lives through the call.
    let answer =
        unsafe { libc::syscall(libc::SYS_ioctl, fd.as_fd().as_raw_fd(), NS_GET_MNTNS_ID, &raw mut id) };
    Errno::result(answer)?;
    Ok(id)
}

/// `int ioctl(int fd, NS_GET_NSTYPE)` (Linux 4.11): the CLONE_NEW… flag of a namespace's kind; ENOTTY for what is no namespace.
pub fn kind_of(fd: impl AsFd) -> Result<u32> {
    const NS_GET_NSTYPE: u32 = 0xb703; // _IO(0xb7, 3), linux/nsfs.h
    // SAFETY: takes no argument, answers a number.
    let kind = Errno::result(unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), NS_GET_NSTYPE as _) })?;
    Ok(kind.cast_unsigned())
}

/// `int ioctl(int fd, NS_GET_USERNS)` (Linux 4.9): the user namespace that owns a namespace; of a user namespace its parent.
/// EPERM when that is not within sight (ioctl_ns(2)).
pub fn owner_of(fd: impl AsFd) -> Result<OwnedFd> {
    const NS_GET_USERNS: u32 = 0xb701; // _IO(0xb7, 1)
    // SAFETY: takes no argument.
    let answer = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), NS_GET_USERNS as _) };
    // SAFETY: a new descriptor, close-on-exec, that nobody else owns.
    Errno::result(answer).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `int ioctl(int fd, NS_GET_PARENT)` (Linux 4.9): the parent of a PID or user namespace. EPERM when it has none or that is not
/// within sight; EINVAL for other kinds.
pub fn parent_of(fd: impl AsFd) -> Result<OwnedFd> {
    const NS_GET_PARENT: u32 = 0xb702; // _IO(0xb7, 2)
    // SAFETY: takes no argument.
    let answer = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), NS_GET_PARENT as _) };
    // SAFETY: a new descriptor, close-on-exec, that nobody else owns.
    Errno::result(answer).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `int ioctl(int fd, NS_GET_OWNER_UID, uid_t *uid)` (Linux 4.11): who made a user namespace, as a uid of the caller's own.
pub fn owner_uid_of(fd: impl AsFd) -> Result<u32> {
    const NS_GET_OWNER_UID: u32 = 0xb704; // _IO(0xb7, 4)
    let mut uid = 0u32;
    // SAFETY: the kernel writes four bytes to `uid`, which lives through the call.
    let answer = unsafe { libc::ioctl(fd.as_fd().as_raw_fd(), NS_GET_OWNER_UID as _, &raw mut uid) };
    Errno::result(answer)?;
    Ok(uid)
}

/// `int ioctl(int socket, SIOCGSKNS)` (Linux 4.10): the network namespace of a socket. ENOTTY for what is no socket.
pub fn network_of(socket: impl AsFd) -> Result<OwnedFd> {
    const SIOCGSKNS: u32 = 0x894c; // linux/sockios.h
    // SAFETY: takes no argument.
    let answer = unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), SIOCGSKNS as _) };
    // SAFETY: a new descriptor, close-on-exec, that nobody else owns.
    Errno::result(answer).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) })
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

/// `int uname(struct utsname *)`: host name and NIS domain name.
pub fn names() -> Result<(std::ffi::OsString, std::ffi::OsString)> {
    let names = nix::sys::utsname::uname()?;
    Ok((names.nodename().to_owned(), names.domainname().to_owned()))
}

/// `int ioctl(int fd, NS_GET_TGID_FROM_PIDNS, pid_t pid)` (Linux 6.11): the number here of the process that has this one in the PID
/// namespace. ESRCH when there is none, or none that has a number here; ENOTTY from older kernels, EINVAL for another kind of
/// namespace.
pub fn process_in(namespace: impl AsFd, pid: u32) -> Result<u32> {
    // _IOR(0xb7, 7, int), linux/nsfs.h.
    const NS_GET_TGID_FROM_PIDNS: u32 = 0x8004_b707;
    let fd = namespace.as_fd().as_raw_fd();
    // SAFETY: takes a number and answers one.
    let answer = unsafe { libc::syscall(libc::SYS_ioctl, fd, NS_GET_TGID_FROM_PIDNS, pid) };
    Errno::result(answer).map(|pid| u32::try_from(pid).unwrap_or(0))
}

/// This process's own view of its namespaces' numbers.
///
/// By its pidfd (PIDFD_GET_…_NAMESPACE, Linux 6.11), or by `/proc/self/ns`, the only way before: held open, since in another
/// mount namespace the path may lead elsewhere.
pub struct Own(Way);

enum Way {
    /// By the pidfd, when one is asked for.
    Unopened,
    Pidfd(OwnedFd),
    Proc(OwnedFd),
    /// There is no way.
    None,
}

impl Own {
    /// A view for this process, not for one that it forks, to be asked about this many kinds. The kernel makes `/proc/self` at the
    /// first look, which costs as much as three questions to a pidfd, and answers the others at half their price.
    pub fn open(kinds: usize, proc_is_used_anyway: bool) -> Self {
        Own(if kinds > 3 || proc_is_used_anyway { Way::proc() } else { Way::Unopened })
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
            self.0 = crate::fork::open_self().map_or_else(|_| Way::proc(), Way::Pidfd);
        }
        if let (Way::Pidfd(pidfd), Some(request)) = (&self.0, request(kind)) {
            match number_by_pidfd(pidfd, request) {
                // A kernel without these requests, or a filter.
                Err(Errno::ENOTTY | Errno::EINVAL | Errno::ENOSYS | Errno::EPERM) => self.0 = Way::proc(),
                answer => return answer,
            }
        }
        let Way::Proc(directory) = &self.0 else { return Err(Errno::ENOENT) };
        number_at(directory, file)
    }
}

impl Way {
    fn proc() -> Self {
        crate::fs::open_directory(Path::new("/proc/self/ns")).map_or(Way::None, Way::Proc)
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

/// `ssize_t readlinkat(dir, path, …)` of a link in a process's `ns`: N of `uts:[N]`.
pub fn number_at(dir: impl AsFd, path: &str) -> Result<u64> {
    let mut text = [0; 64];
    let length = rustix::fs::readlinkat_raw(dir, path, &mut text[..]).map_err(errno)?;
    number_in(&text[..length]).ok_or(Errno::EINVAL)
}

/// The same of a path.
pub fn number_of(path: &str) -> Result<u64> {
    number_at(rustix::fs::CWD, path)
}

/// N of `uts:[N]`; `None` when that is not the text of such a link.
pub fn number_in(text: &[u8]) -> Option<u64> {
    let digits = text.strip_suffix(b"]")?.rsplit(|byte| *byte == b'[').next()?;
    digits.iter().try_fold(0u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_link_to_a_namespace_has_a_number() {
        assert_eq!(number_in(b"time_for_children:[4026531834]"), Some(4_026_531_834));
        for other in [&b"/home/7"[..], b"uts:[7", b"uts:[7]x", b"uts:[x7]", b"[99999999999999999999]"] {
            assert_eq!(number_in(other), None);
        }
    }

    #[test]
    fn both_ways_answer_the_same_number() {
        let kinds = [(0x0400_0000, "uts"), (0x0002_0000, "mnt"), (0x4000_0000, "net"), (0x1000_0000, "user")];
        let by_link = |file| number_at(rustix::fs::CWD, &format!("/proc/self/ns/{file}")).unwrap();
        let (mut pidfd, mut proc) = (Own::open(1, false), Own::open(1, true));
        for (kind, file) in kinds {
            assert_eq!(pidfd.number(kind, file), Ok(by_link(file)), "{file}");
            assert_eq!(proc.number(kind, file), Ok(by_link(file)), "{file}");
        }
        assert_eq!(pidfd.number(0x2000_0000, "pid_for_children"), Ok(by_link("pid_for_children")));
        assert_ne!(by_link("uts"), by_link("mnt"));
    }
}
