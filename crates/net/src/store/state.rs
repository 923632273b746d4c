//! What a name stands for.

use crate::NetnsName;
use std::fmt;
use xns_core::{Facts, NsKind, Sort};

/// What a file of the directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The name of the network namespace with this inode number.
    Live(u64),
    /// An empty file without a namespace: left over from before a restart, by a run that was killed, or bound in another mount
    /// namespace only.
    Stale,
    /// The name of a namespace of another kind.
    OtherKind(NsKind),
    /// Something that no tool for network namespaces has made.
    Foreign(Sort),
}

impl State {
    /// Of this name; `None` when there is no such file.
    pub fn of(name: &NetnsName, facts: &Facts) -> Option<Self> {
        facts.sort_of(&name.path()).map(State::from)
    }

    /// The same without facts, for long lists.
    pub fn look(name: &NetnsName) -> Option<Self> {
        Sort::of(&name.path()).map(State::from)
    }

    /// The namespace's inode number.
    pub const fn inode(self) -> Option<u64> {
        match self {
            State::Live(inode) => Some(inode),
            _ => None,
        }
    }
}

impl From<Sort> for State {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Namespace(NsKind::Net, inode) => State::Live(inode),
            Sort::Namespace(kind, _) => State::OtherKind(kind),
            Sort::Empty => State::Stale,
            other => State::Foreign(other),
        }
    }
}

/// In a few words, for people.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Live(inode) => write!(f, "net:[{inode}]"),
            State::Stale => f.write_str("stale: no namespace is bound to it here"),
            State::OtherKind(kind) => write!(f, "a {} namespace", kind.word()),
            State::Foreign(Sort::Unread) => f.write_str("it may not be looked at"),
            State::Foreign(sort) => write!(f, "{sort}, no network namespace"),
        }
    }
}
