//! Root and working directory of the program, opened while paths mean what was typed, and gone to afterwards.

use super::directory::{NewRoot, OUTSIDE, stay_inside};
use std::path::{Path, PathBuf};
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::fs;

/// Which directory is opened, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenDirectory {
    /// The target's root, `/proc/PID/root`, to be ours. With its number, for the message.
    TargetRoot(u32),
    /// The target's working directory, to be the program's.
    TargetWorkingDirectory(u32),
    /// This one, to be the root.
    Root(PathBuf),
    /// This one, to be the working directory.
    WorkingDirectory(PathBuf),
}

impl OpenDirectory {
    /// The process whose directory it is.
    pub(crate) const fn target(&self) -> Option<u32> {
        match self {
            OpenDirectory::TargetRoot(pid) | OpenDirectory::TargetWorkingDirectory(pid) => Some(*pid),
            OpenDirectory::Root(_) | OpenDirectory::WorkingDirectory(_) => None,
        }
    }

    /// The directory, when it was named.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            OpenDirectory::Root(path) | OpenDirectory::WorkingDirectory(path) => Some(path),
            OpenDirectory::TargetRoot(_) | OpenDirectory::TargetWorkingDirectory(_) => None,
        }
    }

    fn slot(&self) -> Slot {
        match self {
            OpenDirectory::TargetRoot(_) | OpenDirectory::Root(_) => Slot::Root,
            OpenDirectory::TargetWorkingDirectory(_) | OpenDirectory::WorkingDirectory(_) => {
                Slot::WorkingDirectory
            }
        }
    }
}

/// The part in which what was opened is no directory: nsenter(1) finds that out when it goes there.
const NO_DIRECTORY: u8 = 1;

impl Operation for OpenDirectory {
    fn calls(&self) -> Vec<Call> {
        let (dir, path) = match self {
            OpenDirectory::TargetRoot(_) => ("TARGETPROC", "\"root\"".to_owned()),
            OpenDirectory::TargetWorkingDirectory(_) => ("TARGETPROC", "\"cwd\"".to_owned()),
            OpenDirectory::Root(path) | OpenDirectory::WorkingDirectory(path) => ("AT_FDCWD", c_string(path)),
        };
        vec![Call::new(format!("openat({dir}, {path}, O_PATH|O_DIRECTORY) = {}", self.slot().name()))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Flag(match self {
            OpenDirectory::TargetRoot(_) => "--root".to_owned(),
            OpenDirectory::TargetWorkingDirectory(_) => "--wd".to_owned(),
            OpenDirectory::Root(path) => format!("--root={}", quote(path)),
            OpenDirectory::WorkingDirectory(path) => format!("--wd={}", quote(path)),
        })]
    }

    fn failed(&self, part: u8) -> String {
        match self {
            OpenDirectory::Root(_) if part == NO_DIRECTORY => UsePlace::Root.failed(0),
            OpenDirectory::WorkingDirectory(_) if part == NO_DIRECTORY => {
                UsePlace::WorkingDirectory(NewRoot::No).failed(0)
            }
            OpenDirectory::TargetRoot(pid) => format!("cannot open /proc/{pid}/root"),
            OpenDirectory::TargetWorkingDirectory(pid) => format!("cannot open /proc/{pid}/cwd"),
            OpenDirectory::Root(path) | OpenDirectory::WorkingDirectory(path) => {
                format!("cannot open {}", path.display())
            }
        }
    }

    fn fills(&self) -> &'static [Slot] {
        match self.slot() {
            Slot::Root => &[Slot::Root],
            _ => &[Slot::WorkingDirectory],
        }
    }

    fn reads(&self) -> &'static [Slot] {
        match self {
            OpenDirectory::TargetRoot(_) | OpenDirectory::TargetWorkingDirectory(_) => &[Slot::TargetProc],
            OpenDirectory::Root(_) | OpenDirectory::WorkingDirectory(_) => &[],
        }
    }
}

impl Apply for OpenDirectory {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let of_target = |name: &str| fs::open_directory_in(slots.get(Slot::TargetProc)?, Path::new(name));
        let directory = match self {
            OpenDirectory::TargetRoot(_) => of_target("root"),
            OpenDirectory::TargetWorkingDirectory(_) => of_target("cwd"),
            OpenDirectory::Root(path) | OpenDirectory::WorkingDirectory(path) => fs::open_directory(path),
        };
        let directory = directory.map_err(|errno| match errno {
            Errno::ENOTDIR if self.path().is_some_and(is_there) => Failure::in_part(NO_DIRECTORY, errno),
            _ => errno.into(),
        })?;
        slots.fill(self.slot(), directory);
        Ok(Outcome::Done)
    }
}

/// Does the path lead to something, though that is no directory?
pub(super) fn is_there(path: &Path) -> bool {
    fs::mode(path).is_ok()
}

/// Goes where a directory was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsePlace {
    /// `fchdir(ROOT)`, `chroot(".")`, `chdir("/")`: never with the working directory outside.
    Root,
    /// `fchdir(WD)`, which has to be below the root when that is another one by then.
    WorkingDirectory(NewRoot),
}

impl Operation for UsePlace {
    fn calls(&self) -> Vec<Call> {
        match self {
            UsePlace::Root => ["fchdir(ROOT)", "chroot(\".\")", "chdir(\"/\")"].map(Call::new).to_vec(),
            UsePlace::WorkingDirectory(NewRoot::No) => vec![Call::new("fchdir(WD)")],
            UsePlace::WorkingDirectory(_) => ["fchdir(WD)", "getcwd()"].map(Call::new).to_vec(),
        }
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // an option of nsenter(1)
    }

    fn failed(&self, part: u8) -> String {
        match (self, part) {
            (UsePlace::Root, 1) => "chroot failed",
            (UsePlace::Root, _) => "change directory by root file descriptor failed",
            (UsePlace::WorkingDirectory(_), OUTSIDE) => {
                "the working directory is outside the root that was entered"
            }
            (UsePlace::WorkingDirectory(_), _) => {
                "change directory by working directory file descriptor failed"
            }
        }
        .to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        match self {
            UsePlace::Root => &[Slot::Root],
            UsePlace::WorkingDirectory(_) => &[Slot::WorkingDirectory],
        }
    }
}

impl Apply for UsePlace {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let part = |part| move |errno| Failure::in_part(part, errno);
        match self {
            UsePlace::Root => {
                fs::change_directory_to(slots.get(Slot::Root)?).map_err(part(0))?;
                xns_sys::mount::change_root(Path::new(".")).map_err(part(1))?;
                fs::change_directory(Path::new("/")).map_err(part(2))?;
            }
            UsePlace::WorkingDirectory(root) => {
                fs::change_directory_to(slots.get(Slot::WorkingDirectory)?)?;
                if *root != NewRoot::No {
                    stay_inside()?;
                }
            }
        }
        Ok(Outcome::Done)
    }
}
