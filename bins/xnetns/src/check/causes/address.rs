//! Addresses: none, another's, of no network.

use super::super::case::{Case, bits, free};
use super::super::reach::{self, Node, Reach};
use super::super::trace::{addresses, holds};
use super::{Found, version};
use std::net::IpAddr;
use xns_core::Hint;
use xns_net::{Address, Interface};

/// The addresses of a namespace of the version that is asked for.
pub(super) fn of<'c>(case: &'c Case<'_>, space: usize) -> impl Iterator<Item = (&'c Interface, &'c Address)> {
    addresses(case.spaces, space).filter(|(_, address)| case.is_wanted(address.ip))
}

/// It has none; one that would do is in the network of `other`'s, or of whoever is behind its devices.
pub(super) fn none(case: &Case<'_>, space: usize, other: Option<usize>, found: &mut Found) {
    if case.spaces[space].known().is_none() {
        return;
    }
    let joined = other.and_then(|other| reach::joined(case.spaces, space, other));
    let first = joined.as_ref().and_then(|path| path.first().copied());
    let own = reach::devices(case.spaces, space).next().map(|device| (space, device.index));
    let Some(device) = first.or(own) else { return };
    // Where neither has one, each gets another.
    let number = if space == case.from { 1 } else { 2 };
    let name = case.name(device);
    let near = near(case, device);
    // None could be given.
    let wants_six = case.is_six == Some(true) || near.is_some_and(|address| address.ip.is_ipv6());
    if wants_six && version::off_at(case, device, found) {
        return;
    }
    let near = near.map(|address| (address.prefix, free(address, &|ip| taken(case, device, ip))));
    let address = match near {
        Some((prefix, Some(ip))) => format!("{ip}/{prefix}"),
        _ if case.is_six == Some(true) => format!("fd00::{number}/64"),
        _ => format!("10.0.0.{number}/24"),
    };
    let is_six = case.is_six == Some(true);
    let (version, shown) = if is_six { (" of version 6", "-6 address") } else { ("", "address") };
    found.cause(
        Hint::new("XNS-N05-no-address", format!("{} has no address{version}", case.label(space)))
            .because(case.says(space, &format!("{shown} show {name}"), "no address of scope global"))
            .cure(
                case.line(space, &format!("address add {address} dev {name}")),
                "one that nobody behind the device has",
            ),
    );
}

/// An address of somebody behind the device, one with a network first.
pub(super) fn near<'c>(case: &'c Case<'_>, device: Node) -> Option<&'c Address> {
    let reach = Reach::of(case.spaces, device);
    let others = reach.met.iter().filter(|node| node.0 != device.0).filter_map(|node| case.interface(*node));
    let all: Vec<&Address> = others
        .flat_map(|one| one.addresses.iter())
        .filter(|address| address.scope == 0 && case.is_wanted(address.ip))
        .collect();
    all.iter().find(|address| address.prefix < bits(address.ip)).or(all.first()).copied()
}

/// Has somebody behind the device this address?
fn taken(case: &Case<'_>, device: Node, ip: IpAddr) -> bool {
    Reach::of(case.spaces, device).met.iter().any(|node| holds(&case.spaces[node.0], ip))
}

/// Whole addresses without a network and without a route: nobody is reached by them.
pub(super) fn hosts_alone(case: &Case<'_>, space: usize, found: &mut Found) {
    let routes = case.spaces[space].known().map(|known| known.routes.as_slice()).unwrap_or_default();
    for (device, address) in of(case, space) {
        let uses = |route: &xns_net::Route| {
            route.is_six == address.ip.is_ipv6() && route.hop.device == Some(device.index)
        };
        let alone = address.prefix == bits(address.ip) && address.peer.is_none();
        let usable = routes.iter().any(|route| uses(route) && !is_link_local(route));
        if alone && device.is_up() && !usable {
            found.cause(host_alone(case, (space, device.index), address, None));
        }
    }
}

fn is_link_local(route: &xns_net::Route) -> bool {
    matches!(route.destination, Some((IpAddr::V6(ip), _)) if ip.is_unicast_link_local() || ip.is_multicast())
}

/// One of them; `prefix` is the other's.
pub(super) fn host_alone(case: &Case<'_>, device: Node, address: &Address, prefix: Option<u8>) -> Hint {
    let name = case.name(device);
    let near = || near(case, device).map(|near| near.prefix).filter(|prefix| *prefix < bits(address.ip));
    let usual = if address.ip.is_ipv4() { 24 } else { 64 };
    let prefix = prefix.or_else(near).unwrap_or(usual);
    let ip = address.ip;
    let (del, add) =
        (format!("address del {address} dev {name}"), format!("address add {ip}/{prefix} dev {name}"));
    let cause = format!("{} has the address {address}: no other one is in its network", case.place(device));
    Hint::new("XNS-N06-no-network", cause)
        .because(case.says(device.0, &format!("address show {name}"), &address.to_string()))
        .cure(
            format!("{} && {}", case.line(device.0, &del), case.line(device.0, &add)),
            "with the length of the network",
        )
}

