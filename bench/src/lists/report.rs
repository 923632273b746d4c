//! The tables of the lists.

use std::io::Write;

use super::{Figures, List, of};
use crate::cases::Targets;
use crate::error::Error;
use crate::measure::Role;
use crate::report::judged;

pub(crate) fn head(out: &mut impl Write) -> Result<(), Error> {
    writeln!(out, "\nlists, among a population in a PID namespace of its own; interleaved, on all CPUs")?;
    writeln!(out, "medians in ms (user: means), peak memory in KiB, medians of the ratios within a round")?;
    Ok(())
}

/// One case: a line for each contestant, then the ratios.
pub(super) fn block(out: &mut impl Write, list: &List, results: &[Figures]) -> Result<(), Error> {
    writeln!(out, "\n{:<44}{:>10}{:>10}{:>10}{:>8}", list.title(), "CPU time", "user", "wall", "peak")?;
    for Figures { time, trace } in results {
        write!(out, "  {:<42}", name(time.role))?;
        if time.failed > 0 {
            writeln!(out, "{} failed", time.failed)?;
            continue;
        }
        let [cpu, user, wall] = [time.median_cpu(), time.user, time.median()].map(|us| us / 1000.0);
        let peak = trace.as_ref().map_or("-".to_owned(), |trace| trace.peak_kib.to_string());
        writeln!(out, "{cpu:>10.2}{user:>10.2}{wall:>10.2}{peak:>8}")?;
    }
    for (label, text) in verdicts(list, results) {
        writeln!(out, "    {label:<42}{text}")?;
    }
    Ok(())
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Limit => "limit",
        Role::Bare => "limit without descriptors",
        Role::OneCpu => "ours, on one CPU",
        Role::Whole => "ours, everything",
        Role::Peer => "util-linux",
        Role::Ours | Role::Tiny | Role::Find | Role::Rival(_) => "ours",
    }
}

fn verdicts(list: &List, results: &[Figures]) -> Vec<(&'static str, String)> {
    let between = |of_cpu: bool, one, other| {
        let (one, other) = (&of(results, one)?.time, &of(results, other)?.time);
        let ratio = if of_cpu { one.cpu_ratio(other) } else { one.ratio(other) };
        (one.failed == 0 && other.failed == 0).then_some(ratio)
    };
    let ratio = |of_cpu, role| between(of_cpu, Role::Ours, role);
    let Targets { peer, limit, goal } = list.targets;
    let mut lines = vec![
        ("CPU time, ours/util-linux", judged(ratio(true, Role::Peer), &[peer])),
        ("CPU time, ours/limit", judged(ratio(true, Role::Limit), &[limit, goal])),
    ];
    for (label, other) in
        [("CPU time, limit/util-linux", Role::Peer), ("CPU time, limit/without descriptors", Role::Bare)]
    {
        lines.extend(between(true, Role::Limit, other).map(|ratio| (label, judged(Some(ratio), &[]))));
    }
    if let Some(ratio) = ratio(true, Role::Whole) {
        lines.push(("CPU time, ours/ours, everything", judged(Some(ratio), &[1.0])));
    }
    if let Some(cpu) = ratio(true, Role::OneCpu) {
        let shared: &[f64] = if list.worth_sharing { &[1.0] } else { &[] };
        lines.push(("CPU time, ours/ours, on one CPU", judged(Some(cpu), &[])));
        lines.push(("wall time, ours/ours, on one CPU", judged(ratio(false, Role::OneCpu), shared)));
    }
    if let (Some(most), Some(trace)) =
        (list.max_kib, of(results, Role::Ours).and_then(|ours| ours.trace.as_ref()))
    {
        let verdict = if trace.peak_kib <= most { "reached" } else { "missed" };
        lines.push(("peak memory, ours", format!("{} KiB ({most} {verdict})", trace.peak_kib)));
    }
    lines
}

/// User time for a process, and for a namespace, may grow by so much while their number grows tenfold. It is sampled, and the
/// caches become too small.
const LINEAR: f64 = 1.5;

/// User time over the number of processes, which is to stay the same.
pub(super) fn growth(out: &mut impl Write, users: &[(&List, f64)]) -> Result<(), Error> {
    let whole: Vec<_> = users.iter().filter(|(list, _)| list.args.is_empty()).collect();
    if whole.len() < 2 {
        return Ok(());
    }
    writeln!(
        out,
        "\nuser time of ours, µs for each process (with namespaces of its own: and for each of these)"
    )?;
    for (list, us) in whole {
        let things = list.processes + list.families * 3;
        writeln!(out, "    {:<42}{:>10.2}", list.title(), us / things as f64)?;
    }
    for (few, many) in [("ls1000", "ls10000"), ("ls-501", "ls-namespaces")] {
        let each = |name: &str| {
            let (list, us) = users.iter().find(|(list, _)| list.name == name)?;
            Some(us / (list.processes + list.families * 3) as f64)
        };
        if let (Some(few_us), Some(many_us)) = (each(few), each(many)) {
            let label = format!("{many}/{few}");
            writeln!(out, "    {label:<42}{}", judged(Some(many_us / few_us), &[LINEAR]))?;
        }
    }
    Ok(())
}
