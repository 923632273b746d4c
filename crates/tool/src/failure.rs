//! A failed step in words.

use xns_cli::Diagnostic;
use xns_core::{Actor, Cause, Errno, Facts};
use xns_plan::{Control, Op, Plan};
use xns_run::Failed;

/// The words for a failed step, and its hint when facts may be asked for it.
pub(crate) fn describe(plan: &Plan, failed: &Failed, facts: Option<&Facts>) -> Diagnostic {
    let step = &plan.steps[failed.step];
    let op = step.op.describe();
    let message = op.failed(failed.failure.part);
    let is_exec = matches!(step.op, Op::Control(Control::Exec(_)));
    let diagnostic = match failed.failure.cause {
        Cause::Errno(errno) => {
            Diagnostic::new(message, if is_exec { exec_status(errno) } else { 1 }).errno(errno)
        }
        Cause::Exited(status) => {
            let message = format!("{} ended with status {status}", helper_name(plan, failed));
            Diagnostic::new(message, status).already_told()
        }
        Cause::Killed(signal) => {
            Diagnostic::new(format!("{}: killed by signal {signal}", helper_name(plan, failed)), 1)
        }
        Cause::Lost => Diagnostic::new(format!("{} ended without saying why", helper_name(plan, failed)), 1),
    };
    let diagnostic = match op.original(&failed.failure) {
        Some((line, status)) => {
            let retold = diagnostic.retold(line, status);
            failed.failure.errno().into_iter().fold(retold, Diagnostic::errno)
        }
        None => diagnostic,
    };
    let call = op.calls().first().map(ToString::to_string).unwrap_or_default();
    let hint = facts.and_then(|facts| xns_plan::hint(plan, failed.step, &failed.failure, facts));
    diagnostic.step(failed.step + 1, call).hint(hint)
}

/// 127 when there is no such program, 126 when it cannot be executed.
fn exec_status(errno: Errno) -> u8 {
    if errno == Errno::ENOENT { 127 } else { 126 }
}

fn helper_name(plan: &Plan, failed: &Failed) -> &'static str {
    match &plan.steps[failed.step].op {
        Op::Control(control) if control.waits_for().is_some() => {
            control.waits_for().unwrap_or(Actor::Caller).name()
        }
        Op::User(xns_user::Op::RunMapTool(tool)) => xns_user::RunMapTool::tool(tool.kind),
        _ => plan.steps[failed.step].actor.name(),
    }
}
