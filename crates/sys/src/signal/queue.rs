//! Signals as something to be polled and read.

use super::{Arrived, SET_SIZE, SignalSet};
use crate::{Errno, Result};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// A signalfd(2): readable when one of its signals, which are blocked, is pending.
#[derive(Debug)]
pub struct Queue(OwnedFd);

impl Queue {
    /// `int signalfd4(-1, set, 8, SFD_CLOEXEC | SFD_NONBLOCK)`.
    pub fn open(set: &SignalSet) -> Result<Self> {
        let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
        // SAFETY: `set` is of the size given and lives through the call.
        let fd = unsafe { libc::syscall(libc::SYS_signalfd4, -1, &raw const *set, SET_SIZE, flags) };
        let fd = i32::try_from(Errno::result(fd)?).map_err(|_| Errno::EBADF)?;
        // SAFETY: a new descriptor, which nobody else owns.
        Ok(Queue(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// `read(fd, info, 128)`: the next one that is pending, if any.
    pub fn next(&self) -> Result<Option<Arrived>> {
        let mut info = MaybeUninit::<libc::signalfd_siginfo>::uninit();
        let size = size_of::<libc::signalfd_siginfo>();
        // SAFETY: the kernel writes at most `size` bytes, which `info` has.
        match Errno::result(unsafe { libc::read(self.0.as_raw_fd(), info.as_mut_ptr().cast(), size) }) {
            Ok(_) => {
                // SAFETY: a successful read of a signalfd fills one whole structure.
                let info = unsafe { info.assume_init() };
                let signal = i32::try_from(info.ssi_signo).unwrap_or(0);
                Ok(Some(Arrived { signal, sender: (info.ssi_code <= 0).then_some(info.ssi_pid) }))
            }
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
            Err(e) => Err(e),
        }
    }
}

impl AsFd for Queue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
