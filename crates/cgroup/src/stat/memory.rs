//! Memory, swap, and what the OOM killer did.

use super::model::Memory;
use super::part::{Files, Parts};
use super::text;
use crate::Version;

pub(super) fn collect(parts: &Parts<'_>) -> Memory {
    let memory = parts.version1("memory").or_else(|| parts.version2()).map(of).unwrap_or_default();
    Memory { oom_kills: oom_kills(parts), ..memory }
}

/// By version 1 what each group has counted of its own, by version 2 what it has counted with those below it.
pub(super) fn oom_kills(parts: &Parts<'_>) -> Option<u64> {
    match (parts.version1("memory"), parts.version2()) {
        (Some(files), _) => files.events("memory.oom_control", None, "oom_kill"),
        (None, Some(files)) => files.events("memory.events", Some("memory.events.local"), "oom_kill"),
        (None, None) => None,
    }
}

/// Of one group, without the OOM kills.
pub(super) fn of(files: Files<'_>) -> Memory {
    match files.part.version {
        Version::V1 => version1(files),
        Version::V2 => version2(files),
    }
}

/// The hard limit of one group.
pub(super) fn limit(files: Files<'_>) -> Option<u64> {
    let file = match files.part.version {
        Version::V1 => "memory.limit_in_bytes",
        Version::V2 => "memory.max",
    };
    text::limit(&files.read(file)?)
}

fn version2(files: Files<'_>) -> Memory {
    let limit = |file: &str| files.read(file).as_deref().and_then(text::limit);
    let stat = files.read("memory.stat").unwrap_or_default();
    // Since Linux 5.2 `memory.events` counts what is below, too, and what is the group's own has its own file.
    let own = files.value("memory.events.local", "max");
    Memory {
        current_bytes: files.number("memory.current"),
        peak_bytes: files.number("memory.peak"),
        limit_bytes: limit("memory.max"),
        swap_current_bytes: files.number("memory.swap.current"),
        swap_limit_bytes: limit("memory.swap.max"),
        oom_kills: None,
        limit_hits: own.or_else(|| files.value("memory.events", "max")),
        anon_bytes: text::value(&stat, "anon"),
        file_bytes: text::value(&stat, "file"),
    }
}

fn version1(files: Files<'_>) -> Memory {
    let limit = |file: &str| files.read(file).as_deref().and_then(text::limit);
    let stat = files.read("memory.stat").unwrap_or_default();
    let current = files.number("memory.usage_in_bytes");
    let limit_bytes = limit("memory.limit_in_bytes");
    // The files of memory and swap together are there only with swap accounting.
    let both = files.number("memory.memsw.usage_in_bytes");
    let swap = both.zip(current).map(|(both, memory)| both.saturating_sub(memory));
    let both_limit = limit("memory.memsw.limit_in_bytes");
    // Where the two limits are the same, the kernel meets that of both first, and newer ones (6.18) leave its count at 0.
    let hits = files.number("memory.failcnt").zip(files.number("memory.memsw.failcnt").or(Some(0)));
    let hits = hits.map(|(memory, both)| memory.saturating_add(both));
    let uncounted = both_limit.is_some() && both_limit == limit_bytes;
    Memory {
        current_bytes: current,
        peak_bytes: files.number("memory.max_usage_in_bytes"),
        limit_bytes,
        swap_current_bytes: both.and_then(|_| text::value(&stat, "total_swap")).or(swap),
        swap_limit_bytes: both_limit.zip(limit_bytes).map(|(both, memory)| both.saturating_sub(memory)),
        oom_kills: None,
        limit_hits: hits.filter(|hits| *hits > 0 || !uncounted),
        anon_bytes: text::value(&stat, "total_rss"),
        file_bytes: text::value(&stat, "total_cache"),
    }
}
