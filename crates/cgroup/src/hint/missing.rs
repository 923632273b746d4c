//! E42, E49: a file of a group that is not there.

use super::attach::no_group;
use super::controller;
use super::group::Group;
use super::known::{both_names, in_version_1, in_version_2};
use super::value;
use crate::{Layout, Place, Version};
use xns_core::{Hint, nearest};

/// Files that not every kernel has: what they take.
static TAKES: [(&str, &str); 24] = [
    ("memory.memsw.limit_in_bytes", "swap accounting: CONFIG_SWAP, and no swapaccount=0 at boot"),
    ("memory.swap.max", "swap accounting: CONFIG_SWAP, and no swapaccount=0 at boot"),
    ("memory.swap.current", "swap accounting: CONFIG_SWAP, and no swapaccount=0 at boot"),
    ("memory.swap.high", "Linux 5.8, and swap accounting"),
    ("memory.swap.peak", "Linux 6.5, and swap accounting"),
    ("memory.zswap.max", "Linux 5.19, and CONFIG_ZSWAP"),
    ("memory.peak", "Linux 5.19"),
    ("memory.reclaim", "Linux 5.19"),
    ("memory.oom.group", "Linux 4.19"),
    ("pids.peak", "Linux 6.1"),
    ("cgroup.kill", "Linux 5.14"),
    ("cgroup.freeze", "Linux 5.2"),
    ("cgroup.pressure", "Linux 6.1, and psi=1 at boot where it is not the default"),
    ("cpu.pressure", "CONFIG_PSI, and psi=1 at boot where it is not the default"),
    ("memory.pressure", "CONFIG_PSI, and psi=1 at boot where it is not the default"),
    ("io.pressure", "CONFIG_PSI, and psi=1 at boot where it is not the default"),
    ("cpu.idle", "Linux 5.15"),
    ("cpu.max.burst", "Linux 5.14"),
    ("cpu.cfs_quota_us", "CONFIG_CFS_BANDWIDTH"),
    ("cpu.max", "CONFIG_CFS_BANDWIDTH"),
    ("cpu.rt_runtime_us", "CONFIG_RT_GROUP_SCHED"),
    ("io.weight", "CONFIG_BLK_CGROUP_IOCOST, or the scheduler bfq with io.bfq.weight"),
    ("blkio.weight", "the scheduler CFQ, gone since Linux 5.0; bfq has blkio.bfq.weight"),
    ("cpuset.cpus.exclusive", "Linux 6.7"),
];

/// For a file that open(2) did not find.
pub(super) fn file(name: &str, controller: &str, group: &Group<'_>) -> Option<Hint> {
    let layout = Layout::of(group.facts);
    renamed(name, group)
        .or_else(|| if group.is_root() { root(name, group) } else { None })
        .or_else(|| misspelt(name, group))
        .or_else(|| not_enabled(controller, group, &layout))
        .or_else(|| if has_known_need(name) { old_kernel(name, group) } else { None })
        .or_else(|| unheard_of(name))
        .or_else(|| if group.is_taken_back() { None } else { no_group(group) })
        .or_else(|| old_kernel(name, group))
}

/// E49: a file of the other version.
fn renamed(name: &str, group: &Group<'_>) -> Option<Hint> {
    let tree = group.tree.as_ref()?;
    let (id, cause, names) = match (tree.version(), in_version_2(name), in_version_1(name)) {
        (Version::V2, Some(two), _) => {
            ("XNS-E49-version-1", format!("{name} is version 1's name; version 2 has {two}"), vec![two])
        }
        (Version::V1, _, names) if !names.is_empty() => (
            "XNS-E49-version-2",
            format!("{name} is version 2's name; version 1 has {}", names.join(" and ")),
            names,
        ),
        _ => return None,
    };
    let hint = Hint::new(id, cause).because(format!(
        "{} is of version {}",
        tree.point.display(),
        if group.is_version_2() { 2 } else { 1 }
    ));
    let hint = names.into_iter().fold(hint, |hint, name| hint.cure(name, "instead"));
    Some(hint.cure("--memory --cpu --pids", "and all other options are the same on both"))
}

/// The root has no limits.
fn root(name: &str, group: &Group<'_>) -> Option<Hint> {
    let below = group.below();
    let in_others = below.iter().any(|child| group.facts.owner(&group.child(child).file(name)).is_some());
    let limit = ["max", "high", "low", "min", "weight", "kill", "freeze", "state", "type", "limit_in_bytes"];
    if !in_others && !limit.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    Some(group.of_root(format!("the root group is the whole machine, and has no {name}")))
}

/// A file of nearly that name is there.
fn misspelt(name: &str, group: &Group<'_>) -> Option<Hint> {
    if has_known_need(name) {
        return None;
    }
    let names = group.facts.names_in(&group.directory.display().to_string());
    let meant = nearest(name, names.iter().map(String::as_str))?;
    Some(
        no_such_name(name)
            .because(format!("{} has {meant}", group.directory.display()))
            .cure(meant, "which is the nearest name"),
    )
}

/// It is none of those that Linux has.
fn unheard_of(name: &str) -> Option<Hint> {
    let known = || value::known_files().chain(TAKES.iter().map(|(file, _)| *file)).chain(both_names());
    if known().any(|file| file == name) {
        return None;
    }
    let meant = nearest(name, known())?;
    let evidence = format!("it is none of those of Linux, of which {meant} is the nearest");
    Some(no_such_name(name).because(evidence).cure(meant, "instead"))
}

fn no_such_name(name: &str) -> Hint {
    Hint::new("XNS-E42-no-file", format!("a group has no file of the name {name}"))
}

fn has_known_need(name: &str) -> bool {
    TAKES.iter().any(|(file, _)| *file == name)
}

/// E42: the controller has not come to this group of version 2; or it is elsewhere.
fn not_enabled(controller: &str, group: &Group<'_>, layout: &Layout) -> Option<Hint> {
    if controller == "cgroup" || controller.is_empty() {
        return None;
    }
    if group.is_version_2() {
        let has = group.has_word("cgroup.controllers", controller);
        return (group.exists() && !has).then(|| controller::unavailable(controller, group));
    }
    // A file of another controller than that of the hierarchy.
    let has = group.tree.as_ref()?.controllers.iter().any(|name| name == controller);
    match layout.place(controller, group.facts) {
        _ if has => None,
        Place::In(tree) => Some(
            Hint::new(
                "XNS-E42-other-hierarchy",
                format!("{controller} is in another hierarchy than this group"),
            )
            .because(format!("{controller} is at {}", tree.point.display()))
            .cure(
                xns_core::shell::quote(tree.point.join(group.name().trim_start_matches('/'))),
                "the group of the same name there",
            ),
        ),
        place => Some(controller::no_controller(controller, &place, group.facts)),
    }
}

/// This kernel, or this boot of it, has no such file.
fn old_kernel(name: &str, group: &Group<'_>) -> Option<Hint> {
    let release = group.facts.line("/proc/sys/kernel/osrelease")?;
    let hint = Hint::new("XNS-E42-no-file", format!("this kernel's groups have no {name}"));
    let hint = match TAKES.iter().find(|(file, _)| *file == name) {
        Some((_, takes)) => hint.because(format!("it takes {takes}; this is Linux {release}")),
        None => hint.because(format!("{} is not there, on Linux {release}", group.file(name))),
    };
    Some(
        hint.cure("leave it out", "")
            .cure(format!("ls {}", xns_core::shell::path(&group.directory)), "shows what there is"),
    )
}
