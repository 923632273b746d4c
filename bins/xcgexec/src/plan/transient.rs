//! A group for one run: made, limited, entered by the program from its first instruction, and removed.

use super::{PlanError, places, program};
use crate::TOOL;
use crate::cli::{Cli, Remaining, ReportFormat, ReportTo};
use std::ffi::OsString;
use std::path::Path;
use xns_cgroup::{
    Arrangement, AwaitEmpty, Base, Disable, Enable, Enter, GroupPath, Hierarchy, Kill, Layout, Op, Open,
    Placed, RUN_PREFIX, Remove, Tree, Unleaf, Version, Wanted, arrange, device, directory_of_group,
};
use xns_core::{Actor, Facts};
use xns_pid::{Relay, Signal};
use xns_plan::process::{self, Form, OpenReport, ReportRun, StartClock};
use xns_plan::{Attend, Control, Phase, Plan, Step};
use xns_tool::say;

/// What a report tells of, where it can be had without limits.
const REPORTED: [&str; 6] = ["memory", "cpu", "pids", "io", "cpuacct", "blkio"];

pub(super) fn plan(cli: &Cli, layout: &Layout, facts: &Facts) -> Result<Plan, PlanError> {
    let name = name(layout, facts);
    let below = places::below(&cli.groups, layout, facts)?;
    if !cli.both {
        // On this machine.
        places::are_there(&below, facts)?;
    }
    let base = Base::Below(&below);
    let group = |tree: &Tree| directory_of_group(layout, tree, base, &name);
    let mut settings = cli.limits.settings(layout, &group, facts)?;
    if let Some(set) =
        settings.iter().find(|set| ["cgroup.freeze", "freezer.state"].contains(&set.file.as_str()))
    {
        return Err(PlanError::Freezes(set.file.clone()));
    }
    let rules = cli.devices.rules()?;
    if let Some(rules) = &rules {
        settings.extend(device::settings(rules, layout, &group, facts)?);
    }
    let more = cli.limits.also_enabled(layout);
    let wanted = Wanted {
        name: &name,
        base,
        devices: rules.as_ref(),
        settings: &settings,
        also: &also(cli, layout, &below, facts),
        wishes: if cli.report.is_some() { &REPORTED } else { more.as_slice() },
        transient: true,
    };
    let arrangement = arrange(layout, &wanted, facts)?;
    let told = arrangement.told.clone();
    let mut builder = Builder { cli, facts, arrangement, plan: Plan::default() };
    builder.make();
    builder.start();
    builder.finish();
    say(&TOOL, &mut builder.plan, &told, &cli.reporting, facts);
    Ok(builder.plan)
}

/// A name that no group has yet: of the same number in another PID namespace, or of a run that was killed, there may be one.
fn name(layout: &Layout, facts: &Facts) -> GroupPath {
    let base = format!("{RUN_PREFIX}{}", facts.pid());
    let is_taken = |name: &GroupPath| {
        let own = layout.trees.iter().filter_map(|tree| layout.own_directory(tree));
        own.map(|own| own.join(name.as_path())).any(|directory| facts.is_directory(&directory))
    };
    let names = std::iter::once(base.clone()).chain((2..).map(|more| format!("{base}.{more}")));
    let mut names = names.filter_map(|name| GroupPath::parse(&OsString::from(name)).ok());
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// Hierarchies beside those of the limits: that of version 2, which starts, counts and kills better; without it the freezer's, to
/// kill; and what is reported on.
fn also(
    cli: &Cli,
    layout: &Layout,
    below: &[(Hierarchy, std::path::PathBuf)],
    facts: &Facts,
) -> Vec<Hierarchy> {
    let mut also: Vec<Hierarchy> = below.iter().map(|(hierarchy, _)| hierarchy.clone()).collect();
    let mut add = |tree: &Tree| {
        if !also.contains(&tree.hierarchy) {
            also.push(tree.hierarchy.clone());
        }
    };
    let unified = layout.unified().filter(|tree| may_make_groups(layout, tree, facts));
    if let Some(tree) = unified.or_else(|| layout.find("freezer")) {
        add(tree);
    }
    if cli.report.is_some() {
        let v1 = |tree: &&Tree| tree.version() == Version::V1 && may_make_groups(layout, tree, facts);
        REPORTED.iter().filter_map(|name| layout.find(name)).filter(v1).for_each(add);
    }
    also
}

/// As far as the owner of our own group there shows.
fn may_make_groups(layout: &Layout, tree: &Tree, facts: &Facts) -> bool {
    let owner = layout.own_directory(tree).and_then(|own| facts.owner(own.to_str()?));
    !tree.read_only && (facts.euid() == 0 || owner == Some(facts.euid()))
}

struct Builder<'a> {
    cli: &'a Cli,
    facts: &'a Facts,
    arrangement: Arrangement,
    plan: Plan,
}

