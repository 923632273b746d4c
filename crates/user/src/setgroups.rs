//! `/proc/PID/setgroups`: whether setgroups(2) may be used in a user namespace.

use std::fmt;
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::fd::{self, WriteStep};
use xns_sys::fs;

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

/// `write("/proc/PID/setgroups", value)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteSetgroups {
    /// Whose namespace: a process's number, or `None` for the writer's own.
    pub process: Option<u32>,
    /// The value.
    pub value: Setgroups,
    /// Kernels below 3.19 have no such file: is that fine?
    pub may_be_missing: bool,
}

impl WriteSetgroups {
    fn path(&self) -> String {
        self.process.map_or("/proc/self/setgroups".to_owned(), |pid| format!("/proc/{pid}/setgroups"))
    }
}

impl Operation for WriteSetgroups {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write(\"{}\", \"{}\")", self.path(), self.value))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("echo {} > /proc/$$/setgroups", self.value))]
    }

    fn failed(&self, part: u8) -> String {
        if part == WriteStep::Open as u8 {
            format!("cannot open {}", self.path())
        } else {
            format!("write failed {}", self.path())
        }
    }
}

impl Apply for WriteSetgroups {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        if self.process.is_some() {
            fs::proc_is_ours()?;
        }
        match fd::write_file(self.path(), self.value.to_string().as_bytes()) {
            Ok(()) => Ok(Outcome::Done),
            Err((WriteStep::Open, Errno::ENOENT)) if self.may_be_missing => {
                Ok(Outcome::Tolerated("no setgroups file in this kernel"))
            }
            Err((step, errno)) => Err(Failure::in_part(step as u8, errno)),
        }
    }
}
