//! A group given to a user (cgroup-v2.rst, "Delegation").

use crate::{Version, hint};
use std::path::PathBuf;
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::fs;

/// Makes a user the owner of a group's directory and of the files by which processes and groups are arranged below it, never of
/// its limits; or root again. What has been changed is changed back when a later step fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegate {
    /// The group's directory.
    pub directory: PathBuf,
    /// Its hierarchy's version.
    pub version: Version,
    /// The new owner.
    pub uid: u32,
    /// And group.
    pub gid: u32,
    /// Who had them before.
    pub before: (u32, u32),
}

impl Delegate {
    /// The kernel's own list is `/sys/kernel/cgroup/delegate`, of which these are the files that arrange; those of controllers
    /// that are not enabled are missing.
    const V2: [&str; 4] = ["", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"];
    const V1: [&str; 3] = ["", "cgroup.procs", "tasks"];

    fn files(&self) -> Vec<PathBuf> {
        let names: &[&str] = match self.version {
            Version::V1 => &Self::V1,
            Version::V2 => &Self::V2,
        };
        names
            .iter()
            .map(|name| if name.is_empty() { self.directory.clone() } else { self.directory.join(name) })
            .collect()
    }

    fn change(&self, uid: u32, gid: u32) -> Result<(), Errno> {
        for file in self.files() {
            match fs::change_owner(&file, uid, gid) {
                // cgroup.threads came with Linux 4.14.
                Err(Errno::ENOENT) if file != self.directory => {}
                answer => answer?,
            }
        }
        Ok(())
    }
}

impl Operation for Delegate {
    fn calls(&self) -> Vec<Call> {
        let call = |file: PathBuf| {
            Call::new(format!("fchownat(AT_FDCWD, {}, {}, {})", c_string(file), self.uid, self.gid))
        };
        self.files().into_iter().map(call).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        let files: Vec<_> = self.files().into_iter().map(path).collect();
        vec![Shell::Outside(format!("chown {}:{} {}", self.uid, self.gid, files.join(" ")))]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot give {} to uid {}", self.directory.display(), self.uid)
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_delegated_to(self, failure.errno()?, facts)
    }
}

impl Apply for Delegate {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let changed = self.change(self.uid, self.gid);
        if changed.is_err() {
            self.undo();
        }
        changed?;
        Ok(Outcome::Done)
    }

    fn undo(&self) {
        let _ = self.change(self.before.0, self.before.1);
    }

    fn leaves_something(&self) -> bool {
        true
    }
}
