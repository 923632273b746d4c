//! Descriptors: opening, pipes, reading and writing whole.

use crate::{Errno, Result, errno};
use nix::fcntl::{FcntlArg, OFlag};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// `int openat(AT_FDCWD, path, flags | O_CLOEXEC, 0666)`. (musl's open(3) would add a needless fcntl.)
pub fn open(path: impl rustix::path::Arg, flags: i32) -> Result<OwnedFd> {
    let flags = rustix::fs::OFlags::from_bits_retain(flags.cast_unsigned()) | rustix::fs::OFlags::CLOEXEC;
    rustix::fs::open(path, flags, rustix::fs::Mode::from_raw_mode(0o666)).map_err(errno)
}

/// The number of a descriptor, as messages to the kernel have it. It is nobody's to close.
pub fn number(fd: impl AsFd) -> u32 {
    fd.as_fd().as_raw_fd().cast_unsigned()
}

/// `int pipe2(int fd[2], O_CLOEXEC)`: the reading and the writing end.
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    nix::unistd::pipe2(OFlag::O_CLOEXEC)
}

/// `int socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd)`: an end to read from and one to [`send`] by.
pub fn channel() -> Result<(OwnedFd, OwnedFd)> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
    socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None).map_err(errno)
}

/// `send(fd, &byte, 1, MSG_NOSIGNAL)`: EPIPE, and no signal, when nobody reads any more.
pub fn send(channel: impl AsFd, byte: u8) -> Result<()> {
    loop {
        match rustix::net::send(channel.as_fd(), &[byte], rustix::net::SendFlags::NOSIGNAL) {
            Err(rustix::io::Errno::INTR) => {}
            answer => return answer.map(drop).map_err(errno),
        }
    }
}

