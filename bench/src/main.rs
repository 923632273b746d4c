//! `xns-bench`: what a launch costs with our tools, with the originals, and at least (see README.md).
//!
//! It prints figures and ratios and compares them with the targets; it is no test, and a missed target is no failure.
#![forbid(unsafe_code)]

mod cases;
mod error;
mod machine;
mod measure;
mod options;
mod programs;
mod report;
mod target;
mod tools;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use cases::{CASES, Case};
use error::Error;
use measure::{Contestant, Pass, Role};
use options::Options;
use programs::Programs;
use target::Target;
use tools::Pair;

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    match Options::read().and_then(|options| run(options, &mut out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done when stderr is closed.
            let _ = writeln!(io::stderr(), "xns-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Option<Options>, out: &mut impl Write) -> Result<(), Error> {
    let Some(options) = options else {
        return Ok(out.write_all(options::HELP.as_bytes())?);
    };
    let programs = Programs::build()?;
    let (cases, skipped) = chosen(&options)?;
    let pairs = tools::find(&options, &cases)?;
    report::header(out, &options, &pairs)?;
    for case in skipped {
        writeln!(out, "skipped     {}: it needs root", case.title())?;
    }
    let target = Target::for_cases(&cases, &programs)?;
    let field = |case: &Case| contestants(case, &programs, &pairs, target.as_ref(), &options);
    let fields = trace_all(&cases, &programs, field, out)?;
    for pass in passes(&options) {
        report::pass_head(out, &pass, &options)?;
        for (case, field) in cases.iter().zip(&fields).filter(|(case, _)| timed(case, &options)) {
            let times = measure::time(&programs, field, &options, &pass, case)?;
            report::pass_row(out, &pass, case, &times)?;
        }
    }
    Ok(())
}

/// The cases asked for: those that can be done here, and those that cannot.
fn chosen(options: &Options) -> Result<(Vec<&'static Case>, Vec<&'static Case>), Error> {
    if let Some(name) = options.cases.iter().find(|name| !CASES.iter().any(|case| case.name == **name)) {
        return Err(Error::NoCase(name.clone()));
    }
    let root = machine::is_root()?;
    let asked = |case: &&Case| options.cases.is_empty() || options.cases.iter().any(|name| name == case.name);
    Ok(CASES.iter().filter(asked).partition(|case| root || !case.root))
}

fn timed(case: &Case, options: &Options) -> bool {
    case.timed || !options.cases.is_empty()
}

fn passes(options: &Options) -> Vec<Pass> {
    let mut passes = vec![Pass { gap_ms: 0 }];
    if options.gap_ms > 0 {
        passes.push(Pass { gap_ms: options.gap_ms });
    }
    passes
}

/// Runs each contestant of each case once, traced; who fails is reported and does not take part in the timing.
fn trace_all(
    cases: &[&Case],
    programs: &Programs,
    contestants: impl Fn(&Case) -> Vec<Contestant>,
    out: &mut impl Write,
) -> Result<Vec<Vec<Contestant>>, Error> {
    let mut fields = Vec::new();
    report::trace_head(out)?;
    for case in cases {
        let mut field = Vec::new();
        let mut traces = Vec::new();
        for contestant in contestants(case) {
            let trace = measure::trace(programs, &contestant)?;
            let failed = trace.as_ref().is_some_and(|trace| trace.status != 0);
            traces.push((contestant.role, trace));
            if !failed {
                field.push(contestant);
            }
        }
        report::trace_row(out, case, &traces)?;
        fields.push(field);
    }
    Ok(fields)
}

fn contestants(
    case: &Case,
    programs: &Programs,
    pairs: &[Pair],
    target: Option<&Target>,
    options: &Options,
) -> Vec<Contestant> {
    let contestant = |role, tool: &Path, arguments: &[&str]| {
        let arguments = target::fill(target, arguments);
        Contestant { role, argv: tools::argv(tool, arguments, &programs.tiny) }
    };
    let mut all = vec![
        Contestant { role: Role::Tiny, argv: vec![programs.tiny.clone().into()] },
        contestant(Role::Limit, &programs.limit, case.limit),
    ];
    for pair in pairs.iter().filter(|pair| pair.tool == case.tool) {
        all.push(contestant(Role::Ours, &pair.ours, case.ours));
        all.extend(pair.peer.iter().map(|peer| contestant(Role::Peer, peer, case.peer)));
    }
    if options.rivals {
        let rival = |mode: &&'static str| {
            let words = [&[*mode][..], &case.limit[1..]].concat();
            contestant(Role::Rival(mode), &programs.limit, &words)
        };
        all.extend(case.rivals.iter().map(rival));
    }
    all
}
