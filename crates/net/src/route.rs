//! Routes as rtnetlink(7) tells them.

use crate::address::ip;
use crate::wire::{attributes, number};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One way of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// The next machine.
    pub via: Option<IpAddr>,
    /// The index of the device.
    pub device: Option<u32>,
    /// Of several ways, how often this one.
    pub weight: u32,
    /// RTNH_F_… of linux/rtnetlink.h.
    pub flags: u32,
}

/// A route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Is it of version 6?
    pub is_six: bool,
    /// RTN_…: 1 is unicast, 2 local.
    pub kind: u8,
    /// Where to; `None` is everywhere.
    pub destination: Option<(IpAddr, u8)>,
    /// Where from; `None` is everywhere.
    pub from: Option<(IpAddr, u8)>,
    /// The type of service that it is for.
    pub tos: u8,
    /// The way; without `via` and device where there are several.
    pub hop: Hop,
    /// The ways, where there are several.
    pub hops: Vec<Hop>,
    /// The address that is taken for one's own.
    pub source: Option<IpAddr>,
    /// The lower, the better.
    pub metric: Option<u32>,
    /// How far it is (rt_scope).
    pub scope: u8,
    /// Who made it (RTPROT_…).
    pub protocol: u8,
    /// The table that it is in.
    pub table: u32,
    /// RTM_F_… and RTNH_F_….
    pub flags: u32,
    /// RTAX_…: numbers for the connections over it.
    pub metrics: Vec<(u16, u32)>,
    /// Which of them are not changed by what is learned (bits).
    pub locked: u32,
    /// ICMPv6's preference: 1 high, 3 low, 0 medium.
    pub preference: Option<u8>,
    /// The nexthop object that it uses.
    pub hop_id: Option<u32>,
    /// By which device a packet comes in.
    pub entered: Option<u32>,
    /// For whose packets (`route get`).
    pub uid: Option<u32>,
    /// The mark for which the way was asked.
    pub mark: Option<u32>,
    /// In how many hundredths of a second it goes.
    pub expires: Option<i32>,
    /// The error that it gives to those who use it.
    pub error: Option<i32>,
}

impl Route {
    /// It is not in a table, but was remembered, or made as an answer (RTM_F_CLONED).
    pub const CLONED: u32 = 0x200;

    /// Is it only remembered?
    pub const fn is_cloned(&self) -> bool {
        self.flags & Self::CLONED != 0
    }

    /// Everything that is not said otherwise goes here.
    pub const fn is_default(&self) -> bool {
        self.destination.is_none()
    }

    /// From the body of an RTM_NEWROUTE; `None` for one of another protocol.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (head, rest) = body.split_first_chunk::<HEAD>()?;
        let is_six = match head[0] {
            2 => false,
            10 => true,
            _ => return None,
        };
        let mut found = Route {
            is_six,
            tos: head[3],
            table: head[4].into(),
            protocol: head[5],
            scope: head[6],
            kind: head[7],
            flags: number(&head[8..])?,
            ..Route::default()
        };
        let prefix = |value, bits| ip(value).map(|ip| (ip, bits));
        for (kind, value) in attributes(rest) {
            match kind {
                RTA_DST => found.destination = prefix(value, head[1]),
                RTA_SRC => found.from = prefix(value, head[2]),
                RTA_IIF => found.entered = number(value),
                RTA_OIF => found.hop.device = number(value),
                RTA_GATEWAY => found.hop.via = ip(value),
                RTA_VIA => found.hop.via = via(value),
                RTA_PRIORITY => found.metric = number(value),
                RTA_PREFSRC => found.source = ip(value),
                RTA_METRICS => found.take_metrics(value),
                RTA_MULTIPATH => found.hops = hops(value),
                RTA_CACHEINFO => {
                    let at = |at: usize| value.get(at..).and_then(number).map(u32::cast_signed);
                    found.expires = at(8).filter(|expires| *expires != 0);
                    found.error = at(12).filter(|error| *error != 0);
                }
                RTA_TABLE => found.table = number(value)?,
                RTA_MARK => found.mark = number(value),
                RTA_PREF => found.preference = value.first().copied(),
                RTA_UID => found.uid = number(value),
                RTA_NH_ID => found.hop_id = number(value),
                _ => {}
            }
        }
        // A prefix of no bits is everywhere, also when the address is said.
        let unspecified =
            if is_six { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
        match found.destination {
            Some((_, 0)) => found.destination = None,
            None if head[1] != 0 => found.destination = Some((unspecified, head[1])),
            _ => {}
        }
        Some(found)
    }

