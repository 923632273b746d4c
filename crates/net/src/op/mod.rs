//! What is done to network namespaces, as steps of a plan.

mod carry;
mod reach;

pub use carry::Carry;
pub(crate) use carry::Refused;
pub use reach::Reach;

use xns_core::Apply;

/// Every one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A network namespace, opened with a routing socket in it.
    Reach(Reach),
    /// Requests about devices, addresses and routes.
    Carry(Box<Carry>),
}

impl Op {
    /// The operation.
    pub fn action(&self) -> &dyn Apply {
        match self {
            Op::Reach(op) => op,
            Op::Carry(op) => op.as_ref(),
        }
    }
}

impl From<Carry> for Op {
    fn from(op: Carry) -> Self {
        Op::Carry(Box::new(op))
    }
}
