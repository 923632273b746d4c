//! Why there is no way, or one that leads nowhere.

use super::super::case::{Case, bits, covers, network};
use super::super::reach::{self, Node, Reach, is_bridge, joined};
use super::super::trace::{Trace, holds};
use super::{Found, address, forbidden, goal, path, version};
use crate::show::words::state;
use std::net::IpAddr;
use xns_core::{Errno, Hint, errno};
use xns_net::{Address, Way};

/// The namespace has no way to the address, which is `other`'s, if that is known.
pub(super) fn no_way(
    case: &Case<'_>,
    space: usize,
    refusal: Errno,
    to: IpAddr,
    other: Option<usize>,
    found: &mut Found,
) {
    if let Some(hint) = forbidden::by(case, space, refusal, to) {
        return found.cause(hint);
    }
    let other = other.filter(|other| *other != space);
    if let Some(path) = other.and_then(|other| joined(case.spaces, space, other)) {
        return on_the_link(case, &path, refusal, to, found);
    }
    if let Some(router) = other.and_then(|other| router(case, space, other)) {
        return by_router(case, space, router, refusal, to, found);
    }
    let own = |device: &&xns_net::Interface| device.addresses.iter().any(|address| covers(address, to));
    let device = reach::devices(case.spaces, space).find(own);
    match (device, other) {
        (Some(device), _) if !device.is_up() => path::devices(case, &[(space, device.index)], found),
        (_, Some(other)) if case.is_spoken_of(other) => not_joined_at_all(case, space, other, found),
        (..) if address::of(case, space).next().is_none() => address::none(case, space, None, found),
        (..) => found.cause(no_route(case, space, refusal, to, gateway(case, space, to))),
    }
}

/// Both are on one link: then it is for the addresses.
fn on_the_link(case: &Case<'_>, link: &[Node], refusal: Errno, to: IpAddr, found: &mut Found) {
    let (Some(device), Some(end)) = (link.first().copied(), link.last().copied()) else { return };
    path::devices(case, link, found);
    let Some(one) = case.interface(device) else { return };
    let same = |address: &&Address| address.scope == 0 && address.ip.is_ipv4() == to.is_ipv4();
    let own: Vec<&Address> = one.addresses.iter().filter(same).collect();
    let theirs = case.interface(end).and_then(|one| one.addresses.iter().find(|address| address.ip == to));
    let near = own.iter().find(|address| covers(address, to));
    match (near, own.first()) {
        // The route comes back with the device.
        (Some(_), _) if !one.is_up() => {}
        (Some(near), _) if near.prefix < bits(to) => {
            let route = format!(
                "route add {}/{} dev {}",
                network(near.ip, near.prefix),
                near.prefix,
                case.name(device)
            );
            found.cause(no_route(case, device.0, refusal, to, Some(route)));
        }
        (_, None) => address::none(case, device.0, Some(end.0), found),
        (_, Some(own)) => {
            let whole = own.prefix == bits(to) && own.peer.is_none();
            let within = theirs.filter(|theirs| theirs.prefix < bits(to) && covers(theirs, own.ip));
            found.cause(match within.filter(|_| whole) {
                Some(theirs) => address::host_alone(case, device, own, Some(theirs.prefix)),
                None if whole && theirs.is_some_and(|theirs| same_usual_network(own.ip, theirs.ip)) => {
                    address::host_alone(case, device, own, None)
                }
                None => other_network(case, device, own, to, theirs),
            });
        }
    }
}

/// In one network of the usual length?
fn same_usual_network(one: IpAddr, other: IpAddr) -> bool {
    let usual = if one.is_ipv4() { 24 } else { 64 };
    network(one, usual) == network(other, usual)
}

fn other_network(case: &Case<'_>, device: Node, own: &Address, to: IpAddr, theirs: Option<&Address>) -> Hint {
    let name = case.name(device);
    let their = theirs.map_or_else(|| to.to_string(), ToString::to_string);
    let cause =
        format!("{to} is in another network than {own} of {}, and no route leads there", case.place(device));
    Hint::new("XNS-N07-other-network", cause)
        .because(case.says(device.0, &format!("address show {name}"), &own.to_string()))
        .because(format!("the address at the other end is {their}"))
        .cure(
            case.line(device.0, &format!("route add {to} dev {name}")),
            "or give both addresses of one network",
        )
}

