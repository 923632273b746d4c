//! A group comes and goes: mkdir(2) and rmdir(2).

use super::LEAF;
use crate::hint;
use crate::members::{groups_below, processes};
use std::path::{Path, PathBuf};
use std::time::Duration;
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Made, Operation, Outcome, Shell, Slots};
use xns_sys::fs;

/// Makes a group. It is removed again when a later step fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Make {
    /// Its directory.
    pub directory: PathBuf,
    /// Is it fine when there is one already?
    pub may_exist: bool,
}

impl Operation for Make {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("mkdir({}, 0755)", c_string(&self.directory)))]
    }

    fn shell(&self) -> Vec<Shell> {
        let parents = if self.may_exist { "-p " } else { "" };
        vec![Shell::Outside(format!("mkdir {parents}{}", quote(&self.directory)))]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot make the group {}", self.directory.display())
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_made(&self.directory, failure.errno()?, facts)
    }
}

impl Apply for Make {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let (Some(above), Some(name)) = (self.directory.parent(), self.directory.file_name()) else {
            return Err(Errno::EEXIST.into());
        };
        let parent = fs::open_directory(above)?;
        let name = Path::new(name);
        match fs::make_directory(&parent, name) {
            Ok(()) => {
                slots.groups.push(Made { parent, name: name.to_owned(), directory: true, mount_point: false })
            }
            Err(Errno::EEXIST) if self.may_exist && self.directory.is_dir() => {
                return Ok(Outcome::Tolerated("it is there"));
            }
            Err(errno) => return Err(errno.into()),
        }
        Ok(Outcome::Done)
    }

    fn leaves_something(&self) -> bool {
        true
    }
}

/// Removes a group that has neither processes nor groups below it. Who has just ended may still be on the way out: for a second
/// it is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remove {
    /// Its directory.
    pub directory: PathBuf,
    /// After a program: what is gone already is fine, and the shell has to do it at the end.
    pub afterwards: bool,
}

impl Operation for Remove {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("rmdir({})", c_string(&self.directory)))]
    }

    fn shell(&self) -> Vec<Shell> {
        let line = format!("rmdir {}", quote(&self.directory));
        vec![if self.afterwards { Shell::After(line) } else { Shell::Outside(line) }]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot remove the group {}", self.directory.display())
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_removed(&self.directory, failure.errno()?, facts)
    }
}

impl Apply for Remove {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        match remove(&self.directory) {
            Err(Errno::ENOENT) if self.afterwards => Ok(Outcome::Tolerated("gone already")),
            answer => {
                answer?;
                slots.groups.retain(|made| Some(made.name.as_os_str()) != self.directory.file_name());
                Ok(Outcome::Done)
            }
        }
    }
}

/// rmdir(2), again while the last processes are on their way out.
fn remove(directory: &Path) -> Result<(), Errno> {
    let mut pause = Duration::from_millis(1);
    loop {
        match fs::remove(fs::cwd(), directory, true) {
            // A leaf of ours that nobody is in any more goes with its group.
            Err(Errno::EBUSY) if fs::remove(fs::cwd(), &directory.join(LEAF), true).is_ok() => {}
            Err(Errno::EBUSY) if pause < Duration::from_millis(600) && is_emptying(directory) => {
                std::thread::sleep(pause);
                pause *= 2;
            }
            answer => return answer,
        }
    }
}

/// Are there neither processes to be seen nor groups below? Then only those who have just ended hold it.
#[cold]
fn is_emptying(directory: &Path) -> bool {
    processes(directory).is_ok_and(|pids| pids.is_empty())
        && groups_below(directory).is_ok_and(|below| below.is_empty())
}
