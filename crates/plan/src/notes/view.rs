//! A plan as its mistakes see it.

use crate::{Control, Exec, Op, Plan, process};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_core::{Actor, Facts, NsKind, NsSet};
use xns_mnt::{KernelFs, Propagation, SetPropagation};
use xns_user::idmap::{IdKind, IdMap, InsideId, OutsideId};

/// The plan, and what the notes ask of it.
pub(super) struct View<'a> {
    plan: &'a Plan,
    /// What becomes of it in the end.
    pub(super) program: &'a Exec,
    /// The namespaces that it makes.
    pub(super) created: NsSet,
    /// The caller's effective uid.
    pub(super) euid: u32,
}

impl<'a> View<'a> {
    /// `None` for a plan without namespaces or program of its own.
    pub(super) fn of(plan: &'a Plan, facts: &Facts) -> Option<Self> {
        let program = plan.steps.iter().find_map(|step| match &step.op {
            Op::Control(Control::Exec(exec)) => Some(exec),
            _ => None,
        })?;
        let created = crate::hints::all_created(&plan.steps);
        Some(View { plan, program, created, euid: facts.euid() })
    }

    pub(super) fn makes(&self, kind: NsKind) -> bool {
        self.created.contains(kind)
    }

    /// Does an operation like this stand in the plan?
    pub(super) fn does(&self, like: impl Fn(&Op) -> bool) -> bool {
        self.plan.steps.iter().any(|step| like(&step.op))
    }

    /// The first answer of an operation.
    pub(super) fn find<T>(&self, ask: impl Fn(&'a Op) -> Option<T>) -> Option<T> {
        self.plan.steps.iter().find_map(|step| ask(&step.op))
    }

    /// Is the program another process than the one that makes the namespaces?
    pub(super) fn forks(&self) -> bool {
        self.plan.has(Actor::Child) || self.plan.has(Actor::Init)
    }

    /// Is PID 1 ours?
    pub(super) fn has_init(&self) -> bool {
        self.plan.has(Actor::Init)
    }

    /// What the kernel sends the program when its parent ends.
    pub(super) fn death_signal(&self) -> Option<xns_pid::Signal> {
        self.plan.steps.iter().find_map(|step| match step.op {
            Op::Pid(xns_pid::Op::DieWithParent { signal, .. }) => Some(signal),
            _ => None,
        })
    }

    /// Is proc mounted, anywhere?
    pub(super) fn mounts_proc(&self) -> bool {
        self.does(|op| crate::hints::kernel_fs(op).is_some_and(|(fs, _)| fs == KernelFs::Proc))
    }

    /// Does the plan itself use its mount namespace, so that the program need not?
    pub(super) fn mounts_itself(&self) -> bool {
        self.does(|op| matches!(op, Op::Mnt(xns_mnt::Op::Mount(_) | xns_mnt::Op::OpenRoot(_))))
    }

    /// The process that is entered.
    pub(super) fn target(&self) -> Option<u32> {
        self.plan.steps.iter().find_map(|step| match &step.op {
            Op::Process(process::Op::OpenTarget(target)) => Some(target.pid),
            _ => None,
        })
    }

    /// The namespaces of others that are entered.
    pub(super) fn entered(&self) -> NsSet {
        let enter = self.plan.steps.iter().find_map(|step| match &step.op {
            Op::Process(process::Op::Enter(enter)) => Some(enter.of_target.union(enter.of_files)),
            _ => None,
        });
        enter.unwrap_or_default()
    }

    /// Is the target's namespace of this kind known to be another than ours?
    pub(super) fn enters_another(&self, kind: NsKind) -> bool {
        self.does(|op| match op {
            Op::Process(process::Op::Enter(enter)) => enter.seen.iter().any(|(seen, _)| *seen == kind),
            _ => false,
        })
    }

    /// Does the program get a terminal of its own?
    pub(super) fn has_own_terminal(&self) -> bool {
        self.does(|op| matches!(op, Op::Pty(_)))
    }

    /// Is nothing passed on but standard input, output and error?
    pub(super) fn closes_descriptors(&self) -> bool {
        self.does(|op| matches!(op, Op::Process(process::Op::CloseDescriptors(_))))
    }

    /// Does somebody outside do their part before the program starts?
    pub(super) fn waits_for_others(&self) -> bool {
        self.does(|op| matches!(op, Op::Process(process::Op::AwaitEnd(_))))
    }

    /// What the plan first makes of the propagation.
    pub(super) fn propagation(&self) -> Option<Propagation> {
        self.plan.steps.iter().find_map(|step| match &step.op {
            Op::Mnt(xns_mnt::Op::Propagation(SetPropagation(propagation))) => Some(*propagation),
            _ => None,
        })
    }

    /// Where groups for this run are made.
    pub(super) fn above_run_groups(&self) -> Vec<&'a Path> {
        let above = self.plan.steps.iter().filter_map(|step| match &step.op {
            Op::Cgroup(xns_cgroup::Op::Make(make)) => {
                let is_for_run = make.directory.file_name()?.to_str()?.starts_with(xns_cgroup::RUN_PREFIX);
                make.directory.parent().filter(|_| is_for_run)
            }
            _ => None,
        });
        above.collect()
    }

    /// The map of user ids.
    pub(super) fn user_map(&self) -> Option<&'a IdMap> {
        self.plan.steps.iter().find_map(|step| match &step.op {
            Op::User(xns_user::Op::WriteMap(op)) if op.kind == IdKind::User => Some(&op.map),
            Op::User(xns_user::Op::RunMapTool(op)) if op.kind == IdKind::User => Some(&op.map),
            _ => None,
        })
    }

    /// The program's uid in a new user namespace.
    pub(super) fn inside_uid(&self) -> Option<InsideId> {
        let set = self.plan.steps.iter().find_map(|step| match &step.op {
            Op::User(xns_user::Op::Credentials(xns_user::Credentials::SetUid(id))) => Some(*id),
            _ => None,
        });
        let become_owner = self.plan.steps.iter().find_map(|step| match &step.op {
            Op::User(xns_user::Op::Credentials(xns_user::Credentials::BecomeUid(id))) => Some(*id),
            _ => None,
        });
        let map = self.user_map().filter(|_| self.makes(NsKind::User))?;
        set.or_else(|| map.inside_of(become_owner.or(OutsideId::new(self.euid))?))
    }

    /// The program's name without directories, and its arguments.
    pub(super) fn command(&self) -> (&'a [u8], Vec<&'a [u8]>) {
        let words = self.program.words.iter().skip(1).map(|word| word.as_bytes());
        (base_name(&self.program.program), words.collect())
    }
}

fn base_name(path: &OsStr) -> &[u8] {
    path.as_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default()
}