/// A namespace that is on a link with both.
fn router(case: &Case<'_>, from: usize, to: usize) -> Option<(Vec<Node>, Vec<Node>)> {
    let between = (0..case.spaces.len()).filter(|space| *space != from && *space != to);
    between
        .filter_map(|space| Some((joined(case.spaces, from, space)?, joined(case.spaces, space, to)?)))
        .next()
}

fn by_router(
    case: &Case<'_>,
    space: usize,
    (here, there): (Vec<Node>, Vec<Node>),
    refusal: Errno,
    to: IpAddr,
    found: &mut Found,
) {
    path::devices(case, &here, found);
    path::devices(case, &there, found);
    let (Some(device), Some(end)) = (here.first().copied(), here.last().copied()) else { return };
    let family = |address: &&Address| address.scope == 0 && address.ip.is_ipv4() == to.is_ipv4();
    let own = case.interface(device).and_then(|one| one.addresses.iter().find(family));
    let gateway = case.interface(end).and_then(|one| one.addresses.iter().find(family));
    let (Some(own), Some(gateway)) = (own, gateway) else {
        // Two ports of one namespace that are joined by nothing.
        if let Some(hint) = no_master(case, end, there.first().copied()) {
            return found.cause(hint);
        }
        if own.is_none() {
            address::none(case, space, Some(end.0), found);
        }
        if gateway.is_none() {
            address::none(case, end.0, Some(space), found);
        }
        return;
    };
    let route = default_route(case, device, own, gateway.ip);
    found.cause(no_route(case, space, refusal, to, Some(route)));
}

/// Where the gateway is in no network of ours, the kernel has to be told that it is on the link.
fn default_route(case: &Case<'_>, device: Node, own: &Address, gateway: IpAddr) -> String {
    let near = own.peer == Some(gateway) || covers(own, gateway);
    let onlink = if near { String::new() } else { format!(" dev {} onlink", case.name(device)) };
    format!("route add default via {gateway}{onlink}")
}

fn no_route(case: &Case<'_>, space: usize, refusal: Errno, to: IpAddr, route: Option<String>) -> Hint {
    let cause = format!("{} has no route to {to}", case.label(space));
    let hint = Hint::new("XNS-E64-no-route", cause).because(case.says(
        space,
        &format!("route get {to}"),
        &errno::text(refusal),
    ));
    match route {
        Some(route) => hint.cure(case.line(space, &route), "as long as the device is up"),
        None => hint.cure(
            case.line(space, "route add default via GATEWAY"),
            "GATEWAY: the address, in one of its networks, of who knows the way",
        ),
    }
}

/// A neighbour on a link that has an address of one of its networks: one that knows the way before one that does not. Whose packet it is,
/// does not get it back.
fn gateway(case: &Case<'_>, space: usize, to: IpAddr) -> Option<String> {
    let mut known: Vec<(usize, IpAddr, String)> = Vec::new();
    for (device, own) in address::of(case, space) {
        let met = Reach::of(case.spaces, (space, device.index)).met;
        for node in met.into_iter().filter(|node| node.0 != space && node.0 != case.from) {
            let theirs = case.interface(node).map(|one| one.addresses.as_slice()).unwrap_or_default();
            let is_whole = own.prefix == bits(own.ip) && own.ip.is_ipv4() == to.is_ipv4();
            let theirs =
                theirs.iter().filter(|their| their.ip.is_ipv4() == own.ip.is_ipv4() && their.scope == 0);
            let usable = theirs.filter(|their| is_whole || covers(own, their.ip));
            let line = |ip| default_route(case, (space, device.index), own, ip);
            known.extend(usable.map(|their| (node.0, their.ip, line(their.ip))));
        }
    }
    let knows = |(at, ..): &&(usize, IpAddr, String)| case.ask.way(*at, &Way::to(to)).is_ok();
    known.iter().find(knows).or(known.first()).map(|(.., line)| line.clone())
}

