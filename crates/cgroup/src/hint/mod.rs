//! The causes of what cgroupfs refuses: an errno, with what the machine shows beside it.
//!
//! The numbers of the ids are those of the list of causes: E40 to E56. C1 to C7 are what it has not: how many groups there may be
//! (C1), rights and read-only mounts (C2), names and empty cpusets (C3), freezing (C4), ending (C5), values (C6), delegating (C7).
//!
//! What a plan had made is taken back before a hint is asked for: a new group's directory is gone by then, and the groups above tell.

mod attach;
mod clone;
mod controller;
mod delegate;
mod enable;
mod freeze;
mod group;
mod known;
mod leftover;
mod limit;
mod make;
mod missing;
mod named;
mod not_shown;
mod note;
mod permission;
mod real_time;
mod remove;
mod systemd;
mod target;
#[cfg(test)]
mod tests;
mod unread;
mod value;

pub use clone::not_cloned;
pub use controller::no_controller;
pub use freeze::frozen;
pub(crate) use known::THREADED;
pub use leftover::left_over;
pub use not_shown::not_shown;
pub use note::{lower_above, swap_file, swap_not_bounded};
pub use systemd::{no_bus, systemd_owns};
pub(crate) use target::refused;
pub use unread::unread;

use crate::op::{Delegate, Enable, Freeze, Move, Set};
use crate::{GroupPath, Layout, Version};
use group::Group;
use std::path::Path;
use xns_core::{Errno, Facts, Hint};

/// Why a group has not a controller that its hierarchy has.
pub fn not_available(controller: &str, directory: &Path, facts: &Facts) -> Hint {
    controller::unavailable(controller, &Group::of(directory, facts))
}

/// Why a group of threads does not pass a controller on.
pub fn threaded(controller: &str, directory: &Path, facts: &Facts) -> Option<Hint> {
    enable::threaded(&[controller.to_owned()], &Group::of(directory, facts))
}

/// Why no hierarchy has a group of a name: where it was looked for, and groups that may be meant.
pub fn no_group(name: &GroupPath, layout: &Layout, facts: &Facts) -> Option<Hint> {
    named::no_group(name, layout, facts)
}

/// There is no such group in the hierarchy in which its directory would be.
pub fn no_directory(directory: &Path, facts: &Facts) -> Option<Hint> {
    attach::no_group(&Group::of(directory, facts))
}

/// mkdir(2) of a group.
pub fn not_made(directory: &Path, errno: Errno, facts: &Facts) -> Option<Hint> {
    make::refused(&Group::of(directory, &facts.anew()), errno)
}

/// rmdir(2) of a group.
pub(crate) fn not_removed(directory: &Path, errno: Errno, facts: &Facts) -> Option<Hint> {
    remove::refused(&Group::of(directory, &facts.anew()), errno)
}

/// Controllers for the groups below one.
pub(crate) fn not_enabled(enable: &Enable, errno: Errno, facts: &Facts) -> Option<Hint> {
    enable::refused(&enable.controllers, &Group::of(&enable.directory, &facts.anew()), errno)
}

/// The processes of a group, moved to its leaf.
pub(crate) fn not_moved(leaf: &Path, group: &Path, errno: Errno, facts: &Facts) -> Option<Hint> {
    let facts = &facts.anew();
    let (leaf, group) = (Group::of(leaf, facts), Group::of(group, facts));
    let stays = || attach::without_number(&group).or_else(|| attach::kernel_threads(&group));
    match errno {
        Errno::ENOENT => attach::no_group(&group),
        Errno::EBUSY => attach::without_number(&group)
            .or_else(|| attach::internal(&leaf))
            .or_else(|| attach::forking(&group)),
        Errno::EINVAL => stays(),
        Errno::ESRCH => attach::without_number(&group),
        Errno::EOPNOTSUPP => attach::threaded(&group).or_else(|| attach::threaded(&leaf)),
        Errno::EACCES | Errno::EPERM => permission::not_yours(
            "XNS-E43-not-yours",
            &group.file("cgroup.procs"),
            &format!("move processes of {}", group.name()),
            facts,
        ),
        errno => attach::refused(None, &leaf, errno),
    }
}

/// A value for a file.
pub fn not_set(set: &Set, at_open: bool, errno: Errno, facts: &Facts) -> Option<Hint> {
    value::refused(set, at_open, errno, &Group::of(set.file.parent()?, &facts.anew()))
}

/// C6: a partition of CPUs that the kernel takes as none.
pub(crate) fn no_partition(set: &Set, reason: &str, facts: &Facts) -> Option<Hint> {
    value::no_partition(set, reason, &Group::of(set.file.parent()?, &facts.anew()))
}

/// This process into a group.
pub fn not_joined(
    directory: &Path,
    version: Version,
    at_open: bool,
    errno: Errno,
    facts: &Facts,
) -> Option<Hint> {
    let facts = &facts.anew();
    let group = Group::of(directory, facts);
    let file = if version == Version::V1 { "tasks" } else { "cgroup.procs" };
    if at_open { attach::not_opened(file, &group, errno) } else { attach::refused(None, &group, errno) }
}

/// Another process into a group.
pub(crate) fn process_not_moved(step: &Move, at_open: bool, errno: Errno, facts: &Facts) -> Option<Hint> {
    let facts = &facts.anew();
    let group = Group::of(&step.directory, facts);
    if at_open {
        attach::not_opened("cgroup.procs", &group, errno)
    } else {
        attach::refused(Some(step.pid).filter(|pid| *pid != 0), &group, errno)
    }
}

/// The directory of a group, opened for a clone into it.
pub(crate) fn not_found(directory: &Path, errno: Errno, facts: &Facts) -> Option<Hint> {
    let facts = &facts.anew();
    let group = Group::of(directory, facts);
    match errno {
        Errno::ENOENT | Errno::ENOTDIR => attach::no_group(&group),
        errno => permission::denied(&group, &directory.display().to_string(), "look into it", errno),
    }
}

/// Processes, stopped or let go on.
pub(crate) fn not_frozen(freeze: &Freeze, timed_out: bool, errno: Errno, facts: &Facts) -> Option<Hint> {
    freeze::refused(freeze, timed_out, &Group::of(&freeze.directory, &facts.anew()), errno)
}

/// Processes, ended.
pub(crate) fn not_killed(directory: &Path, stay: bool, errno: Errno, facts: &Facts) -> Option<Hint> {
    freeze::not_killed(stay, &Group::of(directory, &facts.anew()), errno)
}

/// A group, given to a user.
pub(crate) fn not_delegated_to(step: &Delegate, errno: Errno, facts: &Facts) -> Option<Hint> {
    delegate::refused(step, &Group::of(&step.directory, &facts.anew()), errno)
}
