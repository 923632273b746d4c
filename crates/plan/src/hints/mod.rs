//! Why a step failed: first what the plan knows, then what the operation itself knows.

mod apparmor;
pub mod asked;
mod create;
mod enter;
mod exec;
mod fork;
mod identity;
mod limits;
mod mounts;
mod reach;
mod view;

pub(crate) use mounts::kernel_fs;

use crate::process::{NamespaceSource, Op as Process, OpenNamespace, UsePlace};
use crate::{Control, Op, Plan, Step, process};
use std::path::Path;
use xns_core::{Actor, Errno, Facts, Failure, Hint, NsKind, NsSet};
use xns_mnt::root::{Content, Fill};
use xns_user::Credentials;

/// The hint for a failure of the step with this index, if its cause is known.
pub fn hint(plan: &Plan, step: usize, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let site = Site { failed: plan.steps.get(step)?, before: plan.steps.get(..step)?, plan };
    let restricted = || site.made(NsKind::User).then(|| apparmor::restricted(failure, facts)).flatten();
    restricted().or_else(|| {
        match &site.failed.op {
            Op::Cgroup(xns_cgroup::Op::Guard(_)) => not_forked(&site, failure.errno()?, facts),
            _ if site.failed.op.forks().is_some() => not_forked(&site, failure.errno()?, facts),
            Op::Control(Control::Exec(program)) => exec::refused(&site, program, failure, facts),
            Op::Process(Process::Unshare(unshare)) => {
                let inside = site.works_inside().then(|| site.words_inside());
                create::unshare_failed(unshare.kinds, failure.errno()?, inside.as_deref(), facts)
            }
            Op::Mnt(xns_mnt::Op::Chroot(chroot)) => identity::no_chroot(&site, failure.errno()?, facts)
                .or_else(|| reach::directory(&site, &chroot.0, failure.errno()?, facts)),
            Op::Mnt(xns_mnt::Op::Pivot(_)) if failure.errno() == Some(Errno::EACCES) => {
                reach::directory(&site, site.own_root()?, Errno::EACCES, facts)
            }
            Op::Mnt(xns_mnt::Op::Fill(Fill { content: Content::Bind { source, .. }, .. }))
                if failure.part == Fill::SOURCE =>
            {
                reach::directory(&site, source, failure.errno()?, facts)
            }
            Op::Mnt(xns_mnt::Op::OpenRoot(open)) => reach::directory(&site, &open.0, failure.errno()?, facts),
            Op::Process(Process::OpenTarget(target)) => enter::no_target(target, failure, facts),
            Op::Process(Process::OpenNamespace(open)) => {
                enter::not_opened(open, failure, facts).or_else(|| {
                    site.unread_target(open).and_then(|pid| enter::of_target(pid, failure.errno()?, facts))
                })
            }
            Op::Process(Process::Enter(enter)) => enter::refused(&site, enter, failure, facts),
            Op::Process(Process::OpenDirectory(open)) => match open.target() {
                Some(pid) => enter::of_target(pid, failure.errno()?, facts),
                None => reach::directory(&site, open.path()?, failure.errno()?, facts),
            },
            Op::Process(Process::UsePlace(UsePlace::Root)) => enter::no_chroot(failure.errno()?, facts),
            Op::Process(Process::ReadEnvironment(read)) => {
                enter::of_target(read.pid, failure.errno()?, facts)
            }
            Op::Process(Process::ChangeDirectory(_) | Process::UsePlace(UsePlace::WorkingDirectory(_)))
                if failure.part == process::OUTSIDE =>
            {
                Some(reach::outside(&site))
            }
            Op::Process(Process::ChangeDirectory(change)) => {
                reach::directory(&site, &change.to, failure.errno()?, facts)
            }
            Op::Mnt(xns_mnt::Op::Propagation(_)) if site.has_own_root() => {
                mounts::own_root_in_chroot(failure.errno()?, facts)
            }
            Op::Mnt(_) => mounts::refused(&site, failure, facts),
            Op::User(xns_user::Op::Credentials(change)) => {
                identity::refused(&site, *change, failure.errno()?, facts)
            }
            _ => None,
        }
        .or_else(|| site.failed.op.describe().hint(failure, facts))
    })
}

/// The group that the child is cloned into has its own reasons.
fn not_forked(site: &Site<'_>, errno: Errno, facts: &Facts) -> Option<Hint> {
    let into = matches!(site.failed.op, Op::Control(Control::SpawnInto(_)));
    let group = site.before.iter().find_map(|step| match &step.op {
        Op::Cgroup(xns_cgroup::Op::Open(open)) if into => Some(open.directory.as_path()),
        _ => None,
    });
    // Who forks in vain has ended by now, and so has the keeper.
    let is_guard = |step: &Step| matches!(step.op, Op::Cgroup(xns_cgroup::Op::Guard(_)));
    let gone = site.failed.actor != Actor::Caller || site.before.iter().any(is_guard);
    group
        .and_then(|group| xns_cgroup::hint::not_cloned(group, errno, facts))
        .or_else(|| fork::fork_failed(errno, site.made_so_far(), gone, facts))
}

/// Where in which plan it happened.
struct Site<'a> {
    plan: &'a Plan,
    failed: &'a Step,
    before: &'a [Step],
}

