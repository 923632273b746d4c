//! Interfaces as rtnetlink(7) tells them.

use crate::address::Address;
use crate::request::hardware;
use crate::wire::{attributes, number, text};
use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStringExt;

/// The operational state (linux/if.h, RFC 2863).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// The driver does not say; so it is with `lo`.
    #[default]
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

/// What a bridge does with frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bridge {
    /// How long a port listens, and how long it learns, before it passes frames; in hundredths of a second.
    pub forward_delay: u32,
    /// Does it heed VLANs?
    pub is_vlan_filtering: bool,
}

/// An interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its number in its namespace.
    pub index: u32,
    /// Its name: any bytes but `/`, `:` and blanks.
    pub name: OsString,
    /// IFF_… of netdevice(7).
    pub flags: u32,
    /// Does it pass packets?
    pub state: State,
    /// ARPHRD_… of linux/if_arp.h: 1 is Ethernet, 772 loopback.
    pub hardware_type: u16,
    /// The hardware address: six bytes for Ethernet; empty where it has none.
    pub hardware: Vec<u8>,
    /// The hardware address of all, or of the other end.
    pub broadcast: Vec<u8>,
    /// The address that the hardware has itself; empty where it is not said.
    pub permanent: Vec<u8>,
    /// The largest packet, in bytes.
    pub mtu: u32,
    /// `veth`, `bridge`, `vxlan`; `None` for hardware and `lo`.
    pub kind: Option<String>,
    /// What it is tied to.
    pub link: Option<Link>,
    /// Could it be tied to another, and is not (`sit0@NONE`)?
    pub is_untied: bool,
    /// How packets queue to be sent: `noqueue`, `fq_codel`.
    pub qdisc: Option<String>,
    /// How many of them.
    pub txqlen: u32,
    /// The group of devices that it is in; 0 unless it was given one.
    pub group: u32,
    /// IF_LINK_MODE_… of linux/if.h: 0 default, 1 dormant.
    pub link_mode: u8,
    /// A text for people; any bytes.
    pub alias: Option<OsString>,
    /// Its other names; any bytes.
    pub other_names: Vec<OsString>,
    /// Is it held down by the one who knows (IFLA_PROTO_DOWN)?
    pub protocol_down: bool,
    /// The index of the bridge or bond that it is a port of.
    pub master: Option<u32>,
    /// As a port of a bridge: BR_STATE_… of linux/if_bridge.h, 3 passes packets.
    pub port_state: Option<u8>,
    /// As a port of a bridge: does it pass nothing on to others of which this is true?
    pub is_isolated: bool,
    /// As a bridge: what it does with frames.
    pub bridge: Option<Bridge>,
    /// Its addresses, of version 4 first.
    pub addresses: Vec<Address>,
}

impl Interface {
    /// Is it switched on (IFF_UP)?
    pub const fn is_up(&self) -> bool {
        self.flags & 1 != 0
    }

    /// The words that ip(8) prints for its flags, in its order.
    pub fn flag_words(&self) -> Vec<&'static str> {
        const UP: u32 = 1;
        const RUNNING: u32 = 0x40;
        let words = FLAGS.iter().filter(|(bit, _)| self.flags & bit != 0).map(|(_, word)| *word);
        let carrier = (self.flags & UP != 0 && self.flags & RUNNING == 0).then_some("NO-CARRIER");
        carrier.into_iter().chain(words).collect()
    }

    /// `02:42:ac:11:00:02`; empty where it has none.
    pub fn mac(&self) -> String {
        hardware(&self.hardware)
    }

    /// From the body of an RTM_NEWLINK, without addresses; `None` for one that has no name.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let (head, rest) = body.split_first_chunk::<LINK_HEAD>()?;
        let mut found = Interface {
            hardware_type: u16::from_ne_bytes([head[2], head[3]]),
            index: number(&head[4..])?,
            flags: number(&head[8..])?,
            ..Interface::default()
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
                IFLA_LINKINFO => {
                    (found.kind, found.bridge) = (kind_in(value), bridge_in(value));
                    found.port_state = port_in(value, IFLA_BRPORT_STATE);
                    found.is_isolated = port_in(value, IFLA_BRPORT_ISOLATED) == Some(1);
                }
                IFLA_BROADCAST => found.broadcast = value.to_vec(),
                IFLA_PERM_ADDRESS => found.permanent = value.to_vec(),
                IFLA_QDISC => found.qdisc = Some(String::from_utf8_lossy(text(value)).into_owned()),
                IFLA_TXQLEN => found.txqlen = number(value)?,
                IFLA_GROUP => found.group = number(value)?,
                IFLA_LINKMODE => found.link_mode = *value.first()?,
                IFLA_IFALIAS => found.alias = Some(OsString::from_vec(text(value).to_vec())),
                IFLA_PROP_LIST => found.other_names = names_in(value),
                IFLA_PROTO_DOWN => found.protocol_down = *value.first()? != 0,
                IFLA_LINK_NETNSID => namespace = number(value).map(u32::cast_signed),
                _ => {}
            }
        }
        // A tunnel that is tied to nothing has the link 0.
        found.is_untied = link == Some(0);
        found.link = link.filter(|index| *index != 0).map(|index| Link { index, namespace });
        (!found.name.is_empty()).then_some(found)
    }
}

