//! A route as `ip` shows it.

use super::filter::Filter;
use crate::ip::{Json, Object, Surroundings};
use std::fmt::Write;
use std::net::IpAddr;
use xns_net::tables::{PROTOCOLS, ROUTE_KINDS, SCOPES, TABLES};
use xns_net::{Hop, Route};

const UNICAST: u8 = 1;
/// RTPROT_BOOT and RT_SCOPE_UNIVERSE go without saying.
const BOOT: u8 = 3;
const UNIVERSE: u8 = 0;
const MAIN: u32 = 254;

/// RTNH_F_… and RTM_F_… (linux/rtnetlink.h) in the order in which they are printed.
const FLAGS: [(u32, &str); 10] = [
    (0x1, "dead"),
    (0x4, "onlink"),
    (0x2, "pervasive"),
    (0x8, "offload"),
    (0x40, "trap"),
    (0x100, "notify"),
    (0x10, "linkdown"),
    (0x20, "unresolved"),
    (0x4000, "rt_offload"),
    (0x8000, "rt_trap"),
];

/// RTCF_… (linux/in_route.h) of a route that is an answer.
const CACHE: [(u32, &str); 8] = [
    (0x8000_0000, "local"),
    (0x4000_0000, "reject"),
    (0x2000_0000, "mc"),
    (0x1000_0000, "brd"),
    (0x0800_0000, "dst-nat"),
    (0x0400_0000, "src-direct"),
    (0x0004_0000, "redirected"),
    (0x0100_0000, "redirect"),
];

/// RTAX_… (linux/rtnetlink.h).
const METRICS: [(u16, &str); 14] = [
    (2, "mtu"),
    (3, "window"),
    (4, "rtt"),
    (5, "rttvar"),
    (6, "ssthresh"),
    (7, "cwnd"),
    (8, "advmss"),
    (9, "reordering"),
    (10, "hoplimit"),
    (11, "initcwnd"),
    (12, "features"),
    (13, "rto_min"),
    (14, "initrwnd"),
    (15, "quickack"),
];
const HOPLIMIT: u16 = 10;

/// One line, or several where there are several ways. What the filter holds fast is not said again.
pub(super) fn text(route: &Route, around: &Surroundings<'_>, filter: &Filter) -> String {
    let mut out = String::new();
    if route.kind != UNICAST {
        let _ = write!(out, "{} ", named(ROUTE_KINDS, route.kind.into()));
    }
    let _ = write!(out, "{} ", destination(route));
    if let Some((ip, bits)) = route.from {
        let _ = write!(out, "from {} ", network(ip, bits));
    }
    if route.tos != 0 && filter.tos.is_none() {
        let _ = write!(out, "tos {:#04x} ", route.tos);
    }
    way(&mut out, &route.hop, route.is_six, around, filter);
    if is_table_said(route, filter) {
        let _ = write!(out, "table {} ", named(TABLES, route.table));
    }
    if is_protocol_said(route, filter) {
        let _ = write!(out, "proto {} ", named(PROTOCOLS, route.protocol.into()));
    }
    if is_scope_said(route, filter) {
        let _ = write!(out, "scope {} ", named(SCOPES, route.scope.into()));
    }
    if let Some(source) = route.source.filter(|_| filter.source.is_none()) {
        let _ = write!(out, "src {source} ");
    }
    if let Some(metric) = route.metric.filter(|_| filter.metric.is_none()) {
        let _ = write!(out, "metric {metric} ");
    }
    for word in flags(route.flags) {
        let _ = write!(out, "{word} ");
    }
    answer(&mut out, route, around);
    for hop in &route.hops {
        out += "\n\tnexthop ";
        way(&mut out, hop, route.is_six, around, &Filter::default());
        let _ = write!(out, "weight {} ", hop.weight);
        for word in flags(hop.flags) {
            let _ = write!(out, "{word} ");
        }
    }
    if let Some(preference) = route.preference {
        let _ = write!(out, "pref {}", preference_word(preference));
    }
    out.push('\n');
    out
}

/// What an answer says beside the route, and numbers for connections.
fn answer(out: &mut String, route: &Route, around: &Surroundings<'_>) {
    if let Some(mark) = route.mark.filter(|mark| *mark != 0) {
        let _ = if mark >= 16 { write!(out, "mark {mark:#x} ") } else { write!(out, "mark {mark} ") };
    }
    if let Some(uid) = route.uid {
        let _ = write!(out, "uid {uid} ");
    }
    if route.is_cloned() {
        let words = cache(route);
        let words = if words.is_empty() { String::new() } else { format!("<{}> ", words.join(",")) };
        let _ = write!(out, "\n    cache {words}");
    }
    if let Some(expires) = expires(route) {
        let _ = write!(out, "expires {expires}sec ");
    }
    for (kind, name, value) in metrics(route) {
        let lock = if route.locked & 1 << kind != 0 { "lock " } else { "" };
        let _ = write!(out, "{name} {lock}{value} ");
    }
    if let Some(entered) = route.entered {
        let _ = write!(out, "iif {} ", around.name_at(entered));
    }
}

