//! Running the stopwatch (launch.c) and the tracer (trace.c), and reading what they measured.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::cases::Case;
use crate::error::Error;
use crate::machine;
use crate::options::Options;
use crate::programs::Programs;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// The launched program alone: what the launcher and the program cost in every figure.
    Tiny,
    Limit,
    Ours,
    Peer,
    /// Another way to the limit; the mode's name.
    Rival(&'static str),
    /// The limit without what ours does more than the peer.
    Bare,
    /// find(1), where groups are listed.
    Find,
    /// Ours on one CPU alone.
    OneCpu,
    /// Ours without the arguments that ask for less.
    Whole,
}

#[derive(Debug)]
pub(crate) struct Contestant {
    pub(crate) role: Role,
    pub(crate) argv: Vec<OsString>,
}

/// One way to time all cases, or those with control groups.
#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) gap_ms: u64,
    /// Launches of each contestant.
    pub(crate) rounds: u64,
    /// None: all; else those whose [`Case::apart`] is this.
    pub(crate) apart: Option<bool>,
}

impl Pass {
    /// Does the case take part?
    pub(crate) fn has(&self, case: &Case) -> bool {
        self.apart.is_none_or(|apart| case.apart == apart)
    }

    /// Is it the one that the case's targets are for?
    pub(crate) fn judges(&self, case: &Case) -> bool {
        if case.apart { self.gap_ms > 0 } else { self.gap_ms == 0 }
    }

    /// Rounds that are not counted: all permutations of four, or a few where each takes long.
    fn warmup(&self) -> u64 {
        if self.gap_ms < 50 { 24 } else { 4 }
    }

    /// How often the launcher goes round to have each contestant launched as often as asked.
    fn turns(&self, options: &Options) -> u64 {
        self.rounds.div_ceil(options.burst)
    }

    /// How often each contestant is launched: whole turns.
    pub(crate) fn launches(&self, options: &Options) -> u64 {
        self.turns(options) * options.burst
    }
}

/// What one contestant's launches took.
#[derive(Debug)]
pub(crate) struct Time {
    pub(crate) role: Role,
    /// Microseconds, by round; 0 where it did not take part.
    pub(crate) launches: Vec<f64>,
    /// Microseconds of CPU time, user and system, by round.
    pub(crate) cpu: Vec<f64>,
    /// Mean microseconds in user mode: the kernel only samples them.
    pub(crate) user: f64,
    /// Median number of page faults.
    pub(crate) faults: f64,
    /// Launches that did not end with exit status 0.
    pub(crate) failed: usize,
}

impl Time {
    pub(crate) fn median(&self) -> f64 {
        median(present(&self.launches))
    }

    pub(crate) fn median_cpu(&self) -> f64 {
        median(present(&self.cpu))
    }

    /// The median of the ratios within each round: what slows a round slows both.
    pub(crate) fn ratio(&self, other: &Self) -> f64 {
        ratio(&self.launches, &other.launches)
    }

    /// The same of the CPU time.
    pub(crate) fn cpu_ratio(&self, other: &Self) -> f64 {
        ratio(&self.cpu, &other.cpu)
    }
}

/// What one launch asked of the kernel.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) calls: u64,
    pub(crate) peak_kib: u64,
    /// As wait(2) has it.
    pub(crate) status: u64,
}

/// Launches all contestants of a case, interleaved.
pub(crate) fn time(
    programs: &Programs,
    field: &[Contestant],
    options: &Options,
    pass: &Pass,
    case: &Case,
    prefix: &[OsString],
) -> Result<Vec<Time>, Error> {
    let cpu = options.cpu.unwrap_or_else(machine::last_cpu);
    let numbers = [
        cpu,
        options.program_cpu.unwrap_or(cpu),
        pass.warmup(),
        pass.turns(options),
        options.burst,
        pass.gap_ms * 1000,
        case.drain_ms * 1000,
    ];
    let mut args: Vec<OsString> = vec![(&programs.results).into()];
    args.extend(numbers.iter().map(|number| OsString::from(number.to_string())));
    for contestant in field {
        args.push(":::".into());
        args.extend(contestant.argv.iter().cloned());
    }
    run_in(prefix, &programs.launch, &args, Stdio::null())?;
    let bytes = take(&programs.results)?;
    let roles: Vec<Role> = field.iter().map(|contestant| contestant.role).collect();
    Ok(timed(&roles, &bytes))
}

/// What the stopwatch has written of these contestants.
pub(crate) fn timed(roles: &[Role], bytes: &[u8]) -> Vec<Time> {
    roles.iter().enumerate().map(|(i, role)| summary(*role, bytes, i, roles.len())).collect()
}

/// What the tracer has written.
pub(crate) fn traced(bytes: &[u8]) -> Trace {
    let number_at = |at: usize| bytes.get(at..at + 8).map_or(0, number);
    Trace { calls: number_at(0), peak_kib: number_at(8), status: number_at(16) }
}

