//! Routes come and go: RTM_NEWROUTE and RTM_DELROUTE (rtnetlink(7), ip-route(8)).

use super::address::{family, put_ip};
use super::body::{Body, Hole};
use super::{Message, Words, word_of};
use crate::name::DeviceName;
use crate::tables::{PROTOCOLS, ROUTE_KINDS, SCOPES, TABLES};
use std::ffi::OsString;
use std::net::IpAddr;

// linux/rtnetlink.h
const RTM_NEWROUTE: u16 = 24;
const RTM_DELROUTE: u16 = 25;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_METRICS: u16 = 8;
const RTA_MULTIPATH: u16 = 9;
const RTA_TABLE: u16 = 15;
const RTA_VIA: u16 = 18;
const RTA_PREF: u16 = 20;
const RTAX_MTU: u16 = 2;
const RTAX_ADVMSS: u16 = 8;
const RTNH_F_ONLINK: u8 = 4;
const MAIN: u32 = 254;
const LOCAL_TABLE: u32 = 255;
const SCOPE_LINK: u8 = 253;
const SCOPE_HOST: u8 = 254;
const SCOPE_NOWHERE: u8 = 255;
const PROTOCOL_BOOT: u8 = 3;
const INET: u8 = 2;
const INET6: u8 = 10;

/// What is done with a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteVerb {
    /// It is new.
    Add,
    /// It is there.
    Change,
    /// It is there or new.
    Replace,
    /// It comes after those that are as good.
    Append,
    /// It comes before them.
    Prepend,
    /// It goes.
    Delete,
}

impl RouteVerb {
    /// The word of ip(8).
    pub const fn word(self) -> &'static str {
        match self {
            RouteVerb::Add => "add",
            RouteVerb::Change => "change",
            RouteVerb::Replace => "replace",
            RouteVerb::Append => "append",
            RouteVerb::Prepend => "prepend",
            RouteVerb::Delete => "del",
        }
    }

    /// The message's type and flags.
    const fn message(self) -> (u16, u16) {
        match self {
            RouteVerb::Add => (RTM_NEWROUTE, 0x600),
            RouteVerb::Change => (RTM_NEWROUTE, 0x100),
            RouteVerb::Replace => (RTM_NEWROUTE, 0x500),
            RouteVerb::Append => (RTM_NEWROUTE, 0xc00),
            RouteVerb::Prepend => (RTM_NEWROUTE, 0x400),
            RouteVerb::Delete => (RTM_DELROUTE, 0),
        }
    }
}

/// By which way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextHop {
    /// The next machine.
    pub via: Option<IpAddr>,
    /// The device.
    pub device: Option<DeviceName>,
    /// Is the next machine on the link although no address says so?
    pub onlink: bool,
    /// Of several ways, how often this one: 1 to 256.
    pub weight: Option<u32>,
}

/// A route, and what is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRoute {
    /// What is done.
    pub verb: RouteVerb,
    /// RTN_…: 1 is unicast, 6 blackhole.
    pub kind: u8,
    /// Is it of version 6? What says nothing of itself (`default`) is of version 4.
    pub is_six: bool,
    /// Where to, with how many bits; `None` is everywhere.
    pub destination: Option<(IpAddr, u8)>,
    /// The way; of several, the first.
    pub hop: NextHop,
    /// The other ways.
    pub more: Vec<NextHop>,
    /// The address that is taken for one's own.
    pub source: Option<IpAddr>,
    /// The lower, the better.
    pub metric: Option<u32>,
    /// How far it is.
    pub scope: Option<u8>,
    /// Who made it.
    pub protocol: Option<u8>,
    /// The table that it is in.
    pub table: Option<u32>,
    /// The type of service that it is for.
    pub tos: u8,
    /// The largest packet.
    pub mtu: Option<u32>,
    /// The largest segment of TCP.
    pub advmss: Option<u32>,
    /// ICMPv6's preference: 1 high, 3 low, 0 medium.
    pub preference: Option<u8>,
}

impl ChangeRoute {
    /// Nothing said yet but what is done, and where to.
    pub fn to(verb: RouteVerb, destination: Option<(IpAddr, u8)>) -> Self {
        ChangeRoute {
            verb,
            kind: 1,
            is_six: matches!(destination, Some((IpAddr::V6(_), _))),
            destination,
            hop: NextHop::default(),
            more: Vec::new(),
            source: None,
            metric: None,
            scope: None,
            protocol: None,
            table: None,
            tos: 0,
            mtu: None,
            advmss: None,
            preference: None,
        }
    }

    fn family(&self) -> u8 {
        if self.is_six { INET6 } else { INET }
    }

    /// That which was given, or ip(8)'s rule: local routes are on the host, those without a next machine on the link.
    fn scope(&self) -> u8 {
        const LOCAL: u8 = 2;
        const NAT: u8 = 10;
        match self.scope {
            Some(scope) => scope,
            None if self.is_six => 0,
            None if self.verb == RouteVerb::Delete => SCOPE_NOWHERE,
            None if matches!(self.kind, LOCAL | NAT) => SCOPE_HOST,
            None if self.is_on_link() => SCOPE_LINK,
            None => 0,
        }
    }

    /// That which was given, or ip(8)'s rule: what the host itself takes is in the local table.
    fn table(&self) -> u32 {
        // Local, broadcast, anycast, nat.
        let of_host = matches!(self.kind, 2..=4 | 10);
        self.table.unwrap_or(if of_host { LOCAL_TABLE } else { MAIN })
    }

    fn is_on_link(&self) -> bool {
        match self.kind {
            // Unicast; broadcast, anycast, multicast.
            1 => self.hop.via.is_none() && self.more.is_empty(),
            3..=5 => true,
            _ => false,
        }
    }

