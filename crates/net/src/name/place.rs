//! Which network namespace a step speaks to.

use super::NetnsName;
use std::fmt;

/// A network namespace, as it is named on a command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The one in which the tool was started.
    Here,
    /// That with this name in `/run/netns`.
    Name(NetnsName),
    /// That of a process; a number of our PID namespace.
    Process(u32),
}

/// As `ip … netns` takes it: the name or the number; `.` for that in which the tool was started.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Here => f.pad("."),
            Place::Name(name) => name.fmt(f),
            Place::Process(pid) => pid.fmt(f),
        }
    }
}
