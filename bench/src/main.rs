//! `xns-bench`: what a launch or a list costs with our tools, with the originals, and at least (see README.md).
//!
//! It prints figures and ratios and compares them with the targets; it is no test, and a missed target is no failure.
#![forbid(unsafe_code)]

mod cases;
mod error;
mod groups;
mod lists;
mod machine;
mod measure;
mod nets;
mod options;
mod programs;
mod report;
mod target;
mod tools;
mod trees;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use cases::{CASES, Case};
use error::Error;
use groups::{Groups, Hierarchies, Version};
use lists::{LISTS, List};
use measure::{Contestant, Pass, Role};
use options::Options;
use programs::Programs;
use target::Target;
use tools::Pair;
use trees::{TREES, Tree};

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
    if let Some(name) = &options.inside {
        return nets::inside(name, &options, out);
    }
    let programs = Programs::build(&options)?;
    if options.compile.is_some() {
        return Ok(());
    }
    check_names(&options)?;
    let root = machine::is_root()?;
    let hierarchies = Hierarchies::find();
    let (cases, skipped) = chosen(&options, root, hierarchies.as_ref());
    let (lists, skipped_lists) = chosen_lists(&options, root);
    let trees = chosen_trees(&options, root, hierarchies.as_ref());
    let tools = cases.iter().map(|case| case.tool).chain(lists.iter().map(|list| list.tool));
    let tools = tools.chain(trees.iter().map(|_| trees::TOOL));
    let pairs = tools::find(&options, tools)?;
    report::header(out, &options, &pairs)?;
    for case in cases.iter().filter(|case| case.groups.is_some()) {
        writeln!(out, "{:<12}{}", case.name, case.both())?;
    }
    let lists_need = skipped_lists.iter().map(|list| (list.title(), "root"));
    for (title, what) in skipped.iter().map(|(case, what)| (case.title(), *what)).chain(lists_need) {
        writeln!(out, "skipped     {title}: it needs {what}")?;
    }
    let in_groups = !trees.is_empty() || cases.iter().any(|case| case.groups.is_some());
    let groups = hierarchies.filter(|_| in_groups).map(Groups::make).transpose()?;
    if !cases.is_empty() {
        let target = Target::for_cases(&cases, &programs)?;
        let scene =
            Scene { programs: &programs, pairs: &pairs, target: target.as_ref(), groups: groups.as_ref() };
        launches(&cases, &scene, &options, out)?;
    }
    if let Some(groups) = &groups {
        trees::run(&trees, &programs, &pairs, groups, &options, out)?;
    }
    lists::run(&lists, &programs, &pairs, &options, out)?;
    let nets: Vec<_> = nets::NETS.iter().filter(|net| root && asked(&options, net.name)).collect();
    nets::run(&nets, out)
}

/// What the launches need.
struct Scene<'a> {
    programs: &'a Programs,
    pairs: &'a [Pair],
    target: Option<&'a Target>,
    groups: Option<&'a Groups>,
}

impl Scene<'_> {
    /// What runs the launcher of this case.
    fn prefix(&self, case: &Case) -> Vec<OsString> {
        let groups = self.groups.filter(|_| case.groups.is_some());
        groups.map_or_else(Vec::new, |groups| groups.prefix(self.programs))
    }

    /// The argument of a case, with what it stands for.
    fn fill(&self, argument: &str) -> String {
        let text = target::fill(self.target, argument);
        self.groups.map_or(text.clone(), |groups| groups.fill(&text))
    }
}

