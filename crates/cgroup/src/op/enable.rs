//! Controllers for the groups below a group (cgroup-v2.rst, "Enabling and Disabling").

use crate::hint;
use crate::members::is_alone;
use std::path::PathBuf;
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::fd;

/// Writes `+CONTROLLER …` into a group's `cgroup.subtree_control`, all in one write, and takes that back when a later step
/// fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enable {
    /// The group's directory.
    pub directory: PathBuf,
    /// What is not enabled there yet.
    pub controllers: Vec<String>,
}

impl Enable {
    fn file(&self) -> PathBuf {
        self.directory.join("cgroup.subtree_control")
    }

    fn words(&self, sign: char) -> String {
        self.controllers.iter().map(|name| format!("{sign}{name}")).collect::<Vec<_>>().join(" ")
    }
}

/// Takes that back when the run for which it was done is over, unless another group is below by now: by this it would lose what it was
/// set to, though it has only the same parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disable(pub Enable);

impl Operation for Disable {
    fn calls(&self) -> Vec<Call> {
        let write = format!("write({}, \"{}\")", c_string(self.0.file()), self.0.words('-'));
        vec![Call::only("if no other group is below it", write)]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::After(format!("echo '{}' > {} || :", self.0.words('-'), path(self.0.file())))]
    }

    fn failed(&self, _: u8) -> String {
        format!(
            "cannot disable {} again for the groups below {}",
            self.0.controllers.join(", "),
            self.0.directory.display()
        )
    }
}

impl Apply for Disable {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        if !is_alone(&self.0.directory) {
            return Ok(Outcome::Tolerated("others are below it"));
        }
        match fd::write_file(self.0.file(), self.0.words('-').as_bytes()) {
            Err((_, Errno::EBUSY)) => Ok(Outcome::Tolerated("others need it by now")),
            answer => {
                answer.map_err(|(_, errno)| errno)?;
                Ok(Outcome::Done)
            }
        }
    }
}

impl Operation for Enable {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write({}, \"{}\")", c_string(self.file()), self.words('+')))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("echo '{}' > {}", self.words('+'), path(self.file())))]
    }

    fn failed(&self, _: u8) -> String {
        format!(
            "cannot enable {} for the groups below {}",
            self.controllers.join(", "),
            self.directory.display()
        )
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_enabled(self, failure.errno()?, facts)
    }
}

impl Apply for Enable {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        fd::write_file(self.file(), self.words('+').as_bytes()).map_err(|(_, errno)| errno)?;
        Ok(Outcome::Done)
    }

    fn undo(&self) {
        if is_alone(&self.directory) {
            let _ = fd::write_file(self.file(), self.words('-').as_bytes());
        }
    }

    fn leaves_something(&self) -> bool {
        true
    }
}
