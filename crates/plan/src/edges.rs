//! Synchronisation, derived from the list: where the actor changes, one byte passes from the one to the other.

use crate::{Op, Plan};
use xns_core::Actor;

/// A pipe from one process to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who writes.
    pub from: Actor,
    /// Who reads.
    pub to: Actor,
}

/// Must the actor of step `i` wake the actor of the next one? Not where that one is born by this very step, nor where
/// it waits for this one's end.
pub fn hands_over(plan: &Plan, i: usize) -> Option<Edge> {
    let (step, next) = (plan.steps.get(i)?, plan.steps.get(i + 1)?);
    let (from, to) = (step.actor, next.actor);
    let birth = step.op.forks() == Some(to);
    let end = match &next.op {
        Op::Control(control) if control.waits_for().is_some() => control.waits_for() == Some(from),
        _ => step.op.is_exec(),
    };
    (from != to && !birth && !end).then_some(Edge { from, to })
}

/// All pipes of the plan, each once: those for hand-overs, and those on which processes that leave something behind learn
/// whether the program came to be.
pub fn edges(plan: &Plan) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    let overs = (0..plan.steps.len()).filter_map(|i| hands_over(plan, i));
    let from = executor(plan);
    let settling = settlers(plan).into_iter().filter_map(|to| from.map(|from| Edge { from, to }));
    for edge in overs.chain(settling) {
        if !edges.contains(&edge) {
            edges.push(edge);
        }
    }
    edges
}

/// The processes, other than the one that becomes the program, whose steps leave something behind: they stay until the
/// program has come to be, and take it back when it does not.
pub fn settlers(plan: &Plan) -> Vec<Actor> {
    let executor = executor(plan);
    let leaves = |actor| {
        let mut own = plan.steps.iter().filter(|step| step.actor == actor);
        own.any(|step| step.op.action().is_some_and(|op| op.leaves_something()))
    };
    Actor::ALL.into_iter().filter(|&actor| Some(actor) != executor && leaves(actor)).collect()
}

/// The process that becomes the program.
pub fn executor(plan: &Plan) -> Option<Actor> {
    plan.steps.iter().find(|step| step.op.is_exec()).map(|step| step.actor)
}

/// The actors that `actor` forks, and theirs: whose pipe ends it has to keep until they are born.
pub fn births(plan: &Plan, actor: Actor) -> Vec<Actor> {
    let mut born = Vec::new();
    let mut parents = vec![actor];
    while let Some(parent) = parents.pop() {
        for step in plan.steps.iter().filter(|step| step.actor == parent) {
            if let Some(child) = step.op.forks() {
                born.push(child);
                parents.push(child);
            }
        }
    }
    born
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Phase;
    use crate::process::{self, Unshare};
    use crate::{Control, Exec};
    use xns_core::NsSet;

    fn step(plan: &mut Plan, actor: Actor, op: impl Into<Op>) {
        plan.push(actor, Phase::Prepare, op, "");
    }

    fn exec() -> Control {
        Control::Exec(Exec::of(&["true"]))
    }

    fn unshare() -> process::Op {
        process::Op::Unshare(Unshare { kinds: NsSet::EMPTY, child_shows_pid: false })
    }

    #[test]
    fn a_plain_fork_needs_no_pipe() {
        let mut plan = Plan::default();
        step(&mut plan, Actor::Caller, unshare());
        step(&mut plan, Actor::Caller, Control::Fork(Actor::Child));
        step(&mut plan, Actor::Child, exec());
        step(&mut plan, Actor::Caller, Control::Wait(Actor::Child));
        assert_eq!(edges(&plan), []);
    }

    #[test]
    fn a_mapper_is_woken_and_waited_for() {
        let mut plan = Plan::default();
        step(&mut plan, Actor::Caller, Control::Fork(Actor::Mapper));
        step(&mut plan, Actor::Caller, unshare());
        step(&mut plan, Actor::Mapper, unshare());
        step(&mut plan, Actor::Caller, Control::Wait(Actor::Mapper));
        step(&mut plan, Actor::Caller, exec());
        assert_eq!(edges(&plan), [Edge { from: Actor::Caller, to: Actor::Mapper }]);
        assert_eq!(births(&plan, Actor::Caller), [Actor::Mapper]);
    }

    #[test]
    fn a_binder_hears_whether_the_program_came_to_be() {
        let mut plan = Plan::default();
        let pin = xns_mnt::Pin { kind: xns_core::NsKind::Mnt, file: "f".into(), caller: 1 };
        step(&mut plan, Actor::Caller, Control::Fork(Actor::Binder));
        step(&mut plan, Actor::Caller, unshare());
        step(&mut plan, Actor::Binder, xns_mnt::Op::Pin(pin));
        step(&mut plan, Actor::Caller, exec());
        let (out, back) = (
            Edge { from: Actor::Caller, to: Actor::Binder },
            Edge { from: Actor::Binder, to: Actor::Caller },
        );
        assert_eq!(edges(&plan), [out, back]);
        assert_eq!(settlers(&plan), [Actor::Binder]);
    }
}
