//! Processes that do not stop, do not go on, or do not end.

use super::attach::absent;
use super::group::{Group, counted, process, some_processes};
use super::permission::{as_root, denied, removed, who, with_rights};
use super::value;
use crate::Version;
use crate::op::Freeze;
use std::path::Path;
use xns_core::{Errno, Facts, Hint, has_ended, stat_field, status_field};

/// Freezing or thawing was refused, or has not come to be in time.
pub(super) fn refused(freeze: &Freeze, timed_out: bool, group: &Group<'_>, errno: Errno) -> Option<Hint> {
    let file = match freeze.version {
        Version::V1 => "freezer.state",
        Version::V2 => "cgroup.freeze",
    };
    if timed_out {
        return if freeze.frozen { not_stopped(freeze, group) } else { frozen_above(group) };
    }
    match errno {
        Errno::ENOENT if !group.exists() => absent(group),
        Errno::ENOENT => no_file(file, group),
        Errno::EPERM => {
            value::boundary(file, group).or_else(|| denied(group, &group.file(file), "freeze it", errno))
        }
        Errno::ENODEV => removed(group),
        errno => denied(group, &group.file(file), &format!("freeze {}", group.name()), errno),
    }
}

/// The root has no such file, and kernels before 5.2 have none of version 2.
fn no_file(file: &str, group: &Group<'_>) -> Option<Hint> {
    let facts = group.facts;
    if group.is_top() {
        return Some(
            Hint::new("XNS-C4-root", "the root group holds the whole machine, and is not frozen")
                .because(format!("{} is not there", group.file(file)))
                .cure("a group below it", "xcgroup list shows them"),
        );
    }
    let release = facts.line("/proc/sys/kernel/osrelease")?;
    Some(
        Hint::new("XNS-C4-no-file", format!("this group cannot be frozen: it has no {file}"))
            .because(format!("{} is not there, on Linux {release}", group.file(file)))
            .cure("a kernel from 5.2 on", "which has cgroup.freeze")
            .cure("the same group in the hierarchy of the controller freezer", "of version 1"),
    )
}

/// C4: who has not stopped: by version 2 those asleep in the kernel; by version 1, where the frozen look so too, those that run.
fn not_stopped(freeze: &Freeze, group: &Group<'_>) -> Option<Hint> {
    let facts = group.facts;
    let members = group.members();
    let first = match freeze.version {
        Version::V1 => "RSTt",
        Version::V2 => "D",
    };
    let in_states = |states: &str| -> Vec<u32> {
        members.iter().copied().filter(|pid| state(*pid, facts).is_some_and(|s| states.contains(s))).collect()
    };
    let found = in_states(first);
    let found = if found.is_empty() { in_states("DR") } else { found };
    let pid = *found.first()?;
    let hint = Hint::new(
        "XNS-C4-not-frozen",
        format!("not all of its processes have stopped: {}", some_processes(&found, facts)),
    )
    .because(of_state(pid, facts));
    let name = group.name();
    Some(
        hint.cure(
            as_root(&format!("xcgroup freeze {name}"), facts),
            "again: it stops when it leaves the kernel",
        )
        .cure(as_root(&format!("xcgroup thaw {name}"), facts), "lets the others go on"),
    )
}

/// The letter of proc_pid_stat(5).
fn state(pid: u32, facts: &Facts) -> Option<char> {
    stat_field(&facts.file(&format!("/proc/{pid}/stat"))?, 3)?.chars().next()
}

/// "/proc/7/stat shows the state D, in io_schedule".
fn of_state(pid: u32, facts: &Facts) -> String {
    let state = state(pid, facts).map_or_else(|| "?".to_owned(), |letter| letter.to_string());
    let place = facts.line(&format!("/proc/{pid}/wchan")).filter(|place| !place.is_empty() && place != "0");
    let place = place.map(|place| format!(", in {place} (/proc/{pid}/wchan)")).unwrap_or_default();
    format!("/proc/{pid}/stat shows the state {state}{place}")
}

