//! E40, E43 to E46, E50: a process that does not come into a group.

use super::group::{Group, process, some_names};
use super::permission::{as_root, not_yours, read_only, removed, typed, who, with_rights, write};
use super::{real_time, systemd};
use crate::{Layout, Tree, memberships};
use std::path::PathBuf;
use xns_core::{Errno, Facts, Hint, has_ended, stat_field, status_field};

/// The file by which processes come in could not be opened.
pub(super) fn not_opened(file: &str, group: &Group<'_>, errno: Errno) -> Option<Hint> {
    let path = group.file(file);
    match errno {
        Errno::ENOENT | Errno::ENOTDIR => no_group(group),
        Errno::EACCES | Errno::EPERM => not_yours(
            "XNS-E43-not-yours",
            &path,
            &format!("move processes into {}", group.name()),
            group.facts,
        ),
        Errno::EROFS => read_only(group),
        Errno::ENODEV => removed(group),
        _ => None,
    }
}

/// The write was refused. `pid`: another process than this one.
pub(super) fn refused(pid: Option<u32>, group: &Group<'_>, errno: Errno) -> Option<Hint> {
    match errno {
        Errno::ESRCH => no_process(pid?, group.facts),
        Errno::EINVAL => pid
            .and_then(|pid| kernel_thread(pid, group.facts))
            .or_else(|| real_time::not_attached(pid, group)),
        Errno::ENOSPC => empty_cpuset(group),
        Errno::EBUSY => internal(group),
        Errno::EOPNOTSUPP => threaded(group),
        Errno::EACCES | Errno::EPERM if group.is_version_2() => pid
            .filter(|_| errno == Errno::EPERM)
            .and_then(|pid| more_rights(&[pid], group.facts))
            .or_else(|| common_ancestor(pid, group)),
        Errno::EACCES | Errno::EPERM => other_users_process(pid?, group.facts),
        Errno::ENOENT => outside(pid, group),
        Errno::ENODEV => removed(group),
        _ => None,
    }
}

/// E50: there is no such group; it can be made.
pub(super) fn no_group(group: &Group<'_>) -> Option<Hint> {
    let made = as_root(&format!("xcgroup create {}", group.name()), group.facts);
    missing(group).map(|hint| hint.cure(made, "makes it"))
}

/// E50: there is no such group, which is to be removed, or stopped.
pub(super) fn absent(group: &Group<'_>) -> Option<Hint> {
    missing(group).map(|hint| hint.cure("xcgroup list", "shows all groups"))
}

fn missing(group: &Group<'_>) -> Option<Hint> {
    let tree = group.tree.as_ref()?;
    if group.exists() {
        return None;
    }
    let name = group.name();
    let hint = Hint::new(
        "XNS-E50-no-group",
        format!("there is no group {name} in the hierarchy {}", tree.hierarchy),
    )
    .because(format!("{} is not there", group.directory.display()));
    let hint = match elsewhere(group, tree).as_slice() {
        [] => hint,
        trees => hint.because(format!("the group is in {}", trees.join(" and in "))),
    };
    let near = group.nearest().map(|above| (above.directory.clone(), above.below()));
    let hint = match &near {
        Some((above, names)) if names.is_empty() => {
            hint.because(format!("{} has no groups below it", above.display()))
        }
        Some((above, names)) => {
            hint.because(format!("the groups in {}: {}", above.display(), some_names(names)))
        }
        None => hint,
    };
    let last = group.directory.file_name()?.to_str()?;
    let meant =
        near.as_ref().and_then(|(_, names)| xns_core::nearest(last, names.iter().map(String::as_str)));
    Some(match meant {
        Some(meant) => hint.cure(meant, "the nearest name there is"),
        None => hint,
    })
}

/// The other hierarchies that have a group of this path.
fn elsewhere(group: &Group<'_>, tree: &Tree) -> Vec<String> {
    let Ok(below) = group.directory.strip_prefix(&tree.point) else { return Vec::new() };
    let layout = Layout::of(group.facts);
    let others = layout.trees.iter().filter(|other| other.hierarchy != tree.hierarchy);
    let has = |other: &&Tree| group.facts.owner(&other.point.join(below).display().to_string()).is_some();
    others.filter(has).map(|other| other.hierarchy.to_string()).collect()
}

