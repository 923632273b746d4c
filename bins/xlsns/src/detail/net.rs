//! The interfaces of a network namespace.

use super::fact::{Fact, plain, shown};
use super::spaces::{Inside, text};
use serde_json::{Value, json};
use xns_net::{Glimpse, Interface, Link, Network};

/// By a socket of that namespace; where it may not be entered, what `/proc` shows.
pub(super) fn facts(inside: Inside<'_>) -> Vec<Fact> {
    let asked = inside.namespace.map_err(text).and_then(|fd| {
        let network = Network::inside(inside.single, fd).map_err(|error| error.to_string())?;
        network.interfaces().map_err(|error| error.to_string())
    });
    match asked {
        Ok(interfaces) => vec![Fact::list(
            "interfaces",
            interfaces.iter().map(|interface| line(interface, &interfaces)).collect(),
            interfaces.iter().map(object).collect(),
        )],
        Err(why) => match inside.process.map(Glimpse::of) {
            Some(Ok(glimpse)) => glimpsed(&glimpse, why),
            _ => vec![Fact::unknown("interfaces", why)],
        },
    }
}

/// `eth0@if5  UP  02:42:ac:11:00:02  veth  10.0.0.2/24`
fn line(interface: &Interface, all: &[Interface]) -> String {
    let mut words = vec![format!("{}{}", shown(&interface.name), other_end(interface, all))];
    words.push(interface.state.to_string());
    words.extend(interface.kind.as_ref().map(shown));
    words.extend(Some(interface.mac()).filter(|mac| !mac.is_empty()));
    words.extend(interface.addresses.iter().map(ToString::to_string));
    words.join("  ")
}

fn other_end(interface: &Interface, all: &[Interface]) -> String {
    match interface.link {
        None => String::new(),
        Some(Link { index, namespace: None }) => {
            let name = all.iter().find(|other| other.index == index).map(|other| shown(&other.name));
            format!("@{}", name.unwrap_or_else(|| format!("if{index}")))
        }
        Some(Link { index, namespace: Some(id) }) => format!("@if{index} of netnsid {id}"),
    }
}

fn object(interface: &Interface) -> Value {
    json!({
        "index": interface.index,
        "name": plain(&interface.name),
        "state": interface.state.word(),
        "up": interface.is_up(),
        "kind": interface.kind,
        "mac": (!interface.hardware.is_empty()).then(|| interface.mac()),
        "mtu": interface.mtu,
        "link": interface.link.map(|link| json!({"index": link.index, "netnsid": link.namespace})),
        "master": interface.master,
        "addresses": interface.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
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
