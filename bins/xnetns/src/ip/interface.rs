//! A device as `ip` shows it: its first lines, and their JSON.

use super::{Json, Object};
use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::AsFd;
use xns_cli::shown::{shown, text};
use xns_cli::table::Charset;
use xns_core::Facts;
use xns_net::{Interface, NetnsName, Network, Place};

/// The names of network namespaces, by the numbers that they have here.
pub(crate) struct Names(Vec<(i32, String)>);

impl Names {
    /// Asked for only where a device is tied to another namespace.
    pub(crate) fn of(interfaces: &[Interface], network: &Network, facts: &Facts) -> Self {
        let far = |one: &Interface| one.link.is_some_and(|link| link.namespace.is_some());
        if !interfaces.iter().any(far) {
            return Names(Vec::new());
        }
        let named = |word: String| {
            let name = NetnsName::existing(word.as_ref()).ok()?;
            let file = Place::Name(name.clone()).open().ok()?;
            let number = network.id_of(file.as_fd()).ok()??;
            Some((number, name.to_string()))
        };
        Names(facts.names_in(xns_net::store::DIRECTORY).into_iter().filter_map(named).collect())
    }

    fn name(&self, number: i32) -> Option<&str> {
        self.0.iter().find(|(of, _)| *of == number).map(|(_, name)| name.as_str())
    }
}

/// What is known beside the device that is shown.
pub(crate) struct Surroundings<'a> {
    /// All devices of the namespace.
    pub(crate) all: &'a [Interface],
    pub(crate) names: &'a Names,
}

/// Of what the first lines consist.
#[derive(Clone, Copy)]
pub(crate) struct Lines {
    /// `mode DEFAULT`: `ip link` shows it.
    pub(crate) mode: bool,
    /// The hardware's address.
    pub(crate) hardware: bool,
    /// As IPv6 tells of devices: without queue, bridge and group.
    pub(crate) six: bool,
}

impl<'a> Surroundings<'a> {
    fn at(&self, index: u32) -> Option<&'a Interface> {
        self.all.iter().find(|one| one.index == index)
    }

    /// The name of a device of this namespace; `ip` says `if7` where it is gone.
    pub(crate) fn name_at(&self, index: u32) -> String {
        self.at(index).map_or_else(|| format!("if{index}"), name)
    }

    /// What it is tied to, behind its name.
    fn tie(&self, of: &Interface) -> String {
        match of.link {
            Some(link) if link.namespace.is_some() => format!("@if{}", link.index),
            Some(link) => format!("@{}", self.name_at(link.index)),
            None if of.is_untied => "@NONE".to_owned(),
            None => String::new(),
        }
    }

    /// With `M-DOWN` where what it is tied to is off.
    fn flags(&self, of: &Interface) -> Vec<&'static str> {
        let mut words = of.flag_words();
        let other = of.link.filter(|link| link.namespace.is_none()).and_then(|link| self.at(link.index));
        if other.is_some_and(|other| !other.is_up()) {
            words.push("M-DOWN");
        }
        words
    }
}

/// The name, for a terminal.
pub(crate) fn name(of: &Interface) -> String {
    shown(of.name.as_encoded_bytes(), Charset::Utf8)
}

/// `2: v0@v1: <UP> mtu 1500 …`, without a line's end.
fn head(of: &Interface, around: &Surroundings<'_>, lines: Lines) -> String {
    let mut out = format!(
        "{}: {}{}: <{}> mtu {}",
        of.index,
        name(of),
        around.tie(of),
        around.flags(of).join(","),
        of.mtu
    );
    if let Some(qdisc) = of.qdisc.as_ref().filter(|_| !lines.six) {
        let _ = write!(out, " qdisc {}", shown(qdisc.as_bytes(), Charset::Utf8));
    }
    if let Some(master) = of.master.filter(|_| !lines.six) {
        let _ = write!(out, " master {}", around.name_at(master));
    }
    let _ = write!(out, " state {}", of.state);
    if lines.mode {
        let _ = write!(out, " mode {}", mode(of));
    }
    if !lines.six {
        let _ = write!(out, " group {}", group(of));
    }
    if of.txqlen != 0 {
        let _ = write!(out, " qlen {}", of.txqlen);
    }
    out
}

/// The head and what follows it: `hardware` says whether the hardware's address does.
pub(crate) fn long_head(of: &Interface, around: &Surroundings<'_>, lines: Lines) -> String {
    let mut out = head(of, around, lines);
    if lines.hardware {
        let _ = write!(out, "\n    link/{}", link_type(of.hardware_type));
        if !of.hardware.is_empty() {
            let _ = write!(out, " {}", hardware(of, &of.hardware));
        }
        if !of.broadcast.is_empty() {
            let word = if is_point_to_point(of) { "peer" } else { "brd" };
            let _ = write!(out, " {word} {}", hardware(of, &of.broadcast));
        }
        if is_other_permanent(of) {
            let _ = write!(out, " permaddr {}", hardware(of, &of.permanent));
        }
    }
    if let Some(number) = of.link.and_then(|link| link.namespace) {
        match around.names.name(number) {
            Some(name) => _ = write!(out, " link-netns {name}"),
            None => _ = write!(out, " link-netnsid {number}"),
        }
    }
    if of.protocol_down {
        out.push_str(" protodown on");
    }
    out.push('\n');
    if lines.hardware {
        if let Some(alias) = &of.alias {
            let _ = writeln!(out, "    alias {}", shown(alias.as_encoded_bytes(), Charset::Utf8));
        }
        for other in &of.other_names {
            let _ = writeln!(out, "    altname {}", shown(other.as_encoded_bytes(), Charset::Utf8));
        }
    }
    out
}

