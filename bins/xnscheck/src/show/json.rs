//! The report for programs. The names of the fields are the keys.

use crate::check::{Check, Found, Outcome, Report};
use serde::Serialize;
use xns_cli::shown;

#[derive(Serialize)]
struct Json<'r> {
    works: bool,
    uid: u32,
    /// The walkthroughs that were asked for.
    walkthroughs: Vec<Walkthrough>,
    checks: Vec<Row<'r>>,
}

#[derive(Serialize)]
struct Walkthrough {
    name: &'static str,
    works: bool,
}

#[derive(Serialize)]
struct Row<'r> {
    id: &'r str,
    group: &'r str,
    what: &'r str,
    question: &'r str,
    needed_by: Vec<&'static str>,
    result: &'static str,
    evidence: Vec<&'r str>,
    /// Why it could not be asked, or was not.
    why: Option<&'r str>,
    hint: Option<&'r str>,
    cause: Option<&'r str>,
    cures: Vec<Cure<'r>>,
}

#[derive(Serialize)]
struct Cure<'r> {
    action: &'r str,
    note: &'r str,
}

impl<'r> Row<'r> {
    fn of(check: &'r Check, found: &'r Found) -> Self {
        let hint = match &found.outcome {
            Outcome::Missing(hint) => Some(hint),
            _ => None,
        };
        let why = match &found.outcome {
            Outcome::Unknown { why } | Outcome::NotAsked { why } => Some(why.as_str()),
            _ => None,
        };
        let cures = hint.into_iter().flat_map(|hint| &hint.cures);
        Row {
            id: check.id,
            group: check.group.heading(),
            what: check.what,
            question: check.question,
            needed_by: check.needed_by.iter().map(|walk| walk.name()).collect(),
            result: found.outcome.word(),
            evidence: found.all_evidence(),
            why,
            hint: hint.map(|hint| hint.id),
            cause: hint.map(|hint| hint.cause.as_str()),
            cures: cures.map(|cure| Cure { action: &cure.action, note: cure.note }).collect(),
        }
    }
}

/// An object with an array of the rows.
pub(crate) fn json(report: &Report) -> String {
    let hindered = report.hindered();
    let walkthrough =
        |walk: &crate::check::Walk| Walkthrough { name: walk.name(), works: !hindered.contains(walk) };
    let json = Json {
        works: report.works(),
        uid: report.uid,
        walkthroughs: report.walks.iter().map(walkthrough).collect(),
        checks: report.rows.iter().map(|(check, found)| Row::of(check, found)).collect(),
    };
    shown::json_pretty(&json) + "\n"
}
