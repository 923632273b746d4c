//! A plan shown, or done.

use crate::{DryRun, Reporting, Tool, failure};
use xns_cli::{Diagnostic, ErrorFormat, HintMode, diagnostic, end_as, print};
use xns_core::{Actor, Facts, SingleThreaded};
use xns_plan::{Plan, explain, notes};

/// Prints the plan, or walks it: then answers how the program ended, unless this process has become the program.
///
/// # Errors
/// What failed, in words.
pub fn carry_out<K: Copy + PartialEq>(
    tool: &Tool<K>,
    mut plan: Plan,
    reporting: &Reporting,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    if let Some(form) = reporting.dry_run {
        let text = match form {
            DryRun::Text => explain::text(&plan),
            DryRun::Json => explain::json(&plan, facts.command()),
            DryRun::Sh => explain::script(&plan, facts.command(), facts.euid()),
        };
        return print(&text).map(|()| 0);
    }
    add_notes(tool, &mut plan, reporting, facts);
    if plan.has(Actor::Mapper) && reporting.wants_hints(facts) {
        remember_outside(facts);
    }
    match xns_run::run(&plan, reporting.explain, facts.take_own(), single) {
        Ok(ended) => Ok(end_as(ended)),
        Err(failed) => {
            let facts = reporting.wants_hints(facts).then_some(facts);
            Err(Box::new(failure::describe(&plan, &failed, facts)))
        }
    }
}

/// Adds what may go wrong silently, when somebody wants hints: a person at a terminal, or who asks for them.
fn add_notes<K: Copy + PartialEq>(tool: &Tool<K>, plan: &mut Plan, reporting: &Reporting, facts: &Facts) {
    let json = reporting.error_format == ErrorFormat::Json;
    let wanted = || match reporting.hint_mode(facts) {
        _ if reporting.is_quiet(facts) => false,
        // The original says nothing of its own accord: neither for a terminal nor for a variable.
        _ if tool.is_original(facts) => reporting.hints == Some(HintMode::Always),
        HintMode::Auto => !json && HintMode::Auto.wanted(),
        mode => mode.wanted(),
    };
    let found = notes(plan, facts, wanted);
    if !found.is_empty() {
        let name = tool.called_as(facts);
        let told = found.iter().map(|hint| diagnostic::note(&name, hint, reporting.error_format));
        plan.tell_first(told.collect());
    }
}

/// A map that a helper fails to write is explained by the caller, for whom these by then read differently.
fn remember_outside(facts: &Facts) {
    for file in ["/proc/self/status", "/proc/self/uid_map", "/proc/self/gid_map"] {
        facts.file(file);
    }
    xns_user::look_at_map_tools(facts);
}