/// Runs one contestant under ptrace; None where the machine does not let us.
pub(crate) fn trace(
    programs: &Programs,
    contestant: &Contestant,
    prefix: &[OsString],
) -> Result<Option<Trace>, Error> {
    let results = &programs.results;
    let mut args: Vec<OsString> = vec!["each".into(), results.into()];
    args.extend(contestant.argv.iter().cloned());
    match run_in(prefix, &programs.trace, &args, Stdio::inherit()).and_then(|()| take(results)) {
        Ok(bytes) => Ok(Some(traced(&bytes))),
        Err(Error::Failed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same behind the words of another program that executes it.
fn run_in(prefix: &[OsString], program: &Path, args: &[OsString], stderr: Stdio) -> Result<(), Error> {
    match prefix {
        [] => run(program, args, stderr),
        [first, rest @ ..] => {
            let args = [rest, &[program.into()], args].concat();
            run(Path::new(first), &args, stderr)
        }
    }
}

/// Runs one of our C programs; its results are a file, so that nobody is woken while it measures.
pub(crate) fn run(program: &Path, args: &[OsString], stderr: Stdio) -> Result<(), Error> {
    let status = Command::new(program)
        .args(args)
        // What a locale or a preloaded library costs is not ours to measure.
        .env_clear()
        .env("PATH", OsStr::new("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .status()
        .map_err(Error::file(program))?;
    if status.success() { Ok(()) } else { Err(Error::Failed { program: program.into(), status }) }
}

/// The contents of a file of results, which is removed.
pub(crate) fn take(results: &Path) -> Result<Vec<u8>, Error> {
    let bytes = fs::read(results).map_err(Error::file(results))?;
    fs::remove_file(results).map_err(Error::file(results))?;
    Ok(bytes)
}

/// A record of the stopwatch: nanoseconds (u64), wait status (u32), page faults (u32), microseconds in user and in system mode
/// (u64 each).
const RECORD: usize = 32;

/// Every `count`th record from the `first` on.
fn summary(role: Role, bytes: &[u8], first: usize, count: usize) -> Time {
    let records = || bytes.chunks_exact(RECORD).skip(first).step_by(count);
    let took_part = || records().filter(|record| number(&record[..8]) != 0);
    let user = |record: &[u8]| number(&record[16..24]) as f64;
    Time {
        role,
        launches: records().map(|record| number(&record[..8]) as f64 / 1000.0).collect(),
        cpu: records().map(|record| user(record) + number(&record[24..]) as f64).collect(),
        user: took_part().map(user).sum::<f64>() / took_part().count() as f64,
        faults: median(took_part().map(|record| number(&record[12..16]) as f64).collect()),
        failed: took_part().filter(|record| number(&record[8..12]) != 0).count(),
    }
}

fn present(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| *value > 0.0).collect()
}

/// Of the rounds in which both took part.
fn ratio(ours: &[f64], other: &[f64]) -> f64 {
    let both = ours.iter().zip(other).filter(|(ours, other)| **ours > 0.0 && **other > 0.0);
    median(both.map(|(ours, other)| ours / other).collect())
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => values[n / 2 - 1].midpoint(values[n / 2]),
    }
}

/// A number of up to eight bytes as this machine writes it.
fn number(bytes: &[u8]) -> u64 {
    match *bytes {
        [a, b, c, d] => u32::from_ne_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => u64::from_ne_bytes([a, b, c, d, e, f, g, h]),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{RECORD, Role, median, summary};

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn each_contestant_gets_its_own_records() {
        let record = |ns: u64, status: u32, faults: u32| {
            let parts = [&ns.to_ne_bytes()[..], &status.to_ne_bytes(), &faults.to_ne_bytes()];
            [&parts.concat()[..], &(ns / 2).to_ne_bytes(), &ns.to_ne_bytes()].concat()
        };
        let rounds =
            [record(1000, 0, 3), record(2000, 256, 7), record(3000, 0, 5), record(8000, 0, 7)].concat();
        let (first, second) = (summary(Role::Limit, &rounds, 0, 2), summary(Role::Ours, &rounds, 1, 2));
        assert_eq!((first.launches.as_slice(), first.faults, first.failed), (&[1.0, 3.0][..], 4.0, 0));
        assert_eq!((second.launches.as_slice(), second.faults, second.failed), (&[2.0, 8.0][..], 7.0, 1));
        assert_eq!((first.cpu.as_slice(), first.user), (&[1500.0, 4500.0][..], 1000.0));
        // (2 / 1 + 8 / 3) / 2, not 5 / 2.
        assert!((second.ratio(&first) - 7.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn rounds_without_a_contestant_do_not_count() {
        let zeros = [0; RECORD];
        let mut one = [0; RECORD];
        one[..8].copy_from_slice(&2000u64.to_ne_bytes());
        one[24..].copy_from_slice(&7u64.to_ne_bytes());
        let rounds = [one, one, one, zeros].concat();
        let (always, once) = (summary(Role::Ours, &rounds, 0, 2), summary(Role::Peer, &rounds, 1, 2));
        assert_eq!((once.median(), once.median_cpu(), once.failed), (2.0, 7.0, 0));
        assert_eq!((always.ratio(&once), always.cpu_ratio(&once)), (1.0, 1.0));
    }
}
