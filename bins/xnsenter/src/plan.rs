//! From what was typed to what will be done.

use crate::TOOL;
use crate::cli::{Cli, Place};
use xns_core::{Actor, Facts, NsKind, NsSet};
use xns_pid::Relay;
use xns_plan::process::{self, ChangeDirectory, Enter, OpenDirectory, OpenNamespace, OpenTarget, UsePlace};
use xns_plan::{Attend, Control, Phase, Plan};
use xns_user::idmap::InsideId;
use xns_user::{Credentials, KeepCapabilities};

/// CAP_SYS_ADMIN (capabilities(7)).
const CAP_SYS_ADMIN: u32 = 21;

/// The plan for a command line, on a machine with these facts.
pub fn plan(cli: &Cli, facts: &Facts) -> Plan {
    let of_target = of_target(cli, facts);
    let of_files: NsSet = cli.files.iter().map(|(kind, _)| *kind).collect();
    let entered = of_target.union(of_files);
    let forks = entered.contains(NsKind::Pid) && !cli.no_fork;
    let builder = Builder {
        cli,
        facts,
        of_target,
        of_files,
        entered,
        program: if forks { Actor::Child } else { Actor::Caller },
        plan: Plan::default(),
    };
    builder.build()
}

/// What is asked for, and with `--all` every kind that the kernel knows and in which the target is not where we are.
fn of_target(cli: &Cli, facts: &Facts) -> NsSet {
    let (Some(target), true) = (cli.target, cli.all) else { return cli.of_target };
    let of_file = |kind: NsKind| cli.files.iter().any(|(other, _)| *other == kind);
    let own = |kind: NsKind| facts.link(&format!("/proc/self/ns/{kind}"));
    let same = |kind: NsKind| facts.link(&format!("/proc/{}/ns/{kind}", target.pid)) == own(kind);
    let more = NsKind::ALL.into_iter().filter(|kind| !of_file(*kind) && own(*kind).is_some() && !same(*kind));
    more.fold(cli.of_target, NsSet::with)
}

