//! What is known only at run time: filled by one step, read by later ones.

use crate::NsKind;
use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use xns_sys::fork::{self, Child, Status};
use xns_sys::mount::MntFlags;
use xns_sys::namespace::Own;
use xns_sys::signal::{BrokenPipes, Signal, SignalSet};
use xns_sys::{Errno, SingleThreaded, fs, mount};

/// A descriptor that one step opens and later ones use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The directory that is to become `/`.
    Root,
    /// The caller's `/proc`, opened before anything is mounted over it.
    Proc,
    /// The file that gets the program's PID.
    PidFile,
    /// Where the line about the program goes.
    Info,
    /// Whose end of file the program waits for.
    Wait,
    /// The pidfd of the parent, with which a child ends.
    Parent,
    /// The pidfd of the process whose namespaces are entered.
    Target,
    /// Its directory in `/proc`.
    TargetProc,
    /// The directory that the program is to start in.
    WorkingDirectory,
    /// The master of the pseudo-terminal: the caller's end.
    Master,
    /// Its slave: the program's terminal.
    Slave,
    /// The group of version 2 that the child is cloned into.
    Group,
    /// The file that gets the report of a run.
    Report,
    /// A namespace of this kind that is to be entered.
    Namespace(NsKind),
}

impl Slot {
    const COUNT: usize = 13 + NsKind::ALL.len();

    /// All slots.
    pub fn all() -> impl Iterator<Item = Slot> {
        use Slot::{
            Group, Info, Master, Parent, PidFile, Proc, Report, Root, Slave, Target, TargetProc, Wait,
            WorkingDirectory,
        };
        let own =
            [Root, Proc, PidFile, Info, Wait, Parent, Target, TargetProc, WorkingDirectory, Master, Slave];
        own.into_iter().chain([Group, Report]).chain(NsKind::ALL.map(Slot::Namespace))
    }

    /// Its place among the descriptors.
    fn index(self) -> usize {
        match self {
            Slot::Root => 0,
            Slot::Proc => 1,
            Slot::PidFile => 2,
            Slot::Info => 3,
            Slot::Wait => 4,
            Slot::Parent => 5,
            Slot::Target => 6,
            Slot::TargetProc => 7,
            Slot::WorkingDirectory => 8,
            Slot::Master => 9,
            Slot::Slave => 10,
            Slot::Group => 11,
            Slot::Report => 12,
            Slot::Namespace(kind) => 13 + kind as usize,
        }
    }

    /// How a plan prints the descriptor.
    pub const fn name(self) -> &'static str {
        match self {
            Slot::Root => "ROOT",
            Slot::Proc => "PROC",
            Slot::PidFile => "PIDFILE",
            Slot::Info => "INFO",
            Slot::Wait => "WAIT",
            Slot::Parent => "PARENT",
            Slot::Target => "TARGET",
            Slot::TargetProc => "TARGETPROC",
            Slot::WorkingDirectory => "WD",
            Slot::Master => "MASTER",
            Slot::Slave => "SLAVE",
            Slot::Group => "GROUP",
            Slot::Report => "REPORT",
            Slot::Namespace(NsKind::Mnt) => "NS_MNT",
            Slot::Namespace(NsKind::Uts) => "NS_UTS",
            Slot::Namespace(NsKind::Ipc) => "NS_IPC",
            Slot::Namespace(NsKind::Pid) => "NS_PID",
            Slot::Namespace(NsKind::Net) => "NS_NET",
            Slot::Namespace(NsKind::User) => "NS_USER",
            Slot::Namespace(NsKind::Cgroup) => "NS_CGROUP",
            Slot::Namespace(NsKind::Time) => "NS_TIME",
        }
    }
}

/// A file or directory that a step has made, and that must not stay when a later one fails.
#[derive(Debug)]
pub struct Made {
    /// The directory that it is in.
    pub parent: OwnedFd,
    /// Its name there.
    pub name: PathBuf,
    /// Is it a directory?
    pub directory: bool,
    /// Was it made to be mounted on?
    pub mount_point: bool,
}

/// A file of somebody else that a step writes over, and what was in it.
#[derive(Debug)]
pub struct Kept {
    /// The file, open for writing.
    pub file: OwnedFd,
    /// What it had in it.
    pub text: Vec<u8>,
}

/// A network namespace that a step has opened, with a routing socket (rtnetlink(7)) made in it.
#[derive(Debug)]
pub struct Reached {
    /// How the plan names it.
    pub place: String,
    /// The namespace.
    pub namespace: OwnedFd,
    /// The socket, which speaks for it wherever this process goes.
    pub socket: OwnedFd,
}

