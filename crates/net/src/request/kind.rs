//! Kinds of virtual devices and their settings (ip-link(8), linux/if_link.h): one table for what is read from a command line, what
//! is sent, and what is said.

use super::body::{Body, Hole};
use crate::name::DeviceName;
use std::ffi::OsString;
use std::net::IpAddr;

/// A kind of device.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Its settings.
    pub knobs: &'static [Knob],
}

/// A setting of a kind of device.
#[derive(Debug, PartialEq, Eq)]
pub struct Knob {
    /// The word of ip(8) for it.
    pub word: &'static str,
    /// The attribute in IFLA_INFO_DATA; of version 6 where that is another.
    pub attribute: u16,
    /// What it takes.
    pub form: Form,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A number, of so many bytes.
    Number(usize),
    /// A number, the high byte first, of so many bytes.
    BigEndian(usize),
    /// The word alone, or with `no` before it: a byte.
    Switch,
    /// The word alone: an attribute without value.
    Present,
    /// One of these words, for a number of so many bytes.
    OneOf(&'static [(&'static str, u32)], usize),
    /// One of these words, for a number with the high byte first.
    OneOfBig(&'static [(&'static str, u32)]),
    /// An address; that of version 6 has this attribute.
    Ip(u16),
    /// A device.
    Device,
}

/// What a setting is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number, of any size; of a switch 0 or 1.
    Number(u64),
    /// An address.
    Ip(IpAddr),
    /// A device of the namespace that is spoken to.
    Device(DeviceName),
}

/// A setting with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Which.
    pub knob: &'static Knob,
    /// What.
    pub value: Value,
}

impl Kind {
    /// The kind with this name, when it has settings that are known here.
    pub fn find(name: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// A setting by its word.
    pub fn knob(&self, word: &str) -> Option<&'static Knob> {
        self.knobs.iter().find(|knob| knob.word == word)
    }
}

impl Setting {
    pub(super) fn write(&self, body: &mut Body) {
        let at = self.knob.attribute;
        match (&self.value, self.knob.form) {
            (Value::Device(name), _) => body.later(at, Hole::Device(name.clone())),
            (Value::Ip(IpAddr::V4(ip)), _) => body.put(at, &ip.octets()),
            (Value::Ip(IpAddr::V6(ip)), Form::Ip(six)) => body.put(six, &ip.octets()),
            (Value::Ip(IpAddr::V6(ip)), _) => body.put(at, &ip.octets()),
            (Value::Number(_), Form::Present) => body.put(at, &[]),
            (Value::Number(number), Form::BigEndian(bytes)) => {
                body.put(at, number.to_be_bytes().get(8 - bytes..).unwrap_or_default());
            }
            (Value::Number(number), Form::OneOfBig(_)) => body.put(at, &number.to_be_bytes()[6..]),
            (Value::Number(number), Form::Number(bytes) | Form::OneOf(_, bytes)) => {
                put_number(body, at, *number, bytes);
            }
            (Value::Number(number), _) => put_number(body, at, *number, 1),
        }
    }

    pub(super) fn words(&self, words: &mut super::Words) {
        let word = self.knob.word;
        match (&self.value, self.knob.form) {
            (Value::Number(0), Form::Switch) => words.word(format!("no{word}")),
            (Value::Number(_), Form::Switch | Form::Present) => words.word(word),
            (Value::Number(number), Form::OneOf(table, _) | Form::OneOfBig(table)) => {
                let named = table.iter().find(|(_, of)| u64::from(*of) == *number);
                words.pair(word, named.map_or_else(|| number.to_string(), |(word, _)| (*word).to_owned()));
            }
            (Value::Number(number), _) => words.pair(word, number.to_string()),
            (Value::Ip(ip), _) => words.pair(word, ip.to_string()),
            (Value::Device(name), _) => words.pair(word, OsString::from(name.as_os_str())),
        }
    }
}

/// Of the bytes of a number as many as the kernel takes; this machine's byte order.
fn put_number(body: &mut Body, attribute: u16, number: u64, bytes: usize) {
    match bytes {
        1 => body.put(attribute, &[number.to_le_bytes()[0]]),
        2 => body.put(attribute, &u16::try_from(number).unwrap_or(u16::MAX).to_ne_bytes()),
        4 => body.number(attribute, u32::try_from(number).unwrap_or(u32::MAX)),
        _ => body.put(attribute, &number.to_ne_bytes()),
    }
}

const fn knob(word: &'static str, attribute: u16, form: Form) -> Knob {
    Knob { word, attribute, form }
}

const BYTE: Form = Form::Number(1);
const SHORT: Form = Form::Number(2);
const WORD: Form = Form::Number(4);
const LONG: Form = Form::Number(8);

