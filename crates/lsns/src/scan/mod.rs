//! A look at all processes: which namespaces they are in, and what else keeps one.
//!
//! What grows with the number of processes is done with nothing but system calls: ten for a process, three for its descriptors and
//! one for each of them. What is asked of a namespace (parent, owner) is asked once.

mod deep;
mod descriptors;
mod links;
mod mounts;
mod relations;
mod table;

pub use links::file;
pub(crate) use links::{namespace, number, path};

use crate::model::{Found, Member, Unread};
use crate::tree::Tree;
use std::os::fd::{AsFd, OwnedFd};
use table::Table;
use thiserror::Error;
use xns_core::{NsKind, NsSet, SingleThreaded};
use xns_sys::thread::{Half, halves};
use xns_sys::{Errno, fs, proc};

/// What is to be found out.
#[derive(Clone, Copy, Debug)]
pub struct Want {
    /// Namespaces of these kinds.
    pub kinds: NsSet,
    /// Only those that this process is in.
    pub process: Option<u32>,
    /// And those that these belong to, for this tree. It takes a look at every process.
    pub above: Option<Tree>,
    /// How many processes are in each, and which is the lowest; else only which namespaces there are.
    pub counts: bool,
    /// Also those that only descriptors, sockets and mounts keep.
    pub kept: bool,
    /// Where they are mounted, also when only those that are found otherwise are wanted.
    pub mounts: bool,
    /// Parents and owners.
    pub relations: Relations,
    /// Also threads, `…_for_children`, and mounts in other mount namespaces.
    pub deep: bool,
    /// Which processes are listed.
    pub members: Members,
}

/// Of which namespaces it is asked what they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relations {
    /// None.
    None,
    /// Those that no process is in: whose they are is known by nothing else.
    OfKept,
    /// All; those that only their children keep are found so.
    All,
}

/// Which processes are listed one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// None.
    None,
    /// Those in the namespace of this inode number.
    Of(u64),
    /// All.
    All,
}

impl Default for Want {
    fn default() -> Self {
        Want {
            kinds: NsKind::ALL.into_iter().collect(),
            process: None,
            above: None,
            counts: true,
            kept: true,
            mounts: false,
            relations: Relations::All,
            deep: false,
            members: Members::None,
        }
    }
}

/// Why nothing could be found out.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ScanError {
    /// There is no `/proc` to read.
    #[error("cannot open /proc")]
    Proc(Errno),
    /// Something else is there: a plain directory, as in a root in which nobody has mounted it.
    #[error("/proc is no process file system")]
    NotProc,
    /// The process that was asked for is not there.
    #[error("no process {0}")]
    NoProcess(u32),
    /// It is not ours to look at.
    #[error("cannot read the namespaces of process {0}")]
    Unreadable(u32, Errno),
    /// The kernel does not know a request (before Linux 4.9).
    #[error("Unsupported ioctl {0}")]
    Unsupported(&'static str),
}

/// As many processes are shared between two processors. Together they take some hundredths more than one alone, for they meet in
/// the same directories; fewer processes are done soon enough (40 ms).
const WORTH_SHARING: usize = 2000;

/// Room for so many PIDs is made at once. That is more than the binaries' arena has, which takes nothing back: from the kernel it
/// comes page by page as it is used, and goes back when the scan is over.
const AT_ONCE: usize = 32 * 1024;

/// `/proc`, in which everything is looked up.
///
/// # Errors
/// What open(2) answers.
pub fn open_proc() -> xns_sys::Result<OwnedFd> {
    proc::open(xns_sys::fs::cwd(), c"/proc")
}

/// Is `/proc` that of another PID namespace than ours, so that its numbers are not those that we would use?
pub fn proc_is_foreign() -> bool {
    open_proc().and_then(fs::is_proc).unwrap_or(false) && fs::proc_is_ours().is_err()
}

