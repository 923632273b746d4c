//! Descriptors: opening, pipes, reading and writing whole.

use crate::{Errno, Result, errno};
use nix::fcntl::{FcntlArg, OFlag};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};

/// `int openat(AT_FDCWD, path, flags | O_CLOEXEC, 0666)`. (musl's open(3) would add a needless fcntl.)
pub fn open(path: impl rustix::path::Arg, flags: i32) -> Result<OwnedFd> {
    let flags = rustix::fs::OFlags::from_bits_retain(flags.cast_unsigned()) | rustix::fs::OFlags::CLOEXEC;
    rustix::fs::open(path, flags, rustix::fs::Mode::from_raw_mode(0o666)).map_err(errno)
}

/// `int pipe2(int fd[2], O_CLOEXEC)`: the reading and the writing end.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    nix::unistd::pipe2(OFlag::O_CLOEXEC)
}

/// Takes over a number that the user gave; the program does not get it. Above 2 `fcntl(fd, F_SETFD, FD_CLOEXEC)`; 0 to 2
/// are the program's too, so there `fcntl(fd, F_DUPFD_CLOEXEC, 3)`. EBADF when it was not open when this program started.
///
/// To be called before anything else is opened, and for the highest number first: the rule "descriptors that the user named
/// are adopted before any other is opened", which every plan keeps and the engine walks by.
pub fn adopt(number: i32) -> Result<OwnedFd> {
    if number < 0 {
        return Err(Errno::EBADF);
    }
    // SAFETY: borrowed for one fcntl; a number that is not open answers EBADF.
    let theirs = unsafe { BorrowedFd::borrow_raw(number) };
    // No inherited descriptor is close-on-exec: this one was closed, and the entry has filled it.
    let flags = nix::fcntl::fcntl(theirs, FcntlArg::F_GETFD)?;
    if nix::fcntl::FdFlag::from_bits_retain(flags).contains(nix::fcntl::FdFlag::FD_CLOEXEC) {
        return Err(Errno::EBADF);
    }
    let ours = if number > 2 {
        nix::fcntl::fcntl(theirs, FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC))?;
        number
    } else {
        nix::fcntl::fcntl(theirs, FcntlArg::F_DUPFD_CLOEXEC(3))?
    };
    // SAFETY: a new descriptor, or the user's number: open, as the fcntl said, and owned by no value, since nothing has been
    // opened yet that could have got it, and no two options may name the same (see above).
    Ok(unsafe { OwnedFd::from_raw_fd(ours) })
}

/// `write(fd, buf, count)` until all is written.
pub fn write_all(fd: impl AsFd, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match nix::unistd::write(fd.as_fd(), bytes) {
            Ok(0) => return Err(Errno::EIO),
            Ok(n) => bytes = &bytes[n..],
            Err(Errno::EINTR) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// `read(fd, buf, count)`, again when a signal interrupts it. 0 is the end of the file.
pub fn read(fd: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    loop {
        match nix::unistd::read(fd.as_fd(), buffer) {
            Err(Errno::EINTR) => {}
            answer => return answer,
        }
    }
}

/// Standard error, borrowed: it is always open, the entry sees to that.
pub fn stderr() -> BorrowedFd<'static> {
    // SAFETY: descriptor 2 is open (see `entry`), and no value owns it, so nothing closes it.
    unsafe { BorrowedFd::borrow_raw(2) }
}

/// Standard input, borrowed: it is always open, the entry sees to that.
pub fn stdin() -> BorrowedFd<'static> {
    // SAFETY: as for `stderr`, with descriptor 0.
    unsafe { BorrowedFd::borrow_raw(0) }
}

/// Standard output, borrowed: it is always open, the entry sees to that.
pub fn stdout() -> BorrowedFd<'static> {
    // SAFETY: as for `stderr`, with descriptor 1.
    unsafe { BorrowedFd::borrow_raw(1) }
}

/// `int isatty(int fd)`.
pub fn is_terminal(fd: impl AsFd) -> bool {
    nix::unistd::isatty(fd).unwrap_or(false)
}

/// `ftruncate(fd, 0)` and `pwrite(fd, text, 0)`: this and nothing else is in the file then. What cannot be truncated (a fifo)
/// is written to.
pub fn replace(file: OwnedFd, text: &[u8]) -> Result<()> {
    use std::os::unix::fs::FileExt;
    let file = std::fs::File::from(file);
    if file.set_len(0).is_err() {
        return write_all(file, text);
    }
    file.write_all_at(text, 0).map_err(|e| Errno::from_raw(e.raw_os_error().unwrap_or(0)))
}

/// Opens for writing, writes the text in one call, and closes: how files in /proc want it.
///
/// The error says at which of the two calls.
pub fn write_file(
    path: impl AsRef<std::path::Path>,
    text: &[u8],
) -> core::result::Result<(), (WriteStep, Errno)> {
    let file = open(path.as_ref(), libc::O_WRONLY).map_err(|e| (WriteStep::Open, e))?;
    write_all(file, text).map_err(|e| (WriteStep::Write, e))
}

/// Where [`write_file`] failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum WriteStep {
    /// At opening.
    Open,
    /// At writing.
    Write,
}
