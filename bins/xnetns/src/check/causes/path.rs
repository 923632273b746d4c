//! What a frame meets on a link: devices that are down, ports that do not pass it, neighbours.

use super::super::case::Case;
use super::super::reach::{Node, is_bridge};
use super::super::trace::Leg;
use super::{Found, port};
use crate::show::words::state;
use crate::show::world::is_pair;
use xns_core::Hint;
use xns_net::Neighbour;

/// Every device that is down; where all are up, one without a carrier.
pub(super) fn devices(case: &Case<'_>, path: &[Node], found: &mut Found) {
    let known = || path.iter().filter_map(|node| case.interface(*node).map(|one| (*node, one)));
    let mut is_down = false;
    for (node, _) in known().filter(|(_, one)| !one.is_up()) {
        is_down = true;
        found.cause(down(case, node));
    }
    for (node, one) in known().filter(|(_, one)| !is_down && state(one) != "UP") {
        // Of a bridge none of whose ports is up.
        if is_bridge(one) {
            continue;
        }
        let (name, state) = (case.name(node), state(one));
        let cause =
            format!("{} has no carrier: nobody is at its other end, or that is down", case.place(node));
        found.cause(
            Hint::new("XNS-N04-no-carrier", cause)
                .because(case.says(node.0, &format!("link show {name}"), state))
                .cure(
                    case.line(node.0, &format!("link show {name}")),
                    "its other end has to be up; see xnetns show",
                ),
        );
    }
    if !is_down {
        port::on(case, path, found);
    }
}

fn down(case: &Case<'_>, node: Node) -> Hint {
    let name = case.name(node);
    let mut hint = Hint::new("XNS-N03-device-down", format!("{} is down", case.place(node)))
        .because(case.says(node.0, &format!("link show {name}"), "state DOWN"));
    let ends = case.spaces[node.0].known().and_then(|known| known.end_of(node.1));
    if let Some(other) = ends.and_then(|end| Some((end.space?, end.index)))
        && let Some(one) = case.interface(other).filter(|one| is_pair(one) && one.is_up())
    {
        let says = format!("{}, its other end", state(one));
        hint = hint.because(case.says(other.0, &format!("link show {}", case.name(other)), &says));
    }
    hint.cure(case.line(node.0, &format!("link set {name} up")), "a new device is down until then")
}

/// What one sends and the next does not take for its length: a remark, as a ping is short.
pub(super) fn sizes(case: &Case<'_>, path: &[Node], found: &mut Found) {
    let Some(first) = path.first().copied() else { return };
    let mtu = |node: Node| case.interface(node).filter(|one| !is_bridge(one)).map(|one| one.mtu);
    let Some(sent) = mtu(first).filter(|sent| *sent > 0) else { return };
    let narrow = path.iter().filter_map(|node| Some((*node, mtu(*node)?))).min_by_key(|(_, mtu)| *mtu);
    let Some((node, taken)) = narrow.filter(|(_, taken)| *taken > 0 && *taken < sent) else { return };
    let (name, own) = (case.name(node), case.name(first));
    let cause = format!(
        "{} sends packets of up to {sent} bytes, {} takes none of more than {taken}",
        case.place(first),
        case.place(node)
    );
    found.remark(
        Hint::new("XNS-N26-mtu", cause)
            .because(case.says(first.0, &format!("link show {own}"), &format!("mtu {sent}")))
            .because(case.says(node.0, &format!("link show {name}"), &format!("mtu {taken}")))
            .cure(case.line(node.0, &format!("link set {name} mtu {sent}")), "a plain ping is short enough"),
    );
}

/// A device that asks for no hardware addresses, and does not answer when it is asked.
pub(super) fn no_arp(case: &Case<'_>, leg: &Leg, found: &mut Found) {
    const NOARP: u32 = 0x80;
    let (Some(first), Some(last)) = (leg.path.first().copied(), leg.path.last().copied()) else { return };
    let is_said = |one: &Neighbour| {
        one.ip == leg.next && one.device == first.1 && one.state & Neighbour::PERMANENT != 0
    };
    let is_mute = |one: &xns_net::Interface| one.flags & NOARP != 0 && (is_pair(one) || is_bridge(one));
    let ends = [first, last];
    let mute = ends.into_iter().filter(|node| case.interface(*node).is_some_and(is_mute));
    if case.ask.neighbours(first.0).iter().any(is_said) {
        return;
    }
    for node in mute {
        let name = case.name(node);
        let cause = format!("{} takes no part in ARP: no hardware address is found by it", case.place(node));
        found.cause(
            Hint::new("XNS-N25-no-arp", cause)
                .because(case.says(node.0, &format!("link show {name}"), "NOARP"))
                .cure(case.line(node.0, &format!("link set {name} arp on")), ""),
        );
    }
}

/// What is known of the next one's hardware address.
pub(super) fn neighbour(case: &Case<'_>, leg: &Leg, found: &mut Found) {
    let (Some(first), Some(last)) = (leg.path.first().copied(), leg.path.last().copied()) else { return };
    let neighbours = case.ask.neighbours(first.0);
    let Some(entry) = neighbours.iter().find(|one| one.ip == leg.next && one.device == first.1) else {
        return;
    };
    let holders = leg.path.iter().filter(|node| node.0 == last.0).filter_map(|node| case.interface(*node));
    let macs: Vec<String> = holders.map(xns_net::Interface::mac).collect();
    let name = case.name(first);
    let shown = format!("neigh show {} dev {name}", leg.next);
    if entry.state & Neighbour::PERMANENT != 0 && !entry.hardware.is_empty() && !macs.contains(&entry.mac()) {
        let cause = format!(
            "{} sends what is for {} to the hardware address {}, which is not that of {}",
            case.label(first.0),
            leg.next,
            entry.mac(),
            case.place(last)
        );
        let cure = case.says(first.0, &format!("neigh del {} dev {name}", leg.next), "");
        found.cause(
            Hint::new("XNS-N14-wrong-neighbour", cause)
                .because(case.says(first.0, &shown, &format!("lladdr {} PERMANENT", entry.mac())))
                .because(case.says(last.0, &format!("link show {}", case.name(last)), &macs.join(" ")))
                .cure(cure.trim_end_matches([':', ' ']), "it is found out anew"),
        );
    } else if entry.is_silent() {
        found.remark(
            Hint::new(
                "XNS-N15-silent-neighbour",
                format!("{} has asked for {} and heard nothing", case.label(first.0), leg.next),
            )
            .because(case.says(
                first.0,
                &shown,
                if entry.state & Neighbour::FAILED != 0 { "FAILED" } else { "INCOMPLETE" },
            )),
        );
    }
}
