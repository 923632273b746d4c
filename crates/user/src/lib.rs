//! The user namespace's operations: id maps, setgroups, credentials; the files they are read from: passwd, group, subuid, subgid;
//! and the facts: a namespace's maps in words, a process's rights (user_namespaces(7)).
#![forbid(unsafe_code)]

pub mod account;
pub mod idmap;
pub mod subid;

mod capabilities;
mod credentials;
mod hints;
mod maps;
mod rights;
mod setgroups;
mod words;

pub use capabilities::KeepCapabilities;
pub use credentials::Credentials;
pub use hints::{
    both_granted, granted_ids, look_at_map_tools, map_tool, not_granted, not_mapped_as_root, not_to_be_had,
};
pub use maps::{RunMapTool, WriteMap};
pub use rights::{CapabilitySet, Rights, Seccomp};
pub use setgroups::{Setgroups, WriteSetgroups};
pub use words::{MapLine, Maps, map_words};

use xns_core::Apply;

/// Every operation on user namespaces and credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// A map written to `/proc`.
    WriteMap(WriteMap),
    /// A map written by newuidmap or newgidmap.
    RunMapTool(RunMapTool),
    /// Whether setgroups(2) is allowed.
    Setgroups(WriteSetgroups),
    /// Other ids for the program.
    Credentials(Credentials),
    /// Capabilities for the program.
    KeepCapabilities(KeepCapabilities),
}

impl Op {
    /// The operation.
    pub fn action(&self) -> &dyn Apply {
        match self {
            Op::WriteMap(op) => op,
            Op::RunMapTool(op) => op,
            Op::Setgroups(op) => op,
            Op::Credentials(op) => op,
            Op::KeepCapabilities(op) => op,
        }
    }
}