/// `via 10.0.0.1 dev eth0 `
fn way(out: &mut String, hop: &Hop, is_six: bool, around: &Surroundings<'_>, filter: &Filter) {
    if let Some(via) = hop.via.filter(|_| filter.via.is_none()) {
        let family = if via.is_ipv6() == is_six { String::new() } else { format!("{} ", family(via)) };
        let _ = write!(out, "via {family}{via} ");
    }
    if let Some(device) = hop.device.filter(|_| filter.index.is_none()) {
        let _ = write!(out, "dev {} ", around.name_at(device));
    }
}

/// Its keys.
pub(super) fn json(route: &Route, around: &Surroundings<'_>, filter: &Filter) -> Object {
    let mut object = Object::default();
    if route.kind != UNICAST {
        object.put("type", named(ROUTE_KINDS, route.kind.into()));
    }
    object.put("dst", destination(route));
    object.maybe("from", route.from.map(|(ip, bits)| network(ip, bits)));
    if route.tos != 0 && filter.tos.is_none() {
        object.put("tos", format!("{:#04x}", route.tos));
    }
    json_way(&mut object, &route.hop, route.is_six, around, filter);
    if is_table_said(route, filter) {
        object.put("table", named(TABLES, route.table));
    }
    if is_protocol_said(route, filter) {
        object.put("protocol", named(PROTOCOLS, route.protocol.into()));
    }
    if is_scope_said(route, filter) {
        object.put("scope", named(SCOPES, route.scope.into()));
    }
    object.maybe("prefsrc", route.source.filter(|_| filter.source.is_none()).map(|ip| ip.to_string()));
    object.maybe("metric", route.metric.filter(|_| filter.metric.is_none()));
    object.put("flags", flags(route.flags));
    object.maybe("mark", route.mark.filter(|mark| *mark != 0));
    object.maybe("uid", route.uid);
    if route.is_cloned() {
        object.put("cache", cache(route));
    }
    object.maybe("expires", expires(route));
    let metrics = metrics(route);
    if !metrics.is_empty() {
        let mut all = Object::default();
        metrics.into_iter().for_each(|(_, name, value)| all.put(name, value));
        object.put("metrics", vec![all]);
    }
    object.maybe("iif", route.entered.map(|entered| around.name_at(entered)));
    if !route.hops.is_empty() {
        let hops = route.hops.iter().map(|hop| {
            let mut object = Object::default();
            json_way(&mut object, hop, route.is_six, around, &Filter::default());
            object.put("weight", hop.weight);
            object.put("flags", flags(hop.flags));
            Json::from(object)
        });
        object.put("nexthops", hops.collect::<Vec<_>>());
    }
    object.maybe("pref", route.preference.map(preference_word));
    object
}

fn json_way(object: &mut Object, hop: &Hop, is_six: bool, around: &Surroundings<'_>, filter: &Filter) {
    match hop.via.filter(|_| filter.via.is_none()) {
        Some(via) if via.is_ipv6() == is_six => object.put("gateway", via.to_string()),
        Some(via) => {
            let mut other = Object::default();
            other.put("family", family(via));
            other.put("host", via.to_string());
            object.put("via", other);
        }
        None => {}
    }
    object.maybe("dev", hop.device.filter(|_| filter.index.is_none()).map(|device| around.name_at(device)));
}

fn destination(route: &Route) -> String {
    route.destination.map_or_else(|| "default".to_owned(), |(ip, bits)| network(ip, bits))
}

/// All bits go without saying.
fn network(ip: IpAddr, bits: u8) -> String {
    if bits == if ip.is_ipv4() { 32 } else { 128 } { ip.to_string() } else { format!("{ip}/{bits}") }
}

const fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "inet" } else { "inet6" }
}

/// An answer is in no table.
fn is_table_said(route: &Route, filter: &Filter) -> bool {
    !route.is_cloned() && route.table != MAIN && filter.table.is_none_or(|table| table == MAIN)
}

fn is_protocol_said(route: &Route, filter: &Filter) -> bool {
    !route.is_cloned() && route.protocol != BOOT && filter.protocol.is_none()
}

fn is_scope_said(route: &Route, filter: &Filter) -> bool {
    !route.is_cloned() && route.scope != UNIVERSE && filter.scope.is_none()
}

fn flags(bits: u32) -> Vec<&'static str> {
    FLAGS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, word)| *word).collect()
}

fn cache(route: &Route) -> Vec<&'static str> {
    CACHE.iter().filter(|(bit, _)| route.flags & bit != 0).map(|(_, word)| *word).collect()
}

/// In seconds.
fn expires(route: &Route) -> Option<i32> {
    route.expires.map(|expires| expires / 100)
}

/// A hop limit of its own, unless it says that there is none.
fn metrics(route: &Route) -> Vec<(u16, &'static str, u32)> {
    let known = |(kind, value): &(u16, u32)| {
        let (_, name) = METRICS.iter().find(|(of, _)| of == kind)?;
        (*kind != HOPLIMIT || *value != u32::MAX).then_some((*kind, *name, *value))
    };
    route.metrics.iter().filter_map(known).collect()
}

const fn preference_word(preference: u8) -> &'static str {
    match preference {
        0 => "medium",
        1 => "high",
        3 => "low",
        _ => "invalid",
    }
}

fn named(table: &[(u32, &str)], number: u32) -> String {
    let found = table.iter().find(|(of, _)| *of == number);
    found.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned())
}
