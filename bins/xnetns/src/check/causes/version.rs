//! Version 6 switched off: no address of it stays on the device, and none can be given.

use super::super::case::Case;
use super::super::reach::{self, Node};
use super::Found;
use crate::show::words::is_loopback;
use xns_core::Hint;

/// The least that version 6 asks of a link (RFC 8200, section 5).
const LEAST_MTU: u32 = 1280;

/// Is it off at either end?
pub(super) fn off(case: &Case<'_>, other: Option<usize>, is_own: bool, found: &mut Found) -> bool {
    let joined = other.and_then(|other| reach::joined(case.spaces, case.from, other));
    let ends: Vec<Node> = match joined.as_deref() {
        Some([first, .., last]) => vec![*first, *last],
        _ if is_own => lo(case).into_iter().collect(),
        _ => {
            let spaces = std::iter::once(case.from).chain(other);
            spaces
                .flat_map(|space| reach::devices(case.spaces, space).map(move |one| (space, one.index)))
                .collect()
        }
    };
    let off: Vec<Node> = ends.iter().copied().filter(|node| hint(case, *node).is_some()).collect();
    // Of a namespace with several devices one that has it may do.
    let is_needed = |node: &&Node| ends.iter().filter(|end| end.0 == node.0).all(|end| off.contains(end));
    let needed: Vec<&Node> = off.iter().filter(is_needed).collect();
    needed.iter().filter_map(|node| hint(case, **node)).for_each(|hint| found.cause(hint));
    !needed.is_empty()
}

/// Is it off at this device?
pub(super) fn off_at(case: &Case<'_>, node: Node, found: &mut Found) -> bool {
    hint(case, node).map(|hint| found.cause(hint)).is_some()
}

fn lo(case: &Case<'_>) -> Option<Node> {
    let interfaces = &case.spaces[case.from].known()?.interfaces;
    interfaces.iter().find(|one| is_loopback(one)).map(|lo| (case.from, lo.index))
}

fn hint(case: &Case<'_>, node: Node) -> Option<Hint> {
    let (one, name) = (case.interface(node)?, case.name(node));
    let setting = format!("ipv6/conf/{name}/disable_ipv6");
    if case.ask.setting(node.0, &setting).as_deref() == Some("1") {
        let all = "ipv6/conf/all/disable_ipv6";
        let is_all = case.ask.setting(node.0, all).as_deref() == Some("1");
        let setting = if is_all { all } else { setting.as_str() };
        let cause =
            format!("version 6 is switched off for {}: it can have no such address", case.place(node));
        return Some(
            Hint::new("XNS-N20-ipv6-off", cause)
                .because(format!("/proc/sys/net/{setting} in {}: 1", case.label(node.0)))
                .cure(case.set(node.0, setting, "0"), "then it needs its addresses anew"),
        );
    }
    (one.mtu != 0 && one.mtu < LEAST_MTU).then(|| {
        let cause =
            format!("{} is too narrow for version 6, which needs {LEAST_MTU} bytes", case.place(node));
        Hint::new("XNS-N20-ipv6-off", cause)
            .because(case.says(node.0, &format!("link show {name}"), &format!("mtu {}", one.mtu)))
            .cure(case.line(node.0, &format!("link set {name} mtu 1500")), "at its other end, too")
    })
}
