//! One rule of the devices controller: `c 1:3 rwm`, `b *:* m`, `a`, or a path with the access after it: `/dev/null rw`.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};
use xns_core::Node;

mod parse;

pub use parse::{Half, RuleCause, RuleError};

/// What may be done with a device node: reading, writing, and making one (mknod(2)). The numbers are the kernel's (linux/bpf.h,
/// BPF_DEVCG_ACC_*).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Access(u8);

impl Access {
    /// Making a node.
    pub const MKNOD: Access = Access(1);
    /// Opening for reading.
    pub const READ: Access = Access(2);
    /// Opening for writing.
    pub const WRITE: Access = Access(4);
    /// All three.
    pub const ALL: Access = Access(7);
    /// None of them.
    pub const NONE: Access = Access(0);

    /// The kernel's number.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Is all of the other in this?
    pub const fn contains(self, other: Access) -> bool {
        other.0 & !self.0 == 0
    }

    /// Has it something of the other?
    pub const fn meets(self, other: Access) -> bool {
        self.0 & other.0 != 0
    }

    /// Is there nothing in it?
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Access {
    type Output = Access;
    fn bitor(self, other: Access) -> Access {
        Access(self.0 | other.0)
    }
}

impl BitAnd for Access {
    type Output = Access;
    fn bitand(self, other: Access) -> Access {
        Access(self.0 & other.0)
    }
}

impl Not for Access {
    type Output = Access;
    fn not(self) -> Access {
        Access(!self.0 & Access::ALL.0)
    }
}

impl fmt::Display for Access {
    /// `rwm`, as `devices.list` shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = [('r', Access::READ), ('w', Access::WRITE), ('m', Access::MKNOD)];
        letters
            .iter()
            .filter(|(_, one)| self.contains(*one))
            .try_for_each(|(letter, _)| write!(f, "{letter}"))
    }
}

/// Block or character device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// `b`
    Block,
    /// `c`
    Char,
}

/// Nodes of devices, and what of them a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nodes {
    /// Their sort.
    pub sort: Sort,
    /// The driver's number; `None` for any.
    pub major: Option<u32>,
    /// The driver's own number; `None` for any.
    pub minor: Option<u32>,
    /// The access.
    pub access: Access,
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// `a`: every device, and every access.
    All,
    /// These.
    Nodes(Nodes),
}

impl Nodes {
    /// Those of one device.
    pub fn of(node: Node, access: Access) -> Self {
        let sort = if node.block { Sort::Block } else { Sort::Char };
        Nodes { sort, major: Some(node.major), minor: Some(node.minor), access }
    }

    /// Are the same devices meant, whatever the access?
    pub fn same_devices(&self, other: &Nodes) -> bool {
        (self.sort, self.major, self.minor) == (other.sort, other.major, other.minor)
    }

    /// Are all devices of the other among these?
    pub fn covers(&self, other: &Nodes) -> bool {
        let within = |own: Option<u32>, theirs| own.is_none() || own == theirs;
        self.sort == other.sort && within(self.major, other.major) && within(self.minor, other.minor)
    }

    /// Is there a device that both mean?
    pub fn overlaps(&self, other: &Nodes) -> bool {
        let common =
            |own: Option<u32>, theirs: Option<u32>| own.is_none() || theirs.is_none() || own == theirs;
        self.sort == other.sort && common(self.major, other.major) && common(self.minor, other.minor)
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sort::Block => "b",
            Sort::Char => "c",
        })
    }
}

impl fmt::Display for Nodes {
    /// `c 1:3 rwm`, as the kernel reads it and shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |number: Option<u32>| number.map_or_else(|| "*".to_owned(), |number| number.to_string());
        write!(f, "{} {}:{} {}", self.sort, number(self.major), number(self.minor), self.access)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::All => f.write_str("a"),
            Rule::Nodes(nodes) => nodes.fmt(f),
        }
    }
}
