//! Lists of CPUs and memory nodes that cannot be.

use super::{Value, range};
use crate::hint::group::Group;
use crate::hint::permission::{as_root, write};
use crate::op::Set;
use std::collections::BTreeSet;
use xns_core::{Errno, Hint};

pub(super) fn refused(value: &Value<'_>, errno: Errno) -> Option<Hint> {
    if !["cpuset.cpus", "cpuset.mems", "cpuset.cpus.exclusive"].contains(&value.file) {
        return None;
    }
    match errno {
        Errno::EACCES => not_above(value),
        Errno::EBUSY => in_use(value),
        Errno::ERANGE | Errno::EINVAL => {
            not_here(value).or_else(|| exclusive(value)).or_else(|| range::syntax(value))
        }
        Errno::ENOSPC => cleared(value),
        _ => None,
    }
}

/// The numbers of a list as the kernel writes it, `0-3,7`.
fn numbers(list: &str) -> Option<BTreeSet<u32>> {
    // No machine has more; a list that says so is none.
    const MOST: u32 = 1 << 16;
    let mut all = BTreeSet::new();
    for part in list.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        if last > MOST || first > last {
            return None;
        }
        all.extend(first..=last);
    }
    Some(all)
}

/// The kernel's way to write it.
fn list(numbers: &BTreeSet<u32>) -> String {
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let shown = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    parts.iter().map(shown).collect::<Vec<_>>().join(",")
}

/// Version 1: not all of them are in the group above.
fn not_above(value: &Value<'_>) -> Option<Hint> {
    let (group, up) = (value.group, value.group.parent()?);
    let has = numbers(&up.line(value.file)?)?;
    let wanted = numbers(value.text)?;
    let missing: BTreeSet<_> = wanted.difference(&has).copied().collect();
    if missing.is_empty() {
        return None;
    }
    let hint = Hint::new(
        "XNS-C6-not-above",
        format!("the group above has not got {} in its {}", list(&missing), value.file),
    )
    .because(up.says(value.file));
    let common: BTreeSet<_> = wanted.intersection(&has).copied().collect();
    let hint = if common.is_empty() {
        hint
    } else {
        hint.cure(value.instead(&list(&common)), "what it has of them")
    };
    let mut above: Vec<_> = group
        .above()
        .into_iter()
        .filter(|up| {
            up.line(value.file).and_then(|text| numbers(&text)).is_some_and(|has| !wanted.is_subset(&has))
        })
        .map(|up| up.file(value.file))
        .collect();
    above.reverse();
    let all: BTreeSet<_> = wanted.union(&has).copied().collect();
    Some(hint.cure(write(&list(&all), &above, group.facts), "first above, from the top down"))
}

/// Version 1: a group below, or processes here, still need them.
fn in_use(value: &Value<'_>) -> Option<Hint> {
    let group = value.group;
    let wanted = numbers(value.text)?;
    let needs = |child: &Group<'_>| {
        child.line(value.file).and_then(|text| numbers(&text)).is_some_and(|has| !has.is_subset(&wanted))
    };
    let children: Vec<_> = group.below().iter().map(|name| group.child(name)).filter(needs).collect();
    if let Some(first) = children.first() {
        let files: Vec<_> = children.iter().map(|child| child.file(value.file)).collect();
        return Some(
            Hint::new("XNS-C6-needed-below", format!("the group {} below it still has others", first.name()))
                .because(first.says(value.file))
                .cure(write(value.text, &files, group.facts), "first below"),
        );
    }
    let processes = group.processes();
    (wanted.is_empty() && !processes.is_empty()).then(|| {
        Hint::new("XNS-C6-needed-here", "processes in the group would have nowhere to run")
            .because(format!("{} has {}", group.file("cgroup.procs"), processes.len()))
            .cure(format!("xcgroup kill {}", group.name()), "or move them first")
    })
}

