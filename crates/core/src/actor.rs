//! Who does a step.

use std::fmt;

/// One of the processes over which a plan is laid.
///
/// Without a fork the caller itself becomes the program; with one, the child does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// The process that the user started.
    Caller,
    /// A helper that stays outside the new user namespace, where it has the right to write range maps.
    Mapper,
    /// A helper that stays in the old mount namespace, where files that pin namespaces are seen by others.
    Binder,
    /// Leads the session of a new pseudo-terminal, so that its jobs can be stopped (`--pty` without a PID namespace).
    Leader,
    /// PID 1 of a new PID namespace that stays ours: it reaps, and passes signals on (`--init`).
    Init,
    /// The forked process that becomes the program.
    Child,
}

impl Actor {
    /// All of them, in the order of their values.
    pub const ALL: [Actor; 6] =
        [Actor::Caller, Actor::Mapper, Actor::Binder, Actor::Leader, Actor::Init, Actor::Child];

    /// The lower-case name that plans print.
    pub const fn name(self) -> &'static str {
        match self {
            Actor::Caller => "caller",
            Actor::Mapper => "mapper",
            Actor::Binder => "binder",
            Actor::Leader => "leader",
            Actor::Init => "init",
            Actor::Child => "child",
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
