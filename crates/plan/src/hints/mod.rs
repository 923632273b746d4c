//! Why a step failed: first what spans several crates, then what the operation itself knows.

mod apparmor;
mod create;
mod fork;

pub(crate) use create::unshare_failed;
pub(crate) use fork::fork_failed;

use crate::{Op, Plan};
use xns_core::{Facts, Failure, Hint, NsKind, NsSet};

/// The hint for a failure of the step with this index, if its cause is known.
pub fn hint(plan: &Plan, step: usize, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let failed = plan.steps.get(step)?;
    let made: NsSet = plan.steps[..step].iter().flat_map(|s| created(&s.op).iter()).collect();
    let restricted = || made.contains(NsKind::User).then(|| apparmor::restricted(failure, facts)).flatten();
    restricted().or_else(|| failed.op.describe().hint(failure, facts))
}

/// The namespaces that this operation makes.
fn created(op: &Op) -> NsSet {
    match op {
        Op::Process(crate::process::Op::Unshare(unshare)) => unshare.0,
        _ => NsSet::EMPTY,
    }
}
