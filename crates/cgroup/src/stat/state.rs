//! Who is in the group, and whether they are frozen.

use super::part::{Files, Parts};
use super::text;
use crate::Processes;
use std::collections::BTreeSet;

#[derive(Default)]
pub(super) struct State {
    pub(super) populated: Option<bool>,
    pub(super) frozen: Option<bool>,
    pub(super) processes: Option<u64>,
}

pub(super) fn collect(parts: &Parts<'_>) -> State {
    let events = parts.version2().and_then(|files| files.read("cgroup.events")).unwrap_or_default();
    let event = |key| text::value(&events, key).map(|value| value != 0);
    let processes = processes(parts);
    let frozen = [event("frozen"), parts.version1("freezer").and_then(freezer)];
    // Version 2 knows of threaded groups and of zombies what a list of processes does not show.
    let populated = [event("populated"), processes.map(|count| count > 0)];
    State { populated: any(populated), frozen: any(frozen), processes }
}

/// Yes, where one of two says so.
fn any(answers: [Option<bool>; 2]) -> Option<bool> {
    answers.into_iter().flatten().reduce(|one, other| one || other)
}

/// FREEZING is not frozen yet.
fn freezer(files: Files<'_>) -> Option<bool> {
    files.read("freezer.state").map(|state| state.trim() == "FROZEN")
}

/// Those that are in the group in any hierarchy, each once. In several it may have other ones.
fn processes(parts: &Parts<'_>) -> Option<u64> {
    let (mut ids, mut unseen, mut known) = (BTreeSet::new(), 0, false);
    for files in parts.each() {
        let Ok(own) = Processes::of(&files.part.directory, files.source) else { continue };
        if own.threaded {
            continue;
        }
        known = true;
        let mut without_pid = own.unseen;
        ids.extend(own.ids);
        for group in files.source.below(&files.part.directory) {
            // A threaded one's processes are those of a group above it.
            match Processes::of(&group, files.source) {
                Ok(group) if !group.threaded => {
                    without_pid += group.unseen;
                    ids.extend(group.ids);
                }
                _ => {}
            }
        }
        unseen = unseen.max(without_pid);
    }
    known.then(|| (ids.len() + unseen) as u64)
}
