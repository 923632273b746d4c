//! A network namespace's routing socket, and what it answers.

use crate::interface::{Interface, parse_address};
use crate::wire::{self, Message};
use netlink_packet_core::{DefaultNla, NLM_F_DUMP};
use std::cell::Cell;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
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
pub struct Network {
    socket: OwnedFd,
    sequence: Cell<u32>,
}

// linux/rtnetlink.h
const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const RTM_NEWNSID: u16 = 88;
const RTM_GETNSID: u16 = 90;
// linux/net_namespace.h
const NETNSA_NSID: u16 = 1;
const NETNSA_PID: u16 = 2;
const NETNSA_FD: u16 = 3;

/// The kernel fills datagrams of up to 32 KiB.
const DATAGRAM: usize = 32 * 1024;
/// How often a table is read again that changed meanwhile.
const TRIES: usize = 8;

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

    fn over(socket: OwnedFd) -> Self {
        Network { socket, sequence: Cell::new(0) }
    }

    /// The number that this network namespace has for another one (`ip netns list-id`, `lsns`'s NETNSID); `None` when it has none,
    /// as nothing of the one has referred to the other. Asking gives it none.
    ///
    /// # Errors
    /// What RTM_GETNSID answered: EINVAL for a descriptor that is no network namespace, EOPNOTSUPP below Linux 4.0.
    pub fn id_of(&self, of: BorrowedFd<'_>) -> Result<Option<i32>, Errno> {
        self.id_by(NETNSA_FD, of.as_raw_fd().cast_unsigned())
    }

    /// The same for the network namespace of a process, which may be anybody's; `pid` is a number of our PID namespace.
    ///
    /// # Errors
    /// ESRCH when there is no such process.
    pub fn id_of_process(&self, pid: u32) -> Result<Option<i32>, Errno> {
        self.id_by(NETNSA_PID, pid)
    }

    fn id_by(&self, attribute: u16, number: u32) -> Result<Option<i32>, Errno> {
        const FAMILY_UNSPECIFIED: [u8; 4] = [0; 4];
        let attributes = [DefaultNla::new(attribute, number.to_ne_bytes().to_vec())];
        let request = |sequence| wire::request(RTM_GETNSID, 0, sequence, &FAMILY_UNSPECIFIED, &attributes);
        let mut id = None;
        // The answer is short; a refusal holds the request.
        self.ask(request, false, &mut [0; 512], |kind, body| {
            let told = body.get(FAMILY_UNSPECIFIED.len()..).filter(|_| kind == RTM_NEWNSID);
            let found = told.and_then(|told| wire::attributes(told).find(|(kind, _)| *kind == NETNSA_NSID));
            id = found.and_then(|(_, value)| wire::number(value)).map(u32::cast_signed);
        })?;
        // NETNSA_NSID_NOT_ASSIGNED is -1.
        Ok(id.filter(|id| *id >= 0))
    }

    /// The interfaces in the order of their indexes, with their addresses. Asking needs no rights. A namespace in which the other end
    /// of one is gets its number by this, as by any such question.
    ///
    /// # Errors
    /// When the kernel refuses; EINTR when the tables changed at each of several readings.
    pub fn interfaces(&self) -> Result<Vec<Interface>, NetError> {
        let mut found = self.table(RTM_GETLINK, &[0; 16], RTM_NEWLINK, Interface::parse)?;
        for (index, address) in self.table(RTM_GETADDR, &[0; 8], RTM_NEWADDR, parse_address)? {
            // One that came between the two readings has no place.
            if let Some(interface) = found.iter_mut().find(|interface| interface.index == index) {
                interface.addresses.push(address);
            }
        }
        found.sort_by_key(|interface| interface.index);
        Ok(found)
    }

    /// A whole table, read again when it changed meanwhile: what `parse` makes of its parts of the type `part`.
    fn table<T>(
        &self,
        kind: u16,
        fixed: &[u8],
        part: u16,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Vec<T>, NetError> {
        let mut buffer = vec![0; DATAGRAM];
        for _ in 0..TRIES {
            let mut found = Vec::new();
            let request = |sequence| wire::request(kind, NLM_F_DUMP, sequence, fixed, &[]);
            let whole = self.ask(request, true, &mut buffer, |kind, body| {
                found.extend((kind == part).then(|| parse(body)).flatten());
            });
            match whole {
                Err(Errno::EINTR) => {}
                answer => return answer.map(|()| found).map_err(NetError::Answer),
            }
        }
        Err(NetError::Answer(Errno::EINTR))
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
        let sequence = self.sequence.get().wrapping_add(1);
        self.sequence.set(sequence);
        netlink::send(&self.socket, &request(sequence))?;
        let mut changed = false;
        loop {
            let length = netlink::receive(&self.socket, buffer)?;
            for message in wire::messages(&buffer[..length], sequence) {
                match message? {
                    Message::Done if changed => return Err(Errno::EINTR),
                    Message::Done | Message::Refused(None) => return Ok(()),
                    Message::Refused(Some(errno)) => return Err(errno),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    #[test]
    fn ones_own_interfaces_are_those_of_proc() {
        let names = |text: String| -> Vec<_> {
            let names =
                text.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim().to_owned());
            names.collect()
        };
        let mut listed = names(std::fs::read_to_string("/proc/net/dev").unwrap());
        let mut found: Vec<_> = Network::own().unwrap().interfaces().unwrap();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        listed.sort();
        assert_eq!(found.iter().map(|one| one.name.to_str().unwrap()).collect::<Vec<_>>(), listed);
    }

    #[test]
    fn one_socket_answers_many_questions() {
        let network = Network::own().unwrap();
        let own = std::fs::File::open("/proc/self/ns/net").unwrap();
        let other = std::fs::File::open("/proc/self/ns/uts").unwrap();
        let first = network.id_of(own.as_fd());
        assert!(first.is_ok(), "{first:?}");
        assert_eq!(network.id_of_process(std::process::id()), first);
        assert_eq!(network.id_of(other.as_fd()), Err(Errno::EINVAL));
        assert!(network.id_of_process(u32::MAX >> 1).is_err());
        assert_eq!(network.id_of(own.as_fd()), first);
    }
}