/// The way leads out of a device behind which the owner of the address is not.
pub(super) fn not_joined(case: &Case<'_>, device: Node, next: IpAddr, owner: usize, found: &mut Found) {
    let space = device.0;
    if near_end(case, device, found) {
        return;
    }
    if let Some(path) = joined(case.spaces, space, owner)
        && let Some(better) = path.first().copied()
    {
        let (name, instead) = (case.name(device), case.name(better));
        let cause =
            format!("{} sends what is for {next} by {name}, but it is behind {instead}", case.label(space));
        return found.cause(
            Hint::new("XNS-N10-other-device", cause)
                .because(case.says(space, &format!("route get {next}"), &format!("dev {name}")))
                .because(format!("{instead} leads to {}, which has {next}", case.label(owner)))
                .cure(case.line(space, &format!("route add {next} dev {instead}")), "for this address alone"),
        );
    }
    let between = router(case, space, owner);
    let ports =
        between.as_ref().and_then(|(here, there)| Some((here.last().copied()?, there.first().copied())));
    match ports.and_then(|(here, there)| no_master(case, here, there)) {
        Some(hint) => found.cause(hint),
        None if case.is_spoken_of(owner) => not_joined_at_all(case, space, owner, found),
        None => nobody(case, device, next, found),
    }
}

fn not_joined_at_all(case: &Case<'_>, space: usize, other: usize, found: &mut Found) {
    let (one, two) = (case.label(space), case.label(other));
    let line = super::own::connect(case, space, other);
    found.cause(
        Hint::new(
            "XNS-N02-not-joined",
            format!("nothing joins {one} and {two}: no devices lead from one to the other"),
        )
        .because("xnetns show: no pair, and no bridge, has an end in both".to_owned())
        .cure(line, "joins both by a veth pair; other addresses will do as well"),
    );
}

/// Both ends come out in one namespace, which has a bridge that is not told of one of them, or no bridge.
fn no_master(case: &Case<'_>, one: Node, two: Option<Node>) -> Option<Hint> {
    let mut ends = [one, two?];
    // The same words for both directions.
    ends.sort_unstable();
    let at = one.0;
    let contents = case.spaces[at].known()?;
    // The bridge itself, when the path goes up to it.
    let bridge_of = |node: Node| {
        let own = case.interface(node)?;
        if is_bridge(own) { Some(own.index) } else { own.master }
    };
    let bridge = ends.iter().find_map(|node| bridge_of(*node));
    let mut all = contents.interfaces.iter().filter(|one| is_bridge(one)).map(|one| one.index);
    let bridge = bridge.or_else(|| all.next());
    let alone: Vec<Node> = ends.into_iter().filter(|node| bridge_of(*node).is_none()).collect();
    let first = *alone.first()?;
    let mut lines = Vec::new();
    let name = match bridge {
        Some(bridge) => case.name((at, bridge)),
        None => {
            lines.extend(["link add br0 type bridge", "link set br0 up"].map(|line| case.line(at, line)));
            "br0".to_owned()
        }
    };
    lines.extend(
        alone.iter().map(|node| case.line(at, &format!("link set {} master {name}", case.name(*node)))),
    );
    let places: Vec<String> = alone.iter().map(|node| case.place(*node)).collect();
    let verb = if places.len() == 1 { "is a port" } else { "are ports" };
    Some(
        Hint::new(
            "XNS-N08-no-master",
            format!("{} {verb} of no bridge: nothing is passed on", places.join(" and ")),
        )
        .because(case.says(at, &format!("link show {}", case.name(first)), "no master"))
        .cure(lines.join(" && "), "all ports of one bridge are one link"),
    )
}

/// Is the device down, or what it is tied to?
fn near_end(case: &Case<'_>, device: Node, found: &mut Found) -> bool {
    let met = Reach::of(case.spaces, device).met;
    let near = &met[..met.len().min(2)];
    path::devices(case, near, found);
    near.iter().any(|node| case.interface(*node).is_some_and(|one| state(one) != "UP"))
}

