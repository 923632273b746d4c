//! Addresses come and go: RTM_NEWADDR and RTM_DELADDR (rtnetlink(7), ip-address(8)).

use super::body::{Body, Hole};
use super::{Message, Words, word_of};
use crate::name::DeviceName;
use crate::tables::SCOPES;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};

// linux/rtnetlink.h
const RTM_NEWADDR: u16 = 20;
const RTM_DELADDR: u16 = 21;
// linux/if_addr.h
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_LABEL: u16 = 3;
const IFA_BROADCAST: u16 = 4;
const IFA_ANYCAST: u16 = 5;
const IFA_CACHEINFO: u16 = 6;
const IFA_FLAGS: u16 = 8;
const IFA_RT_PRIORITY: u16 = 9;
/// Where in `struct ifaddrmsg` the index is.
const INDEX_AT: usize = 4;

/// What is done with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressVerb {
    /// It is new.
    Add,
    /// It is there.
    Change,
    /// It is there or new.
    Replace,
    /// It goes.
    Delete,
}

/// The address of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broadcast {
    /// All bits of the host set: `brd +`.
    Ones,
    /// None of them: `brd -`.
    Zeros,
    /// This one.
    Is(IpAddr),
}

/// How long an address is valid, and preferred, in seconds; `u32::MAX` is for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Until it goes.
    pub valid: u32,
    /// Until it is not taken for new connections any more.
    pub preferred: u32,
}

/// An address, and what is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeAddress {
    /// What is done.
    pub verb: AddressVerb,
    /// The device.
    pub device: DeviceName,
    /// The address.
    pub ip: IpAddr,
    /// How many of its bits are the network's; with a peer, of the peer's.
    pub prefix: u8,
    /// Is the prefix not said, and one with any removed? Of version 4 only.
    pub any_prefix: bool,
    /// The other end, of a point-to-point link.
    pub peer: Option<IpAddr>,
    /// The address of all.
    pub broadcast: Option<Broadcast>,
    /// The address of any.
    pub anycast: Option<IpAddr>,
    /// How far it is valid (rt_scope): 0 everywhere, 253 on the link, 254 on this host. Without it by ip(8)'s rule.
    pub scope: Option<u8>,
    /// Its name, which begins with the device's.
    pub label: Option<OsString>,
    /// IFA_F_….
    pub flags: u32,
    /// How long.
    pub lifetimes: Option<Lifetimes>,
    /// The metric of the route that comes with it.
    pub metric: Option<u32>,
}

/// The flags that are given, and their words (linux/if_addr.h).
pub(crate) const GIVEN_FLAGS: &[(u32, &str)] =
    &[(0x10, "home"), (0x02, "nodad"), (0x100, "mngtmpaddr"), (0x200, "noprefixroute"), (0x400, "autojoin")];

impl ChangeAddress {
    /// `ip addr add IP/PREFIX dev DEVICE`
    pub fn add(device: DeviceName, ip: IpAddr, prefix: u8) -> Self {
        ChangeAddress {
            verb: AddressVerb::Add,
            device,
            ip,
            prefix,
            any_prefix: false,
            peer: None,
            broadcast: None,
            anycast: None,
            scope: None,
            label: None,
            flags: 0,
            lifetimes: None,
            metric: None,
        }
    }

    /// That which was given, or ip(8)'s rule: 127.0.0.0/8 is valid on this host, all else everywhere.
    fn scope(&self) -> u8 {
        const HOST: u8 = 254;
        match self.ip {
            IpAddr::V4(ip) if ip.octets()[0] == 127 => self.scope.unwrap_or(HOST),
            _ => self.scope.unwrap_or(0),
        }
    }

    /// The address of all as a number of bits says; none where no bits are left.
    fn broadcast(&self) -> Option<IpAddr> {
        let filled = |ones: bool| match self.peer.unwrap_or(self.ip) {
            IpAddr::V4(ip) if self.prefix <= 30 => {
                let host = u32::MAX.checked_shr(u32::from(self.prefix)).unwrap_or(0);
                let bits = if ones { ip.to_bits() | host } else { ip.to_bits() & !host };
                Some(IpAddr::V4(Ipv4Addr::from_bits(bits)))
            }
            _ => None,
        };
        match self.broadcast? {
            Broadcast::Ones => filled(true),
            Broadcast::Zeros => filled(false),
            Broadcast::Is(ip) => Some(ip),
        }
    }

