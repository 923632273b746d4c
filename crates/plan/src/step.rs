//! Steps, their phases, and the list of them.

use crate::process::{self, Tell};
use crate::{Control, Op, executor, sharing};
use std::borrow::Cow;
use xns_core::Actor;

/// The order of things, written once. Along a plan phases never go back.
///
/// It is that of util-linux's `unshare`, with what is ours in its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Opened while paths still mean what the user typed.
    Prepare,
    /// Helpers that stay outside are forked.
    Helpers,
    /// The process becomes who shall own the namespaces.
    Owner,
    /// The namespaces are made.
    Create,
    /// Those of others are entered.
    Enter,
    /// A helper writes range maps, for which the caller has lost the right.
    MapRanges,
    /// A time namespace's offsets, before anything is in it.
    Clocks,
    /// The child is forked, PID 1 when there is a new PID namespace.
    Fork,
    /// Namespaces are pinned on files, outside.
    Pin,
    /// The process maps its own id.
    MapOwn,
    /// Host and domain name.
    Names,
    /// How mounts pass between here and outside.
    Propagation,
    /// The new root is filled and entered.
    Root,
    /// The working directory.
    Directory,
    /// File systems that show the new namespaces.
    Mounts,
    /// An init forks the program.
    Program,
    /// The control groups of the program.
    Join,
    /// Ids of the program.
    Identity,
    /// Signal mask as the caller had it.
    Signals,
    /// Others are told, and waited for.
    HandOver,
    /// The program.
    Exec,
    /// Until and after its end.
    After,
}

impl Phase {
    /// The lower-case name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Prepare => "prepare",
            Phase::Helpers => "helpers",
            Phase::Owner => "owner",
            Phase::Create => "create",
            Phase::Enter => "enter",
            Phase::MapRanges => "map-ranges",
            Phase::Clocks => "clocks",
            Phase::Fork => "fork",
            Phase::Pin => "pin",
            Phase::MapOwn => "map-own",
            Phase::Names => "names",
            Phase::Propagation => "propagation",
            Phase::Root => "root",
            Phase::Directory => "directory",
            Phase::Mounts => "mounts",
            Phase::Program => "program",
            Phase::Join => "join",
            Phase::Identity => "identity",
            Phase::Signals => "signals",
            Phase::HandOver => "hand-over",
            Phase::Exec => "exec",
            Phase::After => "after",
        }
    }
}

/// One step: who does what, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub actor: Actor,
    /// Where in the order.
    pub phase: Phase,
    /// What.
    pub op: Op,
    /// One line for the reader.
    pub why: Cow<'static, str>,
}

/// The steps, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// All of them; a process does those that are its own.
    pub steps: Vec<Step>,
}

impl Default for Plan {
    /// No steps, and room for as many as a common plan has: each growth would leave its old room behind, on pages that are
    /// touched for the first time.
    fn default() -> Self {
        Plan::with_room(10)
    }
}

impl Plan {
    /// No steps, and room for this many.
    pub fn with_room(steps: usize) -> Self {
        Plan { steps: Vec::with_capacity(steps) }
    }

    /// Adds a step at the end.
    pub fn push(&mut self, actor: Actor, phase: Phase, op: impl Into<Op>, why: impl Into<Cow<'static, str>>) {
        self.steps.push(Step { actor, phase, op: op.into(), why: why.into() });
    }

    /// Does this actor appear?
    pub fn has(&self, actor: Actor) -> bool {
        self.steps.iter().any(|step| step.actor == actor)
    }

    /// Has this text told just before the program starts, first of all that is told then.
    pub fn tell_first(&mut self, text: String) {
        let at = self.steps.iter().position(|step| step.phase >= Phase::HandOver).unwrap_or(self.steps.len());
        let actor = executor(self).unwrap_or(Actor::Caller);
        let op = process::Op::Tell(Tell(text)).into();
        let why = "what may go wrong without an error".into();
        self.steps.insert(at, Step { actor, phase: Phase::HandOver, op, why });
    }

    /// Lets the child share the caller's memory where that is harmless.
    #[must_use]
    pub fn with_shared_memory(mut self) -> Self {
        if sharing::is_harmless(&self) {
            for step in &mut self.steps {
                if let Op::Control(Control::Fork(actor)) = step.op {
                    step.op = Control::Spawn(actor).into();
                }
            }
        }
        self
    }
}
