//! Devices made, changed, removed: RTM_NEWLINK and RTM_DELLINK (rtnetlink(7), ip-link(8)).

use super::body::{Body, Hole};
use super::kind::Setting;
use super::{Message, Words, hardware};
use crate::name::{DeviceName, Place};
use std::ffi::{OsStr, OsString};

// linux/rtnetlink.h
const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
// linux/netlink.h: NLM_F_CREATE | NLM_F_EXCL
const NEW: u16 = 0x600;
// linux/if_link.h
const IFLA_ADDRESS: u16 = 1;
const IFLA_BROADCAST: u16 = 2;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_LINK: u16 = 5;
const IFLA_MASTER: u16 = 10;
const IFLA_TXQLEN: u16 = 13;
const IFLA_LINKINFO: u16 = 18;
const IFLA_IFALIAS: u16 = 20;
const IFLA_GROUP: u16 = 27;
const IFLA_NET_NS_FD: u16 = 28;
const IFLA_NUM_TX_QUEUES: u16 = 31;
const IFLA_NUM_RX_QUEUES: u16 = 32;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
// linux/veth.h
const VETH_INFO_PEER: u16 = 1;
/// Where in `struct ifinfomsg` the index is, the flags, and which of them are meant.
const INDEX_AT: usize = 4;
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

/// The other end of a new veth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// Its name; the kernel finds one (`veth0`) without it.
    pub name: Option<DeviceName>,
    /// Its index; the kernel finds one without it.
    pub index: Option<u32>,
    /// What it is given.
    pub options: LinkOptions,
}

/// What a new device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// One of two ends.
    Veth(Peer),
    /// Any other kind, by its name.
    Of {
        /// `bridge`, `vxlan`, `dummy`, …
        kind: String,
        /// Its settings.
        settings: Vec<Setting>,
    },
}

impl LinkKind {
    /// A kind without settings.
    pub fn plain(kind: impl Into<String>) -> Self {
        LinkKind::Of { kind: kind.into(), settings: Vec::new() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            LinkKind::Veth(_) => "veth",
            LinkKind::Of { kind, .. } => kind,
        }
    }

    fn write(&self, body: &mut Body) {
        body.nest(IFLA_LINKINFO, |body| {
            body.text(IFLA_INFO_KIND, self.name().as_bytes());
            match self {
                LinkKind::Veth(peer) => body.nest(IFLA_INFO_DATA, |body| {
                    body.nest(VETH_INFO_PEER, |body| peer.write(body));
                }),
                LinkKind::Of { settings, .. } if settings.is_empty() => {}
                LinkKind::Of { settings, .. } => body.nest(IFLA_INFO_DATA, |body| {
                    settings.iter().for_each(|setting| setting.write(body));
                }),
            }
        });
    }

    fn words(&self, words: &mut Words) {
        words.pair("type", self.name());
        match self {
            LinkKind::Veth(peer) if *peer == Peer::default() => {}
            LinkKind::Veth(peer) => {
                words.word("peer");
                if let Some(name) = &peer.name {
                    words.pair("name", name.as_os_str());
                }
                if let Some(index) = peer.index {
                    words.pair("index", index.to_string());
                }
                peer.options.words(words);
            }
            LinkKind::Of { settings, .. } => settings.iter().for_each(|setting| setting.words(words)),
        }
    }
}

impl Peer {
    fn write(&self, body: &mut Body) {
        body.raw(&self.options.head(self.index));
        if let Some(name) = &self.name {
            body.text(IFLA_IFNAME, name.as_bytes());
        }
        self.options.write(body);
    }
}