/// What it costs to launch a program.
fn launches(
    cases: &[&'static Case],
    scene: &Scene<'_>,
    options: &Options,
    out: &mut impl Write,
) -> Result<(), Error> {
    let fields = trace_all(cases, scene, options, out)?;
    for pass in passes(options) {
        let takes_part = |case: &Case| pass.has(case) && (case.timed || !options.cases.is_empty());
        let mut rows = cases.iter().zip(&fields).filter(|(case, _)| takes_part(case)).peekable();
        if rows.peek().is_some() {
            report::pass_head(out, &pass, options)?;
        }
        for (case, field) in rows {
            let times = measure::time(scene.programs, field, options, &pass, case, &scene.prefix(case))?;
            report::pass_row(out, &pass, case, &times)?;
        }
    }
    Ok(())
}

fn check_names(options: &Options) -> Result<(), Error> {
    let known = |name: &String| {
        let names = CASES.iter().map(|case| case.name).chain(LISTS.iter().map(|list| list.name));
        let nets = nets::NETS.iter().map(|net| net.name);
        names.chain(TREES.iter().map(|tree| tree.name)).chain(nets).any(|known| known == name)
    };
    match options.cases.iter().find(|name| !known(name)) {
        Some(name) => Err(Error::NoCase(name.clone())),
        None => Ok(()),
    }
}

/// The cases asked for: those that can be done here, and those that cannot, with what they need.
fn chosen(
    options: &Options,
    root: bool,
    hierarchies: Option<&Hierarchies>,
) -> (Vec<&'static Case>, Vec<Skipped>) {
    let lacks = |case: &Case| match case.groups {
        _ if case.root && !root => Some("root"),
        Some(version) if hierarchies.is_none_or(|found| found.version() != version) => Some(match version {
            Version::One => "cpu, memory and pids in control groups of version 1",
            Version::Two => "cpu, memory and pids in control groups of version 2",
        }),
        _ => None,
    };
    let (mut chosen, mut skipped) = (Vec::new(), Vec::new());
    for case in CASES.iter().filter(|case| asked(options, case.name)) {
        match lacks(case) {
            None => chosen.push(case),
            Some(what) => skipped.push((case, what)),
        }
    }
    (chosen, skipped)
}

type Skipped = (&'static Case, &'static str);

/// The same of the lists. All need root, to make the population.
fn chosen_lists(options: &Options, root: bool) -> (Vec<&'static List>, Vec<&'static List>) {
    LISTS.iter().filter(|list| asked(options, list.name)).partition(|_| root)
}

/// Control groups to be listed: where root can make them.
fn chosen_trees(options: &Options, root: bool, hierarchies: Option<&Hierarchies>) -> Vec<&'static Tree> {
    let asked = |tree: &&Tree| root && hierarchies.is_some() && asked(options, tree.name);
    TREES.iter().filter(asked).collect()
}

fn asked(options: &Options, name: &str) -> bool {
    options.cases.is_empty() || options.cases.iter().any(|case| case == name)
}

/// The kernel's locks that joining a group takes are cold after so long.
const APART_MS: u64 = 100;

/// As each launch waits so long, there are fewer of them: one for so many.
const APART_SHARE: u64 = 8;

/// Back to back, and with gaps.
fn passes(options: &Options) -> Vec<Pass> {
    let rounds = options.rounds;
    let fewer = rounds.div_ceil(APART_SHARE);
    let mut passes = Vec::new();
    if !options.apart {
        passes.push(Pass { gap_ms: 0, rounds, apart: None });
    }
    match options.gap_ms {
        Some(0) => {}
        Some(gap_ms) => {
            let rounds = if gap_ms < APART_MS { rounds } else { fewer };
            passes.push(Pass { gap_ms, rounds, apart: None });
        }
        None => {
            passes.push(Pass { gap_ms: 10, rounds, apart: Some(false) });
            passes.push(Pass { gap_ms: APART_MS, rounds: fewer, apart: Some(true) });
        }
    }
    passes
}

/// Runs each contestant of each case once, traced; who fails is reported and does not take part in the timing.
fn trace_all(
    cases: &[&Case],
    scene: &Scene<'_>,
    options: &Options,
    out: &mut impl Write,
) -> Result<Vec<Vec<Contestant>>, Error> {
    let mut fields = Vec::new();
    report::trace_head(out)?;
    for case in cases {
        let mut field = Vec::new();
        let mut traces = Vec::new();
        for contestant in contestants(case, scene, options) {
            let trace = measure::trace(scene.programs, &contestant, &scene.prefix(case))?;
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

fn contestants(case: &Case, scene: &Scene<'_>, options: &Options) -> Vec<Contestant> {
    let programs = scene.programs;
    let contestant = |role, tool: &Path, arguments: &[&str]| {
        let arguments = arguments.iter().map(|argument| scene.fill(argument)).collect();
        Contestant { role, argv: tools::argv(tool, arguments, &programs.tiny) }
    };
    let mut all = vec![
        Contestant { role: Role::Tiny, argv: vec![programs.tiny.clone().into()] },
        contestant(Role::Limit, programs.least(case.tool.least), case.limit),
    ];
    for pair in scene.pairs.iter().filter(|pair| pair.tool == case.tool) {
        all.push(contestant(Role::Ours, &pair.ours, case.ours));
        all.extend(pair.peer.iter().map(|peer| contestant(Role::Peer, peer, case.peer)));
    }
    if options.rivals {
        let rival = |mode: &&'static str| {
            let words = [&[*mode][..], &case.limit[1..]].concat();
            contestant(Role::Rival(mode), programs.least(case.tool.least), &words)
        };
        all.extend(case.rivals.iter().map(rival));
    }
    all
}
