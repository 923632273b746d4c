//! Devices made, changed, removed: RTM_NEWLINK and RTM_DELLINK (rtnetlink(7), ip-link(8)).

use super::body::{Body, Hole};
use super::kind::Setting;
use super::options::{Flag, IFLA_GROUP, INDEX_AT, LinkOptions};
use super::{Message, Words};
use crate::name::DeviceName;
use std::ffi::{OsStr, OsString};

// linux/rtnetlink.h
const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
// linux/netlink.h: NLM_F_CREATE | NLM_F_EXCL
const NEW: u16 = 0x600;
// linux/if_link.h
const IFLA_IFNAME: u16 = 3;
const IFLA_LINK: u16 = 5;
const IFLA_LINKINFO: u16 = 18;
const IFLA_NUM_TX_QUEUES: u16 = 31;
const IFLA_NUM_RX_QUEUES: u16 = 32;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
// linux/veth.h
const VETH_INFO_PEER: u16 = 1;
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
