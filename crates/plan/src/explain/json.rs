//! For programs.

use crate::Plan;
use serde::Serialize;
use xns_core::Shell;

#[derive(Serialize)]
struct Document<'a> {
    command: Vec<String>,
    /// Bytes of the command that are not UTF-8 are shown as U+FFFD.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    command_is_inexact: bool,
    steps: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    step: usize,
    actor: &'static str,
    phase: &'static str,
    calls: Vec<CallRow>,
    why: &'a str,
    shell: Vec<String>,
}

#[derive(Serialize)]
struct CallRow {
    name: String,
    call: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<&'static str>,
}

/// The plan as one JSON document: the typed words, and the steps with actor, phase, calls, reason and shell form.
pub fn json(plan: &Plan, command: &[std::ffi::OsString]) -> String {
    let rows = plan.steps.iter().enumerate().map(|(i, step)| {
        let op = step.op.describe();
        let calls = op.calls().into_iter().map(|call| CallRow {
            name: call.name().to_owned(),
            call: call.text.into_owned(),
            only: call.only,
        });
        Row {
            step: i + 1,
            actor: step.actor.name(),
            phase: step.phase.name(),
            calls: calls.collect(),
            why: &step.why,
            shell: op.shell().into_iter().map(words).collect(),
        }
    });
    let command_is_inexact = command.iter().any(|word| word.to_str().is_none());
    let command = command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let document = Document { command, command_is_inexact, steps: rows.collect() };
    // Strings and numbers only: this cannot fail, and an empty document would show it if it did.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn words(shell: Shell) -> String {
    match shell {
        Shell::Flag(text) => format!("unshare {text}"),
        Shell::Outside(text)
        | Shell::Inside(text)
        | Shell::Wrap(text)
        | Shell::Run(text)
        | Shell::After(text) => text,
        Shell::Comment(text) => format!("# {text}"),
    }
}
