//! Notes on control groups.

use super::view::View;
use crate::{Op, Plan};
use std::path::Path;
use xns_cgroup::{Set, hint};
use xns_core::{Facts, Hint};

pub(super) fn makes_one_for_the_run(view: &View<'_>) -> bool {
    !view.above_run_groups().is_empty()
}

/// G2: groups of runs that were killed.
pub(super) fn left_over(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    hint::left_over(&view.above_run_groups(), facts)
}

/// The groups into which somebody comes.
fn joined(plan: &Plan) -> impl Iterator<Item = &Path> {
    plan.steps.iter().filter_map(|step| match &step.op {
        Op::Cgroup(xns_cgroup::Op::Enter(enter)) => Some(&*enter.directory),
        Op::Cgroup(xns_cgroup::Op::Open(open)) => Some(&*open.directory),
        Op::Cgroup(xns_cgroup::Op::Move(step)) => Some(&*step.directory),
        _ => None,
    })
}

pub(super) fn joins_something(plan: &Plan) -> bool {
    joined(plan).next().is_some()
}

/// C4: a group that is frozen: the program would not start, and nobody would say why.
pub(super) fn of_frozen(plan: &Plan, facts: &Facts) -> Option<Hint> {
    joined(plan).find_map(|directory| hint::frozen(directory, facts))
}

/// The values that options ask for.
fn limits(plan: &Plan) -> impl Iterator<Item = &Set> {
    plan.steps.iter().filter_map(|step| match &step.op {
        Op::Cgroup(xns_cgroup::Op::Set(set)) if set.asked.is_some() => Some(set),
        _ => None,
    })
}

pub(super) fn limits_something(plan: &Plan) -> bool {
    limits(plan).next().is_some()
}

/// E51, E54: limits that will not do what one may expect.
pub(super) fn of_limits(plan: &Plan, facts: &Facts) -> Vec<Hint> {
    let lower = limits(plan).filter_map(|set| hint::lower_above(&set.file, &set.value, facts));
    let is_set = |file: &Path| limits(plan).any(|set| set.file == file);
    let swap = limits(plan).filter_map(|set| {
        let beside = set.file.with_file_name(hint::swap_file(&set.file)?);
        if is_set(&beside) { None } else { hint::swap_not_bounded(&set.file, &set.value, facts) }
    });
    lower.chain(swap).collect()
}
