//! What it costs to list namespaces, among a population of processes that is made for each case (limit/people.c).

mod cases;
mod report;

pub(crate) use cases::{LISTS, List};

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use crate::error::Error;
use crate::machine;
use crate::measure::{self, Role, Time, Trace};
use crate::options::Options;
use crate::programs::Programs;
use crate::tools::Pair;

/// Rounds that are not counted: the kernel makes its directory entries in the first one.
const WARMUP: u64 = 2;

/// The rounds of a case are for so many launches (`--rounds`).
const USUAL_ROUNDS: u64 = 500;

/// What one contestant took.
#[derive(Debug)]
struct Figures {
    time: Time,
    trace: Option<Trace>,
}

/// Measures and prints one case after the other.
pub(crate) fn run(
    lists: &[&'static List],
    programs: &Programs,
    pairs: &[Pair],
    options: &Options,
    out: &mut impl Write,
) -> Result<(), Error> {
    let mut users = Vec::new();
    if !lists.is_empty() {
        report::head(out)?;
    }
    for list in lists {
        let field = contestants(list, programs, pairs);
        match measure_one(list, &field, programs, options) {
            Ok(results) => {
                report::block(out, list, &results)?;
                users.extend(of(&results, Role::Ours).map(|ours| (*list, ours.time.user)));
            }
            Err(error @ Error::Failed { .. }) => writeln!(out, "\n{}: {error}", list.title())?,
            Err(error) => return Err(error),
        }
    }
    report::growth(out, &users)
}

fn of(results: &[Figures], role: Role) -> Option<&Figures> {
    results.iter().find(|result| result.time.role == role)
}

struct Contestant {
    role: Role,
    argv: Vec<OsString>,
}

fn contestants(list: &List, programs: &Programs, pairs: &[Pair]) -> Vec<Contestant> {
    let contestant = |role, program: &PathBuf, args: &[&str]| {
        let args = args.iter().map(OsString::from);
        Contestant { role, argv: [program.into()].into_iter().chain(args).collect() }
    };
    let mut all = vec![contestant(Role::Limit, &programs.lsns, list.limit)];
    if let Some(bare) = list.bare {
        all.push(contestant(Role::Bare, &programs.lsns, &[bare]));
    }
    for pair in pairs.iter().filter(|pair| pair.tool == list.tool) {
        all.push(contestant(Role::Ours, &pair.ours, list.args));
        // Who asks for less is compared with who asks for all.
        match list.args {
            [] => all.push(contestant(Role::OneCpu, &pair.ours, &[])),
            _ => all.push(contestant(Role::Whole, &pair.ours, &[])),
        }
        all.extend(pair.peer.iter().map(|peer| contestant(Role::Peer, peer, list.args)));
    }
    all
}

/// Makes the population, runs stopwatch and tracer among it, and reads what they have written.
fn measure_one(
    list: &List,
    field: &[Contestant],
    programs: &Programs,
    options: &Options,
) -> Result<Vec<Figures>, Error> {
    let rounds = |number: u64| (number * options.rounds).div_ceil(USUAL_ROUNDS).to_string();
    let mut args: Vec<OsString> = vec![(&programs.people).into()];
    args.extend([list.processes, list.families].map(|number| number.to_string().into()));
    args.extend(["---".into(), (&programs.launch).into(), (&programs.results).into(), "any".into()]);
    args.push(options.cpu.unwrap_or_else(machine::last_cpu).to_string().into());
    args.extend([WARMUP.to_string(), rounds(list.rounds)].map(OsString::from));
    args.extend(["1", "0", "0"].map(OsString::from));
    for contestant in field {
        args.push(match contestant.role {
            Role::OneCpu => "::1".into(),
            Role::Peer => format!(":::{}", rounds(list.peer_rounds)).into(),
            _ => ":::".into(),
        });
        args.extend(contestant.argv.iter().cloned());
    }
    let traced = |contestant: &&Contestant| contestant.role != Role::Peer || list.trace_peer;
    for (i, contestant) in field.iter().enumerate().filter(|(_, contestant)| traced(contestant)) {
        args.extend(["---".into(), (&programs.trace).into(), "end".into(), trace_file(programs, i).into()]);
        args.extend(contestant.argv.iter().cloned());
    }
    measure::run(&programs.inside, &args, Stdio::null())?;
    let roles: Vec<Role> = field.iter().map(|contestant| contestant.role).collect();
    let times = measure::timed(&roles, &measure::take(&programs.results)?);
    let traces = field.iter().enumerate().map(|(i, contestant)| {
        let bytes = traced(&contestant).then(|| measure::take(&trace_file(programs, i))).transpose();
        bytes.map(|bytes| bytes.map(|bytes| measure::traced(&bytes)))
    });
    let traces = traces.collect::<Result<Vec<_>, Error>>()?;
    Ok(times.into_iter().zip(traces).map(|(time, trace)| Figures { time, trace }).collect())
}

fn trace_file(programs: &Programs, contestant: usize) -> PathBuf {
    programs.results.with_extension(format!("trace{contestant}.{}", std::process::id()))
}
