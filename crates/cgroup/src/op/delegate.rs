//! A group given to a user (cgroup-v2.rst, "Delegation").

use crate::walk::walk;
use crate::{Version, hint};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
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
    /// Does what he has made below it change its owner with it?
    pub with_below: bool,
}

/// How often one looks again for what was made meanwhile.
const ROUNDS: usize = 100;

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

    /// What belongs to the one before, in the groups below: files and groups. Who no longer owns the group above makes no new ones
    /// there, and so this comes to an end.
    fn change_below(&self) -> Result<(), Errno> {
        for _ in 0..ROUNDS {
            let mut changed = false;
            let mut answer = Ok(());
            walk(&self.directory, |group| {
                if group.depth > 0 && answer.is_ok() {
                    answer = self.change_in(&self.directory.join(group.path)).map(|some| changed |= some);
                }
            })?;
            answer?;
            if !changed {
                break;
            }
        }
        Ok(())
    }

    /// The group and its files; answers whether some were his. What is gone meanwhile is passed over.
    fn change_in(&self, group: &Path) -> Result<bool, Errno> {
        let files = std::fs::read_dir(group).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_his =
            |path: &PathBuf| std::fs::symlink_metadata(path).is_ok_and(|seen| seen.uid() == self.before.0);
        let mut some = false;
        for path in std::iter::once(group.to_owned()).chain(files).filter(is_his) {
            match fs::change_owner(&path, self.uid, self.gid) {
                Err(Errno::ENOENT | Errno::ENODEV) => {}
                answer => answer?,
            }
            some = true;
        }
        Ok(some)
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
        let own = self.files().into_iter().map(call);
        let below = Call::only(
            "for each file below it of the one before",
            format!("fchownat(AT_FDCWD, FILE, {}, {})", self.uid, self.gid),
        );
        own.chain(self.with_below.then_some(below)).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        let files: Vec<_> = self.files().into_iter().map(path).collect();
        let owner = format!("{}:{}", self.uid, self.gid);
        let own = Shell::Outside(format!("chown {owner} {}", files.join(" ")));
        let (directory, before) = (path(&self.directory), self.before.0);
        let below = format!("find {directory} -mindepth 2 -user {before} -exec chown {owner} {{}} +");
        let groups =
            format!("find {directory} -mindepth 1 -type d -user {before} -exec chown {owner} {{}} +");
        let below = [groups, below].map(Shell::Outside).into_iter().filter(|_| self.with_below);
        std::iter::once(own).chain(below).collect()
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
        if self.with_below {
            self.change_below()?;
        }
        Ok(Outcome::Done)
    }

    fn undo(&self) {
        let _ = self.change(self.before.0, self.before.1);
    }

    fn leaves_something(&self) -> bool {
        true
    }
}
