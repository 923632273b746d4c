//! What processes hold open: namespaces themselves, and sockets, each of which keeps its network namespace.
//!
//! What a descriptor is is not told by its link: that of a namespace which was opened where it is mounted is that path.

use super::table::Table;
use crate::model::Pin;
use crate::numbers::NumberMap;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use xns_core::{NsKind, NsSet};
use xns_sys::proc::{self, Name, Room};
use xns_sys::{Errno, fork, fs, namespace};

/// Looks at the descriptors of one process after the other.
///
/// Most processes have the lowest numbers and no others, and how many they have is the size of the directory (Linux 6.2): these
/// are tried in turn, which spares the kernel a list of them, and costs a process without any nothing more. The list is read where
/// several are missing, for those that were not tried.
pub(super) struct Descriptors {
    room: Box<Room>,
    /// The sockets that were asked already: a process hands its own on to its children.
    sockets: NumberMap<()>,
    /// Is `pidfd_getfd` of no use here (before Linux 5.6)?
    no_sockets: bool,
    /// Has a directory had a size: does this kernel say how many there are?
    sized: bool,
    /// The device of namespaces' files.
    nsfs: Option<(u32, u32)>,
}

/// So many numbers may be missing before the list is read: it costs as much as some three numbers tried in vain.
const MISSING: u32 = 2;

impl Descriptors {
    pub(super) fn new() -> Self {
        Descriptors {
            room: Box::new(proc::room()),
            sockets: NumberMap::default(),
            no_sockets: false,
            sized: false,
            nsfs: None,
        }
    }

    /// What this process holds, of these kinds. What may not be read is passed over.
    pub(super) fn look(&mut self, proc: BorrowedFd<'_>, pid: u32, kinds: NsSet, table: &mut Table) {
        let Ok(directory) = proc::open_directory(proc, Name::of(pid, "/fd").path()) else { return };
        let count = proc::size(&directory).unwrap_or(0);
        self.sized |= count > 0;
        if self.nsfs.is_none() {
            self.nsfs = proc::look(proc, Name::of(pid, "/ns/user").path()).ok().map(|looked| looked.device);
        }
        let mut process = Process {
            directory: directory.as_fd(),
            pid,
            kinds,
            table,
            sockets: &mut self.sockets,
            no_sockets: &mut self.no_sockets,
            nsfs: self.nsfs,
            pidfd: None,
        };
        let (mut next, mut missing) = (0, 0);
        while self.sized && missing <= MISSING {
            if u64::from(next - missing) >= count {
                return;
            }
            missing += u32::from(!process.look_at(next));
            next += 1;
        }
        let Ok(list) = proc::open(&directory, c".") else { return };
        let _ = proc::numbers(&list, &mut self.room, |fd| {
            if fd >= next {
                process.look_at(fd);
            }
        });
    }
}

/// The descriptors of one process.
struct Process<'s> {
    directory: BorrowedFd<'s>,
    pid: u32,
    kinds: NsSet,
    table: &'s mut Table,
    sockets: &'s mut NumberMap<()>,
    no_sockets: &'s mut bool,
    nsfs: Option<(u32, u32)>,
    pidfd: Option<OwnedFd>,
}

impl Process<'_> {
    /// Is there one of this number? What it keeps is noted.
    fn look_at(&mut self, fd: u32) -> bool {
        let Ok(looked) = proc::look(self.directory, Name::of(fd, "").path()) else { return false };
        if looked.is_socket {
            if !*self.no_sockets && self.kinds.contains(NsKind::Net) && self.sockets.insert(looked.ino, ()) {
                self.ask_socket(fd);
            }
        } else if Some(looked.device) == self.nsfs
            && let Some(kind) = self.table.kind(looked.ino).or_else(|| self.ask_kind(fd))
            && self.kinds.contains(kind)
        {
            let place = self.table.entry(kind, looked.ino);
            self.table.pin(place, Pin::Descriptor { pid: self.pid, fd });
        }
        true
    }

    fn ask_kind(&self, fd: u32) -> Option<NsKind> {
        let namespace = proc::open(self.directory, Name::of(fd, "").path()).ok()?;
        let flag = namespace::kind_of(namespace).ok()?;
        NsKind::ALL.into_iter().find(|kind| kind.flag() == flag)
    }

    fn ask_socket(&mut self, fd: u32) {
        match network(self.pid, fd, &mut self.pidfd) {
            Ok(ino) => {
                let place = self.table.entry(NsKind::Net, ino);
                self.table.pin(place, Pin::Socket { pid: self.pid, fd });
            }
            Err(Errno::ENOSYS) => *self.no_sockets = true,
            Err(_) => {}
        }
    }
}

/// The network namespace of another process's socket.
fn network(pid: u32, fd: u32, pidfd: &mut Option<OwnedFd>) -> xns_sys::Result<u64> {
    let pidfd = match pidfd {
        Some(pidfd) => pidfd,
        none => none.insert(fork::open_process(pid)?),
    };
    let socket = fork::borrow_descriptor(pidfd.as_fd(), fd.cast_signed())?;
    fs::inode(namespace::network_of(socket)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::AsRawFd;

    /// The numbers of our own descriptors of UTS namespaces.
    fn seen() -> Vec<u32> {
        let proc = proc::open(fs::cwd(), c"/proc").unwrap();
        let mut table = Table::default();
        let kinds = NsKind::ALL.into_iter().collect();
        Descriptors::new().look(proc.as_fd(), std::process::id(), kinds, &mut table);
        let found = table.into_collected().namespaces;
        let pins =
            found.into_iter().filter(|namespace| namespace.kind == NsKind::Uts).flat_map(|uts| uts.pins);
        pins.filter_map(|pin| match pin {
            Pin::Descriptor { fd, .. } => Some(fd),
            _ => None,
        })
        .collect()
    }

    #[test]
    fn what_is_no_socket_and_no_namespace_is_passed_over() {
        let pipe = xns_sys::fd::pipe().unwrap();
        let file = File::open("/proc/self/exe").unwrap();
        assert_eq!(seen(), []);
        drop((pipe, file));
    }

    #[test]
    fn descriptors_are_found_behind_any_gap() {
        let mut before: Vec<_> = (0..20).map(|_| File::open("/dev/null").unwrap()).collect();
        let held = File::open("/proc/self/ns/uts").unwrap();
        let number = held.as_raw_fd().cast_unsigned();
        for left in [20, 19, 18, 10, 0] {
            before.truncate(left);
            assert_eq!(seen().into_iter().filter(|fd| *fd == number).count(), 1, "{left} left");
        }
        drop(held);
        assert!(!seen().contains(&number));
    }
}
