//! What is no cause, and may matter nevertheless.

use super::super::case::Case;
use super::super::reach::Node;
use super::super::trace::Trace;
use super::Found;
use std::net::IpAddr;
use xns_core::Hint;

/// The name server of the machine listens on its own `lo`, where the namespace does not reach it.
pub(super) fn resolver(case: &Case<'_>, found: &mut Found) {
    let space = &case.spaces[case.from];
    let Some(name) = space.names.first().filter(|_| !space.is_here) else { return };
    let own = format!("/etc/netns/{}/resolv.conf", name.as_os_str().to_string_lossy());
    let servers = |text: &str| {
        let words = text.lines().filter_map(|line| line.strip_prefix("nameserver"));
        words.map(|word| word.trim().to_owned()).collect::<Vec<_>>()
    };
    let file = case.ask.file(&own);
    let (path, text) = match &file {
        Some(text) => (own.as_str(), text.clone()),
        None => ("/etc/resolv.conf", case.ask.file("/etc/resolv.conf").unwrap_or_default()),
    };
    let servers = servers(&text);
    let is_local = |server: &String| server.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if servers.is_empty() || !servers.iter().all(is_local) {
        return;
    }
    let directory = xns_core::shell::quote(format!("/etc/netns/{}", name.as_os_str().to_string_lossy()));
    let cause = format!(
        "names are not resolved in {name}: the name server {} is on the machine's own lo",
        servers[0]
    );
    found.remark(
        Hint::new("XNS-E64-resolver", cause)
            .because(format!("{path}: nameserver {}", servers[0]))
            .because(format!("{own}: {}", if file.is_some() { "the same" } else { "not there" }))
            .cure(
                format!("mkdir -p {directory} && cp /run/systemd/resolve/resolv.conf {directory}/"),
                "xnetns exec binds it over /etc/resolv.conf",
            ),
    );
}

/// It goes where nothing can be looked at.
pub(super) fn outside(case: &Case<'_>, device: Node, to: IpAddr, way: &Trace, found: &mut Found) {
    let source = way.source.map_or_else(|| "its sender".to_owned(), |source| source.to_string());
    let cause = format!("{to} is behind {}, where nothing can be looked at from here", case.place(device));
    let mut hint = Hint::new("XNS-N18-outside", cause).because(case.says(
        device.0,
        &format!("route get {to}"),
        &format!("dev {}", case.name(device)),
    ));
    if !way.legs.is_empty() {
        hint = hint.because(format!(
            "who answers has to know a way back to {source}, or {} to masquerade it",
            case.label(device.0)
        ));
    }
    let silent = case.ask.neighbours(device.0).into_iter().find(|one| one.ip == to && one.is_silent());
    if silent.is_some() {
        hint = hint.because(case.says(device.0, &format!("neigh show {to}"), "FAILED: nobody answers there"));
        return found.cause(hint);
    }
    found.remark(hint);
}
