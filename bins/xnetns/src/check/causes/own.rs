//! What a namespace has by itself: `lo`, devices, and whether it answers.

use super::super::case::Case;
use super::super::reach::{Reach, devices as all};
use super::{Found, address, path};
use crate::show::words::{is_loopback, state};
use crate::show::world::{Space, is_pair};
use std::net::IpAddr;
use xns_core::Hint;

/// `lo` is down: a cause only where packets go over it.
pub(super) fn lo(case: &Case<'_>, found: &mut Found) {
    let at = case.from;
    let interfaces = case.spaces[at].known().map(|known| known.interfaces.as_slice()).unwrap_or_default();
    let Some(lo) = interfaces.iter().find(|one| is_loopback(one) && !one.is_up()) else { return };
    let label = case.label(at);
    let cause = format!("lo in {label} is down: nothing answers at 127.0.0.1, nor at {label}'s own addresses from inside");
    let hint = Hint::new("XNS-E62-lo-down", cause)
        .because(case.says(at, "link show lo", &format!("state {}", state(lo))))
        .cure(case.line(at, "link set lo up"), "a new network namespace has it down");
    match case.to {
        Some(goal) if goal.space != Some(at) => found.remark(hint),
        _ => found.cause(hint),
    }
}

/// Is there more than `lo`, or is nothing more needed?
pub(super) fn has_devices(case: &Case<'_>, found: &mut Found) -> bool {
    let one = |space: usize| all(case.spaces, space).next().is_some();
    let other = case.to.and_then(|goal| goal.space).filter(|space| *space != case.from);
    let own_only = case.to.is_some_and(|goal| goal.space == Some(case.from));
    let mut enough = true;
    for space in std::iter::once(case.from).chain(other) {
        if one(space) || own_only || case.spaces[space].known().is_none() {
            continue;
        }
        enough = false;
        let with = other.map_or_else(|| "host".to_owned(), |other| {
            case.word(if space == other { case.from } else { other })
        });
        found.cause(
            Hint::new("XNS-N01-no-device", format!("{} has no device but lo: no packet leaves it", case.label(space)))
                .because(case.says(space, "link show", "lo"))
                .cure(
                    format!("xnetns connect {}:10.0.0.1/24 {with}:10.0.0.2/24", case.word(space)),
                    "joins both by a veth pair; other addresses will do as well",
                ),
        );
    }
    enough
}

/// Without a goal: every device that is meant to be used.
pub(super) fn devices(case: &Case<'_>, found: &mut Found) {
    let at = case.from;
    for device in all(case.spaces, at).filter(|device| is_meant(&case.spaces[at], device)) {
        let reach = Reach::of(case.spaces, (at, device.index));
        let end = device.link.filter(|_| is_pair(device)).and_then(|_| reach.met.get(1).copied());
        let nodes: Vec<_> = std::iter::once((at, device.index)).chain(end).collect();
        path::devices(case, &nodes, found);
        address::refused(case, (at, device.index), found);
    }
    address::hosts_alone(case, at, found);
    if address::of(case, at).next().is_none() {
        address::none(case, at, None, found);
    }
}

/// An end of a pair, and what has an address; of a namespace with a name also hardware that was moved there.
fn is_meant(space: &Space, device: &xns_net::Interface) -> bool {
    const ETHERNET: u16 = 1;
    const LINK: u8 = 253;
    let has_address = device.addresses.iter().any(|address| address.scope != LINK);
    is_pair(device) || has_address || !space.is_here && device.hardware_type == ETHERNET
}

/// Does it answer at all?
pub(super) fn echo(case: &Case<'_>, space: usize, at: IpAddr, found: &mut Found) {
    let name = if at.is_ipv4() { "ipv4/icmp_echo_ignore_all" } else { "ipv6/icmp/echo_ignore_all" };
    if case.ask.setting(space, name).as_deref() != Some("1") {
        return;
    }
    let cause = format!("{} answers no ping: the kernel is told to ignore them", case.label(space));
    found.cause(
        Hint::new("XNS-N13-echo-ignored", cause)
            .because(format!("/proc/sys/net/{name} in {}: 1", case.label(space)))
            .cure(case.set(space, name, "0"), "other packets are not concerned"),
    );
}