struct Builder<'a> {
    cli: &'a Cli,
    facts: &'a Facts,
    of_target: NsSet,
    of_files: NsSet,
    entered: NsSet,
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
        self.identity();
        self.exec();
        self.plan.with_shared_memory()
    }

    fn caller(&mut self, phase: Phase, op: impl Into<xns_plan::Op>, why: &'static str) {
        self.plan.push(Actor::Caller, phase, op, why);
    }

    fn open(&mut self) {
        let phase = Phase::Prepare;
        self.caller(
            phase,
            xns_pid::Op::DefaultChildSignal,
            "children are to be waited for, here and in the program",
        );
        for (kind, file) in &self.cli.files {
            let open = OpenNamespace { kind: *kind, file: file.clone() };
            self.caller(phase, process::Op::OpenNamespace(open), "while the path still means what was typed");
        }
        if let Some(target) = self.cli.target {
            let first = self.of_target.iter().next().unwrap_or(NsKind::Mnt);
            let open = OpenTarget { pid: target.pid, inode: target.inode, first };
            self.caller(
                phase,
                process::Op::OpenTarget(open),
                "held, so that it is this process and no later one",
            );
        }
        let pid = self.cli.target.map_or(0, |target| target.pid);
        let root = self.cli.root.as_ref().map(|place| match place {
            Place::OfTarget => OpenDirectory::TargetRoot(pid),
            Place::Path(path) => OpenDirectory::Root(path.clone()),
        });
        let wd = self.cli.wd.as_ref().map(|place| match place {
            Place::OfTarget => OpenDirectory::TargetWorkingDirectory(pid),
            Place::Path(path) => OpenDirectory::WorkingDirectory(path.clone()),
        });
        for open in root.into_iter().chain(wd) {
            self.caller(phase, process::Op::OpenDirectory(open), "while the path still means what was typed");
        }
    }

    /// Becomes whoever is root in the user namespace that is entered?
    fn becomes_root(&self) -> bool {
        self.entered.contains(NsKind::User) && !self.cli.preserve_credentials
    }

    fn enter(&mut self) {
        if self.becomes_root() {
            let op = xns_user::Op::Credentials(Credentials::DropGroupsIfAllowed);
            self.caller(Phase::Enter, op, "the caller's supplementary groups are not for in there");
        }
        if self.entered.is_empty() {
            return;
        }
        let rights = self.facts.has_capability("CapEff", CAP_SYS_ADMIN) == Some(true);
        let enter = Enter { of_target: self.of_target, of_files: self.of_files, user_first: !rights };
        let why = if self.entered.contains(NsKind::User) && !rights {
            "in the user namespace one has the rights over the others"
        } else {
            "asked for"
        };
        self.caller(Phase::Enter, process::Op::Enter(enter), why);
    }

    fn relay(&self) -> Relay {
        let asked = self.cli.forward_signals || !TOOL.is_original(self.facts);
        if asked { Relay::Each } else { Relay::Nothing }
    }

    fn fork(&mut self) {
        if self.program != Actor::Child {
            return;
        }
        if self.relay() != Relay::Nothing {
            let why = "who ends this process means the program";
            self.caller(Phase::Fork, xns_pid::Op::Hold(self.relay()), why);
        }
        self.caller(Phase::Fork, Control::Fork(Actor::Child), "a PID namespace is for children");
    }

    fn places(&mut self) {
        let program = self.program;
        let mut push = |phase, op, why: &'static str| self.plan.push(program, phase, op, why);
        if self.cli.root.is_some() {
            push(Phase::Root, process::Op::UsePlace(UsePlace::Root), "asked for by --root");
        }
        if self.cli.wd.is_some() {
            push(Phase::Directory, process::Op::UsePlace(UsePlace::WorkingDirectory), "asked for by --wd");
        }
        if let Some(dir) = self.cli.wdns.clone() {
            let op = ChangeDirectory { to: dir, in_new_root: false };
            push(Phase::Directory, process::Op::ChangeDirectory(op), "asked for by --wdns");
        }
    }

    fn identity(&mut self) {
        let root = self.becomes_root().then_some(InsideId::ROOT);
        let program = self.program;
        let mut push = |op, why: &'static str| {
            self.plan.push(program, Phase::Identity, xns_user::Op::Credentials(op), why);
        };
        if let Some(gid) = self.cli.setgid.or(root) {
            // Where setgroups is denied there is nothing to drop that the namespace's maker did not have.
            push(Credentials::DropGroupsIfAllowed, "the caller's supplementary groups are not for in there");
            push(Credentials::SetGid(gid), "root in the user namespace, or asked for by --setgid");
        }
        if let Some(uid) = self.cli.setuid.or(root) {
            push(Credentials::SetUid(uid), "root in the user namespace, or asked for by --setuid");
        }
        if self.cli.keep_caps && self.entered.contains(NsKind::User) {
            let op = xns_user::Op::KeepCapabilities(KeepCapabilities);
            self.plan.push(program, Phase::Identity, op, "an exec by who is not root would drop them");
        }
    }

    fn exec(&mut self) {
        let program = self.program;
        if program == Actor::Child && self.relay() != Relay::Nothing {
            let why = "the program gets the caller's signal mask";
            self.plan.push(program, Phase::Signals, xns_pid::Op::Release, why);
        }
        let uid = || match (self.cli.setuid, self.becomes_root()) {
            (Some(uid), _) => uid.get(),
            (None, true) => 0,
            (None, false) => self.facts.uid(),
        };
        let exec = Control::Exec(xns_tool::program(&self.cli.program, None, uid, self.facts));
        let why = if self.cli.program.is_empty() { "no program was given: a shell" } else { "the program" };
        self.plan.push(program, Phase::Exec, exec, why);
        if program == Actor::Child {
            let relay = self.relay();
            let wait = match relay {
                Relay::Nothing => Control::Wait(Actor::Child),
                _ => Control::Attend(Attend { actor: Actor::Child, relay, pid_1: false }),
            };
            self.caller(Phase::After, wait, "ends as the program ended: with its status, or by its signal");
        }
    }
}
