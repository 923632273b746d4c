//! A plan shown, or done.

use crate::{DryRun, Reporting, Tool, failure};
use xns_cli::{Diagnostic, ErrorFormat, HintMode, diagnostic, end_as, print};
use xns_core::shell::one_line;
use xns_core::{Actor, Facts, SingleThreaded};
use xns_plan::{Plan, explain, notes};
use xns_run::Done;

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
        Ok(done) => {
            tell_what_came_after(tool, &plan, &done, reporting, facts);
            Ok(end_as(done.ended))
        }
        Err(failed) => {
            let facts = reporting.wants_hints(facts).then_some(facts);
            Err(Box::new(failure::describe(&plan, &failed, facts)))
        }
    }
}

/// What did not go well once the program had ended, whose status is kept; and what it has left.
fn tell_what_came_after<K: Copy + PartialEq>(
    tool: &Tool<K>,
    plan: &Plan,
    done: &Done,
    reporting: &Reporting,
    facts: &Facts,
) {
    let name = tool.called_as(facts);
    for failed in &done.failed {
        let facts = reporting.wants_hints(facts).then_some(facts);
        failure::describe(plan, failed, facts).tell(&name, reporting.error_format);
    }
    if done.left_behind > 0 && !reporting.is_quiet(facts) && reporting.hint_mode(facts).wanted() {
        let (many, were) = if done.left_behind == 1 { ("process", "was") } else { ("processes", "were") };
        let count = done.left_behind;
        xns_cli::tell(&format!(
            "{name}: {count} {many} that the program had left in its group {were} ended\n"
        ));
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

/// Has a person told what is done otherwise than was asked for: before the program starts, or when all is done.
pub fn say<K: Copy + PartialEq>(
    tool: &Tool<K>,
    plan: &mut Plan,
    told: &[String],
    reporting: &Reporting,
    facts: &Facts,
) {
    let wanted =
        || !tool.is_original(facts) && !reporting.is_quiet(facts) && reporting.hint_mode(facts).wanted();
    if reporting.dry_run.is_some() || told.is_empty() || !wanted() {
        return;
    }
    let name = tool.called_as(facts);
    let mut lines: Vec<String> =
        told.iter().map(|text| format!("{}\n", one_line(&format!("{name}: {text}")))).collect();
    lines.dedup();
    plan.tell_first(lines.concat());
}

/// A map that a helper fails to write is explained by the caller, for whom these by then read differently.
fn remember_outside(facts: &Facts) {
    for file in ["/proc/self/status", "/proc/self/uid_map", "/proc/self/gid_map"] {
        facts.file(file);
    }
    xns_user::look_at_map_tools(facts);
}