/// One process's slots. A fork copies them, as it copies descriptors.
pub struct Slots {
    descriptors: [Option<OwnedFd>; Slot::COUNT],
    /// The signal mask that the program gets back.
    pub mask: Option<SignalSet>,
    /// What SIGPIPE does in the program.
    pub broken_pipes: Option<BrokenPipes>,
    /// For operations that run a program or ask a question in a child.
    pub single: SingleThreaded,
    /// What steps have made, in order.
    pub made: Vec<Made>,
    /// What a step has written over.
    pub kept: Option<Kept>,
    /// The view of our own namespaces, if planning has opened one.
    pub own: Option<Own>,
    /// The number of the target's user namespace, if a step has read it.
    pub target_user: Option<u64>,
    /// The target's environment, for the program.
    pub environment: Option<Vec<(OsString, OsString)>>,
    /// The parent's number, where it has no pidfd.
    pub parent: Option<u32>,
    /// Does this process use its parent's memory until its exec?
    pub shares_memory: bool,
    /// Control groups that steps have made, in order. They can be removed when nobody is in them any more.
    pub groups: Vec<Made>,
    /// How many processes the program had left in its group, which were ended.
    pub left_behind: usize,
    /// The process that clears away when this one is killed, and the line that it listens on.
    pub keeper: Option<(Child, OwnedFd)>,
    /// When the program was started, if a step has looked at the clock.
    pub started: Option<Instant>,
    /// How many processes of the machine the OOM killer had killed by then, if a step has looked.
    pub oom_kills: Option<u64>,
    /// How the program has ended, once it has.
    pub ended: Option<Status>,
    /// Network namespaces that steps have reached.
    pub reached: Vec<Reached>,
}

impl Slots {
    /// All empty.
    pub fn new(single: SingleThreaded) -> Self {
        Slots {
            descriptors: Default::default(),
            mask: None,
            broken_pipes: None,
            single,
            made: Vec::new(),
            kept: None,
            own: None,
            target_user: None,
            environment: None,
            parent: None,
            shares_memory: false,
            groups: Vec::new(),
            left_behind: 0,
            keeper: None,
            started: None,
            oom_kills: None,
            ended: None,
            reached: Vec::new(),
        }
    }

    /// Fills a slot.
    pub fn fill(&mut self, slot: Slot, fd: OwnedFd) {
        self.descriptors[slot.index()] = Some(fd);
    }

    /// The descriptor; EBADF when no step has filled the slot, which the plan's rules exclude.
    pub fn get(&self, slot: Slot) -> Result<BorrowedFd<'_>, Errno> {
        self.descriptors[slot.index()].as_ref().map(AsFd::as_fd).ok_or(Errno::EBADF)
    }

    /// The descriptor, which is no longer in its slot; EBADF as for [`Slots::get`].
    pub fn take(&mut self, slot: Slot) -> Result<OwnedFd, Errno> {
        self.descriptors[slot.index()].take().ok_or(Errno::EBADF)
    }

    /// Removes what was made, the last first: only by name in a directory held open, never recursively, and never what
    /// is not ours (a directory that others have filled stays). What was written over is as before.
    pub fn take_back(&mut self) {
        if let Some(kept) = self.kept.take() {
            let _ = xns_sys::fd::replace(kept.file, &kept.text);
        }
        while let Some(made) = self.made.pop() {
            // In this mount namespace a mount point cannot be removed; what is mounted there dies with us anyway.
            if made.mount_point && fs::change_directory_to(&made.parent).is_ok() {
                let _ = mount::unmount(&made.name, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
            }
            let _ = fs::remove(&made.parent, &made.name, made.directory);
        }
    }

    /// Removes the groups that were made, the last first, as far as nobody is in them. Who has just ended may still be on the way
    /// out.
    pub fn remove_groups(&mut self) {
        const TRIES: u32 = 8;
        while let Some(made) = self.groups.pop() {
            for round in 0..TRIES {
                match fs::remove(&made.parent, &made.name, true) {
                    Err(Errno::EBUSY) => std::thread::sleep(Duration::from_millis(1 << round)),
                    _ => break,
                }
            }
        }
    }

    /// Ends the keeper, which has nothing to clear away, and waits for its end.
    pub fn dismiss_keeper(&mut self) {
        if let Some((keeper, _line)) = self.keeper.take() {
            // Also one that somebody has stopped ends by that.
            let _ = fork::send(&keeper, Signal::KILL);
            let _ = fork::wait(&keeper, false);
        }
    }

    /// What was reached by this name of the plan's; EBADF when no step has reached it.
    pub fn reached(&self, place: &str) -> Result<&Reached, Errno> {
        self.reached.iter().find(|reached| reached.place == place).ok_or(Errno::EBADF)
    }

    /// Closes a slot that this process does not need any more.
    pub fn empty(&mut self, slot: Slot) {
        self.descriptors[slot.index()] = None;
    }
}