impl LinkOptions {
    /// `struct ifinfomsg`.
    fn head(&self, index: Option<u32>) -> [u8; HEAD] {
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

    fn write(&self, body: &mut Body) {
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

    fn words(&self, words: &mut Words) {
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

/// A device is made: `ip link add`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// Its name; the kernel finds one without it.
    pub name: Option<DeviceName>,
    /// Its index; the kernel finds one without it.
    pub index: Option<u32>,
    /// The device that it lies on: of a vlan, a macvlan.
    pub link: Option<DeviceName>,
    /// What it is.
    pub kind: LinkKind,
    /// What it is given. Flags of a veth, too.
    pub options: LinkOptions,
    /// How many queues it has, to send and to receive.
    pub queues: (Option<u32>, Option<u32>),
}

impl NewLink {
    /// One with this name, and nothing else said.
    pub fn new(name: DeviceName, kind: LinkKind) -> Self {
        let options = LinkOptions::default();
        NewLink { name: Some(name), index: None, link: None, kind, options, queues: (None, None) }
    }

    pub(super) fn message(&self) -> Message {
        let mut body = Body::new(&self.options.head(self.index));
        if let Some(name) = &self.name {
            body.text(IFLA_IFNAME, name.as_bytes());
        }
        if let Some(link) = &self.link {
            body.later(IFLA_LINK, Hole::Device(link.clone()));
        }
        for (kind, queues) in [(IFLA_NUM_TX_QUEUES, self.queues.0), (IFLA_NUM_RX_QUEUES, self.queues.1)] {
            if let Some(queues) = queues {
                body.number(kind, queues);
            }
        }
        self.options.write(&mut body);
        self.kind.write(&mut body);
        Message::new(RTM_NEWLINK, NEW, body)
    }

    pub(super) fn words(&self) -> Vec<OsString> {
        let mut words = Words::of(&["link", "add"]);
        if let Some(link) = &self.link {
            words.pair("link", link.as_os_str());
        }
        if let Some(name) = &self.name {
            device(&mut words, "name", name.as_os_str());
        }
        if let Some(index) = self.index {
            words.pair("index", index.to_string());
        }
        for (word, queues) in [("numtxqueues", self.queues.0), ("numrxqueues", self.queues.1)] {
            if let Some(queues) = queues {
                words.pair(word, queues.to_string());
            }
        }
        self.options.words(&mut words);
        self.kind.words(&mut words);
        words.0
    }
}

/// Which devices are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one with this name.
    Device(DeviceName),
    /// All of a group.
    Group(u32),
}

impl Which {
    /// `struct ifinfomsg` and what names them.
    fn begin(&self, options: &LinkOptions) -> Body {
        let mut body = Body::new(&options.head(None));
        match self {
            Which::Device(name) => body.later_at(INDEX_AT, Hole::Device(name.clone())),
            Which::Group(group) => body.number(IFLA_GROUP, *group),
        }
        body
    }

    fn words(&self, words: &mut Words) {
        match self {
            Which::Device(name) => device(words, "dev", name.as_os_str()),
            Which::Group(group) => words.pair("group", group.to_string()),
        }
    }
}

/// A device's name, behind its word only where it could be taken for another: so it is what people type.
fn device(words: &mut Words, word: &str, name: &OsStr) {
    const KEYWORDS: [&str; 35] = [
        "address",
        "addrgenmode",
        "alias",
        "allmulticast",
        "arp",
        "broadcast",
        "brd",
        "carrier",
        "dev",
        "down",
        "dynamic",
        "group",
        "help",
        "index",
        "link",
        "lladdr",
        "master",
        "mode",
        "mtu",
        "multicast",
        "name",
        "netns",
        "nomaster",
        "numrxqueues",
        "numtxqueues",
        "parentdev",
        "promisc",
        "state",
        "trailers",
        "txqlen",
        "txqueuelen",
        "type",
        "up",
        "vf",
        "vrf",
    ];
    let bytes = name.as_encoded_bytes();
    // ip(8) takes abbreviated words.
    let is_keyword = KEYWORDS.iter().any(|keyword| keyword.as_bytes().starts_with(bytes));
    if is_keyword { words.pair(word, name) } else { words.word(name) }
}

/// A device is changed: `ip link set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeLink {
    /// Which.
    pub which: Which,
    /// Its new name. A device that is up is renamed by newer kernels only.
    pub name: Option<DeviceName>,
    /// What it is given.
    pub options: LinkOptions,
    /// Settings of its kind.
    pub kind: Option<LinkKind>,
}

impl ChangeLink {
    /// Nothing said yet about the device with this name.
    pub fn of(name: DeviceName) -> Self {
        let options = LinkOptions::default();
        ChangeLink { which: Which::Device(name), name: None, options, kind: None }
    }

    /// `ip link set NAME up`
    pub fn up(name: DeviceName) -> Self {
        let mut change = Self::of(name);
        change.options.flags.push((Flag::Up, true));
        change
    }

    pub(super) fn message(&self) -> Message {
        let mut body = self.which.begin(&self.options);
        if let Some(name) = &self.name {
            body.text(IFLA_IFNAME, name.as_bytes());
        }
        self.options.write(&mut body);
        if let Some(kind) = &self.kind {
            kind.write(&mut body);
        }
        Message::new(RTM_NEWLINK, 0, body)
    }

    pub(super) fn words(&self) -> Vec<OsString> {
        let mut words = Words::of(&["link", "set"]);
        self.which.words(&mut words);
        if let Some(name) = &self.name {
            words.pair("name", name.as_os_str());
        }
        self.options.words(&mut words);
        if let Some(kind) = &self.kind {
            kind.words(&mut words);
        }
        words.0
    }
}

/// A device is removed: `ip link del`. With one end of a veth the other goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteLink {
    /// Which.
    pub which: Which,
    /// Its kind, which ip(8) takes and the kernel looks at.
    pub kind: Option<String>,
}

impl DeleteLink {
    /// The one with this name.
    pub fn of(name: DeviceName) -> Self {
        DeleteLink { which: Which::Device(name), kind: None }
    }

    pub(super) fn message(&self) -> Message {
        let mut body = self.which.begin(&LinkOptions::default());
        if let Some(kind) = &self.kind {
            LinkKind::plain(kind).write(&mut body);
        }
        Message::new(RTM_DELLINK, 0, body)
    }

    pub(super) fn words(&self) -> Vec<OsString> {
        let mut words = Words::of(&["link", "del"]);
        self.which.words(&mut words);
        if let Some(kind) = &self.kind {
            words.pair("type", kind);
        }
        words.0
    }
}
