//! Routes and rules that say no (`blackhole`, `unreachable`, `prohibit`).

use super::super::case::{Case, covered};
use super::super::trace::addresses;
use crate::show::words;
use std::net::IpAddr;
use xns_core::{Errno, Hint};
use xns_net::Rule;

const BLACKHOLE: u8 = 6;
const UNREACHABLE: u8 = 7;
const PROHIBIT: u8 = 8;
const MAIN: u32 = 254;

/// What has refused the way.
pub(super) fn by(case: &Case<'_>, space: usize, refusal: Errno, to: IpAddr) -> Option<Hint> {
    by_rule(case, space, refusal, to).or_else(|| by_route(case, space, refusal, to))
}

/// A rule of policy routing comes before the routes of the tables after it.
fn by_rule(case: &Case<'_>, space: usize, refusal: Errno, to: IpAddr) -> Option<Hint> {
    let own = |net| addresses(case.spaces, space).any(|(_, own)| covered(own.ip, net));
    let says = |rule: &&Rule| {
        let errno = match rule.action {
            BLACKHOLE => Errno::EINVAL,
            UNREACHABLE => Errno::ENETUNREACH,
            PROHIBIT => Errno::EACCES,
            _ => return false,
        };
        let is_met = rule.to.is_none_or(|net| covered(to, net)) && rule.from.is_none_or(own);
        errno == refusal && is_met && !rule.is_narrow
    };
    let rules = case.ask.rules(space, to.is_ipv6());
    let rule = rules.iter().find(says)?;
    let net = |word: &str, net: Option<(IpAddr, u8)>| net.map(|(ip, bits)| format!(" {word} {ip}/{bits}"));
    let kind = ["blackhole", "unreachable", "prohibit"][usize::from(rule.action - BLACKHOLE)];
    let from = net("from", rule.from).unwrap_or_else(|| " from all".to_owned());
    let shown = format!("{}:{from}{} {kind}", rule.priority, net("to", rule.to).unwrap_or_default());
    let object = if to.is_ipv6() { "-6 rule" } else { "rule" };
    let cause = format!("a rule of {} forbids the way to {to}", case.label(space));
    Some(
        Hint::new("XNS-N09-route-forbids", cause)
            .because(case.says(space, &format!("{object} show"), &shown))
            .cure(case.ip(space, &format!("{object} del pref {}", rule.priority)), ""),
    )
}

fn by_route(case: &Case<'_>, space: usize, refusal: Errno, to: IpAddr) -> Option<Hint> {
    let contents = case.spaces[space].known()?;
    let matches = |route: &&xns_net::Route| {
        let errno = match route.kind {
            BLACKHOLE => Errno::EINVAL,
            UNREACHABLE => Errno::EHOSTUNREACH,
            PROHIBIT => Errno::EACCES,
            _ => return false,
        };
        let is_met = route.destination.is_none_or(|net| covered(to, net));
        errno == refusal && is_met && route.is_six == to.is_ipv6()
    };
    // The kernel's own, with which a host without version 6 begins.
    let theirs = contents.routes.iter().filter(matches).filter(|route| route.metric != Some(u32::MAX));
    let route = theirs.max_by_key(|route| route.destination.map_or(0, |(_, prefix)| prefix))?;
    let words = xns_cli::shown::shown(&words::route(route, contents), xns_cli::table::Charset::Utf8);
    let first: Vec<&str> = words.split(' ').take(2).collect();
    let version = if to.is_ipv6() && route.is_default() { "-6 " } else { "" };
    let mut line = format!("{version}route del {}", first.join(" "));
    if route.table != MAIN {
        line += &format!(" table {}", route.table);
    }
    let table = if route.table == MAIN { String::new() } else { format!(" table {}", route.table) };
    let cause = format!("a route of {} forbids the way to {to}", case.label(space));
    Some(
        Hint::new("XNS-N09-route-forbids", cause)
            .because(case.says(space, &format!("route show{table}"), &words))
            .cure(case.line(space, &line), ""),
    )
}