/// `v0@v1            UP             `
pub(crate) fn brief_head(of: &Interface, around: &Surroundings<'_>, with_link: bool) -> String {
    let name = format!("{}{}", name(of), around.tie(of));
    let mut out = format!("{name:<16} {:<14} ", of.state.word());
    if with_link {
        if !of.hardware.is_empty() {
            let _ = write!(out, "{} ", hardware(of, &of.hardware));
        }
        let _ = write!(out, "<{}> ", around.flags(of).join(","));
    }
    out
}

/// The keys of the first lines.
pub(crate) fn json_head(of: &Interface, around: &Surroundings<'_>, lines: Lines, brief: bool) -> Object {
    let mut object = Object::default();
    if !brief {
        object.put("ifindex", of.index);
    }
    match of.link {
        Some(link) if link.namespace.is_some() => object.put("link_index", link.index),
        Some(link) => {
            object.put("link", around.at(link.index).map_or_else(|| around.name_at(link.index), json_name))
        }
        None if of.is_untied => object.put("link", Json::Null),
        None => {}
    }
    object.put("ifname", json_name(of));
    if brief {
        object.put("operstate", of.state.word());
        if lines.hardware {
            if !of.hardware.is_empty() {
                object.put("address", hardware(of, &of.hardware));
            }
            object.put("flags", around.flags(of));
        }
        return object;
    }
    object.put("flags", around.flags(of));
    object.put("mtu", of.mtu);
    object.maybe("qdisc", of.qdisc.clone().filter(|_| !lines.six));
    object.maybe(
        "master",
        of.master
            .filter(|_| !lines.six)
            .map(|master| around.at(master).map_or_else(|| around.name_at(master), json_name)),
    );
    object.put("operstate", of.state.word());
    if lines.mode {
        object.put("linkmode", mode(of));
    }
    if !lines.six {
        object.put("group", group(of));
    }
    if of.txqlen != 0 {
        object.put("txqlen", of.txqlen);
    }
    if lines.hardware {
        json_hardware(of, &mut object);
    }
    object.maybe("link_netnsid", of.link.and_then(|link| link.namespace));
    if of.protocol_down {
        object.put("proto_down", true);
    }
    if lines.hardware {
        object.maybe("ifalias", of.alias.as_ref().map(|alias| text(alias.as_encoded_bytes())));
        let others: Vec<_> = of.other_names.iter().map(|name| text(name.as_encoded_bytes())).collect();
        object.maybe("altnames", (!others.is_empty()).then_some(others));
    }
    object
}

fn json_hardware(of: &Interface, object: &mut Object) {
    object.put("link_type", link_type(of.hardware_type));
    if !of.hardware.is_empty() {
        object.put("address", hardware(of, &of.hardware));
    }
    if !of.broadcast.is_empty() {
        if is_point_to_point(of) {
            object.put("link_pointtopoint", true);
        }
        object.put("broadcast", hardware(of, &of.broadcast));
    }
    if is_other_permanent(of) {
        object.put("permaddr", hardware(of, &of.permanent));
    }
}

fn json_name(of: &Interface) -> String {
    text(of.name.as_encoded_bytes())
}

fn is_point_to_point(of: &Interface) -> bool {
    const IFF_POINTOPOINT: u32 = 0x10;
    of.flags & IFF_POINTOPOINT != 0
}

fn is_other_permanent(of: &Interface) -> bool {
    !of.permanent.is_empty() && of.permanent != of.hardware && of.permanent.len() == of.hardware.len()
}

fn mode(of: &Interface) -> String {
    match of.link_mode {
        0 => "DEFAULT".to_owned(),
        1 => "DORMANT".to_owned(),
        mode => mode.to_string(),
    }
}

fn group(of: &Interface) -> String {
    if of.group == 0 { "default".to_owned() } else { of.group.to_string() }
}

/// Tunnels have addresses of the internet protocol as their hardware's.
fn hardware(of: &Interface, bytes: &[u8]) -> String {
    const TUNNELS: [u16; 3] = [768, 776, 778];
    const TUNNELS_OF_6: [u16; 2] = [769, 823];
    if let (true, Some(four)) =
        (bytes.len() == 4 && TUNNELS.contains(&of.hardware_type), bytes.first_chunk::<4>())
    {
        return Ipv4Addr::from(*four).to_string();
    }
    if let (true, Some(six)) =
        (bytes.len() == 16 && TUNNELS_OF_6.contains(&of.hardware_type), bytes.first_chunk::<16>())
    {
        return Ipv6Addr::from(*six).to_string();
    }
    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(":")
}

/// ARPHRD_… (linux/if_arp.h) by ip(8)'s names; a number in brackets for the others.
fn link_type(number: u16) -> String {
    let name = match number {
        0 => "netrom",
        1 => "ether",
        32 => "infiniband",
        280 => "can",
        512 => "ppp",
        519 => "rawip",
        768 => "ipip",
        769 => "tunnel6",
        772 => "loopback",
        776 => "sit",
        778 => "gre",
        801 => "ieee802.11",
        803 => "ieee802.11/radiotap",
        823 => "gre6",
        824 => "netlink",
        826 => "vsockmon",
        0xfffe => "none",
        0xffff => "void",
        number => return format!("[{number}]"),
    };
    name.to_owned()
}
