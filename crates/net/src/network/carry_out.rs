//! Requests carried out.

use super::Network;
use crate::name::{DeviceName, Place};
use crate::request::{Hole, Request};
use crate::wire::{self, HEADER, Message, Refused};
use netlink_packet_core::NLM_F_ACK;
use std::os::fd::{AsFd, BorrowedFd};
use thiserror::Error;
use xns_core::shell::is_unsafe_to_print;
use xns_core::{Errno, errno};
use xns_sys::fd;
use xns_sys::netlink::{self, Answers};

/// Why a request was not carried out.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", sentence.clone().unwrap_or_else(|| errno::text(*.errno).to_owned()))]
pub struct Refusal {
    /// The error number.
    pub errno: Errno,
    /// The kernel's own sentence, if it has one; nothing in it moves a terminal.
    pub sentence: Option<String>,
    /// The type of the attribute that it does not take, if it says so.
    pub attribute: Option<u16>,
    /// The device that the request names and that is not there: then it was not sent.
    pub device: Option<DeviceName>,
}

impl From<Errno> for Refusal {
    fn from(errno: Errno) -> Self {
        Refusal { errno, sentence: None, attribute: None, device: None }
    }
}

/// Where network namespaces that requests speak of are held open.
pub trait Places {
    /// The descriptor; `None` when it is not.
    fn namespace(&self, place: &Place) -> Option<BorrowedFd<'_>>;
}

/// For requests that speak of none.
#[derive(Clone, Copy, Debug)]
pub struct NowhereElse;

impl Places for NowhereElse {
    fn namespace(&self, _: &Place) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// What the kernel answers to a request that it carries out or refuses.
const ANSWER: usize = 8 * 1024;
/// So many requests go together: their answers have to find room in the socket's buffer.
const TOGETHER: usize = 64;

/// Requests that wait to be sent.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Where each begins, and its number.
    starts: Vec<(usize, u32)>,
}

impl<S: AsFd> Network<S> {
    /// Carries it out, and waits until the kernel says that it has.
    ///
    /// # Errors
    /// Why not: with ENODEV and its name when a device is not there, EBADF when a namespace is not among `places`, else what the
    /// kernel answered.
    pub fn carry_out(&self, request: &Request, places: &impl Places) -> Result<(), Refusal> {
        self.carry_out_together(std::slice::from_ref(request), places).map_err(|(_, refusal)| refusal)
    }

    /// Carries out one after the other, in as few system calls as may be.
    ///
    /// # Errors
    /// The index of the first that was refused, and why. Those after it may have been carried out nevertheless.
    pub fn carry_out_together(
        &self,
        requests: &[Request],
        places: &impl Places,
    ) -> Result<(), (usize, Refusal)> {
        self.extend();
        let (mut batch, mut first) = (Batch::default(), 0);
        for (at, request) in requests.iter().enumerate() {
            let mut message = request.message();
            let names_device = message.holes.iter().any(|(_, hole)| matches!(hole, Hole::Device(_)));
            // The device may be one that a request before it makes.
            if names_device || batch.starts.len() == TOGETHER {
                self.send(&mut batch).map_err(|(which, refusal)| (first + which, refusal))?;
                first = at;
            }
            for (offset, hole) in &message.holes {
                let number = self.fill(hole, places).map_err(|refusal| (at, refusal))?;
                message.body[*offset..*offset + 4].copy_from_slice(&number.to_ne_bytes());
            }
            let sequence = self.next();
            batch.starts.push((batch.bytes.len(), sequence));
            batch.bytes.extend(wire::request(
                message.kind,
                message.flags | NLM_F_ACK,
                sequence,
                &message.body,
            ));
        }
        self.send(&mut batch).map_err(|(which, refusal)| (first + which, refusal))
    }

    /// Older kernels do not know these options, and then say only the error number.
    fn extend(&self) {
        if !self.extended.replace(true) {
            let _ = netlink::set(&self.socket, Answers::Extended);
            let _ = netlink::set(&self.socket, Answers::Capped);
        }
    }

    fn fill(&self, hole: &Hole, places: &impl Places) -> Result<u32, Refusal> {
        match hole {
            Hole::Device(name) => match self.link_named(name)? {
                Some(found) => Ok(found.index),
                None => Err(Refusal { device: Some(name.clone()), ..Errno::ENODEV.into() }),
            },
            Hole::Namespace(place) => {
                let namespace = places.namespace(place).ok_or(Errno::EBADF)?;
                Ok(fd::number(namespace))
            }
        }
    }

    /// Sends what waits, and hears all answers.
    fn send(&self, batch: &mut Batch) -> Result<(), (usize, Refusal)> {
        let Batch { bytes, starts } = std::mem::take(batch);
        if starts.is_empty() {
            return Ok(());
        }
        let lost = |errno: Errno| (0, errno.into());
        netlink::send(&self.socket, &bytes).map_err(lost)?;
        let mut buffer = [0; ANSWER];
        let (mut left, mut refused) = (starts.len(), None);
        while left > 0 {
            let length = netlink::receive(&self.socket, &mut buffer).map_err(lost)?;
            for (sequence, message) in wire::messages(&buffer[..length]) {
                let Some(which) = starts.iter().position(|(_, of)| *of == sequence) else { continue };
                match message.map_err(lost)? {
                    Message::Part { .. } => continue,
                    Message::Done | Message::Acknowledged => {}
                    Message::Refused(refusal) => {
                        let sent = bytes.get(starts[which].0..).unwrap_or_default();
                        refused.get_or_insert_with(|| (which, told(&refusal, sent)));
                    }
                }
                left -= 1;
            }
        }
        refused.map_or(Ok(()), Err)
    }
}

/// The refusal of the request that was sent in these bytes.
fn told(refused: &Refused<'_>, sent: &[u8]) -> Refusal {
    const TYPE: u16 = 0x3fff;
    let attribute = || {
        let at = usize::try_from(refused.offset?).ok().filter(|at| *at >= HEADER)?;
        let kind = sent.get(at.checked_add(2)?..)?.first_chunk()?;
        Some(u16::from_ne_bytes(*kind) & TYPE)
    };
    Refusal {
        errno: refused.errno,
        sentence: refused.sentence.map(printable),
        attribute: attribute(),
        device: None,
    }
}

/// The sentence may have a name in it that somebody gave.
fn printable(sentence: &[u8]) -> String {
    let shown = |c: char| if is_unsafe_to_print(c) { c.escape_unicode().to_string() } else { c.to_string() };
    String::from_utf8_lossy(sentence).chars().map(shown).collect()
}
