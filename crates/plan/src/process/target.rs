//! Another process, whose namespaces are entered: held by one pidfd and one directory from start to end, so that a number that
//! is given to another process meanwhile is never followed (pidfd_open(2)).

use std::path::{Path, PathBuf};
use xns_core::shell::c_string;
use xns_core::{Apply, Call, Errno, Failure, NsKind, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::{fork, fs};

/// `pidfd_open(pid, 0)`, and `/proc/PID` as long as that process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTarget {
    /// Its number here.
    pub pid: u32,
    /// The inode number of its pidfd (`PID:INODE`), when another process of that number is not meant.
    pub inode: Option<u64>,
    /// The kind that the original's message names when there is no such process.
    pub first: NsKind,
}

/// A part of [`OpenTarget`]: the process has another inode number, or has ended meanwhile.
const ANOTHER: u8 = 1;

impl Operation for OpenTarget {
    fn calls(&self) -> Vec<Call> {
        [
            format!("pidfd_open({}, 0) = TARGET", self.pid),
            format!("openat(AT_FDCWD, \"/proc/{}\", O_PATH|O_DIRECTORY) = TARGETPROC", self.pid),
            "poll(TARGET, POLLIN, 0)".to_owned(),
        ]
        .map(Call::new)
        .to_vec()
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // nsenter(1) takes the number
    }

    fn failed(&self, part: u8) -> String {
        match (part, self.inode) {
            (ANOTHER, Some(inode)) => format!("process {} is not the one with inode {inode}", self.pid),
            _ => format!("cannot open /proc/{}/ns/{}", self.pid, self.first),
        }
    }

    fn fills(&self) -> &'static [Slot] {
        &[Slot::Target, Slot::TargetProc]
    }
}

impl Apply for OpenTarget {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let pidfd = match fork::open_process(self.pid) {
            Ok(pidfd) => Some(pidfd),
            // Below Linux 5.3; and for a thread, which has no pidfd of this sort, but a directory.
            Err(Errno::ENOSYS | Errno::EINVAL | Errno::ENOENT) => None,
            Err(Errno::ESRCH) => return Err(Errno::ENOENT.into()),
            Err(errno) => return Err(errno.into()),
        };
        if let Some(inode) = self.inode {
            let same = match &pidfd {
                Some(pidfd) => fs::inode(pidfd)? == inode,
                None => return Err(Failure::in_part(ANOTHER, Errno::EOPNOTSUPP)),
            };
            if !same {
                return Err(Failure::in_part(ANOTHER, Errno::ESRCH));
            }
        }
        let directory = fs::open_directory(Path::new(&format!("/proc/{}", self.pid)))?;
        let Some(pidfd) = pidfd else {
            slots.fill(Slot::TargetProc, directory);
            return Ok(Outcome::Fallback("/proc alone: no pidfd for it here"));
        };
        // Alive after the directory was opened: so it is the directory of this process.
        if fork::has_ended(&pidfd)? {
            return Err(Errno::ENOENT.into());
        }
        slots.fill(Slot::Target, pidfd);
        slots.fill(Slot::TargetProc, directory);
        Ok(Outcome::Done)
    }
}

/// `openat(AT_FDCWD, file, O_RDONLY)`: a namespace that a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenNamespace {
    /// Its kind.
    pub kind: NsKind,
    /// The file.
    pub file: PathBuf,
}

impl Operation for OpenNamespace {
    fn calls(&self) -> Vec<Call> {
        let name = Slot::Namespace(self.kind).name();
        vec![Call::new(format!("openat(AT_FDCWD, {}, O_RDONLY) = {name}", c_string(&self.file)))]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // an option of nsenter(1)
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot open {}", self.file.display())
    }

    fn fills(&self) -> &'static [Slot] {
        slot_of(self.kind)
    }
}

impl Apply for OpenNamespace {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        const READ_ONLY: i32 = 0;
        slots.fill(Slot::Namespace(self.kind), xns_sys::fd::open(&self.file, READ_ONLY)?);
        Ok(Outcome::Done)
    }
}

/// A kind's slot, as operations name theirs.
pub(super) const fn slot_of(kind: NsKind) -> &'static [Slot] {
    use NsKind::{Cgroup, Ipc, Mnt, Net, Pid, Time, User, Uts};
    match kind {
        Mnt => &[Slot::Namespace(Mnt)],
        Uts => &[Slot::Namespace(Uts)],
        Ipc => &[Slot::Namespace(Ipc)],
        Pid => &[Slot::Namespace(Pid)],
        Net => &[Slot::Namespace(Net)],
        User => &[Slot::Namespace(User)],
        Cgroup => &[Slot::Namespace(Cgroup)],
        Time => &[Slot::Namespace(Time)],
    }
}

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
    fn slot(&self) -> Slot {
        match self {
            OpenDirectory::TargetRoot(_) | OpenDirectory::Root(_) => Slot::Root,
            OpenDirectory::TargetWorkingDirectory(_) | OpenDirectory::WorkingDirectory(_) => {
                Slot::WorkingDirectory
            }
        }
    }
}

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
        Vec::new() // an option of nsenter(1)
    }

    fn failed(&self, _: u8) -> String {
        match self {
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
        slots.fill(self.slot(), directory?);
        Ok(Outcome::Done)
    }
}

/// Goes where a directory was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsePlace {
    /// `fchdir(ROOT)`, `chroot(".")`, `chdir("/")`: never with the working directory outside.
    Root,
    /// `fchdir(WD)`.
    WorkingDirectory,
}

impl Operation for UsePlace {
    fn calls(&self) -> Vec<Call> {
        match self {
            UsePlace::Root => ["fchdir(ROOT)", "chroot(\".\")", "chdir(\"/\")"].map(Call::new).to_vec(),
            UsePlace::WorkingDirectory => vec![Call::new("fchdir(WD)")],
        }
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // an option of nsenter(1)
    }

    fn failed(&self, part: u8) -> String {
        match (self, part) {
            (UsePlace::Root, 1) => "chroot failed",
            (UsePlace::Root, _) => "change directory by root file descriptor failed",
            (UsePlace::WorkingDirectory, _) => "change directory by working directory file descriptor failed",
        }
        .to_owned()
    }

    fn reads(&self) -> &'static [Slot] {
        match self {
            UsePlace::Root => &[Slot::Root],
            UsePlace::WorkingDirectory => &[Slot::WorkingDirectory],
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
            UsePlace::WorkingDirectory => fs::change_directory_to(slots.get(Slot::WorkingDirectory)?)?,
        }
        Ok(Outcome::Done)
    }
}
