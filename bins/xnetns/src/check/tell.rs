//! What was found, for people and for scripts.

use super::case::Case;
use super::causes::Found;
use super::trace::Trace;
use crate::show::json::identity;
use serde_json::{Value, json};
use std::fmt::Write;
use xns_core::Hint;

/// The causes in their order, the remarks, or that there is none.
pub(super) fn human(case: &Case<'_>, found: &Found) -> String {
    let mut text = String::new();
    for hint in &found.causes {
        write(&mut text, "cause", hint);
    }
    for hint in &found.remarks {
        write(&mut text, "remark", hint);
    }
    if found.causes.is_empty() {
        let but = if found.remarks.is_empty() { "" } else { " but what the remarks say" };
        let _ = writeln!(text, "{}: no cause found{but}", question(case));
        for way in &found.ways {
            let _ = writeln!(text, "  way: {}", words(case, way));
        }
    }
    text
}

fn write(text: &mut String, word: &str, hint: &Hint) {
    let _ = writeln!(text, "{word}[{}]: {}", hint.id, hint.cause);
    for because in &hint.because {
        let _ = writeln!(text, "  because: {because}");
    }
    for cure in &hint.cures {
        let note = if cure.note.is_empty() { String::new() } else { format!("   ({})", cure.note) };
        let _ = writeln!(text, "  try: {}{note}", cure.action);
    }
}

/// `RED to BLUE (11.11.11.3)`
fn question(case: &Case<'_>) -> String {
    let from = case.label(case.from);
    let Some(goal) = case.to else { return from };
    match (goal.space.filter(|space| *space != case.from), goal.address) {
        (Some(space), Some(ip)) => format!("{from} to {} ({ip})", case.label(space)),
        (Some(space), None) => format!("{from} to {}", case.label(space)),
        (None, Some(ip)) => format!("{from} to {ip}"),
        (None, None) => from,
    }
}

/// `veth0 in RED, veth1 in BLUE`
fn words(case: &Case<'_>, way: &Trace) -> String {
    let places = way.legs.iter().flat_map(|leg| &leg.path).map(|node| case.place(*node));
    let mut places: Vec<String> = places.collect();
    places.dedup();
    if places.is_empty() { format!("inside {}", case.label(case.from)) } else { places.join(", ") }
}

/// The same content.
pub(super) fn json(case: &Case<'_>, found: &Found) -> Value {
    let hints = |hints: &[Hint]| hints.iter().map(hint).collect::<Vec<_>>();
    let way = |way: &Trace| {
        let nodes = way.legs.iter().flat_map(|leg| &leg.path);
        nodes
            .map(|node| json!({"namespace": case.label(node.0), "device": case.name(*node)}))
            .collect::<Vec<_>>()
    };
    json!({
        "from": identity(&case.spaces[case.from]),
        "to": case.to.and_then(|goal| goal.space).map(|space| identity(&case.spaces[space])),
        "address": case.to.and_then(|goal| goal.address).map(|ip| ip.to_string()),
        "causes": hints(&found.causes),
        "remarks": hints(&found.remarks),
        "ways": found.ways.iter().map(way).collect::<Vec<_>>(),
    })
}

fn hint(hint: &Hint) -> Value {
    let cures = hint.cures.iter().map(|cure| json!({"action": cure.action, "note": cure.note}));
    json!({"id": hint.id, "cause": hint.cause, "because": hint.because, "cures": cures.collect::<Vec<_>>()})
}
