//! E40, E41, E47: controllers that are not passed on to the groups below one.

use super::group::{Group, some_names, some_processes};
use super::known::{CONTROLLERS, THREADED};
use super::permission::{as_root, denied, write};
use super::{attach, controller, real_time};
use crate::{Layout, Place};
use xns_core::{Errno, Hint};

/// `+NAME` of these names was refused by `cgroup.subtree_control` of a group.
pub(super) fn refused(names: &[String], group: &Group<'_>, errno: Errno) -> Option<Hint> {
    match errno {
        Errno::ENOENT if !group.exists() => attach::no_group(group),
        Errno::ENOENT => unavailable(names, group),
        Errno::EINVAL => unknown(names, group).or_else(|| {
            names.iter().any(|name| name == "cpu").then(|| real_time::not_enabled(group)).flatten()
        }),
        Errno::EBUSY => occupied(group),
        Errno::EOPNOTSUPP => threaded(names, group),
        errno => more_rights(names, group, errno).or_else(|| {
            denied(group, &group.file("cgroup.subtree_control"), "pass controllers on there", errno)
        }),
    }
}

/// E43: the groups below get a cpuset of their own, and their processes are moved into it (sched_setaffinity(2)).
fn more_rights(names: &[String], group: &Group<'_>, errno: Errno) -> Option<Hint> {
    (errno == Errno::EPERM && names.iter().any(|name| name == "cpuset"))
        .then(|| attach::more_rights(&group.members(), group.facts))
        .flatten()
}

/// The first that the group has not got itself.
fn unavailable(names: &[String], group: &Group<'_>) -> Option<Hint> {
    let missing = names.iter().find(|name| !group.has_word("cgroup.controllers", name))?;
    Some(controller::unavailable(missing, group))
}

fn unknown(names: &[String], group: &Group<'_>) -> Option<Hint> {
    let layout = Layout::of(group.facts);
    let known = |name: &String| {
        CONTROLLERS.iter().any(|known| known.name == name)
            || !matches!(layout.place(name, group.facts), Place::Unknown)
    };
    let name = names.iter().find(|name| !known(name))?;
    Some(controller::no_controller(name, &Place::Unknown, group.facts))
}

/// E40: there are processes in it.
fn occupied(group: &Group<'_>) -> Option<Hint> {
    let (pids, facts) = (group.processes(), group.facts);
    if pids.is_empty() {
        return None;
    }
    let (name, procs) = (group.name(), group.file("cgroup.procs"));
    let leaf = group.child("leaf").name();
    let moving = format!(
        "{} && {}",
        as_root(&format!("xcgroup create {leaf}"), facts),
        as_root(&format!("xcgroup add {leaf} $(cat {})", xns_core::shell::path(&procs)), facts)
    );
    Some(
        Hint::new(
            "XNS-E40-internal",
            format!("{name} has processes, and so passes no controllers on to groups below it"),
        )
        .because(format!("{procs} has {}", some_processes(&pids, facts)))
        .cure(moving, "moves them to a group below it"),
    )
}

/// E45: only some controllers work for threads.
pub(super) fn threaded(names: &[String], group: &Group<'_>) -> Option<Hint> {
    let kind = group.line("cgroup.type").filter(|kind| kind != "domain")?;
    let unfit: Vec<_> = names.iter().filter(|name| !THREADED.contains(&name.as_str())).cloned().collect();
    let hint = match kind.as_str() {
        "domain invalid" => Hint::new(
            "XNS-E45-threaded",
            format!("{} is no domain: a group above or beside it is threaded", group.name()),
        ),
        _ => Hint::new(
            "XNS-E45-not-for-threads",
            format!(
                "{} is threaded, and {} works for whole processes only",
                group.name(),
                some_names(&unfit)
            ),
        ),
    };
    let top = group.above().pop().unwrap_or_else(|| Group::of(&group.directory, group.facts));
    Some(
        hint.because(format!(
            "{} says {kind}; for threads are {}",
            group.file("cgroup.type"),
            THREADED.join(", ")
        ))
        .cure(
            as_root(&format!("xcgroup create {}", top.child("NAME").name()), group.facts),
            "a group with another parent",
        ),
    )
}

/// `-NAME` was refused: a group below still passes it on.
pub(super) fn still_used(names: &[String], group: &Group<'_>) -> Option<Hint> {
    let uses = |child: &Group<'_>| names.iter().any(|name| child.has_word("cgroup.subtree_control", name));
    let children: Vec<_> = group.below().iter().map(|name| group.child(name)).filter(uses).collect();
    let first = children.first()?;
    let files: Vec<_> = children.iter().map(|child| child.file("cgroup.subtree_control")).collect();
    let less: Vec<_> = names.iter().map(|name| format!("-{name}")).collect();
    Some(
        Hint::new("XNS-E41-still-used", format!("{} still passes it on to the groups below", first.name()))
            .because(first.says("cgroup.subtree_control"))
            .cure(write(&less.join(" "), &files, group.facts), "first there"),
    )
}