/// ETH_P_8021Q, ETH_P_8021AD (linux/if_ether.h)
const VLAN_PROTOCOLS: &[(&str, u32)] =
    &[("802.1Q", 0x8100), ("802.1ad", 0x88a8), ("802.1q", 0x8100), ("802.1AD", 0x88a8)];
const MACVLAN_MODES: &[(&str, u32)] =
    &[("private", 1), ("vepa", 2), ("bridge", 4), ("passthru", 8), ("source", 16)];

/// Those whose settings are known here. Any other kind can be made without settings.
pub static KINDS: [Kind; 8] = [
    Kind { name: "bridge", knobs: &BRIDGE },
    Kind { name: "vxlan", knobs: &VXLAN },
    Kind { name: "vlan", knobs: &VLAN },
    Kind { name: "macvlan", knobs: &[knob("mode", 1, Form::OneOf(MACVLAN_MODES, 4))] },
    Kind { name: "macvtap", knobs: &[knob("mode", 1, Form::OneOf(MACVLAN_MODES, 4))] },
    Kind { name: "ipvlan", knobs: &[knob("mode", 1, Form::OneOf(&[("l2", 0), ("l3", 1), ("l3s", 2)], 2))] },
    Kind { name: "vrf", knobs: &[knob("table", 1, WORD)] },
    Kind { name: "dummy", knobs: &[] },
];

/// IFLA_BR_…; times are hundredths of a second, as ip(8) takes them.
static BRIDGE: [Knob; 35] = [
    knob("forward_delay", 1, WORD),
    knob("hello_time", 2, WORD),
    knob("max_age", 3, WORD),
    knob("ageing_time", 4, WORD),
    knob("stp_state", 5, WORD),
    knob("priority", 6, SHORT),
    knob("vlan_filtering", 7, BYTE),
    knob("vlan_protocol", 8, Form::OneOfBig(VLAN_PROTOCOLS)),
    knob("group_fwd_mask", 9, SHORT),
    knob("fdb_flush", 21, Form::Present),
    knob("mcast_router", 22, BYTE),
    knob("mcast_snooping", 23, BYTE),
    knob("mcast_query_use_ifaddr", 24, BYTE),
    knob("mcast_querier", 25, BYTE),
    knob("mcast_hash_elasticity", 26, WORD),
    knob("mcast_hash_max", 27, WORD),
    knob("mcast_last_member_count", 28, WORD),
    knob("mcast_startup_query_count", 29, WORD),
    knob("mcast_last_member_interval", 30, LONG),
    knob("mcast_membership_interval", 31, LONG),
    knob("mcast_querier_interval", 32, LONG),
    knob("mcast_query_interval", 33, LONG),
    knob("mcast_query_response_interval", 34, LONG),
    knob("mcast_startup_query_interval", 35, LONG),
    knob("nf_call_iptables", 36, BYTE),
    knob("nf_call_ip6tables", 37, BYTE),
    knob("nf_call_arptables", 38, BYTE),
    knob("vlan_default_pvid", 39, SHORT),
    knob("vlan_stats_enabled", 41, BYTE),
    knob("mcast_stats_enabled", 42, BYTE),
    knob("mcast_igmp_version", 43, BYTE),
    knob("mcast_mld_version", 44, BYTE),
    knob("vlan_stats_per_port", 45, BYTE),
    // Older spellings that ip(8) takes as well.
    knob("mcast_last_member_cnt", 28, WORD),
    knob("mcast_startup_query_cnt", 29, WORD),
];

/// IFLA_VXLAN_…
static VXLAN: [Knob; 24] = [
    knob("id", 1, WORD),
    knob("vni", 1, WORD),
    knob("remote", 2, Form::Ip(16)),
    knob("group", 2, Form::Ip(16)),
    knob("dev", 3, Form::Device),
    knob("local", 4, Form::Ip(17)),
    knob("ttl", 5, BYTE),
    knob("tos", 6, BYTE),
    knob("learning", 7, Form::Switch),
    knob("ageing", 8, WORD),
    knob("maxaddress", 9, WORD),
    knob("proxy", 11, Form::Switch),
    knob("rsc", 12, Form::Switch),
    knob("l2miss", 13, Form::Switch),
    knob("l3miss", 14, Form::Switch),
    knob("dstport", 15, Form::BigEndian(2)),
    knob("udpcsum", 18, Form::Switch),
    knob("udp6zerocsumtx", 19, Form::Switch),
    knob("udp6zerocsumrx", 20, Form::Switch),
    knob("gbp", 23, Form::Present),
    knob("external", 25, Form::Switch),
    knob("flowlabel", 26, Form::BigEndian(4)),
    knob("gpe", 27, Form::Present),
    knob("df", 29, Form::OneOf(&[("unset", 0), ("set", 1), ("inherit", 2)], 1)),
];

/// IFLA_VLAN_…
static VLAN: [Knob; 2] = [knob("id", 1, SHORT), knob("protocol", 5, Form::OneOfBig(VLAN_PROTOCOLS))];
