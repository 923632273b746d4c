//! From what was typed to what will be done. Pure: the machine comes in as facts.

mod ids;
mod root;
mod signals;

use crate::cli::{Cli, PropagationChoice};
use crate::maps::{self, Map, PlanError};
use crate::shell;
use crate::start;
use xns_core::{Actor, Facts, NsKind, Slot};
use xns_mnt::{Pin, Propagation, SetPropagation};
use xns_pid::Relay;
use xns_plan::process::{
    self, Adopt, AwaitEnd, BeFirst, OpenPidFile, OpenProc, Unshare, WriteInfo, WritePid,
};
use xns_plan::{Attend, Control, Phase, Plan};
use xns_time::Clock;
use xns_uts::Which;

/// The plan for a command line, on a machine with these facts.
///
/// # Errors
/// When a map cannot be made: no range granted, lines that overlap.
pub fn plan(cli: &Cli, facts: &Facts) -> Result<Plan, PlanError> {
    let users = maps::users(cli, facts)?;
    let groups = maps::groups(cli, facts)?;
    let builder = Builder {
        cli,
        facts,
        users: &users,
        groups: &groups,
        announces: start::announces(cli, facts),
        inside: match (cli.init, cli.fork) {
            (true, _) => Actor::Init,
            // A program that is PID 1 cannot be stopped by Ctrl-Z, and needs nobody to continue it.
            (false, true) if cli.pty && !cli.kinds.contains(NsKind::Pid) => Actor::Leader,
            (false, true) => Actor::Child,
            (false, false) => Actor::Caller,
        },
        program: if cli.fork { Actor::Child } else { Actor::Caller },
        plan: Plan::default(),
    };
    Ok(builder.build())
}

/// The plan so far, and what it is made from.
struct Builder<'a> {
    cli: &'a Cli,
    facts: &'a Facts,
    users: &'a Map,
    groups: &'a Map,
    /// Is a person to be told what is isolated?
    announces: bool,
    /// Who sets up the inside.
    inside: Actor,
    /// Who becomes the program.
    program: Actor,
    plan: Plan,
}

