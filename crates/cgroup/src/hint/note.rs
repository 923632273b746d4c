//! E51, E52, E54: what a limit does not do, and what it did.

use super::group::Group;
use super::permission::{as_root, write};
use super::value::readable;
use std::path::Path;
use xns_core::{Facts, Hint};

/// E51: memory of this group is limited, but it may be swapped out instead, and nobody is killed.
pub fn swap_not_bounded(group: &Path, facts: &Facts) -> Option<Hint> {
    let facts = &facts.anew();
    let group = Group::of(group, facts);
    let text = facts.line("/proc/meminfo")?;
    let row = text.lines().find_map(|line| line.strip_prefix("SwapTotal:"))?;
    let kib: u64 = row.split_whitespace().next()?.parse().ok()?;
    let unlimited = |file: &str| group.line(file).map(|_| group.number(file).unwrap_or(u64::MAX));
    let (limit, swap) = if group.is_version_2() {
        (group.number("memory.max")?, unlimited("memory.swap.max"))
    } else {
        let limit = group.number("memory.limit_in_bytes")?;
        (limit, unlimited("memory.memsw.limit_in_bytes").map(|both| both.saturating_sub(limit)))
    };
    let free = swap.is_none_or(|swap| swap > limit);
    if kib == 0 || !free || limit >= 1 << 60 {
        return None;
    }
    let file = if group.is_version_2() { "memory.swap.max" } else { "memory.memsw.limit_in_bytes" };
    let hint = Hint::new(
        "XNS-E51-swap",
        format!(
            "{} may be swapped out beyond its limit of {}: it gets slow, and nobody is killed",
            group.name(),
            readable(limit)
        ),
    )
    .because(group.says(file))
    .because(format!("SwapTotal of /proc/meminfo is {kib} kB"));
    let value = if group.is_version_2() { "0".to_owned() } else { limit.to_string() };
    Some(match swap {
        Some(_) => hint.cure(write(&value, &[group.file(file)], facts), "no swap for the group"),
        None => hint
            .cure(as_root("swapoff -a", facts), "the kernel does not account for swap here (swapaccount=0)"),
    })
}

/// E52: the OOM killer has ended processes of this group or of one below it.
pub fn killed_for_memory(group: &Path, facts: &Facts) -> Option<Hint> {
    let facts = &facts.anew();
    let group = Group::of(group, facts);
    let (count, evidence) = if group.is_version_2() {
        (group.field("memory.events", "oom_kill")?, "memory.events")
    } else {
        // Version 1 counts in the victim's group, and not above it.
        (kills_below(&group), "memory.oom_control")
    };
    if count == 0 {
        return None;
    }
    let (limit_file, peak_file) = if group.is_version_2() {
        ("memory.max", "memory.peak")
    } else {
        ("memory.limit_in_bytes", "memory.max_usage_in_bytes")
    };
    let is_limit = |up: &Group<'_>| up.number(limit_file).is_some_and(|limit| limit < 1 << 60);
    let bound = group.with_above().into_iter().find(is_limit);
    let cause = match &bound {
        Some(up) => format!(
            "the kernel killed {count} of its processes: {} may use {} of memory",
            up.name(),
            readable(up.number(limit_file)?)
        ),
        None => format!("the kernel killed {count} of its processes: the machine had no memory left"),
    };
    let hint = Hint::new("XNS-E52-memory", cause)
        .because(format!("oom_kill in {} is {count}, with the groups below", group.file(evidence)));
    let hint = match group.number(peak_file) {
        Some(peak) => hint.because(format!("{} is {peak} ({})", group.file(peak_file), readable(peak))),
        None => hint,
    };
    Some(hint.cure("--memory MORE", "a higher limit"))
}

/// Version 1's `oom_kill`, of the group and of all below it.
fn kills_below(group: &Group<'_>) -> u64 {
    let own = group.field("memory.oom_control", "oom_kill").unwrap_or(0);
    own + group.below().iter().map(|name| kills_below(&group.child(name))).sum::<u64>()
}

/// E54: a group above has a lower limit of the same file, which is the one that counts.
pub fn less_above(file: &Path, facts: &Facts) -> Option<Hint> {
    let facts = &facts.anew();
    let name = file.file_name()?.to_str()?;
    let group = Group::of(file.parent()?, facts);
    let own = amount(&group, name)?;
    let (up, least) = group
        .above()
        .into_iter()
        .filter_map(|up| amount(&up, name).map(|amount| (up, amount)))
        .min_by(|(_, one), (_, other)| one.total_cmp(other))?;
    (least < own).then(|| {
        Hint::new(
            "XNS-E54-lower-above",
            format!("the limit of {} above it is lower, and the one that counts", up.name()),
        )
        .because(up.says(name))
        .because(group.says(name))
        .cure(format!("xcgroup set {} …", up.name()), "raises that one")
    })
}

/// A limit as a number that can be compared; none is infinite. `cpu.max` is a share.
fn amount(group: &Group<'_>, file: &str) -> Option<f64> {
    const LIMITS: [&str; 5] =
        ["memory.max", "memory.swap.max", "memory.limit_in_bytes", "pids.max", "cpu.max"];
    if !LIMITS.contains(&file) {
        return None;
    }
    let words = group.words(file);
    let number = |word: Option<&String>| -> Option<f64> {
        let word = word?;
        if word == "max" { Some(f64::INFINITY) } else { word.parse().ok() }
    };
    let first = number(words.first())?;
    Some(if file == "cpu.max" { first / number(words.get(1))? } else { first })
}
