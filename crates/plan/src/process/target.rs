//! Another process, whose namespaces are entered: held by one pidfd and one directory from start to end, so that a number that
//! is given to another process meanwhile is never followed (pidfd_open(2)).

use std::path::Path;
use xns_core::{Apply, Call, Errno, Failure, NsKind, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::{fork, fs, namespace};

/// `pidfd_open(pid, 0)`, and `/proc/PID` as long as that process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenTarget {
    /// Its number here.
    pub pid: u32,
    /// The inode number of its pidfd (`PID:INODE`), when another process of that number is not meant.
    pub inode: Option<u64>,
    /// When it started, in clock ticks since the boot (proc_pid_stat(5)), where it was found by more than its number.
    pub started: Option<u64>,
    /// What the original asks first of the process, and names when there is none.
    pub first: First,
}

/// What is asked first of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// Whether its user namespace is ours: with `--all`.
    SameUser,
    /// A namespace of this kind.
    Namespace(NsKind),
    /// This file.
    File(&'static str),
}

/// A part of [`OpenTarget`]: it has ended, and only its parent does not know yet.
const ENDED: u8 = 3;
/// A part of [`OpenTarget`]: `/proc` is something else.
const NO_PROC: u8 = 2;

impl OpenTarget {
    /// The part that finds another process than was meant.
    pub(crate) const ANOTHER: u8 = 1;
}

impl Operation for OpenTarget {
    fn calls(&self) -> Vec<Call> {
        [
            format!("pidfd_open({}, 0) = TARGET", self.pid),
            format!("openat(AT_FDCWD, \"/proc/{}\", O_PATH|O_DIRECTORY) = TARGETPROC", self.pid),
            "fstatfs(TARGETPROC)".to_owned(),
            "poll(TARGET, POLLIN, 0)".to_owned(),
        ]
        .map(Call::new)
        .to_vec()
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Flag(format!("--target={}", self.pid))]
    }

    fn failed(&self, part: u8) -> String {
        match (part, self.inode) {
            (OpenTarget::ANOTHER, Some(inode)) => {
                format!("process {} is not the one with inode {inode}", self.pid)
            }
            (OpenTarget::ANOTHER, None) => format!("process {} is not the one that was found", self.pid),
            (NO_PROC, _) => "no proc file system on /proc".to_owned(),
            (ENDED, _) if !matches!(self.first, First::File(_)) => {
                "reassociate to namespaces failed".to_owned()
            }
            _ => match self.first {
                First::SameUser => format!("stat of /proc/{}/ns/user failed", self.pid),
                First::Namespace(kind) => format!("cannot open /proc/{}/ns/{kind}", self.pid),
                First::File(name) => format!("cannot open /proc/{}/{name}", self.pid),
            },
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
            let pidfd = pidfd.as_ref().ok_or(Failure::in_part(OpenTarget::ANOTHER, Errno::EOPNOTSUPP))?;
            is(fs::inode(pidfd)? == inode)?;
        }
        let directory = fs::open_directory(Path::new(&format!("/proc/{}", self.pid)))?;
        if !fs::is_proc(&directory)? {
            return Err(Failure::in_part(NO_PROC, Errno::ENOENT));
        }
        if let Some(started) = self.started {
            let stat = fs::read_in(&directory, Path::new("stat"))?;
            is(xns_core::start_time(&stat) == Some(started))?;
        }
        if self.first == First::SameUser {
            slots.target_user = match namespace::number_at(&directory, "ns/user") {
                Err(Errno::EACCES) => return Err(Errno::EACCES.into()),
                // Who needs it asks again, and tells what comes then.
                answer => answer.ok(),
            };
        }
        slots.fill(Slot::TargetProc, directory);
        let Some(pidfd) = pidfd else {
            return Ok(Outcome::Fallback("/proc alone: no pidfd for it here"));
        };
        // Alive after the directory was opened: so it is the directory of this process.
        if fork::has_ended(&pidfd)? {
            return Err(Failure::in_part(ENDED, Errno::ESRCH));
        }
        slots.fill(Slot::Target, pidfd);
        Ok(Outcome::Done)
    }
}

/// Is it the process that was meant?
const fn is(same: bool) -> Result<(), Failure> {
    if same { Ok(()) } else { Err(Failure::in_part(OpenTarget::ANOTHER, Errno::ESRCH)) }
}
