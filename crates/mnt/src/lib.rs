//! The mount namespace's operations: propagation, pinning a namespace on a file, proc and other file systems, chroot,
//! and a root of one's own by pivot_root; and its facts: how another's mounts differ from ours.
#![forbid(unsafe_code)]

mod chroot;
mod difference;
mod interpreter;
mod kernel_fs;
mod pin;
mod propagation;
pub mod root;
mod trial;

pub use chroot::Chroot;
pub use difference::{Changed, Difference, Peers, mounts_inside, mounts_of, on_root, root_of};
pub use interpreter::RegisterInterpreter;
pub use kernel_fs::{KernelFs, Mount};
pub use pin::Pin;
pub use propagation::{Propagation, SetPropagation};
pub use trial::Trial;

use xns_core::Apply;

/// Every operation on mounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// How mounts pass between the namespaces.
    Propagation(SetPropagation),
    /// A namespace kept by a file.
    Pin(Pin),
    /// Another root directory, the old way.
    Chroot(Chroot),
    /// proc, mqueue or binfmt_misc on a path.
    Mount(Mount),
    /// An interpreter for a kind of file.
    RegisterInterpreter(RegisterInterpreter),
    /// The own root, opened.
    OpenRoot(root::OpenRoot),
    /// Something put into the own root.
    Fill(root::Fill),
    /// The own root becomes `/`.
    Pivot(root::Pivot),
}

impl Op {
    /// The operation.
    pub fn action(&self) -> &dyn Apply {
        match self {
            Op::Propagation(op) => op,
            Op::Pin(op) => op,
            Op::Chroot(op) => op,
            Op::Mount(op) => op,
            Op::RegisterInterpreter(op) => op,
            Op::OpenRoot(op) => op,
            Op::Fill(op) => op,
            Op::Pivot(op) => op,
        }
    }
}
