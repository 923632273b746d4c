//! How a process comes into a group.

use crate::{Version, hint};
use std::path::{Path, PathBuf};
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Facts, Failure, Hint, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::fd::{self, WriteStep};
use xns_sys::fs;

/// The parts of what writes into a file: it is opened; it is written.
const OPEN: u8 = 0;
const WRITE: u8 = 1;

/// This process joins a group. The file is closed at once: the kernel judges a move by who opened it (CVE-2026-78408).
///
/// By version 1 a 0 in `tasks` moves the one thread that writes, and waits for nobody; a number, or `cgroup.procs`, waits for
/// an RCU grace period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enter {
    /// The group's directory.
    pub directory: PathBuf,
    /// Its hierarchy's version.
    pub version: Version,
    /// Does the shell that stands for this process go on outside, being the caller?
    pub of_caller: bool,
    /// Where this process goes back to when a later step fails: from a leaf that has been made for it.
    pub back: Option<PathBuf>,
}

impl Enter {
    fn file(&self) -> PathBuf {
        self.file_of(&self.directory)
    }

    fn file_of(&self, group: &Path) -> PathBuf {
        group.join(match self.version {
            Version::V1 => "tasks",
            Version::V2 => "cgroup.procs",
        })
    }
}

impl Operation for Enter {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write({}, \"0\")", c_string(self.file())))]
    }

    fn shell(&self) -> Vec<Shell> {
        let line = format!("echo 0 > {}", path(self.file()));
        vec![if self.of_caller { Shell::Outside(line) } else { Shell::Inside(line) }]
    }

    fn failed(&self, part: u8) -> String {
        match part {
            OPEN => format!("cannot open {}", self.file().display()),
            _ => format!("cannot join the group {}", self.directory.display()),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_joined(&self.directory, self.version, failure.part == OPEN, failure.errno()?, facts)
    }
}

impl Apply for Enter {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        write(&self.file(), "0")
    }

    fn undo(&self) {
        if let Some(back) = &self.back {
            let _ = write(&self.file_of(back), "0");
        }
    }

    fn leaves_something(&self) -> bool {
        self.back.is_some()
    }
}

/// Another process, or by version 1 all its threads, is moved to a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The group's directory.
    pub directory: PathBuf,
    /// Its hierarchy's version.
    pub version: Version,
    /// The process, as a number of this PID namespace.
    pub pid: u32,
    /// The group that it is in now, to which it goes back when a later step fails.
    pub before: Option<PathBuf>,
}

impl Operation for Move {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write({}, \"{}\")", c_string(self.directory.join("cgroup.procs")), self.pid))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("echo {} > {}", self.pid, path(self.directory.join("cgroup.procs"))))]
    }

    fn failed(&self, part: u8) -> String {
        match part {
            OPEN => format!("cannot open {}", self.directory.join("cgroup.procs").display()),
            _ => format!("cannot move process {} to {}", self.pid, self.directory.display()),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::process_not_moved(self, failure.part == OPEN, failure.errno()?, facts)
    }
}

impl Apply for Move {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        write(&self.directory.join("cgroup.procs"), &self.pid.to_string())
    }

    fn undo(&self) {
        if let Some(before) = &self.before {
            let _ = write(&before.join("cgroup.procs"), &self.pid.to_string());
        }
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

/// Opens a group of version 2, into which the child is cloned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The group's directory.
    pub directory: PathBuf,
}

impl Operation for Open {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!(
            "openat(AT_FDCWD, {}, O_PATH|O_DIRECTORY) = GROUP",
            c_string(&self.directory)
        ))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Inside(format!("echo 0 > {}", path(self.directory.join("cgroup.procs"))))]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot open the group {}", self.directory.display())
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_found(&self.directory, failure.errno()?, facts)
    }

    fn fills(&self) -> &'static [Slot] {
        &[Slot::Group]
    }
}

impl Apply for Open {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let group = fs::open_directory(&self.directory)?;
        slots.fill(Slot::Group, group);
        Ok(Outcome::Done)
    }
}

fn write(file: &Path, text: &str) -> Result<Outcome, Failure> {
    match fd::write_file(file, text.as_bytes()) {
        Ok(()) => Ok(Outcome::Done),
        Err((WriteStep::Open, errno)) => Err(Failure::in_part(OPEN, errno)),
        Err((WriteStep::Write, errno)) => Err(Failure::in_part(WRITE, errno)),
    }
}
