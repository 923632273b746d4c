//! What went wrong with an operation, as types.

use xns_sys::Errno;

/// An operation's failure: which part of it, and why. Small and flat, because it crosses a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Which call of the operation; 0 when it is only one. The operation has the words.
    pub part: u8,
    /// Why.
    pub cause: Cause,
}

/// Why an operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A system call refused.
    Errno(Errno),
    /// A program that we ran for it ended with this status, and has itself said why.
    Exited(u8),
    /// A program that we ran for it, or a process of the plan, was killed by this signal.
    Killed(i32),
    /// A process of the plan has ended without saying why.
    Lost,
}

impl Failure {
    /// `errno`, in the part with this number.
    pub const fn in_part(part: u8, errno: Errno) -> Self {
        Failure { part, cause: Cause::Errno(errno) }
    }

    /// The error number, when a system call refused.
    pub const fn errno(&self) -> Option<Errno> {
        match self.cause {
            Cause::Errno(e) => Some(e),
            Cause::Exited(_) | Cause::Killed(_) | Cause::Lost => None,
        }
    }
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Failure::in_part(0, errno)
    }
}
