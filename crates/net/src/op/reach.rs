//! A network namespace, opened: later steps find it and a routing socket that was made in it.

use crate::hint;
use crate::{OpenError, Place};
use std::os::fd::OwnedFd;
use xns_core::shell::c_string;
use xns_core::{
    Apply, Call, Errno, Facts, Failure, Hint, NsKind, Operation, Outcome, Reached, Shell, Slots, errno,
};
use xns_sys::{namespace, netlink};

/// Opens a network namespace, and makes a routing socket in it. Reaching another one than one's own means to be in it afterwards;
/// [`Place::Here`] is to be reached before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach(pub Place);

/// The parts: it is opened; it is a network namespace; it is entered; the socket.
const OPEN: u8 = 0;
pub(crate) const KIND: u8 = 1;
pub(crate) const ENTER: u8 = 2;
const SOCKET: u8 = 3;

impl Operation for Reach {
    fn calls(&self) -> Vec<Call> {
        let follow = if matches!(self.0, Place::Name(_)) { "|O_NOFOLLOW" } else { "" };
        let mut calls =
            vec![format!("openat(AT_FDCWD, {}, O_RDONLY|O_NONBLOCK{follow})", c_string(self.0.path()))];
        if self.0 != Place::Here {
            calls.push("setns(that, CLONE_NEWNET)".to_owned());
        }
        calls.push("socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)".to_owned());
        calls.into_iter().map(Call::new).collect()
    }

    /// The `ip` commands name it themselves.
    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, part: u8) -> String {
        failed(&self.0, part)
    }

    fn original(&self, failure: &Failure) -> Option<(String, u8)> {
        original(&self.0, failure)
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_reached(&self.0, failure, facts)
    }
}

impl Apply for Reach {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let place = self.0.key();
        if slots.reached(&place).is_ok() {
            return Ok(Outcome::Tolerated("it is reached already"));
        }
        let namespace = open(&self.0)?;
        if self.0 != Place::Here {
            namespace::setns(&namespace, NsKind::Net.flag())
                .map_err(|errno| Failure::in_part(ENTER, errno))?;
        }
        let socket = netlink::socket().map_err(|errno| Failure::in_part(SOCKET, errno))?;
        slots.reached.push(Reached { place, namespace, socket });
        Ok(Outcome::Done)
    }
}

/// `ip`'s words.
pub(super) fn failed(place: &Place, part: u8) -> String {
    match part {
        OPEN => format!("Cannot open network namespace \"{place}\""),
        KIND | ENTER => format!("setting the network namespace \"{place}\" failed"),
        _ => "Cannot open netlink socket".to_owned(),
    }
}

/// The whole line, and `ip`'s status. Of a process that is not there, or another's, `ip` lets the kernel tell.
pub(super) fn original(place: &Place, failure: &Failure) -> Option<(String, u8)> {
    if matches!(place, Place::Process(_)) {
        match failure.errno() {
            Some(Errno::ENOENT) => return Some(("RTNETLINK answers: No such process".to_owned(), 2)),
            Some(Errno::EACCES) => return Some(("RTNETLINK answers: Operation not permitted".to_owned(), 2)),
            _ => {}
        }
    }
    Some((format!("{}: {}", failed(place, failure.part), errno::text(failure.errno()?)), 255))
}

/// Its descriptor, or the part that failed.
pub(super) fn open(place: &Place) -> Result<OwnedFd, Failure> {
    place.open().map_err(|error| match error {
        OpenError::NotOpened(errno) => Failure::in_part(OPEN, errno),
        OpenError::NoNetns => Failure::in_part(KIND, error.errno()),
    })
}
