//! Until nobody is left in a group.

use crate::Version;
use crate::members::is_empty;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::signal::{self, Signal, SignalSet};

/// Waits until a group and those below it have no processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitEmpty {
    /// The group's directory.
    pub directory: PathBuf,
    /// Its hierarchy's version.
    pub version: Version,
}

impl Operation for AwaitEmpty {
    fn calls(&self) -> Vec<Call> {
        let file = match self.version {
            Version::V1 => "cgroup.procs",
            Version::V2 => "cgroup.events",
        };
        vec![Call::only("until nobody is in it", format!("read({})", c_string(self.directory.join(file))))]
    }

    fn shell(&self) -> Vec<Shell> {
        let file = |name| path(self.directory.join(name));
        vec![Shell::After(match self.version {
            Version::V1 => {
                let pids = format!("find {} -name cgroup.procs -exec cat {{}} +", path(&self.directory));
                format!("while [ -n \"$({pids})\" ]; do sleep 0.1; done")
            }
            Version::V2 => {
                format!("until grep -q 'populated 0' {}; do sleep 0.1; done", file("cgroup.events"))
            }
        })]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot read whether {} is empty", self.directory.display())
    }
}

impl Apply for AwaitEmpty {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        // They are blocked, so that the group is removed: who sends one wants an end now.
        let asked =
            SignalSet::of(&[Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT].map(Signal::number));
        while !await_empty(&self.directory, self.version, Some(Instant::now() + LOOK))? {
            if signal::is_pending(&asked) {
                return Ok(Outcome::Tolerated("asked to end"));
            }
        }
        Ok(Outcome::Done)
    }
}

/// How often it is looked whether somebody asks for an end.
const LOOK: Duration = Duration::from_millis(100);

/// Waits until a group and those below it have no processes; one that is removed has none. Answers whether it has come to that before
/// the time was over.
///
/// # Errors
/// What reading answered.
pub fn await_empty(directory: &Path, version: Version, until: Option<Instant>) -> Result<bool, Errno> {
    const LONGEST: Duration = Duration::from_millis(50);
    let mut pause = Duration::from_micros(500);
    loop {
        match is_empty(directory, version) {
            Ok(true) | Err(Errno::ENOENT | Errno::ENODEV) => return Ok(true),
            Ok(false) if until.is_some_and(|until| Instant::now() >= until) => return Ok(false),
            Ok(false) => {}
            Err(errno) => return Err(errno),
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        std::thread::sleep(left.map_or(pause, |left| left.min(pause)));
        pause = (pause * 2).min(LONGEST);
    }
}
