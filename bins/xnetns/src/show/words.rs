//! Interfaces, addresses and routes in words.

use super::world::{Contents, End, Space, is_pair};
use std::os::unix::ffi::OsStrExt;
use xns_net::{Address, Hop, Interface, Route, State, tables};

const LOOPBACK: u16 = 772;

/// Is it `lo`?
pub(crate) fn is_loopback(interface: &Interface) -> bool {
    interface.hardware_type == LOOPBACK
}

/// Does it pass packets, and if not, why? By IFF_LOWER_UP, which is true at once: `NO-CARRIER` of `ip` lags behind.
pub(crate) fn state(interface: &Interface) -> &'static str {
    const LOWER_UP: u32 = 0x1_0000;
    match interface.state {
        _ if !interface.is_up() => "DOWN",
        State::Dormant | State::Testing | State::NotPresent => interface.state.word(),
        _ if interface.flags & LOWER_UP == 0 => "NO-CARRIER",
        _ => "UP",
    }
}

/// Is it none that most have?
pub(crate) fn is_unusual_mtu(interface: &Interface) -> bool {
    const ETHERNET: u32 = 1500;
    const LOOPBACK: u32 = 65536;
    interface.mtu != if is_loopback(interface) { LOOPBACK } else { ETHERNET }
}

/// ` ── veth1 in BLUE`; nothing for what is tied to nothing.
pub(crate) fn tied(interface: &Interface, at: usize, spaces: &[Space], line: &str) -> Vec<u8> {
    let Some(end) = spaces.get(at).and_then(Space::known).and_then(|known| known.end_of(interface.index))
    else {
        return Vec::new();
    };
    let word = if is_pair(interface) { line } else { "on" };
    let mut text = format!(" {word} ").into_bytes();
    text.extend(end_name(end, spaces));
    match end.space {
        Some(other) if other == at => {}
        Some(other) => text.extend([b" in ".as_slice(), &spaces[other].called()].concat()),
        None => text.extend(b" in a network namespace out of sight"),
    }
    text
}

/// The name of what it is tied to, else its number: `if7`.
pub(crate) fn end_name(end: &End, spaces: &[Space]) -> Vec<u8> {
    end_interface(end, spaces)
        .map_or_else(|| format!("if{}", end.index).into_bytes(), |found| found.name.as_bytes().to_vec())
}

/// What it is tied to, as read in its own namespace, else as told from here.
pub(crate) fn end_interface<'s>(end: &'s End, spaces: &'s [Space]) -> Option<&'s Interface> {
    let known = end.space.and_then(|other| spaces.get(other)).and_then(Space::known);
    known.and_then(|known| known.interface(end.index)).or(end.seen.as_ref())
}

/// `10.0.0.1/24 peer 10.0.0.2 link label veth0:1 tentative`
pub(crate) fn address(address: &Address, of: &Interface) -> Vec<u8> {
    let mut text = address.to_string().into_bytes();
    let mut add = |word: &str, value: &[u8]| {
        text.push(b' ');
        text.extend(word.as_bytes());
        text.extend(value);
    };
    if let Some(peer) = address.peer {
        add("peer ", peer.to_string().as_bytes());
    }
    if address.scope != 0 {
        add(&scope(address.scope), b"");
    }
    if let Some(label) = address.label.as_ref().filter(|label| **label != of.name) {
        add("label ", label.as_bytes());
    }
    for word in flags(address) {
        add(word, b"");
    }
    text
}

/// What keeps it from being used.
pub(crate) fn flags(address: &Address) -> Vec<&'static str> {
    let words = [(Address::TENTATIVE, "tentative"), (Address::DUPLICATE, "duplicate")];
    words.into_iter().filter(|(bit, _)| address.flags & bit != 0).map(|(_, word)| word).collect()
}

/// `link`, or the number.
pub(crate) fn scope(scope: u8) -> String {
    named(tables::SCOPES, scope.into())
}

fn named(table: &[(u32, &str)], number: u32) -> String {
    let found = table.iter().find(|(known, _)| *known == number);
    found.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned())
}

/// `default via 10.0.0.1 dev veth0 src 10.0.0.2 metric 7`, in `ip`'s words.
pub(crate) fn route(route: &Route, contents: &Contents) -> Vec<u8> {
    const UNICAST: u8 = 1;
    const MAIN: u32 = 254;
    // The metric of every route of version 6 that nobody gave one.
    const USUAL_METRIC: u32 = 1024;
    let mut text = String::new();
    if route.kind != UNICAST {
        text += &format!("{} ", named(tables::ROUTE_KINDS, route.kind.into()));
    }
    let bits = if route.is_six { 128 } else { 32 };
    text += &match route.destination {
        None => "default".to_owned(),
        Some((ip, prefix)) if prefix == bits => ip.to_string(),
        Some((ip, prefix)) => format!("{ip}/{prefix}"),
    };
    let mut bytes = text.into_bytes();
    bytes.extend(hop(&route.hop, contents));
    for one in &route.hops {
        bytes.extend(b" nexthop");
        bytes.extend(hop(one, contents));
    }
    if let Some(source) = route.source {
        bytes.extend(format!(" src {source}").into_bytes());
    }
    let told = |metric: &u32| *metric != 0 && !(route.is_six && *metric == USUAL_METRIC);
    if let Some(metric) = route.metric.filter(told) {
        bytes.extend(format!(" metric {metric}").into_bytes());
    }
    if route.table != MAIN {
        bytes.extend(format!(" table {}", named(tables::TABLES, route.table)).into_bytes());
    }
    bytes
}

fn hop(hop: &Hop, contents: &Contents) -> Vec<u8> {
    let mut bytes = hop.via.map(|via| format!(" via {via}")).unwrap_or_default().into_bytes();
    if let Some(index) = hop.device {
        bytes.extend(b" dev ");
        bytes.extend(device(index, contents));
    }
    bytes
}

/// The name of a device, else its number.
pub(crate) fn device(index: u32, contents: &Contents) -> Vec<u8> {
    contents
        .interface(index)
        .map_or_else(|| format!("if{index}").into_bytes(), |found| found.name.as_bytes().to_vec())
}

/// How many processes, when so many others did not show where they are.
pub(crate) fn processes(count: usize, hidden: usize) -> String {
    let words = match count {
        0 => "no process".to_owned(),
        1 => "1 process".to_owned(),
        many => format!("{many} processes"),
    };
    if hidden == 0 { words } else { words + " in sight" }
}
