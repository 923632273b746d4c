//! The tables.

use std::io::Write;

use crate::cases::{Case, Targets};
use crate::error::Error;
use crate::machine;
use crate::measure::{Pass, Role, Time, Trace};
use crate::options::Options;
use crate::tools::Pair;

type Traced = (Role, Option<Trace>);

pub(crate) fn header(out: &mut impl Write, options: &Options, pairs: &[Pair]) -> Result<(), Error> {
    let cpu = options.cpu.unwrap_or_else(machine::last_cpu);
    writeln!(out, "kernel      {}", machine::kernel())?;
    writeln!(out, "CPUs        {}; load {}", machine::cpus(), machine::load())?;
    match options.program_cpu {
        Some(other) if other != cpu => {
            writeln!(out, "pinned      launcher on CPU {cpu}, programs on CPU {other}")?
        }
        _ => writeln!(out, "pinned      all on CPU {cpu}")?,
    }
    writeln!(out, "environment PATH alone; with a locale, util-linux makes more calls")?;
    writeln!(out, "tiny        the program that all launch, launched directly; static")?;
    writeln!(out, "limit       C without libc, the needed system calls only; static")?;
    for pair in pairs {
        for (role, tool) in [("ours", Some(&pair.ours)), (pair.tool.suite, pair.peer.as_ref())] {
            match tool {
                Some(path) => {
                    let (version, linkage) = (machine::version(path), machine::linkage(path));
                    writeln!(out, "{role:<12}{} ({linkage}): {version}", path.display())?;
                }
                None => writeln!(out, "{role:<12}{} is not installed", pair.tool.peer)?,
            }
        }
    }
    Ok(())
}

pub(crate) fn trace_head(out: &mut impl Write) -> Result<(), Error> {
    writeln!(
        out,
        "\nsystem calls, as strace -f counts them; peak resident memory of the largest process, KiB\n"
    )?;
    Ok(writeln!(out, "{:<38}{:>16}{:>16}{:>16}", "", "limit", "ours", "original")?)
}

pub(crate) fn trace_row(out: &mut impl Write, case: &Case, traces: &[Traced]) -> Result<(), Error> {
    write!(out, "{:<38}", case.title())?;
    for role in [Role::Limit, Role::Ours, Role::Peer] {
        let text = match traces.iter().find(|(r, _)| *r == role) {
            Some((_, Some(trace))) if trace.status == 0 => format!("{:>4}{:>8}", trace.calls, trace.peak_kib),
            Some((_, Some(trace))) => format!("failed: {}", wait_status(trace.status)),
            Some((_, None)) => "not traced".to_owned(),
            None => "-".to_owned(),
        };
        write!(out, "{text:>16}")?;
    }
    let ours = traces.iter().find(|(role, _)| *role == Role::Ours).and_then(|(_, trace)| trace.as_ref());
    if let (Some(max), Some(trace)) = (case.max_calls, ours) {
        let verdict = if trace.calls <= max { "reached" } else { "missed" };
        write!(out, "   at most {max} calls: {verdict}")?;
    }
    Ok(writeln!(out)?)
}

pub(crate) fn pass_head(out: &mut impl Write, pass: &Pass, options: &Options) -> Result<(), Error> {
    let gap = match pass.gap_ms {
        0 => "back to back".to_owned(),
        gap => format!("with {gap} ms between launches"),
    };
    writeln!(
        out,
        "\n{gap}: {} launches each, interleaved after every {}",
        pass.launches(options),
        options.burst
    )?;
    writeln!(out, "medians in µs (page faults), medians of the ratios within a round\n")?;
    writeln!(
        out,
        "{:<34}{:>8}{:>14}{:>14}{:>14}   {:<24}ours/limit",
        "", "tiny", "limit", "ours", "original", "ours/original"
    )?;
    Ok(())
}

pub(crate) fn pass_row(out: &mut impl Write, pass: &Pass, case: &Case, times: &[Time]) -> Result<(), Error> {
    let of = |role| times.iter().find(|time| time.role == role);
    write!(out, "{:<34}{:>8}", case.title(), of(Role::Tiny).map_or("-".to_owned(), |t| micros(t.median())))?;
    for role in [Role::Limit, Role::Ours, Role::Peer] {
        write!(out, "{:>14}", of(role).map_or("-".to_owned(), figure))?;
    }
    let to_peer = ratio(of(Role::Ours), of(Role::Peer));
    let to_limit = ratio(of(Role::Ours), of(Role::Limit));
    if pass.judges(case) {
        let Targets { peer, limit, goal } = case.targets;
        writeln!(out, "   {:<24}{}", judged(to_peer, &[peer]), judged(to_limit, &[limit, goal]))?;
    } else {
        writeln!(out, "   {:<24}{}", plain(to_peer), plain(to_limit))?;
    }
    for time in times {
        if let Role::Rival(mode) = time.role {
            writeln!(out, "{:>42}{:>14}", format!("limit by {mode}"), figure(time))?;
        }
    }
    Ok(())
}

fn figure(time: &Time) -> String {
    match time.failed {
        0 => format!("{} ({})", micros(time.median()), time.faults),
        failed => format!("{failed} failed"),
    }
}

fn micros(us: f64) -> String {
    let digits = if us < 1000.0 { 1 } else { 0 };
    format!("{us:.digits$}")
}

fn ratio(ours: Option<&Time>, other: Option<&Time>) -> Option<f64> {
    match (ours?, other?) {
        (ours, other) if ours.failed == 0 && other.failed == 0 => Some(ours.ratio(other)),
        _ => None,
    }
}

fn plain(ratio: Option<f64>) -> String {
    let digits = |ratio: f64| if ratio < 0.1 { 3 } else { 2 };
    ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.*}", digits(ratio)))
}

/// The ratio, and of each target whether it is reached.
pub(crate) fn judged(ratio: Option<f64>, targets: &[f64]) -> String {
    let text = plain(ratio);
    let targets: Vec<f64> = targets.iter().copied().filter(|target| target.is_finite()).collect();
    let Some(ratio) = ratio.filter(|_| !targets.is_empty()) else { return text };
    let verdict = |target: &f64| format!("{target} {}", if ratio <= *target { "reached" } else { "missed" });
    format!("{text} ({})", targets.iter().map(verdict).collect::<Vec<_>>().join(", "))
}

/// In words what wait(2) packs into a number.
fn wait_status(status: u64) -> String {
    match status & 0x7f {
        0 => format!("exit {}", status >> 8),
        signal => format!("signal {signal}"),
    }
}
