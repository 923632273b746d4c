//! What is done to network namespaces, as steps of a plan.

mod reach;

pub use reach::Reach;

use xns_core::Apply;

/// Every one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A network namespace, opened with a routing socket in it.
    Reach(Reach),
}

impl Op {
    /// The operation.
    pub fn action(&self) -> &dyn Apply {
        match self {
            Op::Reach(op) => op,
        }
    }
}