impl Builder<'_> {
    fn caller(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(Actor::Caller, phase, op, why);
    }

    fn child(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(Actor::Child, phase, op, why);
    }

    fn unified(&self) -> Option<Placed> {
        self.placed(|tree| tree.version() == Version::V2)
    }

    fn placed(&self, wanted: impl Fn(&Tree) -> bool) -> Option<Placed> {
        self.arrangement.placed.iter().find(|placed| wanted(&placed.tree)).cloned()
    }

    fn make(&mut self) {
        let why = "who stops reading is no reason to leave the group";
        self.caller(Phase::Prepare, xns_pid::Op::IgnoreBrokenPipes, why);
        let why = "ignored, it would let the program vanish before it is waited for";
        self.caller(Phase::Prepare, xns_pid::Op::DefaultChildSignal, why);
        let hold = xns_pid::Op::Hold { relay: Relay::Each, of_init: false };
        self.caller(Phase::Prepare, hold, "nobody ends this process before it has removed the group");
        self.caller(Phase::Prepare, xns_pid::Op::OpenParent, "the program looks whether this process lives");
        if let Some(ReportTo::File(file)) = &self.cli.report {
            let open = process::Op::OpenReport(OpenReport(file.clone()));
            self.caller(Phase::Prepare, open, "what cannot be written to is known before the run");
        }
        for (op, why) in std::mem::take(&mut self.arrangement.steps) {
            self.plan.push(Actor::Caller, Phase::Create, op, why);
        }
    }

    fn start(&mut self) {
        if self.cli.report.is_some() {
            let clock = process::Op::StartClock(StartClock);
            self.caller(Phase::Create, clock, "the report tells how long the run took");
        }
        match self.unified() {
            Some(Placed { directory, .. }) => {
                self.caller(Phase::Create, Op::Open(Open { directory }), "the child is cloned into it");
                let why = "in the group from its first instruction";
                self.caller(Phase::Fork, Control::ForkInto(Actor::Child), why);
            }
            None => self.caller(Phase::Fork, Control::Fork(Actor::Child), "the program runs in a child"),
        }
        for Placed { tree, directory } in self.arrangement.placed.clone() {
            if tree.version() == Version::V1 {
                let enter = Enter { directory, version: Version::V1, of_caller: false, back: None };
                self.child(Phase::Join, Op::Enter(enter), "before the program's first instruction");
            }
        }
        let end = xns_pid::Op::DieWithParent { signal: Signal::KILL, parent: self.facts.pid() };
        self.child(Phase::Signals, end, "nobody else would remove the group");
        self.child(Phase::Signals, xns_pid::Op::Release, "the program gets the caller's signal mask");
        let why = "the program dies of a broken pipe as the caller would";
        self.child(Phase::HandOver, xns_pid::Op::RestoreBrokenPipes, why);
        self.child(Phase::Exec, program(self.cli), "the program");
        let attend = Attend { actor: Actor::Child, relay: Relay::Each, pid_1: false };
        let why = "ends as the program ended: with its status, or by its signal";
        self.caller(Phase::After, Control::Attend(attend), why);
    }

    fn finish(&mut self) {
        self.empty();
        self.report();
        for Placed { directory, .. } in self.arrangement.placed.clone().into_iter().rev() {
            self.caller(
                Phase::After,
                Op::Remove(Remove { directory, afterwards: true }),
                "it was for this run",
            );
        }
        self.bring_back();
    }

    /// What was rearranged for the run is as before: the deepest first, since a controller is disabled below before it is above.
    fn bring_back(&mut self) {
        let enabled = |step: &Step| match &step.op {
            xns_plan::Op::Cgroup(Op::Enable(enable)) => Some(enable.clone()),
            _ => None,
        };
        let leaf = |step: &Step, group: &Path| matches!(&step.op, xns_plan::Op::Cgroup(Op::Leaf(leaf)) if leaf.group == group);
        let enabled: Vec<Enable> = self.plan.steps.iter().filter_map(enabled).collect();
        for enable in enabled.into_iter().rev() {
            if self.plan.steps.iter().any(|step| leaf(step, &enable.directory)) {
                let Enable { directory: group, controllers } = enable;
                let unleaf = Unleaf { group, controllers };
                self.caller(Phase::After, Op::Unleaf(unleaf), "its processes go back to where they were");
            } else {
                let why = "it was enabled for this run; with it the group could take no process";
                self.caller(Phase::After, Op::Disable(Disable(enable)), why);
            }
        }
    }

    fn report(&mut self) {
        let asked = self.cli.report.is_some();
        // A person is told why the program died, and so is who asks for hints.
        let told = || !self.cli.reporting.is_quiet(self.facts) && self.cli.reporting.wants_hints(self.facts);
        if !asked && !told() {
            return;
        }
        let form = match (asked, self.cli.report_format) {
            (false, _) => Form::Killed,
            (true, ReportFormat::Text) => Form::Text,
            (true, ReportFormat::Json) => Form::Json,
        };
        let report = ReportRun {
            parts: self.arrangement.placed.iter().map(Placed::part).collect(),
            form,
            to_file: matches!(self.cli.report, Some(ReportTo::File(_))),
            tool: TOOL.called_as(self.facts).into_owned(),
            program: self
                .cli
                .program
                .first()
                .map(|word| word.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        self.caller(Phase::After, process::Op::ReportRun(report), "what the group has counted goes with it");
    }

    /// By version 2 if it can be: one file ends all.
    fn empty(&mut self) {
        let freezer = self.placed(|tree| tree.controllers.iter().any(|name| name == "freezer"));
        let group = self.unified().or_else(|| freezer.clone()).or_else(|| self.placed(|_| true));
        let Some(Placed { tree, directory }) = group else { return };
        let version = tree.version();
        if self.cli.remaining == Remaining::Wait {
            let wait = AwaitEmpty { directory: directory.clone(), version };
            self.caller(Phase::After, Op::AwaitEmpty(wait), "asked for by --remaining=wait");
        }
        let freezer = match version {
            Version::V1 => freezer.map(|placed| placed.directory),
            Version::V2 => Some(directory.clone()),
        };
        let kill = Kill { directory, version, freezer, afterwards: true };
        self.caller(Phase::After, Op::Kill(kill), "what the program has left in the group would keep it");
    }
}
