//! A value for a file of a group.

use super::partition;
use crate::hint;
use crate::limits::LimitKey;
use std::path::PathBuf;
use xns_core::shell::{c_string, path, quote};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::fd::{self, WriteStep};

/// Writes a value, in one write(2), into a file that the kernel has made: never with O_CREAT, which answers EACCES where there is
/// none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The option of a limit that asks for it.
    pub asked: Option<LimitKey>,
    /// The file.
    pub file: PathBuf,
    /// The controller that it belongs to.
    pub controller: String,
    /// What is written.
    pub value: String,
    /// Why it is fine when there is no such file, if it is.
    pub optional: Option<&'static str>,
    /// What was there, for a group that was there before; it is written again when a later step fails.
    pub before: Option<String>,
}

/// The parts: it is opened; it is written.
pub(crate) const OPEN: u8 = 0;
const WRITE: u8 = 1;

impl Operation for Set {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write({}, {})", c_string(&self.file), c_string(&self.value)))]
    }

    fn shell(&self) -> Vec<Shell> {
        // Some shells' echo takes a word like -n for an option, and reads backslashes.
        let echo =
            if self.value.starts_with('-') || self.value.contains('\\') { "printf '%s\\n'" } else { "echo" };
        let line = format!("{echo} {} > {}", quote(&self.value), path(&self.file));
        vec![Shell::Outside(match self.optional {
            Some(why) => format!("{line} || : # if it is missing: {why}"),
            None => line,
        })]
    }

    fn failed(&self, part: u8) -> String {
        if let Some(reason) = partition::reason(part) {
            let (value, file) = (self.value.trim_end(), self.file.display());
            return format!("'{value}' in {file} makes no valid partition ({reason})");
        }
        match part {
            OPEN => format!("cannot open {}", self.file.display()),
            _ => format!("cannot write '{}' to {}", self.value.trim_end(), self.file.display()),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        if let Some(reason) = partition::reason(failure.part) {
            return hint::no_partition(self, reason, facts);
        }
        hint::not_set(self, failure.part == OPEN, failure.errno()?, facts)
    }
}

impl Apply for Set {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        match (fd::write_file(&self.file, self.value.as_bytes()), self.optional) {
            (Ok(()), _) => match partition::check(&self.file) {
                Ok(()) => Ok(Outcome::Done),
                Err(failure) => {
                    let before =
                        self.before.as_deref().map_or("member", |text| partition::before(&self.file, text));
                    let _ = fd::write_file(&self.file, before.as_bytes());
                    Err(failure)
                }
            },
            (Err((WriteStep::Open, Errno::ENOENT)), Some(why)) => Ok(Outcome::Tolerated(why)),
            (Err((WriteStep::Open, errno)), _) => Err(Failure::in_part(OPEN, errno)),
            (Err((WriteStep::Write, errno)), _) => Err(Failure::in_part(WRITE, errno)),
        }
    }

    fn undo(&self) {
        if let Some(before) = &self.before {
            let before = partition::before(&self.file, before);
            let _ = fd::write_file(&self.file, before.as_bytes());
        }
    }

    fn leaves_something(&self) -> bool {
        self.before.is_some()
    }
}