/// E46: nobody has that number.
fn no_process(pid: u32, facts: &Facts) -> Option<Hint> {
    let hint = match facts.file(&format!("/proc/{pid}/stat")) {
        Some(stat) if has_ended(&stat) => {
            Hint::new("XNS-E46-no-process", format!("process {} has ended", process(pid, facts)))
                .because(format!("/proc/{pid}/stat shows the state Z: only its parent has not asked yet"))
        }
        Some(_) => return None,
        None => Hint::new("XNS-E46-no-process", format!("no process has the number {pid} here"))
            .because(format!("/proc/{pid} is not there; a number is one of this PID namespace")),
    };
    Some(
        hint.cure("pgrep -a NAME", "tells the number here; a process in a container has another one inside")
            .cure("xcgroup add NAME $$", "for the shell itself"),
    )
}

/// E46: a thread of the kernel.
fn kernel_thread(pid: u32, facts: &Facts) -> Option<Hint> {
    const FLAGS: usize = 9;
    const PF_KTHREAD: u64 = 0x0020_0000;
    let stat = facts.file(&format!("/proc/{pid}/stat"))?;
    let flags: u64 = stat_field(&stat, FLAGS)?.parse().ok()?;
    (flags & PF_KTHREAD != 0).then(|| {
        Hint::new(
            "XNS-E46-kernel-thread",
            format!("process {} is a thread of the kernel, and stays in the root group", process(pid, facts)),
        )
        .because(format!("its flags in /proc/{pid}/stat have PF_KTHREAD"))
        .cure("another process", "ps shows threads of the kernel in brackets")
    })
}

/// Threads of the kernel among the processes of a group, which is the root then.
pub(super) fn kernel_threads(group: &Group<'_>) -> Option<Hint> {
    group.processes().into_iter().find_map(|pid| kernel_thread(pid, group.facts))
}

/// A group of the controller cpuset that has no CPUs or no memory yet.
fn empty_cpuset(group: &Group<'_>) -> Option<Hint> {
    const FILES: [(&str, &str); 2] = [("cpuset.cpus", "--cpuset"), ("cpuset.mems", "--cpuset-mems")];
    let here = |file: &str| group.line(file).unwrap_or_default();
    let empty: Vec<_> = FILES.iter().filter(|(file, _)| here(file).is_empty()).collect();
    if empty.is_empty() {
        return None;
    }
    let names: Vec<_> = empty.iter().map(|(file, _)| *file).collect();
    let mut hint = Hint::new(
        "XNS-C3-empty-cpuset",
        format!("the group has no {} yet, and nothing can run in it", names.join(" and no ")),
    );
    let mut options = Vec::new();
    for (file, option) in &empty {
        hint = hint.because(match group.exists() {
            true => group.says(file),
            false => format!("{file} of a new group is empty"),
        });
        let given = group.above().into_iter().find(|up| up.line(file).is_some_and(|list| !list.is_empty()));
        if let Some(up) = given {
            hint = hint.because(up.says(file));
            options.push(format!("{option} {}", up.line(file).unwrap_or_default()));
        }
    }
    let facts = group.facts;
    let set = if group.is_taken_back() {
        let words: Vec<&str> = options.iter().flat_map(|option| option.split(' ')).collect();
        facts.command_with(&[], &words)
    } else {
        as_root(&format!("xcgroup set {} {}", group.name(), options.join(" ")), facts)
    };
    let hint = if options.is_empty() { hint } else { hint.cure(set, "what the group above has") };
    let parent = group.parent().map(|parent| parent.file("cgroup.clone_children"));
    Some(match parent {
        Some(file) => {
            hint.cure(write("1", &[file], facts), "new groups there then start with what that one has")
        }
        None => hint,
    })
}

