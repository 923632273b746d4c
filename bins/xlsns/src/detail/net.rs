//! The interfaces of a network namespace.

use super::fact::{Fact, plain, shown};
use super::spaces::{Inside, text};
use crate::veth::{self, Others};
use serde_json::{Value, json};
use std::ffi::OsString;
use xns_net::{Glimpse, Interface, Link, Network};

/// By a socket of that namespace; where it may not be entered, what `/proc` shows.
pub(super) fn facts(inside: Inside<'_>) -> Vec<Fact> {
    let asked = inside.namespace.map_err(text).and_then(|fd| {
        let network = Network::inside(inside.single, fd).map_err(|error| error.to_string())?;
        let interfaces = network.interfaces().map_err(|error| error.to_string())?;
        let others = inside.sight.others(&network, &interfaces);
        Ok(Net { ino: xns_sys::fs::inode(fd).ok(), interfaces, others })
    });
    match asked {
        Ok(net) => vec![Fact::list(
            "interfaces",
            net.interfaces.iter().map(|interface| net.line(interface)).collect(),
            net.interfaces.iter().map(|interface| net.object(interface)).collect(),
        )],
        Err(why) => match inside.process.map(Glimpse::of) {
            Some(Ok(glimpse)) => glimpsed(&glimpse, why),
            _ => vec![Fact::unknown("interfaces", why)],
        },
    }
}

/// A network namespace that was asked.
struct Net {
    ino: Option<u64>,
    interfaces: Vec<Interface>,
    /// Those in which the other ends of its veths are.
    others: Others,
}

impl Net {
    /// `eth0@veth1 of net:[4026531840]  UP  02:42:ac:11:00:02  veth  10.0.0.2/24`
    fn line(&self, interface: &Interface) -> String {
        let mut words = vec![format!("{}{}", shown(&interface.name), self.other_end(interface))];
        words.push(interface.state.to_string());
        words.extend(interface.kind.as_ref().map(shown));
        words.extend(Some(interface.mac()).filter(|mac| !mac.is_empty()));
        words.extend(interface.addresses.iter().map(ToString::to_string));
        words.join("  ")
    }

    fn name(&self, index: u32) -> Option<&OsString> {
        self.interfaces.iter().find(|other| other.index == index).map(|other| &other.name)
    }

    fn other_end(&self, interface: &Interface) -> String {
        let Some(Link { index, namespace }) = interface.link else { return String::new() };
        let named = |name: Option<&OsString>| name.map_or_else(|| format!("if{index}"), shown);
        match namespace {
            None => format!("@{}", named(self.name(index))),
            Some(id) => match self.others.by_id(id) {
                Some(other) => format!("@{} of net:[{}]", named(other.name(index)), other.ino),
                None if veth::is_veth(interface) => format!("@if{index} of a network namespace out of sight"),
                // Which one is only looked for if it is a pair.
                None => format!("@if{index} of another network namespace"),
            },
        }
    }

    /// The other end of a pair: what is known of it.
    fn peer(&self, interface: &Interface) -> Value {
        let Some(Link { index, namespace }) = interface.link.filter(|_| veth::is_veth(interface)) else {
            return Value::Null;
        };
        let (ino, name) = match namespace {
            None => (self.ino, self.name(index)),
            Some(id) => match self.others.by_id(id) {
                Some(other) => (Some(other.ino), other.name(index)),
                None => (None, None),
            },
        };
        json!({"ns": ino, "name": name.map(plain)})
    }

    fn object(&self, interface: &Interface) -> Value {
        json!({
            "index": interface.index,
            "name": plain(&interface.name),
            "state": interface.state.word(),
            "up": interface.is_up(),
            "kind": interface.kind,
            "mac": (!interface.hardware.is_empty()).then(|| interface.mac()),
            "mtu": interface.mtu,
            "link": interface.link.map(|link| json!({"index": link.index, "netnsid": link.namespace})),
            "peer": self.peer(interface),
            "master": interface.master,
            "addresses": interface.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }
}

fn glimpsed(glimpse: &Glimpse, why: String) -> Vec<Fact> {
    let line = |interface: &xns_net::GlimpsedInterface| {
        let addresses = interface.addresses.iter().map(|(ip, prefix)| format!("  {ip}/{prefix}"));
        shown(&interface.name) + &addresses.collect::<String>()
    };
    let object = |interface: &xns_net::GlimpsedInterface| {
        let addresses = interface.addresses.iter().map(|(ip, prefix)| format!("{ip}/{prefix}"));
        json!({"name": plain(&interface.name), "addresses": addresses.collect::<Vec<_>>()})
    };
    let interfaces = &glimpse.interfaces;
    let mut facts = vec![Fact::list(
        "interfaces",
        interfaces.iter().map(line).collect(),
        interfaces.iter().map(object).collect(),
    )];
    if let Some(addresses) = &glimpse.addresses {
        let words: Vec<_> = addresses.iter().map(ToString::to_string).collect();
        facts.push(Fact::line("addresses", words.join("  "), words));
    }
    facts.push(Fact::words("seen from", format!("outside, in /proc: {why}")));
    facts
}
