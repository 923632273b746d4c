//! One type over the operations of all crates.

use crate::control::Control;
use crate::process;
use xns_core::{Actor, Apply, Operation};

/// Any operation that can stand in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// The engine's own.
    Control(Control),
    /// A process's, of no single kind of namespace.
    Process(process::Op),
    /// Mounts.
    Mnt(xns_mnt::Op),
    /// Host and domain name.
    Uts(xns_uts::Op),
    /// Signals.
    Pid(xns_pid::Op),
    /// A pseudo-terminal.
    Pty(xns_pid::pty::Op),
    /// Maps and credentials.
    User(xns_user::Op),
    /// Clocks.
    Time(xns_time::Op),
    /// Control groups.
    Cgroup(xns_cgroup::Op),
    /// Network namespaces' names, devices, addresses and routes.
    Net(xns_net::Op),
}

impl Op {
    /// The operation's description.
    pub fn describe(&self) -> &dyn Operation {
        match self {
            Op::Control(op) => op,
            Op::Process(op) => op.action(),
            Op::Mnt(op) => op.action(),
            Op::Uts(op) => op,
            Op::Pid(op) => op,
            Op::Pty(op) => op,
            Op::User(op) => op.action(),
            Op::Time(op) => op,
            Op::Cgroup(op) => op.action(),
            Op::Net(op) => op.action(),
        }
    }

    /// The actor that this step brings into the world.
    pub const fn forks(&self) -> Option<Actor> {
        match self {
            Op::Control(Control::Fork(actor) | Control::Spawn(actor) | Control::SpawnInto(actor)) => {
                Some(*actor)
            }
            _ => None,
        }
    }

    /// Is this the step that becomes the program?
    pub const fn is_exec(&self) -> bool {
        matches!(self, Op::Control(Control::Exec(_)))
    }

    /// The operation itself; `None` for what the engine does.
    pub fn action(&self) -> Option<&dyn Apply> {
        match self {
            Op::Control(_) => None,
            Op::Process(op) => Some(op.action()),
            Op::Mnt(op) => Some(op.action()),
            Op::Uts(op) => Some(op),
            Op::Pid(op) => Some(op),
            Op::Pty(op) => Some(op),
            Op::User(op) => Some(op.action()),
            Op::Time(op) => Some(op),
            Op::Cgroup(op) => Some(op.action()),
            Op::Net(op) => Some(op.action()),
        }
    }
}

macro_rules! from {
    ($($variant:ident($inner:ty)),* $(,)?) => {
        $(impl From<$inner> for Op {
            fn from(op: $inner) -> Self {
                Op::$variant(op)
            }
        })*
    };
}

from! {
    Control(Control),
    Process(process::Op),
    Mnt(xns_mnt::Op),
    Uts(xns_uts::Op),
    Pid(xns_pid::Op),
    Pty(xns_pid::pty::Op),
    User(xns_user::Op),
    Time(xns_time::Op),
    Cgroup(xns_cgroup::Op),
    Net(xns_net::Op),
}
