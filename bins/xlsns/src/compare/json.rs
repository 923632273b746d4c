//! The comparison for programs.

use crate::shown;
use serde::Serialize;
use xns_lsns::compare::{Comparison, Place};

#[derive(Serialize)]
struct Whole {
    processes: Vec<Process>,
    types: Vec<Type>,
}

#[derive(Serialize)]
struct Process {
    pid: u32,
    command: String,
    /// In each PID namespace, from the reader's to its own.
    nspid: Vec<u32>,
    /// Why something is null below.
    problem: Option<&'static str>,
}

#[derive(Serialize)]
struct Type {
    #[serde(rename = "type")]
    kind: &'static str,
    same: Option<bool>,
    /// In the order of the processes.
    ids: Vec<Option<u64>>,
    /// PIDs of those that are together.
    groups: Vec<Vec<u32>>,
    meaning: &'static str,
}

/// As JSON, with a line end.
pub(super) fn json(comparison: &Comparison) -> String {
    let process = |(index, process): (usize, &xns_lsns::compare::Compared)| Process {
        pid: process.pid,
        command: shown::text(&process.command),
        nspid: process.numbers.clone(),
        problem: comparison.rows.iter().find_map(|row| problem(row.places[index])),
    };
    let pids = |group: Vec<usize>| group.into_iter().map(|index| comparison.processes[index].pid).collect();
    let kind = |row: &xns_lsns::compare::Row| Type {
        kind: row.kind.name(),
        same: row.same(),
        ids: row.places.iter().map(|place| place.ino()).collect(),
        groups: row.groups().into_iter().map(pids).collect(),
        meaning: row.meaning(),
    };
    let whole = Whole {
        processes: comparison.processes.iter().enumerate().map(process).collect(),
        types: comparison.rows.iter().map(kind).collect(),
    };
    shown::json_pretty(&whole) + "\n"
}

const fn problem(place: Place) -> Option<&'static str> {
    match place {
        Place::In(_) | Place::NoKind => None,
        Place::NoProcess => Some("no such process"),
        Place::Denied(_) => Some("unreadable"),
        Place::Left => Some("ended"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::sample;
    use super::*;
    use xns_core::NsKind;

    #[test]
    fn the_whole() {
        let comparison = sample(
            &[(7, b"a\xff\x1b", &[7, 1]), (8, b"", &[]), (9, b"c", &[9])],
            &[
                (NsKind::Net, &[Place::In(5), Place::In(6), Place::In(5)]),
                (NsKind::Uts, &[Place::In(5), Place::Left, Place::In(5)]),
            ],
        );
        let text = json(&comparison);
        let is: serde_json::Value = serde_json::from_str(&text).unwrap();
        let want = serde_json::json!({
            "processes": [
                { "pid": 7, "command": "a\\xff\u{1b}", "nspid": [7, 1], "problem": null },
                { "pid": 8, "command": "", "nspid": [], "problem": "ended" },
                { "pid": 9, "command": "c", "nspid": [9], "problem": null },
            ],
            "types": [
                { "type": "net", "same": false, "ids": [5, 6, 5], "groups": [[7, 9], [8]], "meaning": "own interfaces and ports" },
                { "type": "uts", "same": null, "ids": [5, null, 5], "groups": [[7, 9]], "meaning": "cannot be told" },
            ],
        });
        assert_eq!(is, want);
        assert!(
            text.starts_with("{\n  \"processes\": [\n    {\n      \"pid\": 7,") && text.ends_with("}\n"),
            "{text}"
        );
    }
}
