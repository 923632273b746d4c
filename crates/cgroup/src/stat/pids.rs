//! Processes and threads, and forks that were refused. The files have the same names in both versions.

use super::model::Pids;
use super::part::Parts;

pub(super) fn collect(parts: &Parts<'_>) -> Pids {
    let Some(files) = parts.pids() else { return Pids::default() };
    Pids {
        current: files.number("pids.current"),
        peak: files.number("pids.peak"),
        limit: files.number("pids.max"),
        refused_forks: files.events("pids.events", Some("pids.events.local"), "max"),
    }
}