impl Builder<'_> {
    fn build(mut self) -> Plan {
        self.prepare();
        self.helpers();
        self.owner();
        self.create();
        self.map_ranges();
        self.clocks();
        self.fork();
        self.pin();
        self.map_own();
        self.names();
        self.propagation();
        self.root();
        self.mounts();
        self.fork_program();
        self.identity();
        self.leash();
        self.hand_over();
        self.exec();
        self.plan.with_shared_memory()
    }

    fn caller(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(Actor::Caller, phase, op, why);
    }

    fn inside(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(self.inside, phase, op, why);
    }

    fn has(&self, kind: NsKind) -> bool {
        self.cli.kinds.contains(kind)
    }

    /// Pinning is done from the old mount namespace, with the old rights, and where paths mean what they did.
    fn needs_binder(&self) -> bool {
        let left = self.has(NsKind::Mnt) || self.has(NsKind::User) || self.cli.root.is_some();
        !self.cli.files.is_empty() && left
    }

    /// Does anybody read what the processes tell, who could stop reading before it is told?
    fn tells(&self) -> bool {
        let reader = self.cli.info_fd.is_some() || self.cli.pid_file.is_some();
        reader || self.cli.init || self.needs_mapper() || !self.cli.files.is_empty()
    }

    fn prepare(&mut self) {
        let phase = Phase::Prepare;
        // Before anything of ours is opened, or a number that is closed could become ours; from the highest down.
        let given = [(self.cli.info_fd, Slot::Info), (self.cli.wait_fd, Slot::Wait)];
        let mut given: Vec<_> =
            given.into_iter().filter_map(|(number, slot)| Some((number?, slot))).collect();
        given.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        for (number, slot) in given {
            let adopt = process::Op::Adopt(Adopt { number, slot });
            self.caller(phase, adopt, "the program is not to inherit it");
        }
        self.caller(
            phase,
            xns_pid::Op::DefaultChildSignal,
            "children are to be waited for, here and in the program",
        );
        if self.tells() {
            self.caller(
                phase,
                xns_pid::Op::IgnoreBrokenPipes,
                "who stops reading is no reason to leave something half-made",
            );
        }
        if self.cli.pty {
            self.plan.open_pty();
        }
        if let Some(file) = &self.cli.pid_file {
            let open =
                process::Op::OpenPidFile(OpenPidFile { file: file.clone(), of_caller: !self.cli.fork });
            self.caller(phase, open, "opened while the path still means what was typed");
        }
        let needed = self.cli.pid_file.is_some() || self.cli.info_fd.is_some() || self.may_be_deaf();
        if needed || self.announces {
            let open = process::Op::OpenProc(OpenProc { may_be_missing: !needed });
            self.caller(phase, open, "here the program has the PID that you see");
        }
    }

    fn helpers(&mut self) {
        let phase = Phase::Helpers;
        if self.needs_binder() {
            let why = "stays in the old mount namespace, where the pinned files are seen";
            self.caller(phase, Control::Fork(Actor::Binder), why);
        }
        if self.needs_mapper() {
            let why = "stays outside the new user namespace, with the right to map ranges into it";
            self.caller(phase, Control::Fork(Actor::Mapper), why);
        }
    }

    fn create(&mut self) {
        if !self.cli.kinds.is_empty() {
            let why =
                format!("new {} namespace{}", self.cli.kinds.words(), plural(self.cli.kinds.iter().count()));
            let op = process::Op::Unshare(Unshare { kinds: self.cli.kinds, child_shows_pid: self.cli.fork });
            self.plan.push(Actor::Caller, Phase::Create, op, why);
        }
    }

    fn clocks(&mut self) {
        for (clock, seconds) in [(Clock::Boottime, self.cli.boottime), (Clock::Monotonic, self.cli.monotonic)]
        {
            if let Some(seconds) = seconds {
                let why = "possible only before the first process is in the namespace";
                let shift = xns_time::Op::Shift { process: self.outside(), clock, seconds };
                self.plan.push(self.writer(), Phase::Clocks, shift, why);
            }
        }
        if self.outside().is_some() {
            self.await_mapper(Phase::Clocks);
        }
    }

    fn fork(&mut self) {
        if !self.cli.fork {
            return;
        }
        if self.cli.kill_child.is_some() {
            self.caller(Phase::Fork, xns_pid::Op::OpenParent, "the child looks whether its parent lives");
        }
        let why = "Ctrl-C is for the program; the caller stays to tell how it ended";
        if self.cli.pty {
            self.plan.hold_for_pty();
        } else {
            let hold = xns_pid::Op::Hold { relay: self.relay(), of_init: self.cli.init };
            self.caller(Phase::Fork, hold, why);
        }
        let why = match (self.inside, self.has(NsKind::Pid)) {
            (Actor::Init, _) => "PID 1 of the new namespace, and stays ours",
            (Actor::Leader, _) => "leads the new terminal's session, and stays ours",
            (_, true) => "PID 1 of the new namespace",
            (_, false) => "the program runs in a child",
        };
        self.caller(Phase::Fork, Control::Fork(self.inside), why);
        if self.inside == Actor::Leader && self.cli.kill_child.is_some() {
            self.die_with_parent(self.inside, Phase::Fork);
            let why = "the program looks whether the leader lives";
            self.inside(Phase::Fork, xns_pid::Op::OpenParent, why);
        }
        if self.has(NsKind::Pid) {
            let why = "number 1: the PID namespace is a new one";
            self.inside(Phase::Fork, process::Op::BeFirst(BeFirst), why);
        }
    }

    fn pin(&mut self) {
        let actor = if self.needs_binder() { Actor::Binder } else { Actor::Caller };
        for kind in NsKind::USER_FIRST {
            if let Some((_, file)) = self.cli.files.iter().find(|(k, _)| *k == kind) {
                let pin = Pin { kind, file: file.clone(), caller: self.facts.pid() };
                self.plan.push(
                    actor,
                    Phase::Pin,
                    xns_mnt::Op::Pin(pin),
                    "the file keeps the namespace when all have left",
                );
            }
        }
    }

    fn names(&mut self) {
        for (which, name) in [(Which::Host, &self.cli.hostname), (Which::Domain, &self.cli.domainname)] {
            if let Some(name) = name.clone() {
                self.inside(Phase::Names, xns_uts::Op::SetName(which, name), "of this UTS namespace only");
            }
        }
    }

    fn propagation(&mut self) {
        if !self.has(NsKind::Mnt) {
            return;
        }
        // With a root of one's own nothing may be mounted before the host is out of reach.
        let choice = match (self.cli.propagation, &self.cli.pivot_root) {
            (PropagationChoice::Unchanged, Some(_)) => PropagationChoice::default(),
            (choice, _) => choice,
        };
        if let PropagationChoice::Set(propagation) = choice {
            let why = match propagation {
                Propagation::Private => "mounts made here stay here, and those made outside stay outside",
                Propagation::Slave => "mounts made outside arrive here, not the other way round",
                Propagation::Shared => "mounts pass both ways",
            };
            // pivot_root refuses a shared parent (EINVAL): then sharing starts after it.
            let first = if self.cli.pivot_root.is_some() && propagation == Propagation::Shared {
                Propagation::Private
            } else {
                propagation
            };
            self.inside(Phase::Propagation, xns_mnt::Op::Propagation(SetPropagation(first)), why);
        }
    }

    /// By an init, or by who leads the session of the new terminal.
    fn fork_program(&mut self) {
        let leader = self.inside;
        if leader == Actor::Init {
            self.die_with_parent(leader, Phase::Program);
        }
        if self.cli.pty && leader != Actor::Child {
            self.plan.take_pty(leader, Phase::Program);
        }
        match leader {
            Actor::Init => {
                let why = "init takes signals one by one, and loses none";
                self.inside(Phase::Program, xns_pid::Op::HoldAll, why);
                self.inside(Phase::Program, xns_pid::Op::Hide, "init's descriptors are not for the program");
                self.inside(Phase::Program, Control::Fork(self.program), "the program is init's child");
                if self.cli.pty {
                    self.plan.take_foreground();
                }
            }
            Actor::Leader => self.plan.lead_program(leader),
            _ => {}
        }
    }

    fn hand_over(&mut self) {
        let program = self.program;
        if self.cli.pty && self.inside == program {
            self.plan.take_pty(program, Phase::Signals);
        }
        if self.cli.fork {
            self.plan.push(
                program,
                Phase::Signals,
                xns_pid::Op::Release,
                "the program gets the caller's signal mask",
            );
        }
        let facts = self.facts;
        let mut push = |op, why: &'static str| self.plan.push(program, Phase::HandOver, op, why);
        if self.cli.pid_file.is_some() {
            push(process::Op::WritePid(WritePid), "asked for by --pid-file");
        }
        if self.cli.info_fd.is_some() {
            push(
                process::Op::WriteInfo(WriteInfo { caller: facts.pid() }),
                "asked for by --info-fd: everything is set up",
            );
        }
        if self.cli.wait_fd.is_some() {
            push(process::Op::AwaitEnd(AwaitEnd), "asked for by --wait-fd");
        }
        if self.tells() {
            let why = "the program gets the caller's disposition";
            self.plan.push(program, Phase::HandOver, xns_pid::Op::RestoreBrokenPipes, why);
        }
        if self.announces {
            let announce =
                process::Op::Announce(start::announcement(self.cli, self.users, self.groups, facts));
            self.plan.push(program, Phase::HandOver, announce, "a person starts a shell");
        }
    }

    fn exec(&mut self) {
        let exec = Control::Exec(shell::program(self.cli, self.users, self.facts));
        let why = if self.cli.program.is_empty() { "no program was given: a shell" } else { "the program" };
        self.plan.push(self.program, Phase::Exec, exec, why);
        if self.cli.init {
            self.inside(
                Phase::After,
                Control::Supervise,
                "reaps orphans, passes signals on, and ends with the program",
            );
        }
        if self.inside == Actor::Leader {
            self.plan.supervise(self.inside);
        }
        if self.cli.pty {
            self.plan.proxy(self.inside, self.relay(), self.may_be_deaf());
        } else if self.cli.fork {
            let attend = Attend { actor: self.inside, relay: self.relay(), pid_1: self.may_be_deaf() };
            let wait = if attend.relay == Relay::Nothing && !self.cli.init {
                Control::Wait(self.inside)
            } else {
                Control::Attend(attend)
            };
            self.caller(Phase::After, wait, "ends as the program ended: with its status, or by its signal");
        }
    }
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
