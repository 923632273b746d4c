//! May the child share the caller's memory until its exec (CLONE_VM | CLONE_VFORK)? It saves a fifth of a forking launch.

use crate::{Control, Op, Plan};
use xns_core::{Actor, NsKind};

/// Only where the plan proves it harmless: the child is the one process that is forked; from its birth to its exec nobody
/// else does anything; and it does nothing that reaches past its exec into the memory, the descriptors or the credentials
/// of the caller, or that may wait.
pub(crate) fn is_harmless(plan: &Plan) -> bool {
    let mut forks = plan.steps.iter().enumerate().filter(|(_, step)| step.op.forks().is_some());
    let (Some((fork, step)), None) = (forks.next(), forks.next()) else { return false };
    if step.op.forks() != Some(Actor::Child) || step.actor != Actor::Caller {
        return false;
    }
    let Some(exec) = plan.steps.iter().position(|step| step.op.is_exec()) else { return false };
    let child = plan.steps.get(fork + 1..exec).unwrap_or_default();
    // Its parent blocks every signal until the exec.
    let released = child.iter().any(|step| step.op == Op::Pid(xns_pid::Op::Release));
    released
        && child.iter().all(|step| step.actor == Actor::Child && may_be_done(&step.op))
        && !makes_time_namespace(plan)
}

/// Operations of which nothing stays in shared memory.
fn may_be_done(op: &Op) -> bool {
    // What looks whether the parent lives leaves its descriptor to the exec.
    let looks = matches!(op, Op::Pid(xns_pid::Op::DieWithParent { .. }));
    let quiet = op.describe().fills().is_empty() && (op.describe().reads().is_empty() || looks);
    let lasting = op.action().is_some_and(|action| action.leaves_something());
    // Capabilities are each process's own. Other credentials would change the shared memory's dumpable flag (prctl(2)).
    let credentials = matches!(op, Op::User(xns_user::Op::Credentials(_)));
    let engine = matches!(op, Op::Control(control) if !matches!(control, Control::Exec(_)));
    quiet && !lasting && !credentials && !engine
}

/// The kernel refuses CLONE_VM into another time namespace (EINVAL).
fn makes_time_namespace(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| match &step.op {
        Op::Process(crate::process::Op::Unshare(unshare)) => unshare.kinds.contains(NsKind::Time),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{self, OpenProc, Unshare};
    use crate::{Exec, Phase, Step};
    use xns_core::NsSet;
    use xns_user::Credentials;
    use xns_user::idmap::InsideId;

    fn plan(kind: NsKind, child_does: impl Into<Op>) -> Plan {
        let mut plan = Plan::default();
        let unshare = process::Op::Unshare(Unshare {
            kinds: [kind].into_iter().collect::<NsSet>(),
            child_shows_pid: false,
        });
        let exec = Exec::of(&["true"]);
        plan.push(Actor::Caller, Phase::Create, unshare, "");
        plan.push(Actor::Caller, Phase::Fork, Control::Fork(Actor::Child), "");
        plan.push(Actor::Child, Phase::Exec, child_does, "");
        plan.push(Actor::Child, Phase::Exec, Control::Exec(exec), "");
        plan.push(Actor::Caller, Phase::After, Control::Wait(Actor::Child), "");
        plan
    }

    #[test]
    fn memory_is_shared_for_a_child_that_only_mounts_and_maps() {
        let shared = plan(NsKind::Pid, xns_pid::Op::Release).with_shared_memory();
        assert_eq!(shared.steps[1].op, Op::Control(Control::Spawn(Actor::Child)));
    }

    #[test]
    fn memory_is_not_shared_where_something_would_reach_the_caller() {
        let credentials = xns_user::Op::Credentials(Credentials::SetUid(InsideId::ROOT));
        let also = |child_does: Op| {
            let mut plan = plan(NsKind::Pid, xns_pid::Op::Release);
            plan.steps.insert(3, Step { op: child_does, ..plan.steps[2].clone() });
            plan
        };
        assert!(!is_harmless(&also(credentials.into())));
        assert!(!is_harmless(&also(process::Op::OpenProc(OpenProc { may_be_missing: false }).into())));
        assert!(!is_harmless(&plan(NsKind::Time, xns_pid::Op::Release)));
        assert!(!is_harmless(&also(Control::Fork(Actor::Init).into())));
        assert!(!is_harmless(&also(xns_pid::pty::Op::Take.into())));
        // Every signal would stay blocked in the program.
        assert!(!is_harmless(&plan(NsKind::Pid, xns_pid::Op::Hide)));
        let mut between = plan(NsKind::Pid, xns_pid::Op::Release);
        between.steps[2].actor = Actor::Caller;
        assert!(!is_harmless(&between));
    }
}
