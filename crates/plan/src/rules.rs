//! The rules that every plan keeps. They are checked by tests over every plan that options can make.

use crate::control::Control;
use crate::{Op, Phase, Plan, Step, births, hands_over, process, sharing};
use xns_core::{Actor, Slot};

/// A rule that a plan breaks, and the step where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name.
    pub rule: &'static str,
    /// The step's index.
    pub step: usize,
}

/// Does the plan keep the rule at the step with this index?
type Rule = fn(&Plan, usize) -> bool;

/// Every rule that the plan breaks; none for a plan that can be run.
pub fn violations(plan: &Plan) -> Vec<Violation> {
    const RULES: [(&str, Rule); 12] = [
        ("phases never go back", phases_go_forward),
        ("descriptors that the user named are adopted before any other is opened", adopts_first),
        ("nothing is mounted in an own root before propagation is set", nothing_leaks_to_the_host),
        ("every slot is filled before it is read", slots_are_filled),
        ("a process is forked before its first step", actors_are_born),
        ("one process execs, and does nothing after it", exec_is_last),
        ("maps precede mounts and identity", maps_come_first),
        ("paths are opened before the root changes", paths_before_root),
        ("nobody waits for a process that waits for them", waits_can_end),
        ("memory is shared only where that is harmless", sharing_is_harmless),
        ("every process but the settling one is waited for", children_are_waited_for),
        ("somebody copies from a terminal that is taken", terminals_are_served),
    ];
    let steps = 0..plan.steps.len();
    steps
        .flat_map(|step| RULES.into_iter().map(move |rule| (step, rule)))
        .filter(|(step, (_, holds))| !holds(plan, *step))
        .map(|(step, (rule, _))| Violation { rule, step })
        .collect()
}

fn phases_go_forward(plan: &Plan, i: usize) -> bool {
    i == 0 || plan.steps[i - 1].phase <= plan.steps[i].phase
}

/// Filled by the same process, or by the one it was forked from, before the fork.
fn slots_are_filled(plan: &Plan, i: usize) -> bool {
    let step = &plan.steps[i];
    let filled = |slot: &Slot| {
        let before = plan.steps[..i].iter();
        let mut filling = before.filter(|s| s.op.describe().fills().contains(slot));
        filling.any(|s| s.actor == step.actor || births(plan, s.actor).contains(&step.actor))
    };
    step.op.describe().reads().iter().all(filled)
}

fn actors_are_born(plan: &Plan, i: usize) -> bool {
    let actor = plan.steps[i].actor;
    actor == Actor::Caller || plan.steps[..i].iter().any(|s| s.op.forks() == Some(actor))
}

fn exec_is_last(plan: &Plan, i: usize) -> bool {
    let step = &plan.steps[i];
    !step.op.is_exec() || plan.steps[i + 1..].iter().all(|s| s.actor != step.actor && !s.op.is_exec())
}

fn maps_come_first(plan: &Plan, i: usize) -> bool {
    let step = &plan.steps[i];
    let map = matches!(&step.op, Op::User(xns_user::Op::WriteMap(_) | xns_user::Op::RunMapTool(_)));
    !map || plan.steps[..i].iter().all(|s| s.phase < Phase::Propagation)
}

fn paths_before_root(plan: &Plan, i: usize) -> bool {
    let opens = !plan.steps[i].op.describe().fills().is_empty();
    let root = |op: &Op| matches!(op, Op::Mnt(xns_mnt::Op::Chroot(_) | xns_mnt::Op::Pivot(_)));
    !opens || !plan.steps[..i].iter().any(|s| root(&s.op))
}

/// A hand-over goes to a process that exists.
fn waits_can_end(plan: &Plan, i: usize) -> bool {
    hands_over(plan, i).is_none_or(|edge| actors_exist(plan, i, edge.to))
}

fn actors_exist(plan: &Plan, i: usize, actor: Actor) -> bool {
    actor == Actor::Caller || plan.steps[..=i].iter().any(|s| s.op.forks() == Some(actor))
}

fn children_are_waited_for(plan: &Plan, i: usize) -> bool {
    let Some(child) = plan.steps[i].op.forks() else { return true };
    let parent = plan.steps[i].actor;
    let waits = |op: &Op| match op {
        Op::Control(control) => control.waits_for() == Some(child) || *control == Control::Supervise,
        _ => false,
    };
    child == Actor::Binder || plan.steps[i..].iter().any(|s| s.actor == parent && waits(&s.op))
}

/// Its reader is gone for good where the caller becomes the program, or only waits.
fn terminals_are_served(plan: &Plan, i: usize) -> bool {
    let takes = matches!(plan.steps[i].op, Op::Pty(xns_pid::pty::Op::Take));
    let copies = |s: &Step| s.actor == Actor::Caller && matches!(s.op, Op::Control(Control::Proxy(_)));
    !takes || plan.steps[i..].iter().any(copies)
}

fn sharing_is_harmless(plan: &Plan, i: usize) -> bool {
    let shares = matches!(plan.steps[i].op, Op::Control(Control::Spawn(_) | Control::SpawnInto(_)));
    !shares || sharing::is_harmless(plan)
}

fn adopts_first(plan: &Plan, i: usize) -> bool {
    let number = |op: &Op| match op {
        Op::Process(process::Op::Adopt(adopt)) => Some(adopt.number),
        _ => None,
    };
    let Some(own) = number(&plan.steps[i].op) else { return true };
    plan.steps[..i].iter().all(|s| number(&s.op).is_some_and(|before| before > own))
}

fn nothing_leaks_to_the_host(plan: &Plan, i: usize) -> bool {
    let opens = matches!(plan.steps[i].op, Op::Mnt(xns_mnt::Op::OpenRoot(_)));
    !opens || plan.steps[..i].iter().any(|s| matches!(s.op, Op::Mnt(xns_mnt::Op::Propagation(_))))
}