/// Names beside the first (`ip link property add`).
fn names_in(list: &[u8]) -> Vec<OsString> {
    const IFLA_ALT_IFNAME: u16 = 53;
    let names = attributes(list).filter(|(kind, _)| *kind == IFLA_ALT_IFNAME);
    names.map(|(_, name)| OsString::from_vec(text(name).to_vec())).collect()
}

fn kind_in(info: &[u8]) -> Option<String> {
    const IFLA_INFO_KIND: u16 = 1;
    let (_, kind) = attributes(info).find(|(kind, _)| *kind == IFLA_INFO_KIND)?;
    Some(String::from_utf8_lossy(text(kind)).into_owned())
}

fn value_in(list: &[u8], wanted: u16) -> Option<&[u8]> {
    attributes(list).find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
}

/// A byte that is told of a port of a bridge.
fn port_in(info: &[u8], wanted: u16) -> Option<u8> {
    const IFLA_INFO_SLAVE_KIND: u16 = 4;
    const IFLA_INFO_SLAVE_DATA: u16 = 5;
    value_in(info, IFLA_INFO_SLAVE_KIND).filter(|kind| text(kind) == b"bridge")?;
    value_in(value_in(info, IFLA_INFO_SLAVE_DATA)?, wanted)?.first().copied()
}

/// Of a bridge.
fn bridge_in(info: &[u8]) -> Option<Bridge> {
    const IFLA_INFO_DATA: u16 = 2;
    const IFLA_BR_FORWARD_DELAY: u16 = 1;
    const IFLA_BR_VLAN_FILTERING: u16 = 7;
    kind_in(info).filter(|kind| kind == "bridge")?;
    let data = value_in(info, IFLA_INFO_DATA)?;
    Some(Bridge {
        forward_delay: value_in(data, IFLA_BR_FORWARD_DELAY).and_then(number)?,
        is_vlan_filtering: value_in(data, IFLA_BR_VLAN_FILTERING).and_then(<[u8]>::first) == Some(&1),
    })
}

/// IFF_… (linux/if.h) in the order in which ip(8) prints them; IFF_RUNNING is said by `NO-CARRIER`.
const FLAGS: &[(u32, &str)] = &[
    (0x8, "LOOPBACK"),
    (0x2, "BROADCAST"),
    (0x10, "POINTOPOINT"),
    (0x1000, "MULTICAST"),
    (0x80, "NOARP"),
    (0x200, "ALLMULTI"),
    (0x100, "PROMISC"),
    (0x400, "MASTER"),
    (0x800, "SLAVE"),
    (0x4, "DEBUG"),
    (0x8000, "DYNAMIC"),
    (0x4000, "AUTOMEDIA"),
    (0x2000, "PORTSEL"),
    (0x20, "NOTRAILERS"),
    (0x1, "UP"),
    (0x10000, "LOWER_UP"),
    (0x20000, "DORMANT"),
    (0x40000, "ECHO"),
];

