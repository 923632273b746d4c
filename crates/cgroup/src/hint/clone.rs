//! A process that is not made in a group of version 2 (clone3(2), CLONE_INTO_CGROUP).

use super::attach;
use super::group::Group;
use super::permission::{may_write, not_yours, removed, write};
use std::path::Path;
use xns_core::{Errno, Facts, Hint};

/// For a refused clone into a group of version 2, or a 0 written to its `cgroup.procs` by the child.
pub fn not_cloned(group: &Path, errno: Errno, facts: &Facts) -> Option<Hint> {
    let facts = &facts.anew();
    let group = &Group::of(group, facts);
    match errno {
        Errno::EAGAIN => full(group),
        Errno::EBUSY => attach::internal(group),
        Errno::EOPNOTSUPP => attach::threaded(group),
        Errno::EACCES | Errno::EPERM => {
            let procs = group.file("cgroup.procs");
            let own = || {
                let what = format!("start processes in {}", group.name());
                not_yours("XNS-E43-not-yours", &procs, &what, facts)
            };
            if group.exists() && !may_write(&procs, facts) {
                own()
            } else {
                attach::common_ancestor(None, group)
            }
        }
        Errno::ENOENT | Errno::ENODEV => removed(group).or_else(|| attach::outside(None, group)),
        Errno::EBADF => not_version_2(group),
        errno => attach::refused(None, group, errno),
    }
}

/// pids.max of the group or of one above it.
fn full(group: &Group<'_>) -> Option<Hint> {
    let is_full = |up: &Group<'_>| {
        let (most, present) = (up.number("pids.max")?, up.number("pids.current")?);
        (present >= most).then_some((most, present))
    };
    let (up, (most, present)) =
        group.with_above().into_iter().find_map(|up| is_full(&up).map(|found| (up, found)))?;
    let hint = Hint::new(
        "XNS-E07-pids-max",
        format!(
            "the group {} may have no more than {most} processes and threads, and has as many",
            up.name()
        ),
    )
    .because(format!("{} is {most}, pids.current is {present}", up.file("pids.max")));
    let hint = match up.field("pids.events", "max") {
        Some(count) if count > 0 => {
            hint.because(format!("{} counts {count} refusals", up.file("pids.events")))
        }
        _ => hint,
    };
    let more = (most * 2).max(100).to_string();
    Some(
        hint.cure(write(&more, &[up.file("pids.max")], group.facts), "raises the limit")
            .cure("end processes of that group", "cgroup.procs there lists them"),
    )
}

fn not_version_2(group: &Group<'_>) -> Option<Hint> {
    let tree = group.tree.as_ref().filter(|_| !group.is_version_2())?;
    Some(
        Hint::new("XNS-E49-version-1", "only a group of version 2 can be cloned into")
            .because(format!("{} is in the hierarchy {}", group.directory.display(), tree.hierarchy))
            .cure("a directory below the mount of the type cgroup2", "/proc/self/mountinfo shows it"),
    )
}
