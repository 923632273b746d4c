//! Namespaces that packets pass through: do they pass them on, and do they take them?

use super::super::case::Case;
use super::super::reach::Node;
use super::super::trace::{Stop, Trace};
use super::Found;
use xns_core::Hint;
use xns_net::Way;

/// Each namespace that a packet comes into; all but the last pass it on.
pub(super) fn routers(case: &Case<'_>, way: &Trace, from: usize, found: &mut Found) {
    let is_arrived = way.stop == Stop::Arrived;
    for (at, leg) in way.legs.iter().enumerate() {
        let Some(entered) = leg.path.last().copied() else { continue };
        let passes = at + 1 < way.legs.len() || !is_arrived;
        if passes {
            forwarding(case, entered, way, found);
        }
        if entered.0 != from {
            reverse_path(case, entered, way, found);
        }
    }
}

fn is_six(way: &Trace) -> bool {
    way.legs.first().is_some_and(|leg| leg.next.is_ipv6())
}

fn forwarding(case: &Case<'_>, entered: Node, way: &Trace, found: &mut Found) {
    let (space, device) = (entered.0, case.name(entered));
    let (own, all) = if is_six(way) {
        ("ipv6/conf/all/forwarding".to_owned(), "ipv6/conf/all/forwarding")
    } else {
        (format!("ipv4/conf/{device}/forwarding"), "ipv4/ip_forward")
    };
    if case.ask.setting(space, &own).as_deref() != Some("0") {
        return;
    }
    let everywhere = case.ask.setting(space, all).as_deref() == Some("0");
    let name = if everywhere { all } else { own.as_str() };
    let label = case.label(space);
    let what = if everywhere { String::new() } else { format!(" that comes in by {device}") };
    found.cause(
        Hint::new("XNS-E64-forwarding", format!("{label} passes nothing on{what}: forwarding is off"))
            .because(format!("/proc/sys/net/{name} in {label}: 0"))
            .cure(case.set(space, name, "1"), "as long as the network namespace is there"),
    );
}

/// With a strict rp_filter a packet is only taken from the device by which an answer would go.
fn reverse_path(case: &Case<'_>, entered: Node, way: &Trace, found: &mut Found) {
    const STRICT: u8 = 1;
    let (Some(source), false) = (way.source, is_six(way)) else { return };
    let (space, device) = (entered.0, case.name(entered));
    let setting = |name: &str| {
        let value = case.ask.setting(space, &format!("ipv4/conf/{name}/rp_filter"));
        value.and_then(|value| value.parse::<u8>().ok()).unwrap_or_default()
    };
    if setting("all").max(setting(&device)) != STRICT {
        return;
    }
    let back = case.ask.way(space, &Way::to(source));
    let leaves = back.ok().flatten().and_then(|route| route.hop.device);
    if leaves == Some(entered.1) {
        return;
    }
    let label = case.label(space);
    let by =
        leaves.map_or_else(|| "by no device".to_owned(), |index| format!("by {}", case.name((space, index))));
    let cause =
        format!("{label} drops what comes from {source} by {device}: the way back leads {by} (rp_filter)");
    let name = format!("ipv4/conf/{device}/rp_filter");
    found.cause(
        Hint::new("XNS-E64-rp-filter", cause)
            .because(format!(
                "/proc/sys/net/{name} in {label}: {}, all: {}",
                setting(&device),
                setting("all")
            ))
            .because(case.says(space, &format!("route get {source}"), &by))
            .cure(case.set(space, &name, "2"), "loose: any way back will do"),
    );
}
