//! The questions, room by room.

mod cgroups;
mod mounts;
mod namespaces;
mod network;
mod terminal;
#[cfg(test)]
mod tests;
mod user;

use crate::check::Check;
use xns_core::{Errno, Facts, Hint, NsKind, NsSet, Probe, Rights};
use xns_plan::asked;

/// All of them, in the order of the table.
pub(crate) fn all() -> impl Iterator<Item = &'static Check> {
    [
        &namespaces::CHECKS[..],
        &user::CHECKS,
        &mounts::CHECKS,
        &cgroups::CHECKS,
        &network::CHECKS,
        &terminal::CHECKS,
    ]
    .into_iter()
    .flatten()
}

/// The errno of a probe's answer; `None` when it was a success.
fn refusal(answer: u8) -> Option<Errno> {
    (answer != 0).then(|| Errno::from_raw(i32::from(answer)))
}

/// Why something could not even be tried: the user namespace, or the mount namespace for it, cannot be had.
pub(crate) fn why_no_namespaces(rights: Rights, facts: &Facts) -> Option<Hint> {
    let user = NsSet::EMPTY.with(NsKind::User);
    let alone = if rights == Rights::Inside { user } else { NsSet::EMPTY };
    let cause = |kinds: NsSet| {
        let errno = facts.probe(Probe::Unshare(kinds)).and_then(refusal)?;
        asked::not_unshared(kinds, errno, facts)
    };
    let map = || match rights {
        Rights::Own => None,
        Rights::Inside => {
            facts.probe(Probe::MapRoot).and_then(refusal).and_then(|errno| user::not_mapped(errno, facts))
        }
    };
    cause(alone).or_else(map).or_else(|| NsKind::ALL.into_iter().find_map(|kind| cause(alone.with(kind))))
}
