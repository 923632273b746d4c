//! What a device is given when it is made, and afterwards: flags, addresses, numbers, where it belongs (rtnetlink(7), ip-link(8)).

use super::body::{Body, Hole};
use super::{Words, hardware};
use crate::name::{DeviceName, Place};
use std::ffi::OsString;

// linux/if_link.h
const IFLA_ADDRESS: u16 = 1;
const IFLA_BROADCAST: u16 = 2;
const IFLA_MTU: u16 = 4;
const IFLA_MASTER: u16 = 10;
const IFLA_TXQLEN: u16 = 13;
const IFLA_IFALIAS: u16 = 20;
pub(super) const IFLA_GROUP: u16 = 27;
const IFLA_NET_NS_FD: u16 = 28;
/// Where in `struct ifinfomsg` the index is, the flags, and which of them are meant.
pub(super) const INDEX_AT: usize = 4;
const FLAGS_AT: usize = 8;
const CHANGE_AT: usize = 12;
const HEAD: usize = 16;

/// A flag of a device that can be switched (netdevice(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// IFF_UP.
    Up,
    /// IFF_NOARP, which `arp on` takes away.
    Arp,
    /// IFF_PROMISC.
    Promiscuous,
    /// IFF_ALLMULTI.
    AllMulticast,
    /// IFF_MULTICAST.
    Multicast,
    /// IFF_DYNAMIC.
    Dynamic,
    /// IFF_NOTRAILERS, which `trailers on` takes away.
    Trailers,
}

impl Flag {
    /// All of them.
    pub const ALL: [Flag; 7] = [
        Flag::Up,
        Flag::Arp,
        Flag::Promiscuous,
        Flag::AllMulticast,
        Flag::Multicast,
        Flag::Dynamic,
        Flag::Trailers,
    ];

    /// The word of ip(8) before `on` and `off`; of [`Flag::Up`] it is `up` and `down` alone.
    pub const fn word(self) -> &'static str {
        match self {
            Flag::Up => "up",
            Flag::Arp => "arp",
            Flag::Promiscuous => "promisc",
            Flag::AllMulticast => "allmulticast",
            Flag::Multicast => "multicast",
            Flag::Dynamic => "dynamic",
            Flag::Trailers => "trailers",
        }
    }

    /// The bit, and whether it means the contrary.
    const fn bit(self) -> (u32, bool) {
        match self {
            Flag::Up => (0x1, false),
            Flag::Arp => (0x80, true),
            Flag::Promiscuous => (0x100, false),
            Flag::AllMulticast => (0x200, false),
            Flag::Multicast => (0x1000, false),
            Flag::Dynamic => (0x8000, false),
            Flag::Trailers => (0x20, true),
        }
    }
}

/// What a device can be given when it is made, and afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkOptions {
    /// Its hardware address.
    pub address: Option<Vec<u8>>,
    /// The hardware address of all.
    pub broadcast: Option<Vec<u8>>,
    /// The largest packet, in bytes.
    pub mtu: Option<u32>,
    /// How many packets wait to be sent.
    pub txqueuelen: Option<u32>,
    /// The group of devices that it is in: a mark that ip(8) can select by.
    pub group: Option<u32>,
    /// A text for people. The kernel takes none when it makes a device.
    pub alias: Option<OsString>,
    /// Flags, each with what it shall be.
    pub flags: Vec<(Flag, bool)>,
    /// The bridge or bond whose port it is to be; `Some(None)`: of none.
    pub master: Option<Option<DeviceName>>,
    /// The network namespace that it is to be in.
    pub namespace: Option<Place>,
}

impl LinkOptions {
    /// `struct ifinfomsg`.
    pub(super) fn head(&self, index: Option<u32>) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        let (mut flags, mut change) = (0_u32, 0_u32);
        for (flag, on) in &self.flags {
            let (bit, contrary) = flag.bit();
            change |= bit;
            flags = if *on == contrary { flags & !bit } else { flags | bit };
        }
        head[INDEX_AT..FLAGS_AT].copy_from_slice(&index.unwrap_or(0).to_ne_bytes());
        head[FLAGS_AT..CHANGE_AT].copy_from_slice(&flags.to_ne_bytes());
        head[CHANGE_AT..].copy_from_slice(&change.to_ne_bytes());
        head
    }

    pub(super) fn write(&self, body: &mut Body) {
        let numbers = [(IFLA_MTU, self.mtu), (IFLA_TXQLEN, self.txqueuelen), (IFLA_GROUP, self.group)];
        for (kind, address) in [(IFLA_ADDRESS, &self.address), (IFLA_BROADCAST, &self.broadcast)] {
            if let Some(address) = address {
                body.put(kind, address);
            }
        }
        for (kind, number) in numbers {
            if let Some(number) = number {
                body.number(kind, number);
            }
        }
        if let Some(alias) = &self.alias {
            body.put(IFLA_IFALIAS, alias.as_encoded_bytes());
        }
        match &self.master {
            Some(Some(master)) => body.later(IFLA_MASTER, Hole::Device(master.clone())),
            Some(None) => body.number(IFLA_MASTER, 0),
            None => {}
        }
        if let Some(place) = &self.namespace {
            body.later(IFLA_NET_NS_FD, Hole::Namespace(place.clone()));
        }
    }

    pub(super) fn words(&self, words: &mut Words) {
        if let Some(address) = &self.address {
            words.pair("address", hardware(address));
        }
        if let Some(broadcast) = &self.broadcast {
            words.pair("broadcast", hardware(broadcast));
        }
        let numbers = [("mtu", self.mtu), ("txqueuelen", self.txqueuelen), ("group", self.group)];
        for (word, number) in numbers {
            if let Some(number) = number {
                words.pair(word, number.to_string());
            }
        }
        if let Some(alias) = &self.alias {
            words.pair("alias", alias);
        }
        match &self.master {
            Some(Some(master)) => words.pair("master", master.as_os_str()),
            Some(None) => words.word("nomaster"),
            None => {}
        }
        if let Some(place) = &self.namespace {
            words.pair("netns", netns(place));
        }
        for (flag, on) in &self.flags {
            match (flag, on) {
                (Flag::Up, true) => words.word("up"),
                (Flag::Up, false) => words.word("down"),
                (flag, on) => words.pair(flag.word(), if *on { "on" } else { "off" }),
            }
        }
    }
}

/// As ip(8) takes it behind `netns`: a name, a number, or a file.
fn netns(place: &Place) -> OsString {
    match place {
        Place::Here => "/proc/self/ns/net".into(),
        Place::Name(name) => name.as_os_str().to_owned(),
        Place::Process(pid) => pid.to_string().into(),
        Place::File(file) => file.into(),
    }
}
