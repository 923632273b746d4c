//! `xns-bench`: what a launch or a list costs with our tools, with the originals, and at least (see README.md).
//!
//! It prints figures and ratios and compares them with the targets; it is no test, and a missed target is no failure.
#![forbid(unsafe_code)]

mod cases;
mod error;
mod lists;
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
use lists::{LISTS, List};
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
    check_names(&options)?;
    let root = machine::is_root()?;
    let (cases, skipped) = chosen(&options, root);
    let (lists, skipped_lists) = chosen_lists(&options, root);
    let tools = cases.iter().map(|case| case.tool).chain(lists.iter().map(|list| list.tool));
    let pairs = tools::find(&options, tools)?;
    report::header(out, &options, &pairs)?;
    let titles = skipped.iter().map(|case| case.title()).chain(skipped_lists.iter().map(|list| list.title()));
    for title in titles {
        writeln!(out, "skipped     {title}: it needs root")?;
    }
    if !cases.is_empty() {
        launches(&cases, &programs, &pairs, &options, out)?;
    }
    lists::run(&lists, &programs, &pairs, &options, out)
}

/// What it costs to launch a program.
fn launches(
    cases: &[&'static Case],
    programs: &Programs,
    pairs: &[Pair],
    options: &Options,
    out: &mut impl Write,
) -> Result<(), Error> {
    let target = Target::for_cases(cases, programs)?;
    let field = |case: &Case| contestants(case, programs, pairs, target.as_ref(), options);
    let fields = trace_all(cases, programs, field, out)?;
    for pass in passes(options) {
        report::pass_head(out, &pass, options)?;
        for (case, field) in cases.iter().zip(&fields).filter(|(case, _)| timed(case, options)) {
            let times = measure::time(programs, field, options, &pass, case)?;
            report::pass_row(out, &pass, case, &times)?;
        }
    }
    Ok(())
}

fn check_names(options: &Options) -> Result<(), Error> {
    let known = |name: &String| {
        CASES.iter().any(|case| case.name == *name) || LISTS.iter().any(|list| list.name == *name)
    };
    match options.cases.iter().find(|name| !known(name)) {
        Some(name) => Err(Error::NoCase(name.clone())),
        None => Ok(()),
    }
}

/// The cases asked for: those that can be done here, and those that cannot.
fn chosen(options: &Options, root: bool) -> (Vec<&'static Case>, Vec<&'static Case>) {
    CASES.iter().filter(|case| asked(options, case.name)).partition(|case| root || !case.root)
}

/// The same of the lists. All need root, to make the population.
fn chosen_lists(options: &Options, root: bool) -> (Vec<&'static List>, Vec<&'static List>) {
    LISTS.iter().filter(|list| asked(options, list.name)).partition(|_| root)
}

fn asked(options: &Options, name: &str) -> bool {
    options.cases.is_empty() || options.cases.iter().any(|case| case == name)
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
