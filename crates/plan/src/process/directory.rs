//! The program's working directory.

use std::path::PathBuf;
use xns_core::shell::{c_string, path, quote};
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::fs;

/// `chdir(dir)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDirectory {
    /// Where to.
    pub to: PathBuf,
    /// After a chroot: the shell's `chroot` does it, or a command in the new root has to.
    pub in_new_root: bool,
}

impl Operation for ChangeDirectory {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("chdir({})", c_string(&self.to)))]
    }

    fn shell(&self) -> Vec<Shell> {
        match (self.in_new_root, self.to.as_os_str() == "/") {
            (true, true) => Vec::new(), // chroot(1) goes to / by itself
            (true, false) => {
                let script = format!("cd {} && exec \"$@\"", path(&self.to));
                vec![Shell::Wrap(format!("sh -c {} sh", quote(script)))]
            }
            (false, _) => vec![Shell::Inside(format!("cd {}", path(&self.to)))],
        }
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot chdir to '{}'", self.to.display())
    }
}

impl Apply for ChangeDirectory {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        fs::change_directory(&self.to)?;
        Ok(Outcome::Done)
    }
}
