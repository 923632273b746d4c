//! Network address translation: an answer goes to the address that the request came with.

use super::super::case::Case;
use super::super::filter::{self, Filter, Packet};
use super::super::trace::Trace;
use super::Found;
use super::filters::{self, Passes, Sent, stations};
use std::net::IpAddr;
use xns_core::Hint;
use xns_net::Way;

/// A namespace where it gets another address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Renamed {
    /// That of the device by which it leaves: the answer comes back to it.
    Masqueraded { space: usize, source: IpAddr },
    /// Perhaps, or one that is not known here.
    Somehow(Hint),
}

/// The first that does so.
pub(super) fn on(case: &Case<'_>, way: &Trace, sent: Sent) -> Option<Renamed> {
    stations(case, way, sent).into_iter().find_map(|(space, packet, passes)| {
        let Filter::Known(chains) = case.ask.filter(space) else { return None };
        let hooks: &[&str] = match passes {
            Passes::Sends | Passes::Through => &["postrouting"],
            Passes::Takes => &["input"],
        };
        let (is_certain, rule) = filter::renames(&chains, hooks, &packet)?;
        let is_masqueraded = rule.to_ascii_lowercase().contains("masquerade");
        let source = || case.ask.way(space, &Way::to(sent.to)).ok().flatten()?.source;
        Some(match source().filter(|_| is_certain && is_masqueraded) {
            Some(source) => Renamed::Masqueraded { space, source },
            None => Renamed::Somehow(somehow(case, space, &rule)),
        })
    })
}

/// The first that sends it elsewhere than it was sent, and after how many links: what is beyond is not looked at.
pub(super) fn redirected(case: &Case<'_>, way: &Trace, sent: Sent) -> Option<(usize, Hint)> {
    let at_end = |at: usize| at.checked_sub(1).and_then(|before| way.legs[before].path.last().copied());
    (0..=way.legs.len()).find_map(|at| {
        let space = at_end(at).map_or(sent.from, |node| node.0);
        let Filter::Known(chains) = case.ask.filter(space) else { return None };
        let leaves = way.legs.get(at).and_then(|leg| leg.path.first()).map(|node| case.name(*node));
        let entered = at_end(at).map(|node| case.name(node));
        let hooks: &[&str] = if at == 0 { &["output"] } else { &["prerouting"] };
        let packet = Packet { entered, leaves, ..filters::packet(way, sent) };
        let (_, rule) = filter::renames(&chains, hooks, &packet)?;
        let label = case.label(space);
        let cause = format!(
            "not looked at: what is behind {label}, which may send packets for {} elsewhere",
            sent.to
        );
        Some((at, Hint::new("XNS-N28-renamed", cause).because(case.run(space, &rule))))
    })
}

fn somehow(case: &Case<'_>, space: usize, rule: &str) -> Hint {
    let label = case.label(space);
    let cause = format!("not looked at: the way of the answers, as {label} may give packets other addresses");
    Hint::new("XNS-N28-renamed", cause).because(case.run(space, rule))
}

impl Renamed {
    /// Says so, where it makes that something is not known.
    pub(super) fn told(self, found: &mut Found) {
        if let Renamed::Somehow(hint) = self {
            found.remark(hint);
        }
    }
}
