//! Addresses that are nobody's in particular, or the asker's own.

use super::super::case::{Case, Goal, covers, network};
use super::super::trace::{addresses, has, holds};
use super::Found;
use std::net::IpAddr;
use xns_core::Hint;
use xns_net::{Address, Way};

/// RTN_BROADCAST of linux/rtnetlink.h.
const BROADCAST: u8 = 3;

/// An address of many.
pub(super) fn of_many(case: &Case<'_>, to: IpAddr, found: &mut Found) -> bool {
    let own = addresses(case.spaces, case.from).map(|(_, own)| own).find(|own| covers(own, to));
    // There need not be a route.
    let kind = case.ask.way(case.from, &Way::to(to)).ok().flatten().map(|route| route.kind);
    let (word, what) = match (kind, own) {
        _ if to.is_multicast() => ("multicast", "an address of a group".to_owned()),
        (Some(BROADCAST), Some(own)) => ("broadcast", format!("the broadcast address of {own}")),
        (Some(BROADCAST), None) => ("broadcast", "a broadcast address".to_owned()),
        _ => return false,
    };
    let hint = Hint::new("XNS-N23-of-many", format!("{to} is {what}: no one has to answer there"))
        .because(case.says(case.from, &format!("route get {to}"), word));
    found.cause(instead(case, hint, to));
    true
}

/// The first address of a network, which is no host's by custom.
pub(super) fn is_first(own: &Address, ip: IpAddr) -> bool {
    let most = if ip.is_ipv4() { 30 } else { 126 };
    own.prefix <= most && covers(own, ip) && network(ip, own.prefix) == ip
}

/// It is the name of a network rather than an address of one.
pub(super) fn of_network(case: &Case<'_>, own: &Address, to: IpAddr) -> Hint {
    let cause = format!("{to} is the address of the network of {own}, not one of a host in it");
    let why = if to.is_ipv4() {
        "its first address stands for all of it"
    } else {
        "its first address is for any router"
    };
    instead(case, Hint::new("XNS-N23-of-many", cause).because(why.to_owned()), to)
}

/// Somebody's address in one of our networks, that of the address first.
fn instead(case: &Case<'_>, hint: Hint, to: IpAddr) -> Hint {
    let mut own: Vec<&Address> = addresses(case.spaces, case.from).map(|(_, own)| own).collect();
    own.sort_by_key(|own| (!covers(own, to), own.ip.is_ipv4() != to.is_ipv4()));
    let others = || (0..case.spaces.len()).filter(|at| *at != case.from);
    let near = own.iter().find_map(|own| {
        let mut theirs = others().flat_map(|at| addresses(case.spaces, at));
        theirs.find(|(_, their)| covers(own, their.ip) && their.ip != own.ip)
    });
    match near {
        Some((_, their)) => {
            hint.cure(case.run(case.from, &format!("ping -c 1 {}", their.ip)), "an address of one host")
        }
        None => hint.cure("xnetns show".to_owned(), "shows the addresses that there are"),
    }
}

/// The asker has the address itself, so that no packet for it leaves.
pub(super) fn own_too(case: &Case<'_>, goal: Goal, to: IpAddr, found: &mut Found) {
    let Some(known) = case.spaces[case.from].known() else { return };
    let Some(own) = known.interfaces.iter().find(|one| has(one, to)) else { return };
    let other = (0..case.spaces.len()).find(|at| *at != case.from && holds(&case.spaces[*at], to));
    let Some(other) = other.filter(|_| !to.is_loopback()) else { return };
    // On one link this is told otherwise.
    let is_told = |hint: &Hint| hint.id == "XNS-N12-duplicate" && hint.cause.starts_with(&format!("{to} "));
    if found.causes.iter().any(is_told) {
        return;
    }
    let name = case.name((case.from, own.index));
    let Some(address) = own.addresses.iter().find(|one| one.ip == to) else { return };
    let (label, its) = (case.label(case.from), case.label(other));
    let cause = format!("{to} is an address of {label} itself: what is sent there never leaves for {its}");
    let hint = Hint::new("XNS-N24-own-address", cause)
        .because(case.says(case.from, &format!("address show {name}"), &address.to_string()))
        .because(case.says(case.from, &format!("route get {to}"), "local"))
        .cure(
            case.line(case.from, &format!("address del {address} dev {name}")),
            "if it is to be the other's alone",
        );
    // Who asks for the address alone, may mean the own one.
    if goal.space == Some(other) { found.cause(hint) } else { found.remark(hint) }
}
