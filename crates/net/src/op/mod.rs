//! What is done to network namespaces, as steps of a plan.

mod attach;
mod await_gone;
mod await_up;
mod carry;
mod cover_store;
mod enter;
mod make_name;
mod reach;
mod remove_name;
mod replace_file;
mod show_network;
mod use_store;

pub use attach::Attach;
pub use await_gone::AwaitGone;
pub use await_up::{AwaitUp, Awaited};
pub use carry::Carry;
pub(crate) use carry::Refused;
pub use cover_store::CoverStore;
pub use enter::Enter;
pub use make_name::MakeName;
pub(crate) use reach::KIND;
pub use reach::Reach;
pub use remove_name::RemoveName;
pub use replace_file::ReplaceFile;
pub use show_network::ShowNetwork;
pub(crate) use use_store::OTHERS;
pub use use_store::UseStore;

use xns_core::Apply;

/// Every one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A network namespace, opened with a routing socket in it.
    Reach(Reach),
    /// Requests about devices, addresses and routes.
    Carry(Box<Carry>),
    /// Names of one's own in the place of somebody else's.
    CoverStore(CoverStore),
    /// The directory of names, as `ip` has it.
    UseStore(UseStore),
    /// A new network namespace with a name.
    MakeName(MakeName),
    /// A name for one that is there.
    Attach(Attach),
    /// A name, removed.
    RemoveName(RemoveName),
    /// What a namespace leaves, waited for.
    AwaitGone(AwaitGone),
    /// Devices that are to pass packets, waited for.
    AwaitUp(AwaitUp),
    /// A network namespace, entered.
    Enter(Enter),
    /// `/sys` of this network namespace.
    ShowNetwork(ShowNetwork),
    /// A file in the place of one of `/etc`.
    ReplaceFile(ReplaceFile),
}

impl Op {
    /// The operation.
    pub fn action(&self) -> &dyn Apply {
        match self {
            Op::Reach(op) => op,
            Op::Carry(op) => op.as_ref(),
            Op::CoverStore(op) => op,
            Op::UseStore(op) => op,
            Op::MakeName(op) => op,
            Op::Attach(op) => op,
            Op::RemoveName(op) => op,
            Op::AwaitGone(op) => op,
            Op::AwaitUp(op) => op,
            Op::Enter(op) => op,
            Op::ShowNetwork(op) => op,
            Op::ReplaceFile(op) => op,
        }
    }
}

impl From<Carry> for Op {
    fn from(op: Carry) -> Self {
        Op::Carry(Box::new(op))
    }
}
