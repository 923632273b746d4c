//! Groups that a killed run has left.

use super::group::{Group, some_names};
use super::permission::as_root;
use crate::RUN_PREFIX;
use std::path::{Path, PathBuf};
use xns_core::{Facts, Hint};

/// Runs that were killed have left empty groups in these directories. A group stands for no run any more when nobody has the number
/// in its name, and nobody is in it.
pub fn left_over(above: &[&Path], facts: &Facts) -> Option<Hint> {
    let mut left: Vec<PathBuf> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut busy: Vec<String> = Vec::new();
    for directory in above {
        let group = Group::of(directory, facts);
        for child in group.below().iter().filter(|name| is_of_the_dead(name, facts)) {
            let child = group.child(child);
            let Some(pids) = child.line("cgroup.procs") else { continue };
            if !pids.is_empty() {
                // Who has no number here is of another PID namespace, and so is the number in the name.
                if !pids.lines().any(|pid| pid == "0" || is_of_a_run(pid, facts)) {
                    busy.push(child.name());
                }
            } else if child.below().is_empty() {
                // One name may be in several hierarchies.
                names.push(child.name());
                left.push(child.directory);
            }
        }
    }
    if !busy.is_empty() {
        return Some(orphans(busy, facts));
    }
    let first = left.first()?;
    names.sort();
    names.dedup();
    let groups = if names.len() == 1 { "an empty group" } else { "empty groups" };
    let gone = pid_in(first.file_name()?.to_str()?)?;
    Some(
        Hint::new(
            "XNS-G2-leftover",
            format!("xcgexec was killed before, and has left {groups}: {}", some_names(&names)),
        )
        .because(format!("{} has no processes, and there is no process {gone}", first.display()))
        .cure(as_root(&format!("xcgroup delete {}", names.join(" ")), facts), "removes what is left"),
    )
}

/// Is its parent an xcgexec? One in another PID namespace has another number there than its group is named by.
fn is_of_a_run(pid: &str, facts: &Facts) -> bool {
    let status = facts.line(&format!("/proc/{pid}/status")).unwrap_or_default();
    let parent =
        status.lines().find_map(|line| line.strip_prefix("PPid:")).map(str::trim).unwrap_or_default();
    facts.line(&format!("/proc/{parent}/comm")).is_some_and(|name| name.ends_with("cgexec"))
}

/// What the program of a killed run had started goes on: the kernel ends only the program itself.
fn orphans(mut names: Vec<String>, facts: &Facts) -> Hint {
    names.sort();
    names.dedup();
    Hint::new(
        "XNS-G3-orphans",
        format!("xcgexec was killed before, and processes of its run go on in {}", some_names(&names)),
    )
    .because(
        "the kernel ends the program itself with xcgexec (PR_SET_PDEATHSIG), and not what that has started",
    )
    .cure(
        as_root(&format!("xcgroup delete --kill -r {}", names.join(" ")), facts),
        "ends them, and removes what is left",
    )
}

/// `xcgexec-7` and `xcgexec-7.2` are of process 7.
fn pid_in(name: &str) -> Option<u32> {
    name.strip_prefix(RUN_PREFIX)?.split('.').next()?.parse().ok()
}

fn is_of_the_dead(name: &str, facts: &Facts) -> bool {
    pid_in(name).is_some_and(|pid| facts.owner(&format!("/proc/{pid}")).is_none())
}