/// The address is that of two on the same link; or it is our own.
pub(super) fn duplicates(case: &Case<'_>, to: IpAddr, other: Option<usize>, found: &mut Found) {
    let own = of(case, case.from).map(|(device, _)| (case.from, device.index));
    let theirs =
        other.into_iter().flat_map(|other| of(case, other).map(move |(device, _)| (other, device.index)));
    for device in own.chain(theirs).filter(|_| other.is_some()) {
        refused(case, device, found);
    }
    let asked = of(case, case.from).map(|(_, own)| own.ip).chain([to]);
    let mut ips: Vec<IpAddr> = asked.collect();
    ips.dedup();
    for ip in ips {
        duplicate(case, ip, other, found);
    }
}

fn duplicate(case: &Case<'_>, ip: IpAddr, other: Option<usize>, found: &mut Found) {
    let mut owners: Vec<Node> = Vec::new();
    for device in reach::devices(case.spaces, case.from) {
        for node in Reach::of(case.spaces, (case.from, device.index)).met {
            let is_its = case.interface(node).is_some_and(|one| super::super::trace::has(one, ip));
            if is_its && !owners.iter().any(|owner| owner.0 == node.0) {
                owners.push(node);
            }
        }
    }
    // The one that was asked for keeps it, and so does who asks.
    owners.sort_by_key(|node| (node.0 != case.from, Some(node.0) != other));
    let [first, second, ..] = owners.as_slice() else { return };
    let device = *second;
    let Some(address) = case.interface(device).and_then(|one| one.addresses.iter().find(|one| one.ip == ip))
    else {
        return;
    };
    let name = case.name(device);
    let cause =
        format!("{ip} is an address of two on one link: {} and {}", case.place(*first), case.place(device));
    found.cause(
        Hint::new("XNS-N12-duplicate", cause)
            .because(case.says(first.0, &format!("address show {}", case.name(*first)), &ip.to_string()))
            .because(case.says(device.0, &format!("address show {name}"), &address.to_string()))
            .cure(instead(case, device, address), "who answers is a matter of chance until one has another"),
    );
}

/// The line that gives the device a free address in the place of this one.
fn instead(case: &Case<'_>, device: Node, address: &Address) -> String {
    let name = case.name(device);
    let del = case.line(device.0, &format!("address del {address} dev {name}"));
    match free(address, &|ip| ip == address.ip || taken(case, device, ip)) {
        Some(ip) => {
            let add = case.line(device.0, &format!("address add {ip}/{} dev {name}", address.prefix));
            format!("{del} && {add}")
        }
        None => del,
    }
}

/// The kernel itself has found that another one has it (version 6).
pub(super) fn refused(case: &Case<'_>, device: Node, found: &mut Found) {
    let addresses = case.interface(device).map(|one| one.addresses.as_slice()).unwrap_or_default();
    let twice = addresses.iter().filter(|address| address.flags & Address::DUPLICATE != 0);
    for address in twice.filter(|address| case.is_wanted(address.ip)) {
        let name = case.name(device);
        found.cause(
            Hint::new(
                "XNS-N12-duplicate",
                format!("{address} of {} is another one's, too: it is not used", case.place(device)),
            )
            .because(case.says(device.0, &format!("address show {name}"), "dadfailed"))
            .cure(instead(case, device, address), "it is given another"),
        );
    }
}

/// The device has no address yet from which it could send.
pub(super) fn sends_from_none(case: &Case<'_>, device: Node, found: &mut Found) {
    const UNUSED: u32 = Address::TENTATIVE | Address::DUPLICATE;
    let addresses = case.interface(device).map(|one| one.addresses.as_slice()).unwrap_or_default();
    let own: Vec<&Address> =
        addresses.iter().filter(|own| own.scope == 0 && case.is_wanted(own.ip)).collect();
    if own.iter().all(|own| own.flags & UNUSED != 0) {
        own.iter().for_each(|own| tentative(case, device.0, own.ip, found));
    }
}

/// Whether another one has it, is not known yet (version 6).
pub(super) fn tentative(case: &Case<'_>, space: usize, ip: IpAddr, found: &mut Found) {
    let waits = |address: &Address| {
        address.ip == ip && address.flags & (Address::TENTATIVE | Address::DUPLICATE) == Address::TENTATIVE
    };
    for (device, _) in of(case, space).filter(|(_, address)| waits(address)) {
        let node = (space, device.index);
        let shown = format!("address show {}", case.name(node));
        let cause = format!(
            "{ip} of {} is not in use yet: the kernel still asks whether another one has it",
            case.place(node)
        );
        found.cause(
            Hint::new("XNS-N19-tentative", cause)
                .because(case.says(space, &shown, "tentative"))
                .cure("sleep 2", "it takes one or two seconds"),
        );
    }
}