/// The length of `struct ifinfomsg` (linux/rtnetlink.h).
const LINK_HEAD: usize = 16;

// linux/if_link.h
const IFLA_ADDRESS: u16 = 1;
const IFLA_BROADCAST: u16 = 2;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_LINK: u16 = 5;
const IFLA_QDISC: u16 = 6;
const IFLA_MASTER: u16 = 10;
const IFLA_TXQLEN: u16 = 13;
const IFLA_OPERSTATE: u16 = 16;
const IFLA_LINKMODE: u16 = 17;
const IFLA_LINKINFO: u16 = 18;
const IFLA_IFALIAS: u16 = 20;
const IFLA_GROUP: u16 = 27;
const IFLA_LINK_NETNSID: u16 = 37;
const IFLA_PROTO_DOWN: u16 = 39;
const IFLA_PROP_LIST: u16 = 52;
const IFLA_PERM_ADDRESS: u16 = 54;
const IFLA_BRPORT_STATE: u16 = 1;
const IFLA_BRPORT_ISOLATED: u16 = 33;

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
                (IFLA_QDISC, b"noqueue\0"),
                (IFLA_GROUP, &7_u32.to_ne_bytes()),
                (IFLA_IFALIAS, b"a b\0"),
                (IFLA_PROP_LIST, &body(&[], &[(53, b"longer-than-fifteen\0")])),
                (999, b"newer"),
            ],
        ))
        .unwrap();
        assert_eq!(found.name, OsString::from_vec(b"v\xff\n".to_vec()));
        assert_eq!((found.index, found.mtu, found.mac().as_str()), (7, 1500, "02:42:00:00:00:fe"));
        assert_eq!(found.link, Some(Link { index: 8, namespace: Some(0) }));
        assert_eq!((found.qdisc.as_deref(), found.group), (Some("noqueue"), 7));
        assert_eq!(found.alias, Some("a b".into()));
        assert_eq!(found.other_names, ["longer-than-fifteen"]);
        assert_eq!(found.flag_words(), ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"]);
        assert_eq!(
            (found.kind.as_deref(), found.state.word(), found.is_up()),
            (Some("veth"), "LOWERLAYERDOWN", true)
        );
    }

    #[test]
    fn a_port_of_a_bridge_has_a_state() {
        let port = |kind: &[u8]| {
            let info = body(&[], &[(1, b"veth\0"), (4, kind), (5, &body(&[], &[(1, &[3])]))]);
            Interface::parse(&body(&HEAD, &[(IFLA_IFNAME, b"p\0"), (IFLA_LINKINFO, &info)]))
                .unwrap()
                .port_state
        };
        assert_eq!((port(b"bridge\0"), port(b"bond\0")), (Some(3), None));
    }

    #[test]
    fn a_bridge_and_an_isolated_port() {
        let of = |info: &[u8]| {
            Interface::parse(&body(&HEAD, &[(IFLA_IFNAME, b"p\0"), (IFLA_LINKINFO, info)])).unwrap()
        };
        let data = body(&[], &[(1, &1500_u32.to_ne_bytes()), (7, &[1])]);
        let bridge = Bridge { forward_delay: 1500, is_vlan_filtering: true };
        assert_eq!(of(&body(&[], &[(1, b"bridge\0"), (2, &data)])).bridge, Some(bridge));
        assert_eq!(of(&body(&[], &[(1, b"veth\0"), (2, &data)])).bridge, None);
        let port = body(&[], &[(4, b"bridge\0"), (5, &body(&[], &[(1, &[3]), (33, &[1])]))]);
        assert!(of(&port).is_isolated);
    }

    #[test]
    fn a_link_to_nothing_is_none() {
        let found = Interface::parse(&body(&HEAD, &[(IFLA_IFNAME, b"t\0"), (IFLA_LINK, &[0; 4])])).unwrap();
        assert_eq!((found.link, &found.kind, found.mac()), (None, &None, String::new()));
        assert!(found.is_untied);
        assert_eq!(Interface::parse(&HEAD), None);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            let _ = Interface::parse(&bytes);
        }
    }
}