/// `recv(fd, buffer, MSG_PEEK | MSG_DONTWAIT)`: what has come, which stays to be read.
pub fn peek(channel: impl AsFd, buffer: &mut [u8]) -> Result<usize> {
    use rustix::net::{RecvFlags, recv};
    let flags = RecvFlags::PEEK | RecvFlags::DONTWAIT;
    recv(channel.as_fd(), buffer, flags).map(|(received, _)| received).map_err(errno)
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

/// `close_range(3, ~0, CLOSE_RANGE_CLOEXEC)` (Linux 5.11); before, each descriptor of `/proc/self/fd`: the next exec passes none
/// on but the first three.
pub fn close_at_exec() -> Result<()> {
    const FIRST: i32 = 3;
    // SAFETY: no descriptor is closed; that they will be at the exec changes nothing for their owners here.
    let answer = unsafe { libc::syscall(libc::SYS_close_range, FIRST, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    match Errno::result(answer) {
        Err(Errno::ENOSYS | Errno::EINVAL) => {}
        answer => return answer.map(drop),
    }
    for number in open_numbers()?.into_iter().filter(|number| *number >= FIRST) {
        // SAFETY: borrowed for one fcntl; a number that is not open answers EBADF.
        let fd = unsafe { BorrowedFd::borrow_raw(number) };
        match nix::fcntl::fcntl(fd, FcntlArg::F_SETFD(nix::fcntl::FdFlag::FD_CLOEXEC)) {
            // That of the directory just read.
            Err(Errno::EBADF) => {}
            answer => drop(answer?),
        }
    }
    Ok(())
}

/// `close_range(0, fd - 1, 0)` and `close_range(fd + 1, ~0, 0)` (Linux 5.9); before, each descriptor of `/proc/self/fd`: the last
/// thing that a forked child does, with this descriptor alone, so that nobody waits for the end of one that it has inherited. Then it
/// ends.
pub fn alone_with(fd: OwnedFd, last: impl FnOnce(OwnedFd)) -> ! {
    let kept = fd.as_raw_fd();
    for (first, end) in [(0, kept.cast_unsigned().saturating_sub(1)), (kept.cast_unsigned() + 1, u32::MAX)] {
        // The first of all: nothing is below it.
        if first == 0 && kept == 0 {
            continue;
        }
        // SAFETY: whatever owns these numbers is in functions that called this one, to which the process does not come back.
        let answer = unsafe { libc::syscall(libc::SYS_close_range, first, end, 0) };
        if Errno::result(answer).is_err() {
            let within = |number: &i32| (first..=end).contains(&number.cast_unsigned());
            for number in open_numbers().unwrap_or_default().iter().filter(|number| within(number)) {
                // SAFETY: as above; that of the directory just read is closed already, which is an error and no more.
                unsafe { libc::close(*number) };
            }
        }
    }
    last(fd);
    crate::exec::exit_now(0)
}

/// `close_range(~0, ~0, 0)`: nothing is closed, and it is known whether there is the call (Linux 5.9).
pub fn closes_ranges() -> bool {
    // SAFETY: no descriptor has this number.
    Errno::result(unsafe { libc::syscall(libc::SYS_close_range, u32::MAX, u32::MAX, 0) }).is_ok()
}

/// The numbers in `/proc/self/fd`.
fn open_numbers() -> Result<Vec<i32>> {
    let failed = |e: std::io::Error| Errno::from_raw(e.raw_os_error().unwrap_or(0));
    let entries = std::fs::read_dir("/proc/self/fd").map_err(failed)?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// How many descriptors above the first three the next exec passes on.
pub fn passed_on() -> usize {
    let passed = |number: &i32| {
        // SAFETY: as in `close_at_exec`.
        let fd = unsafe { BorrowedFd::borrow_raw(*number) };
        let flags = nix::fcntl::fcntl(fd, FcntlArg::F_GETFD);
        *number > 2 && flags.is_ok_and(|flags| flags & nix::libc::FD_CLOEXEC == 0)
    };
    open_numbers().unwrap_or_default().iter().filter(|number| passed(number)).count()
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

/// `write(fd, buf, count)`: how much of it was written.
pub fn write(fd: impl AsFd, bytes: &[u8]) -> Result<usize> {
    nix::unistd::write(fd, bytes)
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

/// `fcntl(fd, F_SETOWN, getpid())`, `fcntl(fd, F_SETSIG, SIGCHLD)`, `fcntl(fd, F_SETFL, O_ASYNC)`: what arrives there is told to
/// this process by the signal that it waits for anyway (fcntl(2)).
pub fn tell_as_child_signal(fd: impl AsFd) -> Result<()> {
    // fcntl.h, on all architectures; the libc crate lacks it for musl.
    const F_SETSIG: libc::c_int = 10;
    let fd = std::os::fd::AsRawFd::as_raw_fd(&fd.as_fd());
    // SAFETY: `fd` is open, being borrowed; these commands take numbers.
    let set =
        |command: libc::c_int, value: libc::c_int| Errno::result(unsafe { libc::fcntl(fd, command, value) });
    set(libc::F_SETOWN, libc::c_int::try_from(std::process::id()).unwrap_or(0))?;
    set(F_SETSIG, libc::SIGCHLD)?;
    set(libc::F_SETFL, libc::O_ASYNC).map(drop)
}

/// `poll(fd, POLLIN, 0)`: is there something to read, or the end of the file?
pub fn has_input(fd: impl AsFd) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut polled = [PollFd::new(fd.as_fd(), PollFlags::POLLIN)];
    poll(&mut polled, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

/// `poll(fd, POLLHUP, 0)`: has everybody closed the other end?
pub fn is_ended(fd: impl AsFd) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut polled = [PollFd::new(fd.as_fd(), PollFlags::empty())];
    let hung_up =
        |polled: &PollFd<'_>| polled.revents().is_some_and(|seen| seen.contains(PollFlags::POLLHUP));
    poll(&mut polled, PollTimeout::ZERO).is_ok() && hung_up(&polled[0])
}

/// `poll(fd, 0, 0)`: will nobody read any more what is written here? (POLLERR of a pipe, POLLHUP of a socket)
pub fn is_unread(fd: impl AsFd) -> bool {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut polled = [PollFd::new(fd.as_fd(), PollFlags::empty())];
    let ended = PollFlags::POLLERR | PollFlags::POLLHUP;
    poll(&mut polled, PollTimeout::ZERO).is_ok()
        && polled[0].revents().is_some_and(|seen| seen.intersects(ended))
}

/// What is waited for on a descriptor, and afterwards what can be done without waiting. An error or a hang-up counts as both: the
/// call tells which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// Reading.
    pub read: bool,
    /// Writing.
    pub write: bool,
}

/// `int poll(fds, N, timeout)`: a descriptor of which nothing is wanted is left out. After a stop, and after the time
/// (in milliseconds; `None`: no limit), nothing is ready.
pub fn poll<const N: usize>(fds: [(BorrowedFd<'_>, Ready); N], timeout: Option<u16>) -> Result<[Ready; N]> {
    let mut polled = fds.map(|(fd, wanted)| {
        let flag = |wanted: bool, flag: libc::c_short| if wanted { flag } else { 0 };
        // The kernel leaves negative numbers out.
        let number = if wanted == Ready::default() { -1 } else { std::os::fd::AsRawFd::as_raw_fd(&fd) };
        let events = flag(wanted.read, libc::POLLIN) | flag(wanted.write, libc::POLLOUT);
        libc::pollfd { fd: number, events, revents: 0 }
    });
    let timeout = timeout.map_or(-1, libc::c_int::from);
    // SAFETY: `polled` has N elements and lives through the call; its descriptors are borrowed.
    match Errno::result(unsafe { libc::poll(polled.as_mut_ptr(), N as libc::nfds_t, timeout) }) {
        Ok(_) => Ok(polled.map(|polled| {
            let has = |flags: libc::c_short| polled.revents & flags != 0;
            let ended = has(libc::POLLERR | libc::POLLHUP | libc::POLLNVAL);
            let wants = |flag: libc::c_short| polled.events & flag != 0;
            let ready = |flag: libc::c_short| wants(flag) && (ended || has(flag));
            Ready { read: ready(libc::POLLIN), write: ready(libc::POLLOUT) }
        })),
        Err(Errno::EINTR) => Ok([Ready::default(); N]),
        Err(e) => Err(e),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_that_nobody_reads() {
        let (read, write) = pipe().unwrap();
        assert!(!is_unread(&write));
        drop(read);
        assert!(is_unread(&write));
        assert!(!is_unread(std::fs::File::open("/dev/null").unwrap()));
    }
}
