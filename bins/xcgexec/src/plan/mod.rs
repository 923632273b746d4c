//! From what was typed to what will be done. Pure: the machine comes in as facts.

mod error;
mod places;
mod transient;

pub use error::PlanError;

use crate::TOOL;
use crate::cli::Cli;
use xns_cgroup::{Enter, Layout, Make, Op, Version, WHY_LEAF, leaf_for, leaf_told};
use xns_core::{Actor, Facts};
use xns_plan::{Control, Exec, Phase, Plan, Variables};
use xns_tool::say;

/// The plan for a command line, on a machine with these facts.
///
/// # Errors
/// What makes it impossible, as far as the machine shows that beforehand.
pub fn plan(cli: &Cli, facts: &Facts) -> Result<Plan, PlanError> {
    let layout = Layout::needed(facts)?;
    if cli.makes_group() { transient::plan(cli, &layout, facts) } else { in_place(cli, &layout, facts) }
}

/// This process joins the groups, and becomes the program: its PID, its job and its signals stay the caller's.
fn in_place(cli: &Cli, layout: &Layout, facts: &Facts) -> Result<Plan, PlanError> {
    let mut plan = Plan::default();
    let mut told = Vec::new();
    for (tree, mut directory) in places::of(&cli.groups, layout, facts)? {
        let why = match tree.version() {
            Version::V1 => "asked for by -g; a 0 in tasks moves the one thread that writes it, at once",
            Version::V2 => "asked for by -g",
        };
        let mut back = None;
        // The original answers with the kernel's EBUSY.
        let leaf = if TOOL.is_original(facts) { None } else { leaf_for(&directory, tree.version(), facts) };
        if let Some(leaf) = leaf {
            told.push(leaf_told(&directory, &leaf));
            let make = Make { directory: leaf.clone(), may_exist: true };
            plan.push(Actor::Caller, Phase::Create, Op::Make(make), WHY_LEAF);
            (directory, back) = (leaf, layout.own_directory(tree));
        }
        let enter = Enter { directory, version: tree.version(), of_caller: true, back };
        plan.push(Actor::Caller, Phase::Join, Op::Enter(enter), why);
    }
    plan.push(Actor::Caller, Phase::Exec, program(cli), "the program");
    say(&TOOL, &mut plan, &told, &cli.reporting, facts);
    Ok(plan)
}

fn program(cli: &Cli) -> Control {
    let words = cli.program.clone();
    let program = words.first().cloned().unwrap_or_default();
    Control::Exec(Exec { program, words, variables: Variables::Inherited, shells: Vec::new() })
}
