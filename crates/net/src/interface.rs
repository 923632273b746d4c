//! Interfaces and addresses as rtnetlink(7) tells them.

use crate::wire::{attributes, number, text};
use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::ffi::OsStringExt;

/// The operational state (linux/if.h, RFC 2863).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The driver does not say; so it is with `lo`.
    Unknown,
    /// A part is missing (hardware).
    NotPresent,
    /// It can pass nothing.
    Down,
    /// What it lies on is down.
    LowerLayerDown,
    /// It is being tested.
    Testing,
    /// It waits for something outside.
    Dormant,
    /// It passes packets.
    Up,
}

impl State {
    fn of(number: u8) -> Self {
        match number {
            1 => State::NotPresent,
            2 => State::Down,
            3 => State::LowerLayerDown,
            4 => State::Testing,
            5 => State::Dormant,
            6 => State::Up,
            _ => State::Unknown,
        }
    }

    /// The word that ip(8) prints.
    pub const fn word(self) -> &'static str {
        match self {
            State::Unknown => "UNKNOWN",
            State::NotPresent => "NOTPRESENT",
            State::Down => "DOWN",
            State::LowerLayerDown => "LOWERLAYERDOWN",
            State::Testing => "TESTING",
            State::Dormant => "DORMANT",
            State::Up => "UP",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What an interface is tied to: the other end of a veth, the device below a vlan or macvlan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its index in the namespace that it is in.
    pub index: u32,
    /// The number that this namespace has for that other one ([`Network::id_of`](crate::Network::id_of)); `None`: it is in this one.
    pub namespace: Option<i32>,
}

/// An address of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// How many of its bits are the network's.
    pub prefix: u8,
    /// The other end, of a point-to-point link.
    pub peer: Option<IpAddr>,
}

/// `10.0.0.1/24`
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ip, self.prefix)
    }
}

/// An interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its number in its namespace.
    pub index: u32,
    /// Its name: any bytes but `/`, `:` and blanks.
    pub name: OsString,
    /// IFF_… of netdevice(7).
    pub flags: u32,
    /// Does it pass packets?
    pub state: State,
    /// The hardware address: six bytes for Ethernet; empty where it has none.
    pub hardware: Vec<u8>,
    /// The largest packet, in bytes.
    pub mtu: u32,
    /// `veth`, `bridge`, `vxlan`; `None` for hardware and `lo`.
    pub kind: Option<String>,
    /// What it is tied to.
    pub link: Option<Link>,
    /// The index of the bridge or bond that it is a port of.
    pub master: Option<u32>,
    /// Its addresses, of version 4 first.
    pub addresses: Vec<Address>,
}

impl Interface {
    /// Is it switched on (IFF_UP)?
    pub const fn is_up(&self) -> bool {
        self.flags & 1 != 0
    }

    /// `02:42:ac:11:00:02`; empty where it has none.
    pub fn mac(&self) -> String {
        let bytes: Vec<_> = self.hardware.iter().map(|byte| format!("{byte:02x}")).collect();
        bytes.join(":")
    }

    /// From the body of an RTM_NEWLINK, without addresses; `None` for one that has no name.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (head, rest) = body.split_first_chunk::<LINK_HEAD>()?;
        let mut found = Interface {
            index: number(&head[4..])?,
            name: OsString::new(),
            flags: number(&head[8..])?,
            state: State::Unknown,
            hardware: Vec::new(),
            mtu: 0,
            kind: None,
            link: None,
            master: None,
            addresses: Vec::new(),
        };
        let (mut link, mut namespace) = (None, None);
        for (kind, value) in attributes(rest) {
            match kind {
                IFLA_ADDRESS => found.hardware = value.to_vec(),
                IFLA_IFNAME => found.name = OsString::from_vec(text(value).to_vec()),
                IFLA_MTU => found.mtu = number(value)?,
                IFLA_LINK => link = number(value),
                IFLA_MASTER => found.master = number(value),
                IFLA_OPERSTATE => found.state = State::of(*value.first()?),
                IFLA_LINKINFO => found.kind = kind_in(value),
                IFLA_LINK_NETNSID => namespace = number(value).map(u32::cast_signed),
                _ => {}
            }
        }
        // A tunnel that is tied to nothing has the link 0.
        found.link = link.filter(|index| *index != 0).map(|index| Link { index, namespace });
        (!found.name.is_empty()).then_some(found)
    }
}

fn kind_in(info: &[u8]) -> Option<String> {
    const IFLA_INFO_KIND: u16 = 1;
    let (_, kind) = attributes(info).find(|(kind, _)| *kind == IFLA_INFO_KIND)?;
    Some(String::from_utf8_lossy(text(kind)).into_owned())
}