    fn take_metrics(&mut self, value: &[u8]) {
        for (kind, value) in attributes(value) {
            match (kind, number(value)) {
                (RTAX_LOCK, Some(bits)) => self.locked = bits,
                // A name, not a number.
                (RTAX_CC_ALGO, _) => {}
                (kind, Some(value)) => self.metrics.push((kind, value)),
                _ => {}
            }
        }
    }
}

/// `struct rtvia`: a family, and an address of it.
fn via(value: &[u8]) -> Option<IpAddr> {
    ip(value.get(2..)?)
}

/// `struct rtnexthop`: length, flags, weight less one, index; then attributes.
fn hops(mut rest: &[u8]) -> Vec<Hop> {
    let mut hops = Vec::new();
    while let Some((head, _)) = rest.split_first_chunk::<8>() {
        let length = usize::from(u16::from_ne_bytes([head[0], head[1]]));
        let Some(value) = rest.get(8..length) else { break };
        let mut hop = Hop {
            via: None,
            device: number(&head[4..]).filter(|index| *index != 0),
            weight: u32::from(head[3]) + 1,
            flags: head[2].into(),
        };
        for (kind, value) in attributes(value) {
            match kind {
                RTA_GATEWAY => hop.via = ip(value),
                RTA_VIA => hop.via = via(value),
                _ => {}
            }
        }
        hops.push(hop);
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    hops
}

/// The length of `struct rtmsg` (linux/rtnetlink.h).
const HEAD: usize = 12;

// linux/rtnetlink.h
const RTA_DST: u16 = 1;
const RTA_SRC: u16 = 2;
const RTA_IIF: u16 = 3;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_METRICS: u16 = 8;
const RTA_MULTIPATH: u16 = 9;
const RTA_CACHEINFO: u16 = 12;
const RTA_TABLE: u16 = 15;
const RTA_MARK: u16 = 16;
const RTA_VIA: u16 = 18;
const RTA_PREF: u16 = 20;
const RTA_UID: u16 = 25;
const RTA_NH_ID: u16 = 30;
const RTAX_LOCK: u16 = 1;
const RTAX_CC_ALGO: u16 = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Body;
    use proptest::prelude::*;

    #[test]
    fn a_default_route_and_one_of_two_ways() {
        let mut body = Body::new(&[2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]);
        body.put(RTA_GATEWAY, &[10, 0, 0, 1]);
        body.number(RTA_OIF, 3);
        body.number(RTA_TABLE, 1000);
        let found = Route::parse(&body.finish().0).unwrap();
        assert!(found.is_default() && !found.is_six && !found.is_cloned());
        assert_eq!((found.hop.via, found.hop.device), (Some(IpAddr::from([10, 0, 0, 1])), Some(3)));
        assert_eq!(found.table, 1000);

        let mut body = Body::new(&[2, 24, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]);
        body.put(RTA_DST, &[10, 9, 0, 0]);
        body.nest(RTA_MULTIPATH, |body| {
            for weight in [0, 4] {
                body.record([0, weight], |body| {
                    body.raw(&3_u32.to_ne_bytes());
                    body.put(RTA_GATEWAY, &[10, 0, 0, weight]);
                });
            }
        });
        let found = Route::parse(&body.finish().0).unwrap();
        assert_eq!(found.destination, Some((IpAddr::from([10, 9, 0, 0]), 24)));
        let hops: Vec<_> = found.hops.iter().map(|hop| (hop.via, hop.weight)).collect();
        assert_eq!(hops, [(Some(IpAddr::from([10, 0, 0, 0])), 1), (Some(IpAddr::from([10, 0, 0, 4])), 5)]);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>, family in 0..12_u8) {
            let _ = Route::parse(&bytes);
            let _ = Route::parse(&[&[family][..], &bytes].concat());
            hops(&bytes);
        }
    }
}
