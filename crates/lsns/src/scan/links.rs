//! The links in `/proc/PID/ns`.

use super::ScanError;
use std::ffi::CStr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use xns_core::{NsKind, NsSet};
use xns_sys::proc::{self, Name};
use xns_sys::{Errno, Result};

/// The namespaces that a process is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Links([u64; 8]);

impl Links {
    /// Kind and inode number of each.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (NsKind, u64)> + '_ {
        NsKind::ALL.into_iter().filter_map(|kind| match self.0[kind as usize] {
            0 => None,
            ino => Some((kind, ino)),
        })
    }

    pub(crate) fn has(&self, kind: NsKind, ino: u64) -> bool {
        self.0[kind as usize] == ino
    }

    pub(crate) fn numbers(self) -> [u64; 8] {
        self.0
    }

    /// What a link has answered. Who may not read one may read none.
    fn take(&mut self, kind: NsKind, answer: Result<u64>) -> Result<()> {
        match answer {
            Ok(ino) => self.0[kind as usize] = ino,
            Err(errno @ (Errno::EACCES | Errno::EPERM)) => return Err(errno),
            // The process ends, or the kernel has no such kind.
            Err(_) => {}
        }
        Ok(())
    }
}

/// The name of a kind's file in `/proc/PID/ns`.
pub const fn file(kind: NsKind) -> &'static CStr {
    match kind {
        NsKind::Mnt => c"mnt",
        NsKind::Uts => c"uts",
        NsKind::Ipc => c"ipc",
        NsKind::Pid => c"pid",
        NsKind::Net => c"net",
        NsKind::User => c"user",
        NsKind::Cgroup => c"cgroup",
        NsKind::Time => c"time",
    }
}

/// Below a process's directory.
pub(crate) const fn path(kind: NsKind) -> &'static CStr {
    match kind {
        NsKind::Mnt => c"ns/mnt",
        NsKind::Uts => c"ns/uts",
        NsKind::Ipc => c"ns/ipc",
        NsKind::Pid => c"ns/pid",
        NsKind::Net => c"ns/net",
        NsKind::User => c"ns/user",
        NsKind::Cgroup => c"ns/cgroup",
        NsKind::Time => c"ns/time",
    }
}

/// A process's namespaces of these kinds. Those that it has left already, as it ends, are missing.
pub(super) fn read(proc: BorrowedFd<'_>, pid: u32, kinds: NsSet) -> Result<Links> {
    let mut wanted = kinds.iter();
    match (wanted.next(), wanted.next()) {
        // One link is read sooner than its directory is opened and closed.
        (Some(kind), None) => {
            let mut links = Links::default();
            links.take(kind, number(proc, Name::below(pid, path(kind)).path()))?;
            Ok(links)
        }
        _ => read_in(directory(proc, pid)?.as_fd(), kinds),
    }
}

fn directory(proc: BorrowedFd<'_>, pid: u32) -> Result<OwnedFd> {
    proc::open_directory(proc, Name::of(pid, "/ns").path())
}

/// The same of a process's or thread's directory `ns`.
pub(super) fn read_in(directory: BorrowedFd<'_>, kinds: NsSet) -> Result<Links> {
    let mut links = Links::default();
    for kind in kinds.iter() {
        links.take(kind, number(directory, file(kind)))?;
    }
    Ok(links)
}

/// N of `net:[N]`.
pub(crate) fn number(directory: BorrowedFd<'_>, file: &CStr) -> Result<u64> {
    let mut buffer = [0; 64];
    namespace(proc::link(directory, file, &mut buffer)?).map(|(_, ino)| ino).ok_or(Errno::EINVAL)
}

/// What a link to a namespace says: `net:[4026531840]`.
pub(crate) fn namespace(text: &[u8]) -> Option<(NsKind, u64)> {
    let (kind, number) = split(text)?;
    NsKind::ALL.into_iter().find(|known| known.name().as_bytes() == kind).map(|kind| (kind, number))
}

/// `NAME:[NUMBER]`.
pub(super) fn split(text: &[u8]) -> Option<(&[u8], u64)> {
    let text = text.strip_suffix(b"]")?;
    let colon = text.iter().position(|byte| *byte == b':')?;
    let digits = text[colon + 1..].strip_prefix(b"[")?;
    if digits.is_empty() {
        return None;
    }
    let number = digits.iter().try_fold(0u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })?;
    Some((&text[..colon], number))
}

/// The namespaces of the process that was asked for.
pub(super) fn of_process(proc: impl AsFd, pid: u32, kinds: NsSet) -> std::result::Result<Links, ScanError> {
    // By the directory, which is there whatever kinds there are.
    match directory(proc.as_fd(), pid).and_then(|directory| read_in(directory.as_fd(), kinds)) {
        Ok(links) => Ok(links),
        Err(Errno::ENOENT | Errno::ESRCH) => Err(ScanError::NoProcess(pid)),
        Err(errno) => Err(ScanError::Unreadable(pid, errno)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_links_say() {
        assert_eq!(namespace(b"net:[4026531840]"), Some((NsKind::Net, 4_026_531_840)));
        assert_eq!(split(b"socket:[7]"), Some((&b"socket"[..], 7)));
        for text in [
            &b"/net:[1]"[..],
            b"net:[]",
            b"net:[1",
            b"net:1]",
            b"net",
            b"",
            b"]",
            b"net:[99999999999999999999]",
        ] {
            assert_eq!(namespace(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text(text: Vec<u8>) {
            if let Some((kind, ino)) = namespace(&text) {
                let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
                prop_assert!(digits > 0 && text.starts_with(kind.name().as_bytes()), "{ino}");
            }
        }
    }
}