/// Is it frozen by itself?
fn is_frozen(group: &Group<'_>) -> bool {
    group.line(file_of_freeze(group)).is_some_and(|text| text == "1")
}

fn file_of_freeze(group: &Group<'_>) -> &'static str {
    if group.is_version_2() { "cgroup.freeze" } else { "freezer.self_freezing" }
}

/// C4: who comes into this group stops at once, and waits for somebody to thaw it.
pub fn frozen(directory: &Path, facts: &Facts) -> Option<Hint> {
    let up = Group::of(directory, facts).with_above().into_iter().find(is_frozen)?;
    let cause = format!("{} is frozen: what comes into it, or below it, stops until it is thawed", up.name());
    Some(
        Hint::new("XNS-C4-frozen", cause)
            .because(up.says(file_of_freeze(&up)))
            .cure(as_root(&format!("xcgroup thaw {}", up.name()), facts), "from another terminal, too"),
    )
}

/// C4: a group above is frozen, and all below it with it.
fn frozen_above(group: &Group<'_>) -> Option<Hint> {
    let up = group.above().into_iter().find(is_frozen)?;
    let file = file_of_freeze(&up);
    Some(
        Hint::new("XNS-C4-frozen-above", format!("{} is frozen, and all below it with it", up.name()))
            .because(up.says(file))
            .cure(as_root(&format!("xcgroup thaw {}", up.name()), group.facts), ""),
    )
}

/// Processes could not be ended, or do not go.
pub(super) fn not_killed(stay: bool, group: &Group<'_>, errno: Errno) -> Option<Hint> {
    if stay {
        return asleep(group);
    }
    match errno {
        Errno::ENOENT => absent(group),
        Errno::ENODEV => removed(group),
        Errno::EPERM => value::boundary("cgroup.kill", group).or_else(|| other_users(group)),
        Errno::EACCES => other_users(group).or_else(|| {
            denied(group, &group.file("cgroup.procs"), &format!("end what is in {}", group.name()), errno)
        }),
        errno => {
            denied(group, &group.file("cgroup.kill"), &format!("end what is in {}", group.name()), errno)
        }
    }
}

/// C5: they die when they wake, or when they are thawed.
fn asleep(group: &Group<'_>) -> Option<Hint> {
    let facts = group.facts;
    if let Some(hint) = frozen_above(group) {
        return Some(hint);
    }
    let alive = |pid: &u32| facts.file(&format!("/proc/{pid}/stat")).is_some_and(|stat| !has_ended(&stat));
    let members: Vec<u32> = group.members().into_iter().filter(alive).collect();
    let pid = *members.iter().find(|pid| state(**pid, facts) == Some('D')).or_else(|| members.first())?;
    let hint = Hint::new(
        "XNS-C5-asleep",
        format!("process {} does not end before what it waits for in the kernel", process(pid, facts)),
    )
    .because(of_state(pid, facts));
    let hint = match members.len() {
        1 => hint,
        count => hint.because(format!("{} left: {}", counted(count), some_processes(&members, facts))),
    };
    Some(
        hint.cure(
            as_root(&format!("cat /proc/{pid}/stack"), facts),
            "shows where it waits: a disk, or a server that is gone",
        )
        .cure(as_root(&format!("xcgroup kill {}", group.name()), facts), "again, afterwards"),
    )
}

/// C5: somebody else's process.
fn other_users(group: &Group<'_>) -> Option<Hint> {
    let facts = group.facts;
    let own = facts.euid().to_string();
    let uid = |pid: u32| {
        let status = facts.file(&format!("/proc/{pid}/status"))?;
        status_field(&status, "Uid:")?.split_whitespace().next().map(str::to_owned)
    };
    let members = group.members();
    let (pid, owner) = members.iter().find_map(|pid| Some((*pid, uid(*pid).filter(|uid| *uid != own)?)))?;
    let hint = Hint::new("XNS-C5-other-user", format!("process {} is another user's", process(pid, facts)))
        .because(format!("it runs as uid {owner}; {}", who(facts)));
    Some(with_rights(hint, facts))
}
