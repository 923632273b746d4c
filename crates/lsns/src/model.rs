//! What a look at the system has found.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_core::NsKind;

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Ordered by inode number, of all kinds mixed.
    pub namespaces: Vec<Namespace>,
    /// The processes, where they were asked for, by ascending PID.
    pub members: Vec<Member>,
    /// What could not be read.
    pub unread: Unread,
}

impl Found {
    /// The namespace of this inode number.
    pub fn by_inode(&self, ino: u64) -> Option<&Namespace> {
        self.namespaces
            .binary_search_by_key(&ino, |namespace| namespace.ino)
            .ok()
            .map(|i| &self.namespaces[i])
    }
}

/// One namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its kind.
    pub kind: NsKind,
    /// Its inode number, which `readlink /proc/PID/ns/KIND` shows. One number serves for all kinds: no two namespaces have the same.
    pub ino: u64,
    /// How many processes are in it, of those that could be read. Threads do not count.
    pub processes: u32,
    /// The lowest PID among them.
    pub pid: Option<u32>,
    /// The parent, which only PID and user namespaces have.
    pub parent: Relation,
    /// The user namespace that owns it; of a user namespace its parent.
    pub owner: Relation,
    /// Of one without processes: the uid of who made the user namespace that owns it; of a user namespace, of who made that.
    pub owner_uid: Option<u32>,
    /// Was it seen only because another one belongs to it?
    pub only_above: bool,
    /// Where it is mounted, as seen in our mount namespace.
    pub mounts: Vec<PathBuf>,
    /// What keeps one without processes.
    pub pins: Vec<Pin>,
}

impl Namespace {
    pub(crate) fn new(kind: NsKind, ino: u64) -> Self {
        Namespace {
            kind,
            ino,
            processes: 0,
            pid: None,
            parent: Relation::None,
            owner: Relation::None,
            owner_uid: None,
            only_above: false,
            mounts: Vec::new(),
            pins: Vec::new(),
        }
    }
}

/// A namespace that another one belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relation {
    /// There is none, or it was not asked for.
    #[default]
    None,
    /// It is not within sight: above the user or PID namespace of who asks (ioctl_ns(2)).
    Hidden,
    /// Its inode number.
    Of(u64),
}

impl Relation {
    /// The inode number, if there is one.
    pub const fn ino(self) -> Option<u64> {
        match self {
            Relation::Of(ino) => Some(ino),
            Relation::None | Relation::Hidden => None,
        }
    }
}

/// What keeps a namespace that no process is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pin {
    /// A descriptor of it.
    Descriptor {
        /// The process that has it.
        pid: u32,
        /// Its number there.
        fd: u32,
    },
    /// A socket that was made in it.
    Socket {
        /// The process that has it.
        pid: u32,
        /// Its number there.
        fd: u32,
    },
    /// It is mounted here.
    Mount(PathBuf),
    /// It is mounted somewhere else.
    MountIn {
        /// The mount namespace.
        ino: u64,
        /// A process in that.
        pid: u32,
        /// Where, as seen from there.
        point: PathBuf,
    },
    /// A namespace that it owns, or is the parent of.
    Child {
        /// The other's kind.
        kind: NsKind,
        /// Its inode number.
        ino: u64,
    },
    /// A thread whose process is elsewhere.
    Thread {
        /// The process.
        pid: u32,
        /// The thread.
        tid: u32,
    },
    /// The children of this process will be in it (`/proc/PID/ns/…_for_children`).
    ForChildren {
        /// The process.
        pid: u32,
    },
}

impl Pin {
    /// In words: `descriptor 5 of 4711 (sleep)`, if `name` answers what a process is called. Paths and names are as they are, whatever
    /// their bytes.
    pub fn words(&self, name: impl Fn(u32) -> Option<Vec<u8>>) -> Vec<u8> {
        let of = |start: String, pid: u32| {
            let name = name(pid).map(|name| [b" (", name.as_slice(), b")"].concat());
            [start.into_bytes(), pid.to_string().into_bytes(), name.unwrap_or_default()].concat()
        };
        match self {
            Pin::Descriptor { pid, fd } => of(format!("descriptor {fd} of "), *pid),
            Pin::Socket { pid, fd } => of(format!("socket {fd} of "), *pid),
            Pin::Thread { pid, tid } => of(format!("thread {tid} of "), *pid),
            Pin::ForChildren { pid } => of("children to come of ".to_owned(), *pid),
            Pin::Mount(point) => [b"mount ", point.as_os_str().as_bytes()].concat(),
            Pin::MountIn { ino, pid, point } => {
                let mount = [b"mount ", point.as_os_str().as_bytes()].concat();
                [mount, of(format!(" in mnt:[{ino}] of "), *pid)].concat()
            }
            Pin::Child { kind, ino } => format!("child {kind}:[{ino}]").into_bytes(),
        }
    }
}

/// One process, and the namespaces that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number.
    pub pid: u32,
    /// By [`NsKind`] as an index; 0 where that was not asked for or not readable.
    pub namespaces: [u64; 8],
}

/// What could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// Processes that are not ours to look at (EACCES).
    pub processes: u32,
    /// All that were there to look at.
    pub of: u32,
    /// The lowest of those that could not be read.
    pub lowest: Option<u32>,
}
