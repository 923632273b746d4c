//! Ports of bridges: those that pass nothing, and addresses that lie on them.

use super::super::case::{Case, bits};
use super::super::reach::{Node, is_bridge};
use super::Found;
use xns_core::Hint;

/// BR_STATE_… of linux/if_bridge.h.
const LISTENING: u8 = 1;
const LEARNING: u8 = 2;
const FORWARDING: u8 = 3;

/// Ports on the way that pass nothing yet, or not to each other.
pub(super) fn on(case: &Case<'_>, path: &[Node], found: &mut Found) {
    for node in path {
        let Some(one) = case.interface(*node) else { continue };
        match one.port_state {
            None | Some(FORWARDING) => {}
            Some(state) => found.cause(blocked(case, *node, state)),
        }
        if one.bridge.is_some_and(|bridge| bridge.is_vlan_filtering) {
            found.remark(vlans(case, *node));
        }
    }
    for three in path.windows(3) {
        let [one, bridge, two] = three else { continue };
        let is_isolated = |node| case.interface(node).is_some_and(|port| port.is_isolated);
        if case.interface(*bridge).is_some_and(is_bridge) && is_isolated(*one) && is_isolated(*two) {
            found.cause(isolated(case, *one, *two));
        }
    }
}

fn blocked(case: &Case<'_>, node: Node, port: u8) -> Hint {
    let words = ["disabled", "listening", "learning", "forwarding", "blocking"];
    let word = words.get(usize::from(port)).copied().unwrap_or("unknown");
    let name = case.name(node);
    let hint = Hint::new(
        "XNS-N11-port-blocked",
        format!("{} is a port of a bridge that passes no packets: {word}", case.place(node)),
    )
    .because(case.says(node.0, &format!("-d link show {name}"), &format!("bridge_slave state {word}")));
    if port == LISTENING || port == LEARNING {
        let master = case.interface(node).and_then(|one| one.master);
        let bridge = master.and_then(|master| case.interface((node.0, master))).and_then(|one| one.bridge);
        let delay = bridge.map_or(1500, |bridge| bridge.forward_delay).div_ceil(100);
        let left = delay * if port == LISTENING { 2 } else { 1 } + 1;
        return hint.cure(
            format!("sleep {left}"),
            "with a spanning tree it listens and learns before it passes packets",
        );
    }
    let (down, up) = (format!("link set {name} down"), format!("link set {name} up"));
    hint.cure(
        format!("{} && {}", case.line(node.0, &down), case.line(node.0, &up)),
        "begins anew; with a spanning tree it passes packets after twice the forward delay",
    )
}

fn isolated(case: &Case<'_>, one: Node, two: Node) -> Hint {
    // The same words for both directions.
    let (one, two) = (one.min(two), one.max(two));
    let cause = format!(
        "{} and {} are isolated ports of one bridge: it passes nothing between such",
        case.place(one),
        case.place(two)
    );
    let shown = |node: Node| {
        case.says(node.0, &format!("-d link show {}", case.name(node)), "bridge_slave isolated on")
    };
    let cure = case.run(one.0, &format!("bridge link set dev {} isolated off", case.name(one)));
    Hint::new("XNS-N21-isolated", cause)
        .because(shown(one))
        .because(shown(two))
        .cure(cure, "one of both is enough")
}

fn vlans(case: &Case<'_>, node: Node) -> Hint {
    let cause = format!("not looked at: which VLANs the ports of {} let pass", case.place(node));
    Hint::new("XNS-N27-vlan", cause)
        .because(case.says(node.0, &format!("-d link show {}", case.name(node)), "vlan_filtering 1"))
        .cure(case.run(node.0, "bridge vlan show"), "both ports need one VLAN in common")
}

/// Addresses of the namespace lie on a port, where nobody reaches them: what comes in by it is the bridge's.
pub(super) fn addressed(case: &Case<'_>, space: usize, found: &mut Found) -> bool {
    let mut is_any = false;
    let interfaces = case.spaces[space].known().map(|known| known.interfaces.as_slice()).unwrap_or_default();
    for one in interfaces {
        let master = one.master.map(|master| (space, master));
        let Some(bridge) = master.filter(|node| case.interface(*node).is_some_and(is_bridge)) else {
            continue;
        };
        let meant = one.addresses.iter().filter(|own| own.scope == 0 && case.is_wanted(own.ip));
        for own in meant.filter(|own| own.prefix < bits(own.ip)) {
            is_any = true;
            let (node, master) = ((space, one.index), case.name(bridge));
            let name = case.name(node);
            let cause = format!("{own} lies on {}, a port of {master}: nobody reaches it", case.place(node));
            let (del, add) =
                (format!("address del {own} dev {name}"), format!("address add {own} dev {master}"));
            found.cause(
                Hint::new("XNS-N22-address-on-port", cause)
                    .because(case.says(
                        space,
                        &format!("address show {name}"),
                        &format!("{own}, master {master}"),
                    ))
                    .cure(
                        format!("{} && {}", case.line(space, &del), case.line(space, &add)),
                        "what comes in by a port is the bridge's",
                    ),
            );
        }
    }
    is_any
}
