//! `/proc` as a scan reads it: short paths, answers in the caller's buffers, nothing allocated for a process.

use crate::{Result, errno};
use rustix::buffer::spare_capacity;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, StatxFlags};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

/// Room for what one look at a directory answers.
pub type Room = [MaybeUninit<u8>; 16 * 1024];

/// An empty [`Room`].
pub const fn room() -> Room {
    [MaybeUninit::uninit(); 16 * 1024]
}

/// A number and what follows it, as a path: `4711/ns`.
pub struct Name {
    bytes: [u8; Name::LONGEST],
    start: usize,
}

impl Name {
    /// Of a path, with its NUL.
    const LONGEST: usize = 48;
    /// Of a number.
    const DIGITS: usize = 10;

    /// `rest` begins with a slash, or is empty; what would be too long is cut off.
    pub fn of(number: u32, rest: &str) -> Self {
        Self::join(number, &[rest.as_bytes()])
    }

    /// The number, a slash, and a path.
    pub fn below(number: u32, path: &CStr) -> Self {
        Self::join(number, &[b"/", path.to_bytes()])
    }

    fn join(number: u32, parts: &[&[u8]]) -> Self {
        let mut bytes = [0; Name::LONGEST];
        let mut end = Name::DIGITS;
        for part in parts {
            let fits = part.len().min(Name::LONGEST - 1 - end);
            bytes[end..end + fits].copy_from_slice(&part[..fits]);
            end += fits;
        }
        let (mut start, mut left) = (Name::DIGITS, number);
        loop {
            start -= 1;
            bytes[start] = b'0' + (left % 10) as u8;
            left /= 10;
            if left == 0 {
                return Name { bytes, start };
            }
        }
    }

    /// The path.
    pub fn path(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes[self.start..]).unwrap_or_default()
    }
}

/// `openat(dir, path, O_PATH | O_DIRECTORY | O_CLOEXEC)`.
pub fn open_directory(dir: impl AsFd, path: &CStr) -> Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(dir, path, flags, Mode::empty()).map_err(errno)
}

/// `openat(dir, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)`.
pub fn open(dir: impl AsFd, path: &CStr) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    rustix::fs::openat(dir, path, flags, Mode::empty()).map_err(errno)
}

/// `ssize_t readlinkat(dir, path, buffer, size)`: what fills the buffer may have been longer.
pub fn link<'b>(dir: impl AsFd, path: &CStr, buffer: &'b mut [u8]) -> Result<&'b [u8]> {
    let length = rustix::fs::readlinkat_raw(dir, path, &mut *buffer).map_err(errno)?;
    Ok(&buffer[..length])
}

/// What a file is, without asking a server for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Is it a socket?
    pub is_socket: bool,
    /// The device of its file system, as its major and minor number.
    pub device: (u32, u32),
    /// Its inode number there.
    pub ino: u64,
}

/// `statx(dir, path, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO)` (Linux 4.11): of what a link in `/proc` leads to, whatever its text
/// says.
pub fn look(dir: impl AsFd, path: &CStr) -> Result<Looked> {
    let stat = rustix::fs::statx(dir, path, AtFlags::STATX_DONT_SYNC, StatxFlags::TYPE | StatxFlags::INO)
        .map_err(errno)?;
    Ok(Looked {
        is_socket: FileType::from_raw_mode(stat.stx_mode.into()) == FileType::Socket,
        device: (stat.stx_dev_major, stat.stx_dev_minor),
        ino: stat.stx_ino,
    })
}

/// `ssize_t read(fd, buffer, size)`: the buffer gets what one call answers, as far as it has room.
pub fn read(fd: impl AsFd, buffer: &mut Vec<u8>) -> Result<()> {
    buffer.clear();
    rustix::io::retry_on_intr(|| rustix::io::read(fd.as_fd(), spare_capacity(buffer))).map_err(errno)?;
    Ok(())
}

/// `getdents64(2)` until the end: every name in the directory that is a number.
///
/// # Errors
/// What the call answers; what was found by then has been told.
pub fn numbers(dir: impl AsFd, room: &mut Room, mut tell: impl FnMut(u32)) -> Result<()> {
    let mut entries = RawDir::new(dir, &mut room[..]);
    while let Some(entry) = entries.next() {
        if let Some(number) = number(entry.map_err(errno)?.file_name().to_bytes()) {
            tell(number);
        }
    }
    Ok(())
}

/// Decimal digits and nothing else.
fn number(name: &[u8]) -> Option<u32> {
    if name.is_empty() {
        return None;
    }
    name.iter().try_fold(0u32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// `fstat(2)`: the owner's uid. Of a process's directory in `/proc` that is its effective uid, or root's (proc_pid(5)).
pub fn owner(fd: impl AsFd) -> Result<u32> {
    rustix::fs::fstat(fd).map(|stat| stat.st_uid).map_err(errno)
}

/// `fstat(2)`: `st_size`. Of a process's `fd` in `/proc` that is how many descriptors it has (Linux 6.2; before that 0).
pub fn size(fd: impl AsFd) -> Result<u64> {
    rustix::fs::fstat(fd).map(|stat| u64::try_from(stat.st_size).unwrap_or(0)).map_err(errno)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(Name::of(0, "").path(), c"0");
        assert_eq!(Name::of(4711, "/ns").path(), c"4711/ns");
        assert_eq!(Name::below(4711, c"ns/net").path(), c"4711/ns/net");
        assert_eq!(Name::of(1, &"/".repeat(99)).path().count_bytes(), 1 + Name::LONGEST - 1 - Name::DIGITS);
        assert_eq!(Name::of(u32::MAX, "/ns/time_for_children").path(), c"4294967295/ns/time_for_children");
    }

    #[test]
    fn what_is_a_number() {
        assert_eq!(number(b"4294967295"), Some(u32::MAX));
        for name in [&b""[..], b"4294967296", b".", b"1a", b"-1", b"+1"] {
            assert_eq!(number(name), None);
        }
    }

    #[test]
    fn a_process_lists_itself() {
        let proc = open(rustix::fs::CWD, c"/proc").unwrap();
        let mut seen = false;
        numbers(&proc, &mut room(), |pid| seen |= pid == std::process::id()).unwrap();
        assert!(seen);
        let own = open_directory(&proc, Name::of(std::process::id(), "/ns").path()).unwrap();
        let mut buffer = [0; 64];
        assert!(link(&own, c"uts", &mut buffer).unwrap().starts_with(b"uts:["));
        assert_eq!(owner(&own).unwrap(), crate::identity::effective_uid());
        let fds = open_directory(&proc, Name::of(std::process::id(), "/fd").path()).unwrap();
        let count = size(&fds).unwrap();
        // Linux before 6.2 says nothing.
        assert!(count == 0 || count >= 2, "{count}");
    }
}
