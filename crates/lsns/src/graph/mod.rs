//! How namespaces belong together, as a picture has it: user namespaces with what each owns, PID namespaces in each other, the
//! processes in them, and the network namespaces that veth pairs join.
//!
//! Namespaces with the same owner and the same lowest process are drawn as one thing: what a container has of its own is made
//! for its first process.

mod build;
#[cfg(test)]
mod tests;

pub use build::build;

use crate::model::Pin;
use std::path::PathBuf;
use xns_core::NsKind;

/// One end of a veth pair and the other (veth(4)).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VethLink {
    /// The inode number of the network namespace that it is in.
    pub from_ns: u64,
    /// Its name there.
    pub name: Vec<u8>,
    /// The network namespace of its peer.
    pub to_ns: u64,
    /// The peer's name there.
    pub peer_name: Vec<u8>,
}

/// The whole picture. Everything in it is in an order that depends on numbers and names only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The user namespaces, by number; what belongs to none in sight is last.
    pub owners: Vec<Owner>,
    /// Those of them that have no parent here.
    pub roots: Vec<usize>,
    /// All else.
    pub bundles: Vec<Bundle>,
    /// Each pair once, both ends of which are in the picture.
    pub links: Vec<VethLink>,
}

/// A user namespace, and what it owns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Its inode number. `None`: this one stands for all owners that are not in sight (ioctl_ns(2): EPERM).
    pub ino: Option<u64>,
    /// How many processes are in it.
    pub processes: u32,
    /// The lowest of them.
    pub first: Option<Named>,
    /// The uid of who made it, where no process is in it.
    pub uid: Option<u32>,
    /// What keeps it, if no process does.
    pub pins: Vec<Pin>,
    /// The user namespace around it, an index of [`Graph::owners`].
    pub parent: Option<usize>,
    /// Those in it, indices of [`Graph::owners`].
    pub children: Vec<usize>,
    /// What it owns, indices of [`Graph::bundles`].
    pub bundles: Vec<usize>,
}

/// Namespaces that were made for the same process; or one that has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The lowest process in each of them.
    pub first: Option<Named>,
    /// Whose they are, an index of [`Graph::owners`].
    pub owner: usize,
    /// The namespaces, at most one of a kind when there are processes; the PID namespace is the last.
    pub spaces: Vec<Space>,
    /// The bundle with the PID namespace around this one's, an index of [`Graph::bundles`].
    pub around: Option<usize>,
    /// The bundle of which the first process has namespaces, too: that with the highest first process, an index of
    /// [`Graph::bundles`].
    pub like: Option<usize>,
    /// Those whose PID namespaces are children of this one's.
    pub inner: Vec<usize>,
    /// The processes in its PID namespace; without one, in any of its namespaces. The first ones by PID.
    pub groups: Vec<Group>,
    /// Processes that are in no group: too many.
    pub more: usize,
}

impl Bundle {
    /// Its namespace of this kind.
    pub fn space(&self, kind: NsKind) -> Option<&Space> {
        self.spaces.iter().find(|space| space.kind == kind)
    }
}

/// A namespace of another kind than user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    /// Its kind.
    pub kind: NsKind,
    /// Its inode number.
    pub ino: u64,
    /// How many processes are in it.
    pub processes: u32,
    /// The parent of a PID namespace.
    pub parent: Option<u64>,
    /// Where it is mounted: for a network namespace that is its name.
    pub mounts: Vec<PathBuf>,
    /// What keeps it, if no process does.
    pub pins: Vec<Pin>,
}

/// A process and what it is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub pid: u32,
    /// Its command line; empty when it could not be read.
    pub command: Vec<u8>,
}

/// Processes with the same command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// By number.
    pub pids: Vec<u32>,
    /// The command line.
    pub command: Vec<u8>,
}
