//! From what was typed to what will be done. Pure: the machine comes in as facts.

mod error;
mod places;
mod transient;

pub use error::PlanError;

use crate::cli::Cli;
use xns_cgroup::{Enter, Layout, Op, Version};
use xns_core::{Actor, Facts};
use xns_plan::{Control, Exec, Phase, Plan, Variables};

/// The plan for a command line, on a machine with these facts.
///
/// # Errors
/// What makes it impossible, as far as the machine shows that beforehand.
pub fn plan(cli: &Cli, facts: &Facts) -> Result<Plan, PlanError> {
    let layout = Layout::of(facts);
    if layout.trees.is_empty() {
        return Err(PlanError::Nothing);
    }
    if cli.makes_group() { transient::plan(cli, &layout, facts) } else { in_place(cli, &layout, facts) }
}

/// This process joins the groups, and becomes the program: its PID, its job and its signals stay the caller's.
fn in_place(cli: &Cli, layout: &Layout, facts: &Facts) -> Result<Plan, PlanError> {
    let mut plan = Plan::default();
    for (tree, directory) in places::of(&cli.groups, layout, facts)? {
        let why = match tree.version() {
            Version::V1 => "asked for by -g; a 0 in tasks moves the one thread that writes it, at once",
            Version::V2 => "asked for by -g",
        };
        let enter = Enter { directory, version: tree.version(), of_caller: true };
        plan.push(Actor::Caller, Phase::Join, Op::Enter(enter), why);
    }
    plan.push(Actor::Caller, Phase::Exec, program(cli), "the program");
    Ok(plan)
}

fn program(cli: &Cli) -> Control {
    let words = cli.program.clone();
    let program = words.first().cloned().unwrap_or_default();
    Control::Exec(Exec { program, words, variables: Variables::Inherited, shells: Vec::new() })
}
