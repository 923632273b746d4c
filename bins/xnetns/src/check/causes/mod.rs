//! From what was read to causes, in the order in which a packet fails. Pure but for what is asked ([`super::ask::Ask`]).

mod address;
mod filters;
mod forbidden;
mod goal;
mod own;
mod passing;
mod path;
mod port;
mod remarks;
mod renamed;
mod unreachable;
mod version;

use super::case::{Case, Goal};
use super::reach;
use super::trace::{Stop, Trace, trace};
use filters::Sent;
use renamed::Renamed;
use std::net::IpAddr;
use xns_core::Hint;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Why there is no reply.
    pub(super) causes: Vec<Hint>,
    /// What else may matter.
    pub(super) remarks: Vec<Hint>,
    /// The ways that were followed: there and back.
    pub(super) ways: Vec<Trace>,
    /// Where the rules of a firewall could not be listed, and why.
    unlisted: Vec<(String, String)>,
}

impl Found {
    /// Each once.
    fn cause(&mut self, hint: Hint) {
        if !self.causes.contains(&hint) {
            self.causes.push(hint);
        }
    }

    /// Are there two that nothing joins?
    fn is_apart(&self) -> bool {
        self.causes.iter().any(|hint| hint.id == "XNS-N02-not-joined")
    }

    fn remark(&mut self, hint: Hint) {
        if !self.remarks.contains(&hint) {
            self.remarks.push(hint);
        }
    }
}

/// Looks for all.
pub(super) fn find(case: &Case<'_>) -> Found {
    let mut found = Found::default();
    if case.spaces[case.from].known().is_some() {
        own::lo(case, &mut found);
        if own::has_devices(case, &mut found) {
            match case.to {
                None => own::devices(case, &mut found),
                Some(goal) => reply(case, goal, &mut found),
            }
        }
    }
    filters::unlisted(&mut found);
    remarks::resolver(case, &mut found);
    found
}

/// Why does this one not answer?
fn reply(case: &Case<'_>, goal: Goal, found: &mut Found) {
    let other = goal.space.filter(|space| *space != case.from);
    let joined = other.and_then(|other| reach::joined(case.spaces, case.from, other));
    if let Some(path) = &joined {
        path::devices(case, path, found);
    }
    let lies_on_port =
        [Some(case.from), other].into_iter().flatten().filter(|at| port::addressed(case, *at, found));
    if lies_on_port.count() > 0 {
        return;
    }
    let is_own = goal.space == Some(case.from);
    if case.is_six == Some(true) && version::off(case, other, is_own, found) {
        return;
    }
    if let Some(other) = other.filter(|_| goal.address.is_none()) {
        address::none(case, other, Some(case.from), found);
        if address::of(case, case.from).next().is_none() {
            address::none(case, case.from, None, found);
        }
        return;
    }
    let Some(to) = goal.address else { return };
    if goal::of_many(case, to, found) {
        return;
    }
    address::duplicates(case, to, other, found);
    goal::own_too(case, goal, to, found);
    let is_lost = |hint: &Hint| hint.id == "XNS-N12-duplicate" && hint.cause.starts_with(&format!("{to}/"));
    if found.causes.iter().any(is_lost) {
        return;
    }
    let there = trace(case.spaces, case.ask, case.from, to, None);
    let sent = Sent { from: case.from, to, is_answer: false };
    if let Some((links, hint)) = renamed::redirected(case, &there, sent) {
        there.legs.iter().take(links).for_each(|leg| path::devices(case, &leg.path, found));
        found.ways.push(there);
        return found.remark(hint);
    }
    follow(case, &there, sent, other, found);
    if let Some(first) = there.legs.first().and_then(|leg| leg.path.first()) {
        address::sends_from_none(case, *first, found);
    }
    let is_there = there.stop == Stop::Arrived;
    if is_there {
        address::tentative(case, goal.space.unwrap_or(case.from), to, found);
        own::echo(case, goal.space.unwrap_or(case.from), to, found);
    }
    // Though the first direction does not go: all is told at once.
    let same = |ip: &IpAddr| ip.is_ipv4() == to.is_ipv4();
    let own = || address::of(case, case.from).map(|(_, own)| own.ip).find(same);
    let is_hopeful = is_there || matches!(there.stop, Stop::NoWay { .. }) && !found.is_apart();
    let source = there.source.or_else(own).filter(|_| is_hopeful);
    let renamed = renamed::on(case, &there, sent);
    found.ways.push(there);
    if let (Some(other), Some(source)) = (other, source) {
        back(case, (other, is_there.then_some(to)), source, renamed, found);
    }
}

/// The way of the answer, from its namespace and address to the source; by way of who has given the request another one.
fn back(
    case: &Case<'_>,
    (other, own): (usize, Option<IpAddr>),
    source: IpAddr,
    renamed: Option<Renamed>,
    found: &mut Found,
) {
    let stops = match renamed {
        None => vec![(other, own, source, case.from)],
        Some(Renamed::Masqueraded { space, source: its }) if space != other => {
            vec![(other, own, its, space), (space, None, source, case.from)]
        }
        Some(renamed) => return renamed.told(found),
    };
    for (from, own, to, owner) in stops {
        let way = trace(case.spaces, case.ask, from, to, own);
        follow(case, &way, Sent { from, to, is_answer: true }, Some(owner), found);
        found.ways.push(way);
    }
}

/// What is wrong on a way.
fn follow(case: &Case<'_>, way: &Trace, sent: Sent, other: Option<usize>, found: &mut Found) {
    let Sent { from, to, .. } = sent;
    for leg in &way.legs {
        path::devices(case, &leg.path, found);
        path::sizes(case, &leg.path, found);
        path::no_arp(case, leg, found);
        path::neighbour(case, leg, found);
    }
    passing::routers(case, way, from, found);
    filters::met(case, way, sent, found);
    match &way.stop {
        Stop::Arrived => {}
        Stop::NoWay { space, errno } => unreachable::no_way(case, *space, *errno, to, other, found),
        Stop::NotJoined { device, next, owner } => {
            unreachable::not_joined(case, *device, *next, *owner, found);
        }
        Stop::Nobody { device, next } => unreachable::nobody(case, *device, *next, found),
        Stop::Outside { device } if unreachable::unopened(case, *device, to, found) => {}
        Stop::Outside { device } => remarks::outside(case, *device, to, way, found),
        Stop::Round => unreachable::round(case, way, to, found),
    }
}
