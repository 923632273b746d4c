//! What is asked of the kernel about devices, addresses and routes: typed, turned into messages of rtnetlink(7), and back into the
//! words of ip(8) that say the same. Nothing here asks the machine.

mod address;
mod body;
mod kind;
mod link;
mod number;
mod options;
mod route;
#[cfg(test)]
mod tests;

pub use address::{AddressVerb, Broadcast, ChangeAddress, Lifetimes};
pub use body::Hole;
pub use kind::{Form, KINDS, Kind, Knob, Setting, Value};
pub use link::{ChangeLink, DeleteLink, LinkKind, NewLink, Peer, Which};
pub use number::SetNumber;
pub use options::{Flag, LinkOptions};
pub use route::{ChangeRoute, NextHop, RouteVerb};

pub(crate) use body::Body;

use crate::name::{DeviceName, Place};
use std::ffi::OsString;
use xns_core::shell::{line, path, quote};

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A device is made.
    NewLink(Box<NewLink>),
    /// A device is changed.
    ChangeLink(Box<ChangeLink>),
    /// A device is removed.
    DeleteLink(DeleteLink),
    /// An address comes, goes or is changed.
    Address(Box<ChangeAddress>),
    /// A route comes, goes or is changed.
    Route(Box<ChangeRoute>),
    /// A network namespace gets a number.
    Number(SetNumber),
}

/// A message without its header, whose holes are still to be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// RTM_….
    pub kind: u16,
    /// NLM_F_… beside NLM_F_REQUEST and NLM_F_ACK.
    pub flags: u16,
    /// What follows the header.
    pub body: Vec<u8>,
    /// Where in it numbers of 32 bits are put that only the machine knows.
    pub holes: Vec<(usize, Hole)>,
}

impl Message {
    pub(crate) fn new(kind: u16, flags: u16, body: Body) -> Self {
        let (body, holes) = body.finish();
        Message { kind, flags, body, holes }
    }
}

impl Request {
    /// As the kernel hears it.
    pub fn message(&self) -> Message {
        match self {
            Request::NewLink(new) => new.message(),
            Request::ChangeLink(change) => change.message(),
            Request::DeleteLink(delete) => delete.message(),
            Request::Address(change) => change.message(),
            Request::Route(change) => change.message(),
            Request::Number(set) => set.message(),
        }
    }

    /// As ip(8) is told it, without `ip` and its options.
    pub fn words(&self) -> Vec<OsString> {
        match self {
            Request::NewLink(new) => new.words(),
            Request::ChangeLink(change) => change.words(),
            Request::DeleteLink(delete) => delete.words(),
            Request::Address(change) => change.words(),
            Request::Route(change) => change.words(),
            Request::Number(set) => set.words(),
        }
    }

    /// The line that a person types who speaks to `place`: `ip -n RED link set lo up`. (`ip -n` takes names only, and enters a mount
    /// namespace of its own; nsenter(1) does for the others.)
    pub fn line(&self, place: &Place) -> String {
        let words = line(self.words());
        match place {
            Place::Here => format!("ip {words}"),
            Place::Name(name) => format!("ip -n {} {words}", quote(name.as_os_str())),
            Place::Process(pid) => format!("nsenter --net -t {pid} ip {words}"),
            Place::File(file) => format!("nsenter --net={} ip {words}", path(file)),
        }
    }

    /// The namespaces of which descriptors are wanted, each once.
    pub fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for (_, hole) in self.message().holes {
            match hole {
                Hole::Namespace(place) if !places.contains(&place) => places.push(place),
                _ => {}
            }
        }
        places
    }

    /// The devices that must be there, each once.
    pub fn devices(&self) -> Vec<DeviceName> {
        let mut devices = Vec::new();
        for (_, hole) in self.message().holes {
            match hole {
                Hole::Device(name) if !devices.contains(&name) => devices.push(name),
                _ => {}
            }
        }
        devices
    }
}

macro_rules! from {
    ($($variant:ident($inner:ty)),* $(,)?) => {
        $(impl From<$inner> for Request {
            fn from(wish: $inner) -> Self {
                Request::$variant(wish.into())
            }
        })*
    };
}

from! {
    NewLink(NewLink),
    ChangeLink(ChangeLink),
    DeleteLink(DeleteLink),
    Address(ChangeAddress),
    Route(ChangeRoute),
}

/// Words as they grow.
#[derive(Default)]
struct Words(Vec<OsString>);

impl Words {
    fn of(words: &[&str]) -> Self {
        Words(words.iter().map(OsString::from).collect())
    }

    fn word(&mut self, word: impl Into<OsString>) {
        self.0.push(word.into());
    }

    /// `mtu 1400`
    fn pair(&mut self, key: &str, value: impl Into<OsString>) {
        self.0.push(key.into());
        self.0.push(value.into());
    }
}

/// Bytes of a hardware address: `02:42:ac:11:00:02`.
pub(crate) fn hardware(bytes: &[u8]) -> String {
    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(":")
}

/// `ip` says these words for numbers of 8 bits; others it says as numbers.
pub(crate) fn word_of(table: &[(u32, &str)], number: u32) -> String {
    match table.iter().find(|(of, _)| *of == number) {
        Some((_, word)) => (*word).to_owned(),
        None => number.to_string(),
    }
}
