//! Addresses as rtnetlink(7) tells them.

use crate::wire::{attributes, number, text};
use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::ffi::OsStringExt;

/// An address of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// How many of its bits are the network's.
    pub prefix: u8,
    /// The other end, of a point-to-point link.
    pub peer: Option<IpAddr>,
    /// The address of all.
    pub broadcast: Option<IpAddr>,
    /// The address of any.
    pub anycast: Option<IpAddr>,
    /// How far it is valid (rt_scope): 0 everywhere, 253 on the link, 254 on this host.
    pub scope: u8,
    /// IFA_F_… of linux/if_addr.h.
    pub flags: u32,
    /// Its name (version 4), which begins with the device's; any bytes.
    pub label: Option<OsString>,
    /// For how many seconds it stays; `u32::MAX` is for ever.
    pub valid: u32,
    /// For how many seconds it is taken for new connections.
    pub preferred: u32,
    /// The metric of the route that came with it.
    pub metric: Option<u32>,
    /// Who made it (IFAPROT_…).
    pub protocol: Option<u8>,
}

/// `10.0.0.1/24`
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ip, self.prefix)
    }
}

impl Address {
    /// The second and further ones of a network (IFA_F_SECONDARY).
    pub const SECONDARY: u32 = 0x01;
    /// Nobody is asked whether another has it, too (IFA_F_NODAD).
    pub const NODAD: u32 = 0x02;
    /// It stays for ever (IFA_F_PERMANENT).
    pub const PERMANENT: u32 = 0x80;
    /// Whether another has it, too, is not known yet (IFA_F_TENTATIVE).
    pub const TENTATIVE: u32 = 0x40;
    /// Another has it, too (IFA_F_DADFAILED).
    pub const DUPLICATE: u32 = 0x08;
}

/// An address, and the index of its interface, from the body of an RTM_NEWADDR.
pub(crate) fn parse_address(body: &[u8]) -> Option<(u32, Address)> {
    let (head, rest) = body.split_first_chunk::<HEAD>()?;
    let (mut local, mut other) = (None, None);
    let mut found = Address {
        ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        prefix: head[1],
        peer: None,
        broadcast: None,
        anycast: None,
        scope: head[3],
        flags: head[2].into(),
        label: None,
        valid: u32::MAX,
        preferred: u32::MAX,
        metric: None,
        protocol: None,
    };
    for (kind, value) in attributes(rest) {
        match kind {
            IFA_ADDRESS => other = ip(value),
            IFA_LOCAL => local = ip(value),
            IFA_LABEL => found.label = Some(OsString::from_vec(text(value).to_vec())),
            IFA_BROADCAST => found.broadcast = ip(value),
            IFA_ANYCAST => found.anycast = ip(value),
            IFA_FLAGS => found.flags = number(value)?,
            IFA_CACHEINFO => {
                found.preferred = number(value)?;
                found.valid = value.get(4..).and_then(number)?;
            }
            IFA_RT_PRIORITY => found.metric = number(value),
            IFA_PROTO => found.protocol = value.first().copied(),
            _ => {}
        }
    }
    found.ip = local.or(other)?;
    found.peer = other.filter(|other| *other != found.ip);
    Some((number(&head[4..])?, found))
}

/// An address of either version, by its length.
pub(crate) fn ip(value: &[u8]) -> Option<IpAddr> {
    match value.len() {
        4 => Some(Ipv4Addr::from(*value.first_chunk::<4>()?).into()),
        16 => Some(Ipv6Addr::from(*value.first_chunk::<16>()?).into()),
        _ => None,
    }
}

/// The length of `struct ifaddrmsg` (linux/if_addr.h).
const HEAD: usize = 8;

// linux/if_addr.h
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_LABEL: u16 = 3;
const IFA_BROADCAST: u16 = 4;
const IFA_ANYCAST: u16 = 5;
const IFA_CACHEINFO: u16 = 6;
const IFA_FLAGS: u16 = 8;
const IFA_RT_PRIORITY: u16 = 9;
const IFA_PROTO: u16 = 11;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Body;
    use proptest::prelude::*;

    fn body(head: &[u8], attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Body::new(head);
        attributes.iter().for_each(|(kind, value)| body.put(*kind, value));
        body.finish().0
    }

    #[test]
    fn addresses_of_both_versions() {
        let head = [2, 24, 0x80, 253, 7, 0, 0, 0];
        let (index, address) =
            parse_address(&body(&head, &[(IFA_ADDRESS, &[10, 0, 0, 1]), (IFA_LOCAL, &[10, 0, 0, 1])]))
                .unwrap();
        assert_eq!((index, address.to_string(), address.peer), (7, "10.0.0.1/24".to_owned(), None));
        assert_eq!((address.scope, address.flags, address.valid), (253, Address::PERMANENT, u32::MAX));
        let pointed = body(&head, &[(IFA_ADDRESS, &[10, 0, 0, 2]), (IFA_LOCAL, &[10, 0, 0, 1])]);
        assert_eq!(parse_address(&pointed).unwrap().1.peer, Some(IpAddr::from([10, 0, 0, 2])));
        let v6 = body(
            &[10, 128, 0, 0, 1, 0, 0, 0],
            &[
                (IFA_ADDRESS, &Ipv6Addr::LOCALHOST.octets()),
                (IFA_FLAGS, &0x240_u32.to_ne_bytes()),
                (IFA_CACHEINFO, &[1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            ],
        );
        let v6 = parse_address(&v6).unwrap().1;
        assert_eq!((v6.to_string().as_str(), v6.flags, v6.preferred, v6.valid), ("::1/128", 0x240, 1, 2));
        assert_eq!(parse_address(&body(&head, &[(IFA_LOCAL, &[10, 0])])), None);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            let _ = parse_address(&bytes);
        }
    }
}
