//! What goes wrong without an error: mistakes that a finished plan shows, told before the program starts.

mod enter;
mod groups;
mod ids;
mod outside;
mod processes;
mod view;

use crate::Plan;
use view::View;
use xns_core::{Facts, Hint};

/// Does the plan look like the mistake? Asks nothing of the machine.
type Looks = fn(&View<'_>) -> bool;

/// The hint; `None` when the machine shows that it is none.
type Tell = fn(&View<'_>, &Facts) -> Option<Hint>;

/// The mistakes in a plan. Whether anybody wants to hear of them is asked only when it looks like one.
pub fn notes(plan: &Plan, facts: &Facts, wanted: impl FnOnce() -> bool) -> Vec<Hint> {
    const MISTAKES: [(Looks, Tell); 14] = [
        (processes::is_not_forked, processes::not_forked),
        (processes::is_not_forked_in_time, processes::not_forked_in_time),
        (processes::has_old_proc, processes::old_proc),
        (processes::may_outlive_its_parent, processes::deaf),
        (ids::is_nobody, ids::nobody),
        (ids::loses_capabilities, ids::capabilities),
        (ids::owns_too_little, ids::owner),
        (outside::names_the_host, outside::hostname),
        (outside::mounts_may_leak, outside::propagation),
        (outside::names_a_network, outside::covered_name),
        (enter::enters_a_process, enter::parent_of_pid_1),
        (enter::takes_descriptors_along, enter::descriptors),
        (enter::shares_the_terminal, enter::terminal),
        (groups::makes_one_for_the_run, groups::left_over),
    ];
    let groups = groups::limits_something(plan) || groups::joins_something(plan);
    let view = View::of(plan, facts);
    let looks = |(looks, _): &&(Looks, Tell)| view.as_ref().is_some_and(looks);
    if !(groups || MISTAKES.iter().any(|mistake| looks(&mistake))) || !wanted() {
        return Vec::new();
    }
    let tell = |(_, tell): &(Looks, Tell)| view.as_ref().and_then(|view| tell(view, facts));
    let mut found: Vec<Hint> = MISTAKES.iter().filter(looks).filter_map(tell).collect();
    found.extend(groups::of_limits(plan, facts));
    found.extend(groups::of_frozen(plan, facts));
    found
}
