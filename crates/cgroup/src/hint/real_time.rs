//! Processes with a real-time policy, for which CONFIG_RT_GROUP_SCHED wants time that new groups have not got
//! (sched-rt-group.rst).

use super::group::{Group, process, some_processes};
use super::permission::{as_root, may_write, typed, write};
use crate::{Hierarchy, memberships};
use std::path::Path;
use xns_core::{Facts, Hint, stat_field};

/// The number of the field `policy` in proc_pid_stat(5); SCHED_FIFO and SCHED_RR (sched(7)).
const POLICY: usize = 41;
const REAL_TIME: [&str; 2] = ["1", "2"];

/// E46: the process, or a thread of it, is a real-time one, and the group has no time for such.
pub(super) fn not_attached(pid: Option<u32>, group: &Group<'_>) -> Option<Hint> {
    let facts = group.facts;
    let (shown, policy) = match pid {
        None => ("this process".to_owned(), policy_of("/proc/self", facts)?),
        Some(pid) => (format!("process {}", process(pid, facts)), policy_of(&format!("/proc/{pid}"), facts)?),
    };
    const FILE: &str = "cpu.rt_runtime_us";
    // Version 2 gives groups none, and has no file for it.
    if group.number(FILE).is_some_and(|time| time > 0) || !has_cpu(group) {
        return None;
    }
    let hint = Hint::new(
        "XNS-E46-real-time",
        format!("{shown} has a real-time policy, for which the group has no time"),
    )
    .because(format!("its policy is {policy} (proc_pid_stat(5), field {POLICY})"));
    let hint = match group.number(FILE) {
        Some(time) => hint.because(format!("{} is {time}", group.file(FILE))),
        None => hint.because("a new group starts without real-time time"),
    };
    let ordinary = match pid {
        None => typed(&["chrt", "-o", "0"], facts),
        Some(pid) => as_root(&format!("chrt -o -p 0 {pid}"), facts),
    };
    let hint = hint.cure(ordinary, "as an ordinary process");
    Some(match group.number(FILE) {
        Some(_) => hint.cure(
            write("10000", &[group.file(FILE)], facts),
            "10 ms of each second, which the group above must have",
        ),
        None => hint,
    })
}

/// Does the group limit CPU time?
fn has_cpu(group: &Group<'_>) -> bool {
    group.tree.as_ref().is_some_and(|tree| tree.controllers.iter().any(|name| name == "cpu"))
}

/// The policy of a process when it, or one of its threads, is a real-time one.
fn policy_of(directory: &str, facts: &Facts) -> Option<&'static str> {
    let policy = |stat: &str| {
        let stat = facts.file(stat)?;
        let policy = stat_field(&stat, POLICY)?;
        REAL_TIME.iter().find(|real| **real == policy)
    };
    let tasks = || {
        let tids = facts.names_in(&format!("{directory}/task"));
        tids.into_iter().find_map(|tid| policy(&format!("{directory}/task/{tid}/stat")))
    };
    let found = policy(&format!("{directory}/stat")).or_else(tasks)?;
    Some(if *found == "1" { "SCHED_FIFO" } else { "SCHED_RR" })
}

/// E47: real-time processes in the groups below one, which keep the controller cpu from being enabled there.
pub(super) fn not_enabled(group: &Group<'_>) -> Option<Hint> {
    let facts = group.facts;
    let pids: Vec<u32> = facts.names_in("/proc").iter().filter_map(|name| name.parse().ok()).collect();
    let found: Vec<u32> = pids
        .into_iter()
        .filter(|pid| policy_of(&format!("/proc/{pid}"), facts).is_some() && is_below(*pid, group))
        .collect();
    let first = found.first()?;
    let top = group.with_above().into_iter().next_back()?;
    let move_away = write(&first.to_string(), &[top.file("cgroup.procs")], facts);
    Some(
        Hint::new(
            "XNS-E47-real-time",
            "cpu is not enabled for groups that have real-time processes in them (CONFIG_RT_GROUP_SCHED)",
        )
        .because(format!("below {} are {}", group.directory.display(), some_processes(&found, facts)))
        .because(format!(
            "the policy of {} is {}",
            process(*first, facts),
            policy_of(&format!("/proc/{first}"), facts)?
        ))
        .cure(as_root(&format!("chrt -o -p 0 {first}"), facts), "makes it an ordinary one; each of them")
        .cure(
            if may_write(&top.file("cgroup.procs"), facts) {
                move_away
            } else {
                format!("{move_away} >/dev/null")
            },
            "moves it to the root; each of them",
        ),
    )
}

/// Is the process in a group below this one?
fn is_below(pid: u32, group: &Group<'_>) -> bool {
    let Some(text) = group.facts.file(&format!("/proc/{pid}/cgroup")) else { return false };
    let own = memberships(&text).into_iter().find(|own| own.hierarchy == Hierarchy::Unified);
    let directory = own.and_then(|own| group.tree.as_ref()?.directory_of(&own));
    directory.is_some_and(|directory: std::path::PathBuf| {
        directory.as_path() != AsRef::<Path>::as_ref(&group.directory)
            && directory.starts_with(&group.directory)
    })
}
