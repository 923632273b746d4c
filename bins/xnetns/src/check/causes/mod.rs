//! From what was read to causes, in the order in which a packet fails. Pure but for what is asked ([`super::ask::Ask`]).

mod address;
mod own;
mod passing;
mod path;
mod remarks;
mod unreachable;

use super::case::{Case, Goal};
use super::reach;
use super::trace::{Stop, Trace, trace};
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
    if let Some(other) = other.filter(|_| goal.address.is_none()) {
        address::none(case, other, Some(case.from), found);
        if address::of(case, case.from).next().is_none() {
            address::none(case, case.from, None, found);
        }
        return;
    }
    let Some(to) = goal.address else { return };
    address::duplicates(case, to, other, found);
    let there = trace(case.spaces, case.ask, case.from, to, None);
    follow(case, &there, to, case.from, other, found);
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
    found.ways.push(there);
    if let (Some(other), Some(source)) = (other, source) {
        let back = trace(case.spaces, case.ask, other, source, is_there.then_some(to));
        follow(case, &back, source, other, Some(case.from), found);
        found.ways.push(back);
    }
}

/// What is wrong on a way.
fn follow(case: &Case<'_>, way: &Trace, to: IpAddr, from: usize, other: Option<usize>, found: &mut Found) {
    for leg in &way.legs {
        path::devices(case, &leg.path, found);
        path::bridges(case, &leg.path, found);
        path::neighbour(case, leg, found);
    }
    passing::routers(case, way, from, found);
    match &way.stop {
        Stop::Arrived => {}
        Stop::NoWay { space, errno } => unreachable::no_way(case, *space, *errno, to, other, found),
        Stop::NotJoined { device, next, owner } => {
            unreachable::not_joined(case, *device, *next, *owner, found);
        }
        Stop::Nobody { device, next } => unreachable::nobody(case, *device, *next, found),
        Stop::Outside { device } => remarks::outside(case, *device, to, way, found),
        Stop::Round => unreachable::round(case, way, to, found),
    }
}