    pub(super) fn message(&self) -> Message {
        let table = self.table();
        // One above 255 is in an attribute.
        let short = u8::try_from(table).unwrap_or(0);
        let protocol =
            self.protocol.unwrap_or(if self.verb == RouteVerb::Delete { 0 } else { PROTOCOL_BOOT });
        let kind = if self.verb == RouteVerb::Delete && self.kind == 1 { 0 } else { self.kind };
        let bits = self.destination.map_or(0, |(_, bits)| bits);
        let onlink = if self.hop.onlink && self.more.is_empty() { RTNH_F_ONLINK } else { 0 };
        let flags = u32::from(onlink).to_ne_bytes();
        let mut body = Body::new(&[self.family(), bits, 0, self.tos, short, protocol, self.scope(), kind]);
        body.raw(&flags);
        if let Some((to, _)) = self.destination {
            put_ip(&mut body, RTA_DST, to);
        }
        if table > 255 {
            body.number(RTA_TABLE, table);
        }
        if let Some(source) = self.source {
            put_ip(&mut body, RTA_PREFSRC, source);
        }
        if let Some(metric) = self.metric {
            body.number(RTA_PRIORITY, metric);
        }
        if self.mtu.is_some() || self.advmss.is_some() {
            body.nest(RTA_METRICS, |body| {
                for (kind, number) in [(RTAX_MTU, self.mtu), (RTAX_ADVMSS, self.advmss)] {
                    if let Some(number) = number {
                        body.number(kind, number);
                    }
                }
            });
        }
        if let Some(preference) = self.preference {
            body.put(RTA_PREF, &[preference]);
        }
        if self.more.is_empty() {
            self.gateway(&self.hop, &mut body);
            if let Some(device) = &self.hop.device {
                body.later(RTA_OIF, Hole::Device(device.clone()));
            }
        } else {
            body.nest(RTA_MULTIPATH, |body| {
                for hop in std::iter::once(&self.hop).chain(&self.more) {
                    self.hop(hop, body);
                }
            });
        }
        let (kind, flags) = self.verb.message();
        Message::new(kind, flags, body)
    }

    /// A next machine of the other version has an attribute of its own.
    fn gateway(&self, hop: &NextHop, body: &mut Body) {
        match hop.via {
            Some(via) if family(via) == self.family() => put_ip(body, RTA_GATEWAY, via),
            Some(via) => {
                let mut value = u16::from(family(via)).to_ne_bytes().to_vec();
                match via {
                    IpAddr::V4(ip) => value.extend(ip.octets()),
                    IpAddr::V6(ip) => value.extend(ip.octets()),
                }
                body.put(RTA_VIA, &value);
            }
            None => {}
        }
    }

    /// `struct rtnexthop`: length, flags, weight less one, index.
    fn hop(&self, hop: &NextHop, body: &mut Body) {
        let weight = hop.weight.map_or(0, |weight| u8::try_from(weight.saturating_sub(1)).unwrap_or(u8::MAX));
        let flags = if hop.onlink { RTNH_F_ONLINK } else { 0 };
        body.record([flags, weight], |body| {
            if let Some(device) = &hop.device {
                body.later_here(Hole::Device(device.clone()));
            }
            body.raw(&[0; 4]);
            self.gateway(hop, body);
        });
    }

    pub(super) fn words(&self) -> Vec<OsString> {
        let mut words = Words::default();
        // Only this says that `default` is of version 6.
        if self.is_six && self.destination.is_none() {
            words.word("-6");
        }
        words.word("route");
        words.word(self.verb.word());
        if self.kind != 1 {
            words.word(word_of(ROUTE_KINDS, self.kind.into()));
        }
        words.word(match self.destination {
            None => "default".to_owned(),
            Some((to, bits)) if bits == if to.is_ipv4() { 32 } else { 128 } => to.to_string(),
            Some((to, bits)) => format!("{to}/{bits}"),
        });
        if self.more.is_empty() {
            self.hop_words(&self.hop, &mut words);
        }
        if let Some(source) = self.source {
            words.pair("src", source.to_string());
        }
        if self.tos != 0 {
            words.pair("tos", format!("{:#x}", self.tos));
        }
        let numbers = [("metric", self.metric), ("mtu", self.mtu), ("advmss", self.advmss)];
        for (word, number) in numbers {
            if let Some(number) = number {
                words.pair(word, number.to_string());
            }
        }
        let named = [
            ("scope", self.scope.map(u32::from), SCOPES),
            ("proto", self.protocol.map(u32::from), PROTOCOLS),
            ("table", self.table, TABLES),
            ("pref", self.preference.map(u32::from), &[(0, "medium"), (1, "high"), (3, "low")]),
        ];
        for (word, number, table) in named {
            if let Some(number) = number {
                words.pair(word, word_of(table, number));
            }
        }
        for hop in std::iter::once(&self.hop).chain(&self.more).filter(|_| !self.more.is_empty()) {
            words.word("nexthop");
            self.hop_words(hop, &mut words);
        }
        words.0
    }

    fn hop_words(&self, hop: &NextHop, words: &mut Words) {
        match hop.via {
            Some(via) if family(via) == self.family() => words.pair("via", via.to_string()),
            Some(via) => {
                words.pair("via", if via.is_ipv4() { "inet" } else { "inet6" });
                words.word(via.to_string());
            }
            None => {}
        }
        if let Some(device) = &hop.device {
            words.pair("dev", device.as_os_str());
        }
        if let Some(weight) = hop.weight {
            words.pair("weight", weight.to_string());
        }
        if hop.onlink {
            words.word("onlink");
        }
    }
}