/// Looks at `/proc`.
///
/// # Errors
/// Where nothing can be found out. A process that ends meanwhile, or that may not be read, is no error.
pub fn scan(want: &Want, single: SingleThreaded) -> Result<Found, ScanError> {
    let proc = open_proc().map_err(ScanError::Proc)?;
    if !fs::is_proc(&proc).map_err(ScanError::Proc)? {
        return Err(ScanError::NotProc);
    }
    let mut pids = Vec::with_capacity(AT_ONCE);
    proc::numbers(&proc, &mut proc::room(), |pid| pids.push(pid)).map_err(ScanError::Proc)?;
    let only = want.process.map(|pid| links::of_process(&proc, pid, want.kinds)).transpose()?;
    let look = |pids: &[u32]| {
        let mut scanner = Scanner::new(&proc, want, only.filter(|_| want.above.is_none()));
        pids.iter().for_each(|pid| scanner.process(*pid));
        scanner.seen
    };
    let mut seen = match pids.len() {
        _ if !want.counts && only.is_some() => Seen::default(),
        0..WORTH_SHARING => look(&pids),
        _ => {
            let [first, second] = halves(single, |half: Half| look(half.of(&pids)));
            first.merged(second)
        }
    };
    if let Some(only) = only {
        seen.of_process(want, &only);
    }
    seen.unread.of = u32::try_from(pids.len()).unwrap_or(u32::MAX);
    finish(&proc, want, seen, want.above.zip(only))
}

/// What is known of a namespace only once all processes have been looked at. `of`: what has nothing to do with these is left out.
fn finish(
    proc: &OwnedFd,
    want: &Want,
    seen: Seen,
    of: Option<(Tree, links::Links)>,
) -> Result<Found, ScanError> {
    let Seen { table, members, unread } = seen;
    let mut collected = table.into_collected();
    let kept = want.process.is_none() && want.kept;
    if kept || want.mounts {
        mounts::add(&mut collected, want.kinds, kept);
    }
    if kept && want.deep {
        deep::add_mounts(&mut collected, want.kinds);
    }
    if want.relations != Relations::None {
        relations::add(proc, &mut collected, want)?;
    }
    let mut namespaces = collected.namespaces;
    namespaces.sort_unstable_by_key(|namespace| namespace.ino);
    if let Some((tree, of)) = of {
        relations::keep_above(&mut namespaces, tree, &of);
    }
    Ok(Found { namespaces, members, unread })
}

/// What one processor has seen.
#[derive(Default)]
struct Seen {
    table: Table,
    members: Vec<Member>,
    unread: Unread,
}

impl Seen {
    /// Those with higher PIDs come second.
    fn merged(mut self, other: Seen) -> Seen {
        self.table.merge(other.table);
        self.members.extend(other.members);
        self.unread.processes += other.unread.processes;
        self.unread.lowest = self.unread.lowest.or(other.unread.lowest);
        self
    }

    /// The namespaces of the process that was asked for are there, whoever was counted.
    fn of_process(&mut self, want: &Want, only: &links::Links) {
        for (kind, ino) in only.iter() {
            let entry = self.table.entry(kind, ino);
            if !want.counts {
                self.table.count(entry, want.process.unwrap_or_default());
            }
        }
    }
}

/// One look, process by process.
struct Scanner<'a> {
    proc: &'a OwnedFd,
    want: &'a Want,
    /// Only these namespaces.
    only: Option<links::Links>,
    seen: Seen,
    descriptors: descriptors::Descriptors,
}

impl<'a> Scanner<'a> {
    fn new(proc: &'a OwnedFd, want: &'a Want, only: Option<links::Links>) -> Self {
        Scanner { proc, want, only, seen: Seen::default(), descriptors: descriptors::Descriptors::new() }
    }

    /// A process that has ended is passed over.
    fn process(&mut self, pid: u32) {
        let links = match links::read(self.proc.as_fd(), pid, self.want.kinds) {
            Ok(links) => links,
            Err(Errno::EACCES | Errno::EPERM) => {
                self.seen.unread.processes += 1;
                self.seen.unread.lowest.get_or_insert(pid);
                return;
            }
            Err(_) => return,
        };
        for (kind, ino) in links.iter() {
            if self.only.is_none_or(|only| only.has(kind, ino)) {
                let entry = self.seen.table.entry(kind, ino);
                self.seen.table.count(entry, pid);
            }
        }
        match self.want.members {
            Members::Of(ino) if !links.iter().any(|(_, other)| other == ino) => {}
            Members::None => {}
            Members::Of(_) | Members::All => {
                self.seen.members.push(Member { pid, namespaces: links.numbers() });
            }
        }
        if self.only.is_none() && self.want.kept {
            self.descriptors.look(self.proc.as_fd(), pid, self.want.kinds, &mut self.seen.table);
        }
        if self.want.deep && self.only.is_none() {
            deep::look(self.proc.as_fd(), pid, &links, self.want.kinds, &mut self.seen.table);
        }
    }
}
