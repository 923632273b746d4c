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

/// Rounds that are not counted.
const WARMUP: u64 = 24;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Role {
    /// The launched program alone: what the launcher and the program cost in every figure.
    Tiny,
    Limit,
    Ours,
    Peer,
    /// Another way to the limit; the mode's name.
    Rival(&'static str),
}

#[derive(Debug)]
pub(crate) struct Contestant {
    pub(crate) role: Role,
    pub(crate) argv: Vec<OsString>,
}

#[derive(Debug)]
pub(crate) struct Pass {
    pub(crate) gap_ms: u64,
}

/// What one contestant's launches took.
#[derive(Debug)]
pub(crate) struct Time {
    pub(crate) role: Role,
    /// Microseconds, by round.
    pub(crate) launches: Vec<f64>,
    /// Median number of page faults.
    pub(crate) faults: f64,
    /// Launches that did not end with exit status 0.
    pub(crate) failed: usize,
}

impl Time {
    pub(crate) fn median(&self) -> f64 {
        median(self.launches.clone())
    }

    /// The median of the ratios within each round: what slows a round slows both.
    pub(crate) fn ratio(&self, other: &Self) -> f64 {
        median(self.launches.iter().zip(&other.launches).map(|(ours, other)| ours / other).collect())
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
) -> Result<Vec<Time>, Error> {
    let cpu = options.cpu.unwrap_or_else(machine::last_cpu);
    let numbers = [
        cpu,
        options.program_cpu.unwrap_or(cpu),
        WARMUP,
        options.turns(),
        options.burst,
        pass.gap_ms * 1000,
        case.drain_ms * 1000,
    ];
    let mut args: Vec<OsString> = numbers.iter().map(|number| number.to_string().into()).collect();
    for contestant in field {
        args.push(":::".into());
        args.extend(contestant.argv.iter().cloned());
    }
    let bytes = run(&programs.launch, &programs.results, &args, Stdio::null())?;
    Ok(field
        .iter()
        .enumerate()
        .map(|(i, contestant)| summary(contestant.role, &bytes, i, field.len()))
        .collect())
}

/// Runs one contestant under ptrace; None where the machine does not let us.
pub(crate) fn trace(programs: &Programs, contestant: &Contestant) -> Result<Option<Trace>, Error> {
    match run(&programs.trace, &programs.results, &contestant.argv, Stdio::inherit()) {
        Ok(bytes) => {
            let [calls, peak_kib, status] = [0, 8, 16].map(|at| number(&bytes[at..at + 8]));
            Ok(Some(Trace { calls, peak_kib, status }))
        }
        Err(Error::Failed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs one of our C programs; its results are a file, so that nobody is woken while it measures.
fn run(program: &Path, results: &Path, args: &[OsString], stderr: Stdio) -> Result<Vec<u8>, Error> {
    let status = Command::new(program)
        .arg(results)
        .args(args)
        // What a locale or a preloaded library costs is not ours to measure.
        .env_clear()
        .env("PATH", OsStr::new("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(stderr)
        .status()
        .map_err(Error::file(program))?;
    if !status.success() {
        return Err(Error::Failed { program: program.into(), status });
    }
    let bytes = fs::read(results).map_err(Error::file(results))?;
    fs::remove_file(results).map_err(Error::file(results))?;
    Ok(bytes)
}

/// Every `count`th record from the `first` on: nanoseconds (u64), wait status (u32), page faults (u32).
fn summary(role: Role, bytes: &[u8], first: usize, count: usize) -> Time {
    let records = || bytes.chunks_exact(16).skip(first).step_by(count);
    let launches = records().map(|record| number(&record[..8]) as f64 / 1000.0).collect();
    let faults = records().map(|record| number(&record[12..]) as f64).collect();
    let failed = records().filter(|record| number(&record[8..12]) != 0).count();
    Time { role, launches, faults: median(faults), failed }
}

fn median(mut values: Vec<f64>) -> f64 {
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
    use super::{Role, median, summary};

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn each_contestant_gets_its_own_records() {
        let record = |ns: u64, status: u32, faults: u32| {
            [&ns.to_ne_bytes()[..], &status.to_ne_bytes(), &faults.to_ne_bytes()].concat()
        };
        let rounds =
            [record(1000, 0, 3), record(2000, 256, 7), record(3000, 0, 5), record(8000, 0, 7)].concat();
        let (first, second) = (summary(Role::Limit, &rounds, 0, 2), summary(Role::Ours, &rounds, 1, 2));
        assert_eq!((first.launches.as_slice(), first.faults, first.failed), (&[1.0, 3.0][..], 4.0, 0));
        assert_eq!((second.launches.as_slice(), second.faults, second.failed), (&[2.0, 8.0][..], 7.0, 1));
        // (2 / 1 + 8 / 3) / 2, not 5 / 2.
        assert!((second.ratio(&first) - 7.0 / 3.0).abs() < 1e-9);
    }
}
