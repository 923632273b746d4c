//! Firewalls: at both ends, where a packet passes through, on bridges and devices.

use super::super::case::Case;
use super::super::filter::{self, Fate, Filter, Packet};
use super::super::reach::{Node, is_bridge};
use super::super::trace::{Stop, Trace};
use super::Found;
use crate::show::world::is_pair;
use std::net::IpAddr;
use xns_core::Hint;

/// The packet that goes a way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub(super) from: usize,
    pub(super) to: IpAddr,
    pub(super) is_answer: bool,
}

/// Which of the kernel's places it comes by in a namespace.
struct Place {
    id: &'static str,
    /// `drops WHAT`
    what: String,
    families: &'static [&'static str],
    hooks: &'static [&'static str],
    /// What else shows it.
    because: Option<String>,
    /// Instead of the rule's own.
    cure: Option<String>,
}

const THROUGH: &[&str] = &["prerouting", "forward", "postrouting"];

/// All that the packet meets on its way.
pub(super) fn met(case: &Case<'_>, way: &Trace, sent: Sent, found: &mut Found) {
    for (space, packet, passes) in stations(case, way, sent) {
        let (id, what, hooks): (_, _, &'static [&'static str]) = match passes {
            Passes::Sends => ("XNS-E63-end-drop", "what it sends", &["output", "postrouting"]),
            Passes::Takes => ("XNS-E63-end-drop", "what comes in", &["prerouting", "input"]),
            Passes::Through => ("XNS-E63-forward-drop", "what passes through", THROUGH),
        };
        let families = families(packet.is_six);
        let place = Place { id, what: what.to_owned(), families, hooks, because: None, cure: None };
        look(case, space, &packet, place, found);
    }
    for leg in &way.legs {
        for at in 0..leg.path.len() {
            bridge(case, &leg.path, at, way, sent, found);
            device(case, &leg.path, at, way, sent, found);
        }
        hardware_addresses(case, &leg.path, way, sent, found);
    }
}

const fn families(is_six: bool) -> &'static [&'static str] {
    if is_six { &["ip6", "inet"] } else { &["ip", "inet"] }
}

/// What a namespace does with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passes {
    Sends,
    Through,
    Takes,
}

/// What is known of it everywhere.
pub(super) fn packet(way: &Trace, sent: Sent) -> Packet {
    Packet {
        is_six: sent.to.is_ipv6(),
        is_answer: sent.is_answer,
        source: way.source,
        target: Some(sent.to),
        ..Packet::default()
    }
}

/// The namespaces on the way, and the packet as each sees it.
pub(super) fn stations(case: &Case<'_>, way: &Trace, sent: Sent) -> Vec<(usize, Packet, Passes)> {
    let name = |node: Node| Some(case.name(node));
    let last = match way.stop {
        Stop::NotJoined { device, .. } | Stop::Nobody { device, .. } | Stop::Outside { device } => {
            Some(device)
        }
        Stop::Arrived | Stop::NoWay { .. } | Stop::Round => None,
    };
    let mut found = Vec::new();
    for at in 0..=way.legs.len() {
        let entered = at.checked_sub(1).and_then(|before| way.legs[before].path.last().copied());
        let leaves = way.legs.get(at).map_or(last, |leg| leg.path.first().copied());
        let space = entered.map_or(sent.from, |node| node.0);
        let lo = || way.legs.is_empty().then(|| "lo".to_owned());
        let passes = match (entered, leaves) {
            (None, _) => Passes::Sends,
            (Some(_), Some(_)) => Passes::Through,
            (Some(_), None) if way.stop == Stop::Arrived => Passes::Takes,
            (Some(_), None) => continue,
        };
        let (entered, leaves) = (entered.and_then(name), leaves.and_then(name).or_else(lo));
        found.push((space, Packet { entered, leaves, ..packet(way, sent) }, passes));
    }
    if way.legs.is_empty() && way.stop == Stop::Arrived {
        let entered = Some("lo".to_owned());
        found.push((sent.from, Packet { entered, ..packet(way, sent) }, Passes::Takes));
    }
    found
}

