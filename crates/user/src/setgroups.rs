//! `/proc/PID/setgroups`: whether setgroups(2) may be used in a user namespace.

use std::fmt;
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::fd::{self, WriteStep};

const FILE: &str = "/proc/self/setgroups";

/// The two values of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setgroups {
    /// It may.
    Allow,
    /// It may not, for good: what an unprivileged gid_map needs.
    Deny,
}

impl fmt::Display for Setgroups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Setgroups::Allow => "allow",
            Setgroups::Deny => "deny",
        })
    }
}

/// `write("/proc/self/setgroups", value)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteSetgroups {
    /// The value.
    pub value: Setgroups,
    /// Kernels below 3.19 have no such file: is that fine?
    pub may_be_missing: bool,
}

impl Operation for WriteSetgroups {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write(\"{FILE}\", \"{}\")", self.value))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("echo {} > /proc/$$/setgroups", self.value))]
    }

    fn failed(&self, part: u8) -> String {
        if part == WriteStep::Open as u8 {
            format!("cannot open {FILE}")
        } else {
            format!("write failed {FILE}")
        }
    }
}

impl Apply for WriteSetgroups {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        match fd::write_file(FILE, self.value.to_string().as_bytes()) {
            Ok(()) => Ok(Outcome::Done),
            Err((WriteStep::Open, Errno::ENOENT)) if self.may_be_missing => {
                Ok(Outcome::Tolerated("no setgroups file in this kernel"))
            }
            Err((step, errno)) => Err(Failure::in_part(step as u8, errno)),
        }
    }
}
