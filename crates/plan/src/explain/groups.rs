//! The commands for a plan that makes and joins control groups, and no namespaces.

use super::script::Parts;
use crate::{Op, Plan};
use xns_core::shell::quote;

/// Does this form suit the plan?
pub(super) fn is_about(plan: &Plan) -> bool {
    let groups = |op: &Op| matches!(op, Op::Cgroup(op) if !matches!(op, xns_cgroup::Op::Join(_)));
    plan.steps.iter().any(|step| groups(&step.op))
}

/// The lines after the script's head. A child joins what the caller has made, and becomes the program; what is done after its
/// end comes after it, and its status stays.
pub(super) fn lines(parts: &Parts) -> String {
    let text = |lines: &[String]| lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let before = text(&parts.outside);
    if parts.run.is_empty() {
        return before + &text(&parts.inside) + &text(&parts.after);
    }
    let inside = text(&parts.inside) + "exec " + &parts.run;
    if parts.after.is_empty() {
        return before + &inside + "\n";
    }
    // Who cannot join is not to run without limits.
    let program = format!("status=0\nsh -c {} || status=$?\n", quote(format!("set -eu\n{inside}")));
    before + &program + &text(&parts.after) + "exit $status\n"
}
