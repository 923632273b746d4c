//! What a namespace has by itself: `lo`, devices, and whether it answers.

use super::super::case::{Case, covers};
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
    let cause = format!(
        "lo in {label} is down: nothing answers at 127.0.0.1, nor at {label}'s own addresses from inside"
    );
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
    let other = case.to.and_then(|goal| goal.space).filter(|space| *space != case.from);
    let own_only = case.to.is_some_and(|goal| goal.space == Some(case.from));
    let is_poor =
        |space: &usize| case.spaces[*space].known().is_some() && all(case.spaces, *space).next().is_none();
    let poor: Vec<usize> = std::iter::once(case.from).chain(other).filter(is_poor).collect();
    let Some(first) = poor.first().filter(|_| !own_only) else { return true };
    let labels: Vec<String> = poor.iter().map(|space| case.label(*space)).collect();
    let verb = if poor.len() == 1 { "has" } else { "have" };
    let here = case.spaces.iter().position(|space| space.is_here).unwrap_or_default();
    let (one, two) = (case.from, other.unwrap_or(here));
    let mut hint = Hint::new(
        "XNS-N01-no-device",
        format!("{} {verb} no device but lo: no packet leaves", labels.join(" and ")),
    )
    .because(case.says(*first, "link show", "lo"));
    if one != two {
        hint =
            hint.cure(connect(case, one, two), "joins both by a veth pair; other addresses will do as well");
    }
    found.cause(hint);
    false
}

/// The line that joins two, with addresses of a network that neither knows yet.
pub(super) fn connect(case: &Case<'_>, one: usize, two: usize) -> String {
    let known = |third: u8| {
        let ip = IpAddr::from([10, 0, third, 1]);
        let in_network = |(_, address): (_, &xns_net::Address)| covers(address, ip);
        [one, two].into_iter().any(|space| address::of(case, space).any(in_network))
    };
    let third = (0..=u8::MAX).find(|third| !known(*third)).unwrap_or_default();
    let (one, two) = (case.word(one), case.word(two));
    format!("xnetns connect {one}:10.0.{third}.1/24 {two}:10.0.{third}.2/24")
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