/// The way leads to a link on which nobody has the address.
pub(super) fn nobody(case: &Case<'_>, device: Node, next: IpAddr, found: &mut Found) {
    // An address of version 6 goes with its device.
    if near_end(case, device, found) {
        return;
    }
    let reach = Reach::of(case.spaces, device);
    let others = reach.met.iter().copied().filter(|node| node.0 != device.0);
    let inside: Vec<Node> =
        others.filter(|node| case.interface(*node).is_some_and(|one| one.master.is_none())).collect();
    let theirs = inside.iter().filter_map(|node| case.interface(*node)).flat_map(|one| one.addresses.iter());
    let known: Vec<String> = theirs.filter(|address| address.scope == 0).map(ToString::to_string).collect();
    let own = case.interface(device).and_then(|one| one.addresses.iter().find(|own| covers(own, next)));
    if let Some(own) = own.filter(|own| goal::is_first(own, next)) {
        return found.cause(goal::of_network(case, own, next));
    }
    let is_off = |node: &Node, found: &mut Found| next.is_ipv6() && version::off_at(case, *node, found);
    if inside.first().is_some_and(|end| is_off(end, found)) {
        return;
    }
    let name = case.name(device);
    let cause = format!("{next} is nobody's: no one behind {} has this address", case.place(device));
    let there = if known.is_empty() {
        "no address is there".to_owned()
    } else {
        format!("there is only {}", known.join(", "))
    };
    let mut hint = Hint::new("XNS-N16-nobody", cause)
        .because(case.says(device.0, &format!("route get {next}"), &format!("dev {name}")))
        .because(format!("behind {name}: {there}"));
    if let Some(owner) = (0..case.spaces.len()).find(|at| *at != device.0 && holds(&case.spaces[*at], next)) {
        hint = hint.because(format!("{}, which nothing joins to it, has {next}", case.label(owner)));
    }
    let silent = case.ask.neighbours(device.0).into_iter().find(|one| one.ip == next && one.is_silent());
    if silent.is_some() {
        hint = hint.because(case.says(device.0, &format!("neigh show {next}"), "FAILED"));
    }
    let prefix = own.map_or(bits(next), |own| own.prefix);
    if let Some(end) = inside.first() {
        let line = format!("address add {next}/{prefix} dev {}", case.name(*end));
        hint =
            hint.cure(case.line(end.0, &line), "if it is to have it; else ask for an address that is there");
    }
    found.cause(hint);
}

/// The way leads into a device that a program makes the other end of, and none does.
pub(super) fn unopened(case: &Case<'_>, device: Node, to: IpAddr, found: &mut Found) -> bool {
    let Some(one) = case.interface(device).filter(|one| one.kind.as_deref() == Some("tun")) else {
        return false;
    };
    if !one.is_up() {
        path::devices(case, &[device], found);
        return true;
    }
    if state(one) == "UP" {
        return false;
    }
    let name = case.name(device);
    let cause = format!(
        "{} has no carrier: no program has it open, which would be its other end",
        case.place(device)
    );
    let hint = Hint::new("XNS-N04-no-carrier", cause).because(case.says(
        device.0,
        &format!("-d link show {name}"),
        &format!("tun, {}", state(one)),
    ));
    let owner = (0..case.spaces.len()).find(|at| *at != device.0 && holds(&case.spaces[*at], to));
    found.cause(match owner.filter(|owner| case.is_spoken_of(*owner)) {
        Some(owner) => hint.cure(
            super::own::connect(case, device.0, owner),
            "a veth pair needs no program; ask for the new address",
        ),
        None => {
            hint.cure(case.ip(device.0, &format!("-d link show {name}")), "start the program that it is for")
        }
    });
    true
}

/// The routes of several lead round.
pub(super) fn round(case: &Case<'_>, way: &Trace, to: IpAddr, found: &mut Found) {
    let spaces: Vec<String> =
        way.legs.iter().take(4).filter_map(|leg| leg.path.last()).map(|node| case.label(node.0)).collect();
    let last = way.legs.last().and_then(|leg| leg.path.last()).map_or(case.from, |node| node.0);
    let owner = (0..case.spaces.len()).find(|at| holds(&case.spaces[*at], to));
    let mut hint =
        Hint::new("XNS-N17-round", format!("the routes to {to} lead round: {} …", spaces.join(", ")))
            .because(case.says(last, &format!("route get {to}"), "back to where it came from"));
    if owner.is_none() {
        hint = hint.because(format!("no network namespace that is seen here has {to}"));
    }
    found.cause(hint.cure(case.line(last, "route show"), "one of them has to lead elsewhere"));
}
