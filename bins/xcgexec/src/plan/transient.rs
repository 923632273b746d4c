//! A group for one run: made, limited, entered by the program from its first instruction, and removed.

use super::{PlanError, places, program};
use crate::TOOL;
use crate::cli::{Cli, Remaining, ReportFormat, ReportTo};
use std::ffi::OsString;
use std::path::Path;
use xns_cgroup::{
    Arrangement, AwaitEmpty, Base, Disable, Dismiss, Enable, Enter, GroupPath, Guard, Hierarchy, Kill,
    Layout, Op, Open, Placed, RUN_PREFIX, Remove, Tree, Unleaf, Version, Wanted, arrange, device,
    directory_of_group,
};
use xns_core::{Actor, Facts, NsKind};
use xns_pid::{Relay, Signal};
use xns_plan::process::{self, Channel, Form, OpenReport, ReportRun, StartClock};
use xns_plan::{Attend, Control, Phase, Plan};
use xns_tool::say;

/// What a report tells of, where it can be had without limits.
const REPORTED: [&str; 6] = ["memory", "cpu", "pids", "io", "cpuacct", "blkio"];

/// What a run with a limit or two has, in steps.
const ROOM: usize = 28;

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
    // By version 1 who is there already may be one too many; by version 2 nobody may be cloned into the group.
    if settings.iter().any(|set| set.file == "pids.max" && set.value == "0") {
        return Err(PlanError::NoProcess);
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
    let mut builder = Builder { cli, facts, arrangement, plan: Plan::with_room(ROOM) };
    builder.make();
    builder.start();
    builder.finish();
    say(&TOOL, &mut builder.plan, &told, &cli.reporting, facts);
    Ok(builder.plan.with_shared_memory())
}

/// A name that no group has yet: a run that was killed may have left one. Numbers are those of a PID namespace, whose own number follows
/// where it is not the first: runs that begin at the same time have different names, though one has not made its group yet when the
/// other looks.
fn name(layout: &Layout, facts: &Facts) -> GroupPath {
    let other = facts.other_namespace(NsKind::Pid);
    let of_namespace = other.map(|number| format!(".{number}")).unwrap_or_default();
    let base = format!("{RUN_PREFIX}{}{of_namespace}", facts.pid());
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
    let freezer = || layout.find("freezer").filter(|tree| layout.own_directory(tree).is_some());
    if let Some(tree) = unified.or_else(freezer) {
        add(tree);
    }
    if cli.report.is_some() {
        let v1 = |tree: &&Tree| tree.version() == Version::V1 && may_make_groups(layout, tree, facts);
        REPORTED.iter().filter_map(|name| layout.find(name)).filter(v1).for_each(add);
    }
    also
}

/// As far as the owner of our own group there shows, which has to be seen.
fn may_make_groups(layout: &Layout, tree: &Tree, facts: &Facts) -> bool {
    let Some(own) = layout.own_directory(tree) else { return false };
    let is_ours = || own.to_str().and_then(|own| facts.owner(own)) == Some(facts.euid());
    !tree.read_only && (facts.euid() == 0 || is_ours())
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
        let clear = self.clearing().into_iter().map(|(op, _)| op).collect();
        let why = "does the steps that come after the program, should this process be killed";
        self.caller(Phase::Create, Op::Guard(Guard { clear }), why);
        for (op, why) in self.arrangement.steps.clone() {
            self.plan.push(Actor::Caller, Phase::Create, op, why);
        }
    }

    fn start(&mut self) {
        if self.cli.report.is_some() {
            // What these count goes with the groups below them.
            let counts = |placed: &&Placed| {
                let tree = &placed.tree;
                tree.version() == Version::V2
                    || tree.controllers.iter().any(|name| ["memory", "pids"].contains(&name.as_str()))
            };
            let counting = self.arrangement.placed.iter().filter(counts);
            let marked = counting.map(|placed| placed.directory.clone()).collect();
            let clock = process::Op::StartClock(StartClock { marked });
            let why = "the report tells how long the run took, and does not take what has gone with groups below for nothing";
            self.caller(Phase::Create, clock, why);
        }
        match self.unified() {
            Some(Placed { directory, .. }) => {
                self.caller(Phase::Create, Op::Open(Open { directory }), "the child is cloned into it");
                let why = "in the group from its first instruction";
                self.caller(Phase::Fork, Control::SpawnInto(Actor::Child), why);
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
        if self.cli.remaining == Remaining::Wait
            && let Some(Placed { tree, directory }) = self.emptied()
        {
            let wait = AwaitEmpty { directory, version: tree.version() };
            self.caller(Phase::After, Op::AwaitEmpty(wait), "asked for by --remaining=wait");
        }
        for (op, why) in self.clearing() {
            let kills = matches!(op, Op::Kill(_));
            self.caller(Phase::After, op, why);
            if kills {
                self.report();
            }
        }
        self.caller(Phase::After, Op::Dismiss(Dismiss), "nothing is left to be cleared away");
    }

    /// What is done after the program, by whoever of us lives then.
    fn clearing(&self) -> Vec<(Op, &'static str)> {
        let remove =
            |placed: &Placed| Op::Remove(Remove { directory: placed.directory.clone(), afterwards: true });
        let removals =
            self.arrangement.placed.iter().rev().map(|placed| (remove(placed), "it was for this run"));
        self.kill().into_iter().chain(removals).chain(self.bring_back()).collect()
    }

    /// What was rearranged for the run is as before: the deepest first, since a controller is disabled below before it is above.
    fn bring_back(&self) -> Vec<(Op, &'static str)> {
        let steps = || self.arrangement.steps.iter().map(|(op, _)| op);
        let is_leaf = |op: &Op, group: &Path| matches!(op, Op::Leaf(leaf) if leaf.group == group);
        let enabled =
            steps().filter_map(|op| if let Op::Enable(enable) = op { Some(enable.clone()) } else { None });
        let mut enabled: Vec<Enable> = enabled.collect();
        enabled.reverse();
        let back = |enable: Enable| {
            if steps().any(|op| is_leaf(op, &enable.directory)) {
                let Enable { directory: group, controllers } = enable;
                (Op::Unleaf(Unleaf { group, controllers }), "its processes go back to where they were")
            } else {
                let why = "it was enabled for this run; with it the group could take no process";
                (Op::Disable(Disable(enable)), why)
            }
        };
        enabled.into_iter().map(back).collect()
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
            parts: self
                .arrangement
                .placed
                .iter()
                .map(|placed| (placed.part(), placed.tree.point.clone()))
                .collect(),
            form,
            channel: match self.cli.report {
                Some(ReportTo::File(_)) => Channel::File,
                Some(ReportTo::Stdout) => Channel::Stdout,
                Some(ReportTo::Stderr) | None => Channel::Stderr,
            },
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

    /// The group whose processes are ended: of version 2 if it can be, where one file ends all.
    fn emptied(&self) -> Option<Placed> {
        self.unified().or_else(|| self.freezer()).or_else(|| self.placed(|_| true))
    }

    fn freezer(&self) -> Option<Placed> {
        self.placed(|tree| tree.controllers.iter().any(|name| name == "freezer"))
    }

    fn kill(&self) -> Option<(Op, &'static str)> {
        let Placed { tree, directory } = self.emptied()?;
        let version = tree.version();
        let freezer = match version {
            Version::V1 => self.freezer().map(|placed| placed.directory),
            Version::V2 => Some(directory.clone()),
        };
        let kill = Kill { directory, version, freezer, afterwards: true };
        Some((Op::Kill(kill), "what the program has left in the group would keep it"))
    }
}