/// E40: the rule that a group has either processes or controllers for the groups below it.
pub(super) fn internal(group: &Group<'_>) -> Option<Hint> {
    let passed = group.words("cgroup.subtree_control");
    if passed.is_empty() {
        return None;
    }
    let (name, facts) = (group.name(), group.facts);
    let less: Vec<_> = passed.iter().map(|name| format!("-{name}")).collect();
    let hint = Hint::new(
        "XNS-E40-internal",
        format!("{name} passes controllers on to groups below it, and so takes no processes itself"),
    )
    .because(group.says("cgroup.subtree_control"));
    let hint = match group.below().as_slice() {
        [] => hint,
        below => hint.because(format!("the groups below it are {}", some_names(below))),
    };
    let leaf = group.child("leaf").name();
    Some(
        hint.cure(as_root(&format!("xcgroup create {leaf}"), facts), "a group below it; join that one").cure(
            write(&less.join(" "), &[group.file("cgroup.subtree_control")], facts),
            "the groups below then have no limits of these controllers",
        ),
    )
}

/// E45: a group that takes no processes because of a threaded one.
pub(super) fn threaded(group: &Group<'_>) -> Option<Hint> {
    let kind = group.line("cgroup.type").unwrap_or_else(|| "domain invalid".to_owned());
    let hint = match kind.as_str() {
        "domain invalid" => Hint::new(
            "XNS-E45-threaded",
            format!("{} takes no processes: a group above or beside it is threaded", group.name()),
        ),
        "threaded" => Hint::new(
            "XNS-E45-thread",
            format!("{} is threaded: it takes threads of processes that are in its domain", group.name()),
        ),
        _ => return None,
    };
    let hint = if group.exists() { hint.because(group.says("cgroup.type")) } else { hint };
    let domain = group
        .above()
        .into_iter()
        .find(|up| up.line("cgroup.type").is_some_and(|kind| kind == "domain threaded"));
    let hint = match &domain {
        Some(up) => hint.because(up.says("cgroup.type")),
        None => hint,
    };
    let outside = domain.and_then(|up| up.parent()).or_else(|| group.above().pop())?;
    let name = outside.child("NAME").name();
    let hint =
        hint.cure(as_root(&format!("xcgroup create {name}"), group.facts), "a group with another parent");
    Some(if kind == "domain invalid" && group.exists() {
        let makes = write("threaded", &[group.file("cgroup.type")], group.facts);
        hint.cure(makes, "makes it threaded too, which cannot be taken back")
    } else {
        hint
    })
}

/// E43: by version 1 a process is moved by root or by its own user.
fn other_users_process(pid: u32, facts: &Facts) -> Option<Hint> {
    let status = facts.file(&format!("/proc/{pid}/status"))?;
    let mut ids = status_field(&status, "Uid:")?.split_whitespace();
    let (real, saved) = (ids.next()?, ids.nth(1)?);
    let own = facts.euid().to_string();
    if real == own || saved == own {
        return None;
    }
    let hint = Hint::new(
        "XNS-E43-other-user",
        format!(
            "process {} is another user's: by version 1 only that one and root may move it",
            process(pid, facts)
        ),
    )
    .because(format!("it runs as uid {real}; {}", who(facts)));
    Some(with_rights(hint, facts))
}

/// E43: into another cpuset a process is moved by who has all its capabilities, or CAP_SYS_NICE: the kernel asks as for
/// sched_setaffinity(2). The first of these that has more.
pub(super) fn more_rights(pids: &[u32], facts: &Facts) -> Option<Hint> {
    const CAP_SYS_NICE: u64 = 1 << 23;
    let number = |text: &str| u64::from_str_radix(text.trim(), 16).ok();
    let own = number(&facts.status("CapEff")?)?;
    if own & CAP_SYS_NICE != 0 {
        return None;
    }
    let (pid, set) = pids.iter().find_map(|pid| {
        let status = facts.file(&format!("/proc/{pid}/status"))?;
        let set = number(status_field(&status, "CapPrm:")?)?;
        (set & !own != 0).then_some((*pid, set))
    })?;
    let cause = format!(
        "into a cpuset a process is moved by who has all its capabilities, and {} has more than you",
        process(pid, facts)
    );
    Some(
        Hint::new("XNS-E43-more-rights", cause)
            .because(format!("/proc/{pid}/status says CapPrm {set:016x}; yours says CapEff {own:016x}"))
            .cure(as_root(&format!("xcgroup add /OTHER {pid}"), facts), "into another group, as root")
            .cure(typed(&["sudo"], facts), ""),
    )
}

