//! Groups that a killed run has left.

use super::group::{Group, some_names};
use super::permission::as_root;
use crate::RUN_PREFIX;
use std::path::Path;
use xns_core::{Facts, Hint, NsKind};

/// Runs that were killed have left empty groups in these directories. A group stands for no run any more when nobody has the number
/// in its name, and nobody is in it.
pub fn left_over(above: &[&Path], facts: &Facts) -> Option<Hint> {
    let mut evidence: Option<String> = None;
    let mut names: Vec<String> = Vec::new();
    let mut busy: Vec<String> = Vec::new();
    for directory in above {
        let group = Group::of(directory, facts);
        for name in group.below() {
            let Some(runner) = Runner::in_name(&name).filter(|runner| !runner.is_seen(facts)) else {
                continue;
            };
            let child = group.child(&name);
            let Some(pids) = child.line("cgroup.procs") else { continue };
            // Who has no number here is of another PID namespace, and so is the number in the name.
            if pids.lines().any(|pid| pid == "0" || is_of_a_run(pid, facts)) {
                continue;
            }
            // Only now: in another PID namespace everybody is looked at.
            let Some(gone) = runner.gone(facts) else { continue };
            if !pids.is_empty() {
                busy.push(child.name());
            } else if child.below().is_empty() {
                // One name may be in several hierarchies.
                names.push(child.name());
                evidence.get_or_insert_with(|| {
                    format!("{} has no processes, and {gone}", child.directory.display())
                });
            }
        }
    }
    if !busy.is_empty() {
        return Some(orphans(busy, facts));
    }
    let evidence = evidence?;
    names.sort();
    names.dedup();
    let groups = if names.len() == 1 { "an empty group" } else { "empty groups" };
    Some(
        Hint::new(
            "XNS-G2-leftover",
            format!("xcgexec was killed before, and has left {groups}: {}", some_names(&names)),
        )
        .because(evidence)
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

/// Who has made a group for one run: its number, and that of the PID namespace in which it has it, if that is not the first.
#[derive(Clone, Copy)]
struct Runner {
    pid: u32,
    namespace: Option<u64>,
}

impl Runner {
    /// `xcgexec-7` and `xcgexec-7.2` are of process 7, `xcgexec-7.4026532281` is of process 7 of that PID namespace.
    fn in_name(name: &str) -> Option<Self> {
        /// `PROC_DYNAMIC_FIRST` (fs/proc/generic.c): later namespaces have this number or a greater one.
        const LATER: u64 = 0xf000_0000;
        let mut parts = name.strip_prefix(RUN_PREFIX)?.split('.');
        let pid = parts.next()?.parse().ok()?;
        Some(Runner {
            pid,
            namespace: parts.next().and_then(|part| part.parse().ok()).filter(|&n| n >= LATER),
        })
    }

    /// Has it a number here?
    fn is_ours(self, facts: &Facts) -> bool {
        self.namespace == facts.other_namespace(NsKind::Pid)
    }

    fn is_seen(self, facts: &Facts) -> bool {
        self.is_ours(facts) && facts.owner(&format!("/proc/{}", self.pid)).is_some()
    }

    /// The evidence that it has ended, if there is some.
    fn gone(self, facts: &Facts) -> Option<String> {
        if self.is_ours(facts) {
            return (!self.is_seen(facts)).then(|| format!("there is no process {}", self.pid));
        }
        // From inside nobody sees who is in the first.
        let namespace = self.namespace?;
        let is_in_it = |pid: &String| facts.namespace(&format!("/proc/{pid}/ns/pid")) == Some(namespace);
        let processes = facts.directories_in("/proc").into_iter().filter(|name| name.parse::<u32>().is_ok());
        let nobody = !processes.into_iter().any(|pid| is_in_it(&pid));
        nobody.then(|| format!("no process is seen in the PID namespace {namespace}"))
    }
}
