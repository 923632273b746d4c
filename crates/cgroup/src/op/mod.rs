//! What is done to groups, as steps of a plan.

mod delegate;
mod enable;
mod freeze;
mod group;
mod guard;
mod join;
mod kill;
mod leaf;
mod partition;
mod set;
mod wait;

pub use delegate::Delegate;
pub use enable::{Disable, Enable};
pub use freeze::Freeze;
pub use group::{Make, Remove};
pub use guard::{Dismiss, Guard};
pub use join::{Enter, Move, Open};
pub use kill::Kill;
pub use leaf::{LEAF, Leaf, Unleaf};
pub use set::Set;
pub use wait::{AwaitEmpty, await_empty};

use crate::Join;
use crate::device::AttachDevices;
use xns_core::Apply;

/// Every one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// The groups of another process, joined.
    Join(Join),
    /// A new group.
    Make(Make),
    /// Controllers, passed on to the groups below.
    Enable(Enable),
    /// And taken back.
    Disable(Disable),
    /// The processes of a group, moved to one below it.
    Leaf(Leaf),
    /// And back.
    Unleaf(Unleaf),
    /// A value, written.
    Set(Set),
    /// The devices of a group of version 2, limited.
    Devices(AttachDevices),
    /// A group, opened for a clone into it.
    Open(Open),
    /// A group, joined by this process.
    Enter(Enter),
    /// A group, joined by another process.
    Move(Move),
    /// Processes, stopped or let go on.
    Freeze(Freeze),
    /// The end of its processes, waited for.
    AwaitEmpty(AwaitEmpty),
    /// Processes, ended.
    Kill(Kill),
    /// A group, removed.
    Remove(Remove),
    /// What is done if this process is killed.
    Guard(Guard),
    /// And is not, any more.
    Dismiss(Dismiss),
    /// A group, given to a user.
    Delegate(Delegate),
}

impl Op {
    /// The operation.
    pub fn action(&self) -> &dyn Apply {
        match self {
            Op::Join(op) => op,
            Op::Make(op) => op,
            Op::Enable(op) => op,
            Op::Disable(op) => op,
            Op::Leaf(op) => op,
            Op::Unleaf(op) => op,
            Op::Set(op) => op,
            Op::Devices(op) => op,
            Op::Open(op) => op,
            Op::Enter(op) => op,
            Op::Move(op) => op,
            Op::Freeze(op) => op,
            Op::AwaitEmpty(op) => op,
            Op::Kill(op) => op,
            Op::Remove(op) => op,
            Op::Guard(op) => op,
            Op::Dismiss(op) => op,
            Op::Delegate(op) => op,
        }
    }
}