/// E43: a move wants the right to write to the nearest group above both as well (cgroup-v2.rst, "Delegation").
pub(super) fn common_ancestor(pid: Option<u32>, group: &Group<'_>) -> Option<Hint> {
    let (tree, facts) = (group.tree.as_ref()?, group.facts);
    let Some(here) = directory_of(pid, tree, facts) else { return outside(pid, group) };
    let above = here.ancestors().find(|above| group.directory.starts_with(above))?;
    let above = if above.starts_with(&tree.point) { above } else { &tree.point };
    let procs = above.join("cgroup.procs").display().to_string();
    let hint = Hint::new(
        "XNS-E43-common-ancestor",
        "a process may be moved only by who may write to a group above both",
    )
    .because(format!("from {} to {}: that is {procs}", here.display(), group.directory.display()));
    let hint = match facts.owner(&procs) {
        Some(owner) => hint.because(format!("it belongs to uid {owner}; {}", who(facts))),
        None => hint,
    };
    Some(with_rights(systemd::with_scope(hint, facts), facts))
}

/// The directory of the group that a process is in now.
fn directory_of(pid: Option<u32>, tree: &Tree, facts: &Facts) -> Option<PathBuf> {
    let file = pid.map_or_else(|| "/proc/self/cgroup".to_owned(), |pid| format!("/proc/{pid}/cgroup"));
    let own = memberships(&facts.file(&file)?);
    own.into_iter().find(|own| own.hierarchy == tree.hierarchy).and_then(|own| tree.directory_of(&own))
}

/// E44: the root of a cgroup namespace is the limit of what may be moved, where version 2 is mounted with `nsdelegate`.
pub(super) fn outside(pid: Option<u32>, group: &Group<'_>) -> Option<Hint> {
    let (tree, facts) = (group.tree.as_ref()?, group.facts);
    let file = pid.map_or_else(|| "/proc/self/cgroup".to_owned(), |pid| format!("/proc/{pid}/cgroup"));
    let own = memberships(&facts.file(&file)?).into_iter().find(|own| own.hierarchy == tree.hierarchy)?;
    // A mount that was made outside shows what is above the namespace's root, and groups there look near.
    let evidence = if !own.is_reachable() {
        format!("{file} says {}", own.path.display())
    } else if tree.is_of_outside() {
        format!(
            "{} shows more than your namespace: its root is {}",
            tree.point.display(),
            tree.root.display()
        )
    } else {
        return None;
    };
    Some(
        Hint::new(
            "XNS-E44-outside",
            "processes do not cross the root of your cgroup namespace, and this one, or the group, is outside of it",
        )
        .because(evidence)
        .cure("from outside that namespace", "where its path does not start with /..")
        .cure(typed(&["xnsenter", "-t", "1", "-C"], facts), "enters the first process's, as root of the machine"),
    )
}

/// Processes of another PID namespace, which have no number here.
pub(super) fn without_number(group: &Group<'_>) -> Option<Hint> {
    let strangers = group.processes().iter().filter(|pid| **pid == 0).count();
    (strangers > 0).then(|| {
        Hint::new(
            "XNS-E46-other-namespace",
            format!("{strangers} of its processes have no number here: they are in another PID namespace"),
        )
        .because(format!("{} has lines that say 0", group.file("cgroup.procs")))
        .cure("from outside this PID namespace", "where they have numbers")
        .cure(
            "xcgroup create /BOX --memory 200M && xcgroup create /BOX/xns.leaf && xcgexec -g :BOX/xns.leaf xunshare -fp --mount-proc",
            "outside, beforehand: from a leaf nobody has to be moved",
        )
    })
}

/// E40: it forks faster than its processes are moved.
pub(super) fn forking(group: &Group<'_>) -> Option<Hint> {
    let pids = group.processes();
    (!pids.is_empty()).then(|| {
        Hint::new("XNS-E40-forking", format!("{} gets new processes as fast as they are moved", group.name()))
            .because(format!("{} has {} now", group.file("cgroup.procs"), pids.len()))
            .cure(as_root(&format!("xcgroup freeze {}", group.name()), group.facts), "stops them; then again")
    })
}
