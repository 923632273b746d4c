//! From what was typed to what will be done. Pure: the machine comes in as facts.

mod inside;
mod open;
mod spaces;

use crate::cli::{Cli, Id};
use crate::{TOOL, start};
pub(crate) use spaces::Spaces;
use xns_core::{Actor, Facts, NsKind};
use xns_mnt::{KernelFs, Mount, Propagation, SetPropagation};
use xns_pid::Relay;
use xns_plan::process::{self, Enter, Tell, Unshare};
use xns_plan::{Attend, Control, Phase, Plan};
use xns_user::Credentials;

/// CAP_SYS_ADMIN (capabilities(7)).
const CAP_SYS_ADMIN: u32 = 21;

/// The plan for a command line, on a machine with these facts.
pub fn plan(cli: &Cli, facts: &Facts) -> Plan {
    let spaces = Spaces::of(cli, facts);
    let forks = cli.pty || (spaces.entered().contains(NsKind::Pid) && !cli.no_fork);
    let program = if forks { Actor::Child } else { Actor::Caller };
    let inside = if cli.pty { Actor::Leader } else { program };
    let builder = Builder { cli, facts, spaces, inside, program, plan: Plan::default() };
    builder.build()
}

struct Builder<'a> {
    cli: &'a Cli,
    facts: &'a Facts,
    spaces: Spaces,
    /// Who goes to where the program starts.
    inside: Actor,
    /// Who becomes the program.
    program: Actor,
    plan: Plan,
}

impl Builder<'_> {
    fn build(mut self) -> Plan {
        self.open();
        self.enter();
        self.fork();
        self.places();
        self.proc();
        if self.cli.pty {
            self.plan.take_pty(Actor::Leader, Phase::Program);
            self.plan.lead_program(Actor::Leader);
        }
        self.identity();
        self.signals();
        self.tell();
        self.exec();
        self.plan.with_shared_memory()
    }

    fn caller(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(Actor::Caller, phase, op, why);
    }

    fn program(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(self.program, phase, op, why);
    }

    fn inside(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(self.inside, phase, op, why);
    }

    fn pid(&self) -> u32 {
        self.cli.target.as_ref().map_or(0, |target| target.pid)
    }

    fn enters(&self, kind: NsKind) -> bool {
        self.spaces.entered().contains(kind)
    }

    /// Is who becomes root in the user namespace that is entered?
    fn becomes_root(&self) -> bool {
        self.enters(NsKind::User) && !self.cli.preserve_credentials
    }

    fn enter(&mut self) {
        if self.cli.join_cgroup {
            let join = xns_cgroup::Op::Join(xns_cgroup::Join { pid: self.pid() });
            self.caller(Phase::Owner, join, "asked for by --join-cgroup; while the groups are within sight");
        }
        if self.enters(NsKind::User) && self.facts.euid() == 0 {
            let why = "who rules in there is not to look into this process before it is the program";
            self.caller(Phase::Enter, xns_pid::Op::Hide, why);
        }
        if self.becomes_root() {
            let op = xns_user::Op::Credentials(Credentials::DropGroupsIfAllowed);
            self.caller(Phase::Enter, op, "the caller's supplementary groups are not for in there");
        }
        if self.spaces.entered().is_empty() {
            return;
        }
        let user = self.enters(NsKind::User);
        let user_first = user && self.facts.has_capability("CapEff", CAP_SYS_ADMIN) != Some(true);
        let why =
            if user_first { "in the user namespace one has the rights over the others" } else { "asked for" };
        let enter = Enter {
            pid: self.pid(),
            of_target: self.spaces.of_target,
            of_files: self.spaces.of_sources,
            user_first,
            seen: self.spaces.seen.clone(),
            ours: self.spaces.same.clone(),
        };
        self.caller(Phase::Enter, process::Op::Enter(enter), why);
    }

    /// A proc of the program's own is for it alone, not for those who are in there. Root and working directory, which were opened
    /// before, come along into a mount namespace only when one is in them.
    fn proc(&mut self) {
        let Some(at) = self.cli.mount_proc.clone() else { return };
        let unshare = Unshare { kinds: [NsKind::Mnt].into_iter().collect(), child_shows_pid: false };
        let why = "what is mounted for the program is mounted for nobody else";
        self.inside(Phase::Propagation, process::Op::Unshare(unshare), why);
        let private = SetPropagation(Propagation::Private);
        let why = "what is mounted here stays here";
        self.inside(Phase::Propagation, xns_mnt::Op::Propagation(private), why);
        let mount = Mount { fs: KernelFs::Proc, at, private_first: false, outside_root: None };
        self.inside(Phase::Mounts, xns_mnt::Op::Mount(mount), "shows the processes of the PID namespace");
    }

    fn relay(&self) -> Relay {
        let asked = self.cli.forward_signals || !TOOL.is_original(self.facts);
        if asked { Relay::Each } else { Relay::Nothing }
    }

    fn fork(&mut self) {
        if self.cli.pty {
            self.plan.hold_for_pty();
            let why = "leads the new terminal's session, and stays ours";
            self.caller(Phase::Fork, Control::Fork(Actor::Leader), why);
            return;
        }
        if self.program != Actor::Child {
            return;
        }
        let relay = self.relay();
        if relay != Relay::Nothing {
            let why = "who ends this process means the program";
            self.caller(Phase::Fork, xns_pid::Op::Hold { relay, of_init: false }, why);
        }
        self.caller(Phase::Fork, Control::Fork(Actor::Child), "a PID namespace is for children");
    }

    fn signals(&mut self) {
        if self.cli.pty || self.program == Actor::Child {
            self.program(Phase::Signals, xns_pid::Op::Release, "the program gets the caller's signal mask");
        }
    }

    fn tell(&mut self) {
        if let Some(text) = start::line(self.cli, &self.spaces, self.facts) {
            self.program(Phase::HandOver, process::Op::Tell(Tell(text)), "a person starts a shell");
        }
    }

    fn exec(&mut self) {
        let uid = || match (self.cli.setuid, self.becomes_root()) {
            (Some(Id::Number(uid)), _) => uid.get(),
            (None, true) => 0,
            (Some(Id::Follow), _) | (None, false) => self.facts.uid(),
        };
        let exec = Control::Exec(inside::program(self.cli, &self.spaces, uid, self.facts));
        let why = if self.cli.program.is_empty() { "no program was given: a shell" } else { "the program" };
        self.program(Phase::Exec, exec, why);
        if self.cli.pty {
            self.plan.supervise(Actor::Leader);
            self.plan.proxy(Actor::Leader, self.relay(), false);
        } else if self.program == Actor::Child {
            let relay = self.relay();
            let wait = match relay {
                Relay::Nothing => Control::Follow(Actor::Child),
                _ => Control::Attend(Attend { actor: Actor::Child, relay, pid_1: false }),
            };
            self.caller(Phase::After, wait, "ends as the program ended: with its status, or by its signal");
        }
    }
}