/// The machine has no such CPU or node, or it is off.
fn not_here(value: &Value<'_>) -> Option<Hint> {
    let (what, file) = match value.file {
        "cpuset.mems" => ("memory nodes", "/sys/devices/system/node/has_memory"),
        _ => ("CPUs", "/sys/devices/system/cpu/online"),
    };
    let here =
        value.group.facts.line(file).or_else(|| value.group.facts.line("/sys/devices/system/node/online"))?;
    let (has, wanted) = (numbers(&here)?, numbers(value.text)?);
    let missing: BTreeSet<_> = wanted.difference(&has).copied().collect();
    if missing.is_empty() {
        return None;
    }
    let common: BTreeSet<_> = wanted.intersection(&has).copied().collect();
    let common = if common.is_empty() { here.clone() } else { list(&common) };
    Some(
        Hint::new(
            "XNS-C6-no-such-cpu",
            format!("the machine has no {what} {} that could be used", list(&missing)),
        )
        .because(format!("{file} says {here}"))
        .cure(value.instead(&common), "those that are there"),
    )
}

/// A group beside it has them for itself.
fn exclusive(value: &Value<'_>) -> Option<Hint> {
    let (group, up) = (value.group, value.group.parent()?);
    let wanted = numbers(value.text)?;
    let mark = if value.file == "cpuset.mems" { "cpuset.mem_exclusive" } else { "cpuset.cpu_exclusive" };
    let own = group.number(mark) == Some(1);
    let clashes = |other: &Group<'_>| {
        let alone = own || other.number(mark) == Some(1);
        alone
            && other.directory != group.directory
            && other
                .line(value.file)
                .and_then(|text| numbers(&text))
                .is_some_and(|has| !has.is_disjoint(&wanted))
    };
    let other = up.below().iter().map(|name| up.child(name)).find(clashes)?;
    Some(
        Hint::new(
            "XNS-C6-exclusive",
            format!("the group {} beside it has some of them for itself", other.name()),
        )
        .because(other.says(value.file))
        .because(if own { group.says(mark) } else { other.says(mark) })
        .cure(
            write("0", &[if own { group.file(mark) } else { other.file(mark) }], group.facts),
            "shares them",
        ),
    )
}

/// The kernel takes the write, keeps the group as it was, and tells why in the file alone.
pub(in crate::hint) fn no_partition(set_to: &Set, reason: &str, group: &Group<'_>) -> Option<Hint> {
    let up = group.parent()?;
    let (facts, name) = (group.facts, group.name());
    let cpus = up.line("cpuset.cpus.effective").and_then(|text| numbers(&text)).unwrap_or_default();
    let one = cpus.last().map_or_else(|| "0".to_owned(), u32::to_string);
    let hint = Hint::new(
        "XNS-C6-partition",
        "a partition has CPUs of its own, which the group above, a partition itself or the root, gives it",
    )
    .because(format!("the kernel says: {reason}"))
    .because(up.says("cpuset.cpus.effective"));
    // One that was new has been taken back.
    let set = |values: &[String]| match group.exists() {
        true => as_root(&format!("xcgroup set {name} {}", values.join(" ")), facts),
        false => values.iter().map(|value| format!("--set {value}")).collect::<Vec<_>>().join(" "),
    };
    let (cpus, partition) =
        (format!("cpuset.cpus={one}"), format!("cpuset.cpus.partition={}", set_to.value.trim_end()));
    Some(if reason.contains("empty") {
        hint.cure(set(&[cpus, partition]), "names them first")
    } else if reason.starts_with("Parent is") {
        hint.because(up.says("cpuset.cpus.partition"))
            .cure(write("root", &[up.file("cpuset.cpus.partition")], facts), "the group above first")
    } else {
        let mut beside: Vec<_> = up.below().iter().map(|name| up.child(name)).collect();
        beside.retain(|other| {
            other.directory != group.directory
                && other.line("cpuset.cpus").is_some_and(|list| !list.is_empty())
        });
        let hint = beside.iter().take(3).fold(hint, |hint, other| hint.because(other.says("cpuset.cpus")));
        hint.cure(set(&[cpus, partition]), "CPUs that no group beside it has, and not all of those above")
    })
}

/// An empty list while processes are in the group.
fn cleared(value: &Value<'_>) -> Option<Hint> {
    let processes = value.group.processes();
    (!processes.is_empty()).then(|| {
        Hint::new("XNS-C6-needed-here", "processes in the group would have nowhere to run")
            .because(format!("{} has {}", value.group.file("cgroup.procs"), processes.len()))
            .cure(format!("xcgroup kill {}", value.group.name()), "or move them first")
    })
}