impl Site<'_> {
    /// The target, when what could not be opened is something of it.
    fn unread_target(&self, open: &OpenNamespace) -> Option<u32> {
        let of_target =
            matches!(open.source, NamespaceSource::Socket(_) | NamespaceSource::OwnerOfTargets(_));
        self.before.iter().filter(|_| of_target).find_map(|step| match &step.op {
            Op::Process(Process::OpenTarget(target)) => Some(target.pid),
            _ => None,
        })
    }

    /// The command that enters the same of process `pid`, but for the mounts.
    fn without_mounts(&self, pid: u32) -> Option<String> {
        let letters = [
            (NsKind::User, "-U"),
            (NsKind::Uts, "-u"),
            (NsKind::Ipc, "-i"),
            (NsKind::Net, "-n"),
            (NsKind::Pid, "-p --mount-proc"),
            (NsKind::Cgroup, "-C"),
            (NsKind::Time, "-T"),
        ];
        let entered = self.before.iter().find_map(|step| match &step.op {
            Op::Process(Process::Enter(enter)) if enter.pid > 0 => Some(enter.of_target),
            _ => None,
        })?;
        let entered = letters.iter().filter(|(kind, _)| entered.contains(*kind));
        let options: String = entered.map(|(_, letter)| format!(" {letter}")).collect();
        (!options.is_empty()).then(|| format!("xnsenter -t {pid}{options}"))
    }

    /// The process whose user namespace was entered.
    fn entered_user_of(&self) -> Option<u32> {
        self.before.iter().find_map(|step| match &step.op {
            Op::Process(Process::Enter(enter)) if enter.of_target.contains(NsKind::User) => Some(enter.pid),
            _ => None,
        })
    }

    /// Had the plan made a namespace of this kind by then?
    fn made(&self, kind: NsKind) -> bool {
        self.made_so_far().contains(kind)
    }

    /// What the plan had made by then.
    fn made_so_far(&self) -> NsSet {
        all_created(self.before)
    }

    /// Is there a root of one's own, for which unchanged propagation is private?
    fn has_own_root(&self) -> bool {
        self.plan.steps.iter().any(|step| matches!(step.op, Op::Mnt(xns_mnt::Op::OpenRoot(_))))
    }

    /// The directory that is to be that root.
    fn own_root(&self) -> Option<&Path> {
        self.plan.steps.iter().find_map(|step| match &step.op {
            Op::Mnt(xns_mnt::Op::OpenRoot(open)) => Some(open.0.as_path()),
            _ => None,
        })
    }

    /// Does the inside lie in a process that the plan forks?
    fn forks(&self) -> bool {
        use xns_core::Actor::{Child, Init};
        self.plan.has(Child) || self.plan.has(Init)
    }

    /// Can the plan work in a user namespace of its own? Not what is done outside: a pin, another owner.
    fn works_inside(&self) -> bool {
        !self.plan.steps.iter().any(|step| {
            let owner = matches!(step.op, Op::User(xns_user::Op::Credentials(Credentials::BecomeUid(_))));
            owner || matches!(step.op, Op::Mnt(xns_mnt::Op::Pin(_)))
        })
    }

    /// What else has to be typed for the plan to work in a user namespace of its own: proc wants a new PID namespace, and
    /// a process that is in it; message queues a new IPC namespace.
    fn words_inside(&self) -> Vec<&'static str> {
        let shows = |fs| {
            self.plan
                .steps
                .iter()
                .any(|step| mounts::kernel_fs(&step.op).is_some_and(|(shown, _)| shown == fs))
        };
        let makes = |kind| all_created(&self.plan.steps).contains(kind);
        let (proc, pid) = (shows(xns_mnt::KernelFs::Proc), makes(NsKind::Pid));
        let ipc_missing = (shows(xns_mnt::KernelFs::Mqueue) && !makes(NsKind::Ipc)).then_some("-i");
        let pid_missing = (proc && !pid).then_some("-p");
        let fork_missing = ((proc || pid) && !self.forks()).then_some("-f");
        [ipc_missing, pid_missing, fork_missing].into_iter().flatten().collect()
    }
}

/// The namespaces that these steps make.
pub(crate) fn all_created(steps: &[Step]) -> NsSet {
    steps.iter().flat_map(|step| created(&step.op).iter()).collect()
}

/// The namespaces that this operation makes.
fn created(op: &Op) -> NsSet {
    match op {
        Op::Process(Process::Unshare(unshare)) => unshare.kinds,
        _ => NsSet::EMPTY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Phase;
    use crate::process::Unshare;
    use xns_core::{Actor, Errno, Recorded};

    fn plan(kinds: &[NsKind]) -> Plan {
        let mut plan = Plan::default();
        let unshare =
            Process::Unshare(Unshare { kinds: kinds.iter().copied().collect(), child_shows_pid: false });
        plan.push(Actor::Caller, Phase::Create, unshare, "");
        plan.push(Actor::Caller, Phase::Fork, Control::Fork(Actor::Child), "");
        plan
    }

    #[test]
    fn a_pid_namespace_of_our_own_making_is_not_dead() {
        let files = [
            ("/proc/self/ns/pid", "pid:[1]"),
            ("/proc/self/ns/pid_for_children", "pid:[2]"),
            ("/proc/meminfo", "MemAvailable:  12 kB\n"),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec();
        let facts = Facts::recorded(Recorded { files, ..Recorded::default() });
        let ask = |kinds: &[NsKind]| hint(&plan(kinds), 1, &Errno::ENOMEM.into(), &facts).unwrap().id;
        assert_eq!(ask(&[NsKind::Pid, NsKind::User]), "XNS-E06-memory");
        assert_eq!(ask(&[NsKind::User]), "XNS-E06-pid-namespace-dead");
    }
}
