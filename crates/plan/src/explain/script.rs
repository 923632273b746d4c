//! The commands that a person would type for the same result.
//!
//! The form: a helper in the background writes what has to be written from outside, as soon as the namespaces are there;
//! `unshare` makes them and runs a shell that does the rest inside and becomes the program. Between the two the process
//! number stays, so `$$` names it in both.

use crate::{Op, Phase, Plan};
use std::ffi::OsString;
use std::fmt::Write;
use xns_core::shell::{line, quote};
use xns_core::{Actor, NsKind, Shell};

/// What the steps contribute.
#[derive(Default)]
struct Parts {
    flags: Vec<String>,
    before: Vec<String>,
    outside: Vec<String>,
    inside: Vec<String>,
    wraps: Vec<String>,
    run: String,
    maps: bool,
}

/// A POSIX shell script.
pub fn script(plan: &Plan, command: &[OsString]) -> String {
    let parts = collect(plan);
    let mut out = format!("#!/bin/sh\n# the same by hand: {}\nset -eu\n", line(command));
    for command in &parts.before {
        let _ = writeln!(out, "{command}");
    }
    let run =
        parts.wraps.iter().map(String::as_str).chain([parts.run.as_str()]).collect::<Vec<_>>().join(" ");
    let steps = parts.inside.iter().fold(String::new(), |text, line| text + line + "\n") + "exec " + &run;
    if parts.flags.is_empty() {
        return out + &steps + "\n";
    }
    let unshare = ["exec unshare"]
        .into_iter()
        .chain(parts.flags.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" ");
    let _ = writeln!(out, "inside={}", quote(format!("set -eu\n{steps}")));
    if parts.outside.is_empty() {
        let _ = writeln!(out, "{unshare} sh -c \"$inside\"");
        return out;
    }
    write_helper(&mut out, plan, &parts);
    let wait = if parts.maps {
        // The shell was executed without ids of this namespace, and so without capabilities: a second exec gets them.
        "until grep -q . /proc/self/gid_map && grep -q . /proc/self/uid_map; do sleep 0.02; done; "
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "{unshare} sh -c '{wait}until [ -e \"$1\" ]; do sleep 0.02; done; rm \"$1\"; exec sh -c \"$2\"' sh \"$ready\" \"$inside\""
    );
    out
}

/// The background part: waits until a new namespace is there, then does what has to be done from outside.
fn write_helper(out: &mut String, plan: &Plan, parts: &Parts) {
    let kind = new_kind(plan).unwrap_or(NsKind::User);
    let file = kind.unshared_file();
    let _ = writeln!(out, "ready=$(mktemp -u)");
    let _ = writeln!(out, "{{ # from outside, once the namespaces are there");
    let _ = writeln!(
        out,
        "  until [ \"$(readlink /proc/$$/ns/{file})\" != \"$(readlink /proc/self/ns/{file})\" ]; do sleep 0.02; done"
    );
    for command in &parts.outside {
        let _ = writeln!(out, "  {command}");
    }
    let _ = writeln!(out, "  : > \"$ready\"\n}} &");
}

/// A kind that tells whether `unshare` has happened.
fn new_kind(plan: &Plan) -> Option<NsKind> {
    plan.steps.iter().find_map(|step| match &step.op {
        Op::Process(crate::process::Op::Unshare(unshare)) => {
            unshare.0.iter().find(|&kind| kind != NsKind::Pid)
        }
        _ => None,
    })
}

fn collect(plan: &Plan) -> Parts {
    let mut parts = Parts::default();
    for step in &plan.steps {
        parts.maps |= matches!(step.phase, Phase::MapRanges | Phase::MapOwn);
        for piece in step.op.describe().shell() {
            match piece {
                Shell::Flag(text) => parts.flags.push(text),
                Shell::Before(text) => parts.before.push(text),
                Shell::Outside(text) => parts.outside.push(text),
                Shell::Inside(text) => parts.inside.push(text),
                Shell::Wrap(text) => parts.wraps.push(text),
                Shell::Run(text) => parts.run = text,
                Shell::Comment(text) => parts.inside.push(format!("# {text}")),
            }
        }
        if step.actor == Actor::Caller && matches!(step.op.forks(), Some(Actor::Child | Actor::Init)) {
            parts.flags.push("--fork".into());
        }
    }
    // What unshare(1) would do by itself, and the steps say.
    if parts.flags.iter().any(|flag| flag == "--mount") {
        parts.flags.push("--propagation unchanged".into());
    }
    parts
}
