//! Rules of policy routing as rtnetlink(7) tells them (`ip rule`).

use crate::address::ip;
use crate::wire::{attributes, number};
use std::net::IpAddr;

/// A rule, which says in which table a way is looked for, or that there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// The lower, the earlier it is asked.
    pub priority: u32,
    /// FR_ACT_… of linux/fib_rules.h: 1 looks in a table, 6 to 8 say no, as routes of these kinds do.
    pub action: u8,
    /// Where to; `None` is everywhere.
    pub to: Option<(IpAddr, u8)>,
    /// Where from; `None` is everywhere.
    pub from: Option<(IpAddr, u8)>,
    /// Does it ask for something else, too: a device, a mark, a port, a user; or is it for all others?
    pub is_narrow: bool,
}

impl Rule {
    /// From the body of an RTM_NEWRULE; `None` for what is too short.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (head, rest) = body.split_first_chunk::<HEAD>()?;
        let flags: u32 = number(&head[8..])?;
        let mut found = Rule {
            action: head[7],
            is_narrow: head[3] != 0 || flags & FIB_RULE_INVERT != 0,
            ..Rule::default()
        };
        for (kind, value) in attributes(rest) {
            match kind {
                FRA_DST => found.to = ip(value).map(|ip| (ip, head[1])),
                FRA_SRC => found.from = ip(value).map(|ip| (ip, head[2])),
                FRA_PRIORITY => found.priority = number(value)?,
                FRA_FWMARK => found.is_narrow |= number(value).is_some_and(|mark: u32| mark != 0),
                FRA_L3MDEV => found.is_narrow |= value.first().is_some_and(|is_on| *is_on != 0),
                kind => found.is_narrow |= NARROW.contains(&kind),
            }
        }
        Some(found)
    }
}

/// The length of `struct fib_rule_hdr` (linux/fib_rules.h).
const HEAD: usize = 12;

// linux/fib_rules.h
const FIB_RULE_INVERT: u32 = 2;
const FRA_DST: u16 = 1;
const FRA_SRC: u16 = 2;
const FRA_PRIORITY: u16 = 6;
const FRA_FWMARK: u16 = 10;
const FRA_L3MDEV: u16 = 19;
/// FRA_IIFNAME, _TUN_ID, _OIFNAME, _UID_RANGE, _IP_PROTO, _SPORT_RANGE, _DPORT_RANGE, _DSCP, _FLOWLABEL.
const NARROW: [u16; 9] = [3, 12, 17, 20, 22, 23, 24, 25, 26];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Body;
    use proptest::prelude::*;

    #[test]
    fn a_rule_that_says_no_and_one_for_a_device() {
        let mut body = Body::new(&[2, 24, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0]);
        body.put(FRA_DST, &[10, 0, 0, 0]);
        body.number(FRA_PRIORITY, 100);
        let found = Rule::parse(&body.finish().0).unwrap();
        let to = Some((IpAddr::from([10, 0, 0, 0]), 24));
        assert_eq!(found, Rule { priority: 100, action: 6, to, ..Rule::default() });
        let mut body = Body::new(&[2, 0, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0]);
        body.put(NARROW[0], b"eth0\0");
        assert!(Rule::parse(&body.finish().0).unwrap().is_narrow);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            let _ = Rule::parse(&bytes);
        }
    }
}
