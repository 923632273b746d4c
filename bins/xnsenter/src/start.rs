//! What a person is told just before the shell starts.

use crate::TOOL;
use crate::cli::Cli;
use crate::plan::Spaces;
use xns_core::{Facts, NsKind, NsSet};
use xns_plan::is_shell;

/// What was entered, what was the same already, and that the cgroup is still the caller's; for a person at a terminal who starts
/// a shell.
pub(crate) fn line(cli: &Cli, spaces: &Spaces, facts: &Facts) -> Option<String> {
    let shell = match cli.program.as_slice() {
        [] => true,
        [program] => is_shell(program),
        _ => false,
    };
    let wanted = shell
        && !spaces.entered().is_empty()
        && cli.reporting.dry_run.is_none()
        && !TOOL.is_original(facts)
        && !cli.reporting.is_quiet(facts)
        && facts.is_interactive();
    wanted.then(|| text(cli, spaces, facts))
}

fn text(cli: &Cli, spaces: &Spaces, facts: &Facts) -> String {
    let entered = spaces.entered();
    let (same, other) = match &cli.target {
        Some(target) => compared(target.pid, entered, facts),
        None => (NsSet::EMPTY, NsSet::EMPTY),
    };
    let part = |words: &str, kinds: NsSet| {
        if kinds.is_empty() { String::new() } else { format!("; {words}: {}", names(kinds)) }
    };
    let cgroup = match (&cli.target, cli.join_cgroup) {
        (None, _) => "",
        (Some(_), true) => "; the cgroups too",
        (Some(_), false) => "; not its cgroups (--join-cgroup)",
    };
    format!(
        "{}: entered: {}{}{}{cgroup}\n",
        TOOL.called_as(facts),
        names(entered),
        part("the same already", same),
        part("left alone", other),
    )
}

/// Of the kinds that are not entered: those in which the target is where we are, and the others.
fn compared(pid: u32, entered: NsSet, facts: &Facts) -> (NsSet, NsSet) {
    let left = NsKind::ALL.into_iter().filter(|kind| !entered.contains(*kind));
    let own = |kind: &NsKind| facts.namespace(&format!("/proc/self/ns/{kind}"));
    let theirs = |kind: &NsKind| facts.namespace(&format!("/proc/{pid}/ns/{kind}"));
    let (same, other): (Vec<_>, Vec<_>) =
        left.filter(|kind| own(kind).is_some()).partition(|kind| own(kind) == theirs(kind));
    (same.into_iter().collect(), other.into_iter().collect())
}

fn names(kinds: NsSet) -> String {
    kinds.iter().map(NsKind::name).collect::<Vec<_>>().join(" ")
}
