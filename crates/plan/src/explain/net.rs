//! The `ip` commands for a plan about network namespaces, their names, devices, addresses and routes.

use super::script::Parts;
use crate::{Op, Plan};

/// Does this form suit the plan?
pub(super) fn is_about(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(step.op, Op::Net(_)))
}

/// The lines after the script's head. What runs a program does the rest inside by itself.
pub(super) fn lines(parts: &Parts) -> String {
    let before = parts.outside.iter().fold(String::new(), |text, line| text + line + "\n");
    if parts.run.is_empty() {
        return before;
    }
    let words: Vec<_> = parts.wraps.iter().map(String::as_str).chain([parts.run.as_str()]).collect();
    format!("{before}exec {}\n", words.join(" "))
}