    pub(super) fn message(&self) -> Message {
        let family = family(self.ip);
        let mut body = Body::new(&[family, self.prefix, 0, self.scope(), 0, 0, 0, 0]);
        body.later_at(INDEX_AT, Hole::Device(self.device.clone()));
        put_ip(&mut body, IFA_LOCAL, self.ip);
        if !self.any_prefix {
            put_ip(&mut body, IFA_ADDRESS, self.peer.unwrap_or(self.ip));
        }
        if let Some(broadcast) = self.broadcast() {
            put_ip(&mut body, IFA_BROADCAST, broadcast);
        }
        if let Some(anycast) = self.anycast {
            put_ip(&mut body, IFA_ANYCAST, anycast);
        }
        if let Some(label) = &self.label {
            body.text(IFA_LABEL, label.as_encoded_bytes());
        }
        if self.flags != 0 {
            body.number(IFA_FLAGS, self.flags);
        }
        if let Some(metric) = self.metric {
            body.number(IFA_RT_PRIORITY, metric);
        }
        if let Some(Lifetimes { valid, preferred }) = self.lifetimes {
            let times = [preferred, valid, 0, 0].map(u32::to_ne_bytes);
            body.put(IFA_CACHEINFO, times.as_flattened());
        }
        let (kind, flags) = match self.verb {
            AddressVerb::Add => (RTM_NEWADDR, 0x600),
            AddressVerb::Change => (RTM_NEWADDR, 0x100),
            AddressVerb::Replace => (RTM_NEWADDR, 0x500),
            AddressVerb::Delete => (RTM_DELADDR, 0),
        };
        Message::new(kind, flags, body)
    }

    pub(super) fn words(&self) -> Vec<OsString> {
        let verb = match self.verb {
            AddressVerb::Add => "add",
            AddressVerb::Change => "change",
            AddressVerb::Replace => "replace",
            AddressVerb::Delete => "del",
        };
        let mut words = Words::of(&["addr", verb]);
        match self.peer {
            None if self.any_prefix => words.word(self.ip.to_string()),
            None => words.word(format!("{}/{}", self.ip, self.prefix)),
            Some(peer) => {
                words.word(self.ip.to_string());
                words.pair("peer", format!("{peer}/{}", self.prefix));
            }
        }
        match self.broadcast {
            Some(Broadcast::Ones) => words.pair("broadcast", "+"),
            Some(Broadcast::Zeros) => words.pair("broadcast", "-"),
            Some(Broadcast::Is(ip)) => words.pair("broadcast", ip.to_string()),
            None => {}
        }
        if let Some(anycast) = self.anycast {
            words.pair("anycast", anycast.to_string());
        }
        if let Some(scope) = self.scope {
            words.pair("scope", word_of(SCOPES, scope.into()));
        }
        words.pair("dev", self.device.as_os_str());
        if let Some(label) = &self.label {
            words.pair("label", label);
        }
        for (bit, word) in GIVEN_FLAGS {
            if self.flags & bit != 0 {
                words.word(*word);
            }
        }
        if let Some(metric) = self.metric {
            words.pair("metric", metric.to_string());
        }
        if let Some(Lifetimes { valid, preferred }) = self.lifetimes {
            let time = |time: u32| if time == u32::MAX { "forever".to_owned() } else { time.to_string() };
            words.pair("valid_lft", time(valid));
            words.pair("preferred_lft", time(preferred));
        }
        words.0
    }
}

/// AF_INET or AF_INET6.
pub(super) const fn family(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 2,
        IpAddr::V6(_) => 10,
    }
}

pub(super) fn put_ip(body: &mut Body, kind: u16, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => body.put(kind, &ip.octets()),
        IpAddr::V6(ip) => body.put(kind, &ip.octets()),
    }
}
