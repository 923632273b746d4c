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
    let same = cli.target.as_ref().map_or(NsSet::EMPTY, |target| same(target.pid, spaces, facts));
    let entered = without(spaces.entered(), same);
    let known = NsKind::ALL.into_iter().filter(|kind| facts.own_namespace(*kind).is_some());
    let other =
        if cli.target.is_some() { without(without(known.collect(), same), entered) } else { NsSet::EMPTY };
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

/// The kinds in which the target is where we are, but for those of which another one is entered.
fn same(pid: u32, spaces: &Spaces, facts: &Facts) -> NsSet {
    let theirs = |kind: &NsKind| facts.namespace(&format!("/proc/{pid}/ns/{kind}"));
    let ours = |kind: &NsKind| theirs(kind).is_some() && facts.own_namespace(*kind) == theirs(kind);
    NsKind::ALL.into_iter().filter(|kind| !spaces.of_sources.contains(*kind)).filter(ours).collect()
}

fn without(set: NsSet, less: NsSet) -> NsSet {
    less.iter().fold(set, NsSet::without)
}

fn names(kinds: NsSet) -> String {
    kinds.iter().map(NsKind::name).collect::<Vec<_>>().join(" ")
}
