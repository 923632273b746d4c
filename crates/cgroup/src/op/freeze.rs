//! Processes of a group, stopped and let go on: v1's freezer (freezer-subsystem.rst) and v2's `cgroup.freeze` (Linux 5.2).

use crate::members::text;
use crate::{Version, hint};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::fd;

/// Freezes or thaws a group with all below it, and waits until it is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// The group's directory, by version 1 in the freezer's hierarchy.
    pub directory: PathBuf,
    /// Its hierarchy's version.
    pub version: Version,
    /// Or thawed?
    pub frozen: bool,
}

/// The parts: it is asked for; it has not come to be.
const ASK: u8 = 0;
const WAIT: u8 = 1;

/// A process in the kernel (state D) is frozen when it comes out.
const PATIENCE: Duration = Duration::from_secs(5);

impl Freeze {
    fn file(&self) -> PathBuf {
        self.directory.join(match self.version {
            Version::V1 => "freezer.state",
            Version::V2 => "cgroup.freeze",
        })
    }

    const fn value(&self) -> &'static str {
        match (self.version, self.frozen) {
            (Version::V1, true) => "FROZEN",
            (Version::V1, false) => "THAWED",
            (Version::V2, true) => "1",
            (Version::V2, false) => "0",
        }
    }

    /// Is it so? By version 2 a thawed group below a frozen one reads as frozen.
    fn is_reached(&self) -> Result<bool, Errno> {
        let (file, word) = match (self.version, self.frozen) {
            (Version::V1, frozen) => ("freezer.state", if frozen { "FROZEN" } else { "THAWED" }),
            (Version::V2, frozen) => ("cgroup.events", if frozen { "frozen 1" } else { "frozen 0" }),
        };
        let text = text(&self.directory, file)?;
        Ok(text.lines().any(|line| line == word))
    }

    fn ask(&self) -> Result<(), Errno> {
        fd::write_file(self.file(), self.value().as_bytes()).map_err(|(_, errno)| errno)
    }
}

impl Operation for Freeze {
    fn calls(&self) -> Vec<Call> {
        let write = format!("write({}, \"{}\")", c_string(self.file()), self.value());
        vec![Call::new(write.clone()), Call::only("again while it is not so yet", write)]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("echo {} > {}", self.value(), path(self.file())))]
    }

    fn failed(&self, part: u8) -> String {
        let (done, group) = (if self.frozen { "frozen" } else { "thawed" }, self.directory.display());
        match part {
            ASK => format!("{group} cannot be {done}"),
            _ => format!("{group} is not {done} yet, after {} seconds", PATIENCE.as_secs()),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_frozen(self, failure.part == WAIT, failure.errno()?, facts)
    }
}

impl Apply for Freeze {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let start = Instant::now();
        loop {
            // Version 1 can stay at FREEZING while members fork; to ask again helps.
            self.ask().map_err(|errno| Failure::in_part(ASK, errno))?;
            if self.is_reached()? {
                return Ok(Outcome::Done);
            }
            if start.elapsed() > PATIENCE {
                return Err(Failure::in_part(WAIT, Errno::ETIMEDOUT));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}