/// An address, and the index of its interface, from the body of an RTM_NEWADDR.
pub(crate) fn parse_address(body: &[u8]) -> Option<(u32, Address)> {
    let (head, rest) = body.split_first_chunk::<ADDRESS_HEAD>()?;
    let (mut local, mut other) = (None, None);
    for (kind, value) in attributes(rest) {
        match kind {
            IFA_ADDRESS => other = ip(value),
            IFA_LOCAL => local = ip(value),
            _ => {}
        }
    }
    let ip = local.or(other)?;
    let peer = other.filter(|other| *other != ip);
    Some((number(&head[4..])?, Address { ip, prefix: head[1], peer }))
}

fn ip(value: &[u8]) -> Option<IpAddr> {
    match value.len() {
        4 => Some(Ipv4Addr::from(*value.first_chunk::<4>()?).into()),
        16 => Some(Ipv6Addr::from(*value.first_chunk::<16>()?).into()),
        _ => None,
    }
}

/// The lengths of `struct ifinfomsg` and `struct ifaddrmsg` (linux/rtnetlink.h, linux/if_addr.h).
const LINK_HEAD: usize = 16;
const ADDRESS_HEAD: usize = 8;

// linux/if_link.h
const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_LINK: u16 = 5;
const IFLA_MASTER: u16 = 10;
const IFLA_OPERSTATE: u16 = 16;
const IFLA_LINKINFO: u16 = 18;
const IFLA_LINK_NETNSID: u16 = 37;
// linux/if_addr.h
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use netlink_packet_core::{DefaultNla, Emitable};
    use proptest::prelude::*;

    fn body(head: &[u8], attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let all: Vec<_> =
            attributes.iter().map(|(kind, value)| DefaultNla::new(*kind, value.to_vec())).collect();
        let mut bytes = vec![0; head.len() + all.as_slice().buffer_len()];
        bytes[..head.len()].copy_from_slice(head);
        all.as_slice().emit(&mut bytes[head.len()..]);
        bytes
    }

    const HEAD: [u8; 16] = [0, 0, 1, 0, 7, 0, 0, 0, 0x43, 0x10, 1, 0, 0, 0, 0, 0];

    #[test]
    fn one_end_of_a_veth() {
        let info = body(&[], &[(1, b"veth\0")]);
        let found = Interface::parse(&body(
            &HEAD,
            &[
                (IFLA_IFNAME, b"v\xff\n\0"),
                (IFLA_MTU, &1500_u32.to_ne_bytes()),
                (IFLA_ADDRESS, &[2, 0x42, 0, 0, 0, 0xfe]),
                (IFLA_LINK, &8_u32.to_ne_bytes()),
                (IFLA_LINK_NETNSID, &0_i32.to_ne_bytes()),
                (IFLA_OPERSTATE, &[3]),
                (IFLA_LINKINFO, &info),
                (999, b"newer"),
            ],
        ))
        .unwrap();
        assert_eq!(found.name, OsString::from_vec(b"v\xff\n".to_vec()));
        assert_eq!((found.index, found.mtu, found.mac().as_str()), (7, 1500, "02:42:00:00:00:fe"));
        assert_eq!(found.link, Some(Link { index: 8, namespace: Some(0) }));
        assert_eq!(
            (found.kind.as_deref(), found.state.word(), found.is_up()),
            (Some("veth"), "LOWERLAYERDOWN", true)
        );
    }

    #[test]
    fn a_link_to_nothing_is_none() {
        let found = Interface::parse(&body(&HEAD, &[(IFLA_IFNAME, b"t\0"), (IFLA_LINK, &[0; 4])])).unwrap();
        assert_eq!((found.link, &found.kind, found.mac()), (None, &None, String::new()));
        assert_eq!(Interface::parse(&HEAD), None);
    }

    #[test]
    fn addresses_of_both_versions() {
        let head = [2, 24, 0, 0, 7, 0, 0, 0];
        let (index, address) =
            parse_address(&body(&head, &[(IFA_ADDRESS, &[10, 0, 0, 1]), (IFA_LOCAL, &[10, 0, 0, 1])]))
                .unwrap();
        assert_eq!((index, address.to_string(), address.peer), (7, "10.0.0.1/24".to_owned(), None));
        let pointed = body(&head, &[(IFA_ADDRESS, &[10, 0, 0, 2]), (IFA_LOCAL, &[10, 0, 0, 1])]);
        assert_eq!(parse_address(&pointed).unwrap().1.peer, Some(IpAddr::from([10, 0, 0, 2])));
        let v6 = body(&[10, 128, 0, 0, 1, 0, 0, 0], &[(IFA_ADDRESS, &Ipv6Addr::LOCALHOST.octets())]);
        assert_eq!(parse_address(&v6).unwrap().1.to_string(), "::1/128");
        assert_eq!(parse_address(&body(&head, &[(IFA_LOCAL, &[10, 0])])), None);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            let _ = Interface::parse(&bytes);
            let _ = parse_address(&bytes);
        }
    }
}
