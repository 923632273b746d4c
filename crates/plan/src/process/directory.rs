//! The program's working directory.

use super::places::is_there;
use std::path::PathBuf;
use xns_core::shell::{c_string, path, quote};
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::fs;

/// `chdir(dir)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeDirectory {
    /// Where to.
    pub to: PathBuf,
    /// What has become of the root by then.
    pub root: NewRoot,
    /// In the words of nsenter(1), which opens the directory and goes to what it has opened.
    pub opened: bool,
}

/// What a plan has made of the root directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewRoot {
    /// Nothing: anything may be the working directory.
    No,
    /// It is another one by chroot(2): the shell's `chroot` goes there, or a command in the new root has to.
    Chroot,
    /// Another one in any other way.
    Other,
}

/// The part that finds the directory outside the new root.
pub(crate) const OUTSIDE: u8 = 2;

/// A descriptor, or a link in `/proc`, leads out of any root: who starts outside has left it (CVE-2024-21626).
pub(super) fn stay_inside() -> Result<(), Failure> {
    let outside = |errno| Failure::in_part(OUTSIDE, errno);
    if fs::is_inside_root().map_err(outside)? { Ok(()) } else { Err(outside(Errno::EXDEV)) }
}

/// The part of going to what nsenter(1) has opened.
const OPENED: u8 = 1;

impl Operation for ChangeDirectory {
    fn calls(&self) -> Vec<Call> {
        let go = Call::new(format!("chdir({})", c_string(&self.to)));
        let look = (self.root != NewRoot::No).then(|| Call::new("getcwd()"));
        [go].into_iter().chain(look).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        match (self.root == NewRoot::Chroot, self.to.as_os_str() == "/") {
            (true, true) => Vec::new(), // chroot(1) goes to / by itself
            (true, false) => {
                let script = format!("cd {} && exec \"$@\"", path(&self.to));
                vec![Shell::Wrap(format!("sh -c {} sh", quote(script)))]
            }
            (false, _) => vec![Shell::Inside(format!("cd {}", path(&self.to)))],
        }
    }

    fn failed(&self, part: u8) -> String {
        match (self.opened, part) {
            (_, OUTSIDE) => format!("cannot chdir to '{}', which is outside the new root", self.to.display()),
            (true, OPENED) => "change directory by working directory file descriptor failed".to_owned(),
            (true, _) => "cannot open current working directory".to_owned(),
            (false, _) => format!("cannot chdir to '{}'", self.to.display()),
        }
    }
}

impl Apply for ChangeDirectory {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        fs::change_directory(&self.to).map_err(|errno| match errno {
            Errno::ENOTDIR if is_there(&self.to) => Failure::in_part(OPENED, errno),
            _ => errno.into(),
        })?;
        if self.root != NewRoot::No {
            stay_inside()?;
        }
        Ok(Outcome::Done)
    }
}