/// A bridge has chains of its own, and may hand what it passes to those for packets.
fn bridge(case: &Case<'_>, path: &[Node], at: usize, way: &Trace, sent: Sent, found: &mut Found) {
    let node = path[at];
    if !case.interface(node).is_some_and(is_bridge) {
        return;
    }
    let beside = |other: Option<&Node>| other.filter(|port| port.0 == node.0).map(|port| case.name(*port));
    let (entered, leaves) = (beside(at.checked_sub(1).and_then(|at| path.get(at))), beside(path.get(at + 1)));
    let hooks: &'static [&'static str] = match (&entered, &leaves) {
        (Some(_), Some(_)) => THROUGH,
        (Some(_), None) => &["prerouting", "input"],
        _ => &["output", "postrouting"],
    };
    let is_passed = hooks == THROUGH;
    let name = case.name(node);
    let what = format!("what passes through {name}");
    let own =
        Place { id: "XNS-E63-bridge-drop", what, families: &["bridge"], hooks, because: None, cure: None };
    look(case, node.0, &Packet { entered, leaves, ..packet(way, sent) }, own, found);
    let setting =
        if sent.to.is_ipv6() { "bridge/bridge-nf-call-ip6tables" } else { "bridge/bridge-nf-call-iptables" };
    if !is_passed || case.ask.setting(node.0, setting).as_deref() != Some("1") {
        return;
    }
    let handed = Place {
        id: "XNS-E63-bridge-filter",
        what: format!("what passes through {name}, as a bridge hands it to iptables"),
        families: families(sent.to.is_ipv6()),
        hooks: THROUGH,
        because: Some(format!("/proc/sys/net/{setting} in {}: 1", case.label(node.0))),
        cure: Some(case.set(node.0, setting, "0")),
    };
    let device = Some(name);
    look(
        case,
        node.0,
        &Packet { entered: device.clone(), leaves: device, ..packet(way, sent) },
        handed,
        found,
    );
}

/// Chains of a single device.
fn device(case: &Case<'_>, path: &[Node], at: usize, way: &Trace, sent: Sent, found: &mut Found) {
    let is_end = |node: Option<&Node>| node.is_some_and(|node| case.interface(*node).is_some_and(is_pair));
    if !is_end(path.get(at)) {
        return;
    }
    let name = || Some(case.name(path[at]));
    let entered = is_end(at.checked_sub(1).and_then(|at| path.get(at))).then(name).flatten();
    let leaves = is_end(path.get(at + 1)).then(name).flatten();
    let hooks: &'static [&'static str] = if entered.is_some() { &["ingress"] } else { &["egress"] };
    let what = format!("what goes through {}", case.name(path[at]));
    let families = &["netdev", "inet"];
    let place = Place { id: "XNS-E63-device-drop", what, families, hooks, because: None, cure: None };
    look(case, path[at].0, &Packet { entered, leaves, ..packet(way, sent) }, place, found);
}

/// Both ends of a link ask for hardware addresses, and answer.
fn hardware_addresses(case: &Case<'_>, path: &[Node], way: &Trace, sent: Sent, found: &mut Found) {
    if sent.to.is_ipv6() {
        return;
    }
    for node in [path.first(), path.last()].into_iter().flatten() {
        let name = Some(case.name(*node));
        let place = Place {
            id: "XNS-E63-arp-drop",
            what: "questions for hardware addresses, or answers".to_owned(),
            families: &["arp"],
            hooks: &["input", "output"],
            because: None,
            cure: None,
        };
        // Not of the ping, but of what goes before it.
        let asked =
            Packet { source: None, target: None, entered: name.clone(), leaves: name, ..packet(way, sent) };
        look(case, node.0, &asked, place, found);
    }
}

fn look(case: &Case<'_>, space: usize, packet: &Packet, place: Place, found: &mut Found) {
    match case.ask.filter(space) {
        Filter::Known(chains) => {
            for fate in filter::fates(&chains, place.families, place.hooks, packet) {
                tell(case, space, &fate, &place, found);
            }
        }
        Filter::Unknown(why) => {
            let label = case.label(space);
            if !found.unlisted.iter().any(|(known, _)| *known == label) {
                found.unlisted.push((label, why));
            }
        }
    }
}

fn tell(case: &Case<'_>, space: usize, fate: &Fate, place: &Place, found: &mut Found) {
    let drops = if fate.is_certain { "drops" } else { "may drop" };
    let mut hint =
        Hint::new(place.id, format!("the firewall in {} {drops} {}", case.label(space), place.what));
    if let Some(because) = &place.because {
        hint = hint.because(because.clone());
    }
    hint = hint.because(format!("{}: {}", case.run(space, fate.list), fate.evidence));
    hint = match &place.cure {
        Some(cure) => hint.cure(cure.clone(), "bridged packets are then left alone"),
        None => hint.cure(case.run(space, &fate.cure), "or a rule before it that accepts what is to pass"),
    };
    if fate.is_certain { found.cause(hint) } else { found.remark(hint) }
}

/// Where rules could not be listed.
pub(super) fn unlisted(found: &mut Found) {
    let Some((_, why)) = found.unlisted.first().cloned() else { return };
    let labels: Vec<String> =
        std::mem::take(&mut found.unlisted).into_iter().map(|(label, _)| label).collect();
    let cause = format!("not looked at: whether a firewall drops something in {}", labels.join(", "));
    found.remark(Hint::new("XNS-E63-unknown-filter", cause).because(why));
}
