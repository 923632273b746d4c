//! A network namespace's routing socket, and what it answers.

mod carry_out;
mod read;

pub use carry_out::{NowhereElse, Places, Refusal};
pub use read::{Number, Way};

use crate::wire::{self, Message, Refused};
use std::cell::Cell;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use thiserror::Error;
use xns_core::inside::{self, Answer, InsideError};
use xns_core::{Errno, NsKind, SingleThreaded, errno};
use xns_sys::netlink;

/// Why a network namespace could not be asked.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NetError {
    /// It could not be entered.
    #[error(transparent)]
    Inside(#[from] InsideError),
    /// There is no routing socket of ours.
    #[error("cannot open a routing socket: {}", errno::text(*.0))]
    Socket(Errno),
    /// The kernel refused to answer.
    #[error("the routing socket does not answer: {}", errno::text(*.0))]
    Answer(Errno),
}

impl NetError {
    /// The error number, if a system call refused.
    pub const fn errno(self) -> Option<Errno> {
        match self {
            NetError::Inside(error) => error.errno(),
            NetError::Socket(errno) | NetError::Answer(errno) => Some(errno),
        }
    }
}

/// A socket that speaks for the network namespace in which it was made, from wherever it is used. One serves any number of questions.
#[derive(Debug)]
pub struct Network<S = OwnedFd> {
    socket: S,
    sequence: Cell<u32>,
    /// Has the kernel been told to say in words why it refuses?
    extended: Cell<bool>,
}

impl Network {
    /// Of our own network namespace.
    ///
    /// # Errors
    /// Only where the kernel has no network, or no descriptor is free.
    pub fn own() -> Result<Self, NetError> {
        netlink::socket().map(Self::over).map_err(NetError::Socket)
    }

    /// Of another one: a child enters it, makes the socket there and hands it over.
    ///
    /// # Errors
    /// When it may not be entered.
    pub fn inside(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Result<Self, NetError> {
        let (answer, _) = inside::ask(single, NsKind::Net, namespace, || {
            Ok(Answer { bytes: Vec::new(), descriptors: vec![netlink::socket()?] })
        })?;
        let socket = answer.descriptors.into_iter().next().ok_or(InsideError::Lost)?;
        Ok(Self::over(socket))
    }
}

impl<S: AsFd> Network<S> {
    /// Over a routing socket that was made in it.
    pub fn over(socket: S) -> Self {
        Network { socket, sequence: Cell::new(0), extended: Cell::new(false) }
    }

    /// The next request's number.
    fn next(&self) -> u32 {
        let sequence = self.sequence.get().wrapping_add(1);
        self.sequence.set(sequence);
        sequence
    }

    /// Sends a request and hears every part of its answer: the only one, or of a dump all up to the end. EINTR when what is dumped
    /// changed meanwhile.
    fn ask(
        &self,
        request: impl FnOnce(u32) -> Vec<u8>,
        is_dump: bool,
        buffer: &mut [u8],
        mut part: impl FnMut(u16, &[u8]),
    ) -> Result<(), Errno> {
        let sequence = self.next();
        netlink::send(&self.socket, &request(sequence))?;
        let mut changed = false;
        loop {
            let length = netlink::receive(&self.socket, buffer)?;
            let ours = wire::messages(&buffer[..length]).filter(|(of, _)| *of == sequence);
            for (_, message) in ours {
                match message? {
                    Message::Done if changed => return Err(Errno::EINTR),
                    Message::Done | Message::Acknowledged => return Ok(()),
                    Message::Refused(Refused { errno, .. }) => return Err(errno),
                    Message::Part { kind, body, interrupted } => {
                        changed |= interrupted;
                        part(kind, body);
                        if !is_dump {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }
}
