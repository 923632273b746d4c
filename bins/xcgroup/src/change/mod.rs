//! The verbs that change something: each a plan of one process.

mod create;
mod delegate;
mod delete;
mod error;
mod members;
mod set;

pub(crate) use error::ChangeError;

use crate::TOOL;
use crate::cli::{Cli, Options, Verb};
use std::path::Path;
use std::time::Instant;
use xns_cgroup::limits::Limits;
use xns_cgroup::{GroupPath, Layout, Placed, await_empty, locate};
use xns_cli::{Diagnostic, print};
use xns_core::{Actor, Facts, SingleThreaded};
use xns_plan::{Phase, Plan};
use xns_tool::{NoPlan, both, carry_out, say};

/// Does it, or shows what would be done.
pub(crate) fn run(cli: &Cli, facts: &Facts, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    if cli.options.both {
        return print(&by_both(cli, facts, single)).map(|()| 0);
    }
    match plan(cli, facts) {
        Ok(plan) => carry_out(&TOOL, plan, &cli.options.reporting, facts, single),
        Err(error) => TOOL.refuse(error, facts),
    }
}

/// What is there already on the machine with these facts is supposed to be there in both, and so is what is not made.
fn by_both(cli: &Cli, facts: &Facts, single: SingleThreaded) -> String {
    let name = cli.operands.first().and_then(|name| GroupPath::parse(name).ok()).unwrap_or_default();
    let trees = Layout::of(facts).trees;
    let is_seen = |group: &Path| trees.iter().any(|tree| facts.is_directory(&tree.point.join(group)));
    let is_there = |group: &&Path| match cli.verb {
        Verb::Create => is_seen(group),
        // It looks into the groups.
        Verb::Delete => false,
        _ => true,
    };
    let groups = name.as_path().ancestors().filter(|group| !group.as_os_str().is_empty());
    let there: Vec<&Path> = groups.filter(is_there).collect();
    both(facts, single, &cli.options.limits, |facts, limits| {
        for tree in Layout::of(facts).trees {
            there.iter().for_each(|group| facts.suppose_directory(&tree.point.join(group)));
        }
        let asks = |limits: &Limits| cli.verb != Verb::Set || !limits.is_empty() || cli.operands.len() > 1;
        if asks(&cli.options.limits) && !asks(limits) && cli.options.devices.is_empty() {
            // All that was asked for is what this version has not.
            return Ok(Plan::default());
        }
        let options = Options { limits: limits.clone(), ..cli.options.clone() };
        plan(&Cli { options, ..cli.clone() }, facts).map_err(|error| match error {
            ChangeError::Limit(error) => NoPlan::Limit(error),
            other => NoPlan::Other(other.to_string()),
        })
    })
}

/// The plan for a command line, on a machine with these facts.
pub(crate) fn plan(cli: &Cli, facts: &Facts) -> Result<Plan, ChangeError> {
    let layout = Layout::needed(facts)?;
    let mut steps = Steps { cli, facts, layout: &layout, plan: Plan::default(), told: Vec::new() };
    match cli.verb {
        Verb::Create => steps.create()?,
        Verb::Delete => steps.delete()?,
        Verb::Set => steps.set()?,
        Verb::Add => steps.add()?,
        Verb::Freeze => steps.freeze(true)?,
        Verb::Thaw => steps.freeze(false)?,
        Verb::Kill => steps.kill()?,
        Verb::Delegate => steps.delegate()?,
        _ => {}
    }
    let Steps { mut plan, told, .. } = steps;
    say(&TOOL, &mut plan, &told, &cli.options.reporting, facts);
    Ok(plan)
}

/// Waits until the groups are empty; 1 when the time is over before.
pub(crate) fn wait(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    let layout = Layout::of(facts);
    let until = cli.options.timeout.map(|timeout| Instant::now() + timeout);
    for name in cli.names().map_err(|error| Box::new(Diagnostic::new(error.to_string(), 1)))? {
        for placed in
            found(&name, &layout, facts).or_else(|error| TOOL.refuse(error, facts).map(|_| Vec::new()))?
        {
            match await_empty(&placed.directory, placed.tree.version(), until) {
                Ok(true) => {}
                Ok(false) => return Ok(1),
                Err(errno) => {
                    let message = format!("cannot read whether {} is empty", placed.directory.display());
                    return Err(Box::new(Diagnostic::new(message, 1).errno(errno)));
                }
            }
        }
    }
    Ok(0)
}

/// The directories of a group that is there.
fn found(name: &GroupPath, layout: &Layout, facts: &Facts) -> Result<Vec<Placed>, ChangeError> {
    let placed = locate(name, layout, facts);
    if placed.is_empty() { Err(ChangeError::NoGroup(name.clone())) } else { Ok(placed) }
}

/// The plan, as it grows.
struct Steps<'a> {
    cli: &'a Cli,
    facts: &'a Facts,
    layout: &'a Layout,
    plan: Plan,
    /// What a person is told.
    told: Vec<String>,
}

impl Steps<'_> {
    fn push(&mut self, op: xns_cgroup::Op, why: impl Into<std::borrow::Cow<'static, str>>) {
        self.plan.push(Actor::Caller, Phase::Create, op, why);
    }

    fn found(&self, name: &GroupPath) -> Result<Vec<Placed>, ChangeError> {
        found(name, self.layout, self.facts)
    }
}
