//! E48: a group that cannot be removed.

use super::attach::absent;
use super::group::{Group, counted, some_names, some_processes};
use super::permission::{as_root, denied};
use xns_core::{Errno, Hint};

/// rmdir(2) was refused.
pub(super) fn refused(group: &Group<'_>, errno: Errno) -> Option<Hint> {
    match errno {
        Errno::EBUSY if group.is_top() => top(group),
        Errno::EBUSY => groups_below(group).or_else(|| processes(group)),
        Errno::ENOENT => absent(group),
        errno => {
            let parent = group.parent()?;
            let above = parent.directory.display().to_string();
            denied(&parent, &above, &format!("remove groups in {}", parent.name()), errno)
        }
    }
}

fn groups_below(group: &Group<'_>) -> Option<Hint> {
    let below = group.below();
    if below.is_empty() {
        return None;
    }
    let (name, facts) = (group.name(), group.facts);
    let members = group.members();
    let hint = Hint::new("XNS-E48-groups", format!("{name} has groups below it")).because(format!(
        "the groups in {}: {}",
        group.directory.display(),
        some_names(&below)
    ));
    Some(if members.is_empty() {
        hint.cure(as_root(&format!("xcgroup delete -r {name}"), facts), "removes them too")
    } else {
        hint.because(format!(
            "in it and below: {}, {}",
            counted(members.len()),
            some_processes(&members, facts)
        ))
        .cure(
            format!(
                "{} && {}",
                as_root(&format!("xcgroup kill {name}"), facts),
                as_root(&format!("xcgroup delete -r {name}"), facts)
            ),
            "ends the processes, and removes all",
        )
    })
}

fn processes(group: &Group<'_>) -> Option<Hint> {
    let (pids, name, facts) = (group.processes(), group.name(), group.facts);
    let hint = Hint::new("XNS-E48-processes", format!("{name} still has processes"));
    if pids.is_empty() {
        return Some(
            hint.because(format!(
                "{} is empty: one is on its way out, or has no number here",
                group.file("cgroup.procs")
            ))
            .cure(as_root(&format!("xcgroup delete {name}"), facts), "again, in a moment"),
        );
    }
    Some(
        hint.because(format!(
            "{} has {}: {}",
            group.file("cgroup.procs"),
            pids.len(),
            some_processes(&pids, facts)
        ))
        .cure(
            format!(
                "{} && {}",
                as_root(&format!("xcgroup kill {name}"), facts),
                as_root(&format!("xcgroup delete {name}"), facts)
            ),
            "ends them first",
        )
        .cure(
            as_root(&format!("xcgroup wait {name}"), facts),
            "until they have ended by themselves; then again",
        ),
    )
}

/// The root of a hierarchy.
fn top(group: &Group<'_>) -> Option<Hint> {
    let tree = group.tree.as_ref()?;
    Some(
        Hint::new(
            "XNS-E48-root",
            format!("{} is the root of the hierarchy {}", tree.point.display(), tree.hierarchy),
        )
        .because("/proc/self/mountinfo shows it mounted there")
        .cure("a group below it", "xcgroup list shows them"),
    )
}
