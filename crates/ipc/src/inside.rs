//! Reading an IPC namespace: a child enters it and opens what shows it; we read.

use crate::{PosixQueue, SysV, posix};
use std::fs::File;
use std::io::Read;
use std::os::fd::{BorrowedFd, OwnedFd};
use xns_core::inside::{self, Answer, InsideError, Way};
use xns_core::{Errno, NsKind, SingleThreaded};
use xns_sys::mount::Attributes;
use xns_sys::{fd, mount, namespace};

/// In which user namespace the numbers of users and groups are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// In ours.
    Ours,
    /// In the one that owns the IPC namespace, as only its owner may enter.
    OfOwner,
}

/// What is in an IPC namespace. The two families are looked at apart: one may be readable without the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ipc {
    /// Segments, semaphore sets and message queues; ENOENT where `/proc/sysvipc` is missing.
    pub sysv: Result<SysV, Errno>,
    /// In which numbers the users of `sysv` are.
    pub sysv_ids: Ids,
    /// POSIX message queues; an error where an mqueue file system of that namespace cannot be made (EPERM for an ordinary user in
    /// ours; below Linux 5.2 ENOSYS): then it is not known whether there are any. Users are in our numbers.
    pub posix: Result<Vec<PosixQueue>, Errno>,
}

/// The files of System V's objects, in the order in which the child hands them over.
const FILES: [&str; 3] = ["/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg"];

impl Ipc {
    /// Of an IPC namespace, which a child enters.
    ///
    /// # Errors
    /// When it may not be entered.
    pub fn inside(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Result<Self, InsideError> {
        let (answer, way) = inside::ask(single, NsKind::Ipc, namespace, || Ok(open_all()))?;
        let mut descriptors = answer.descriptors.into_iter();
        let errno = |i: usize| {
            let number = answer.bytes.get(4 * i..4 * i + 4)?.try_into().ok()?;
            Some(i32::from_ne_bytes(number)).filter(|number| *number != 0).map(Errno::from_raw)
        };
        let sysv = match errno(0) {
            Some(errno) => Err(errno),
            None => read_sysv(descriptors.by_ref().take(FILES.len()).collect()),
        };
        let posix = match (errno(1), descriptors.next()) {
            (None, Some(root)) => posix::queues(&root),
            (errno, _) => Err(errno.unwrap_or(Errno::EIO)),
        };
        let sysv_ids = if way == Way::Owner { Ids::OfOwner } else { Ids::Ours };
        Ok(Ipc { sysv, sysv_ids, posix })
    }
}

/// In the child: an open file of `/proc/sysvipc` goes on showing the namespace in which it was opened, and an mqueue file system
/// is that of the namespace in which it was made. The bytes are the error numbers of the two families.
fn open_all() -> Answer {
    const READ_ONLY: i32 = 0;
    let sysv: Result<Vec<OwnedFd>, Errno> = FILES.iter().map(|file| fd::open(*file, READ_ONLY)).collect();
    let posix = message_queues();
    let number = |errno: Option<&Errno>| errno.map_or(0, |errno| *errno as i32).to_ne_bytes();
    let bytes = [number(sysv.as_ref().err()), number(posix.as_ref().err())].concat();
    Answer { bytes, descriptors: sysv.unwrap_or_default().into_iter().chain(posix.ok()).collect() }
}

/// A detached mqueue file system. Who came by the namespace's owner needs a mount namespace of that owner, too.
fn message_queues() -> Result<OwnedFd, Errno> {
    let attributes =
        Attributes::MOUNT_ATTR_NOSUID | Attributes::MOUNT_ATTR_NODEV | Attributes::MOUNT_ATTR_NOEXEC;
    let make = || mount::new_file_system("mqueue", &[], attributes);
    match make() {
        Err(Errno::EPERM) => {
            namespace::unshare(NsKind::Mnt.flag())?;
            make()
        }
        answer => answer,
    }
}

fn read_sysv(files: Vec<OwnedFd>) -> Result<SysV, Errno> {
    let mut texts = files.into_iter().map(|file| {
        let mut text = Vec::new();
        let read = File::from(file).read_to_end(&mut text);
        read.map(|_| text).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    });
    let mut next = || texts.next().unwrap_or(Err(Errno::EIO));
    SysV::parse(&next()?, &next()?, &next()?).ok_or(Errno::EINVAL)
}
