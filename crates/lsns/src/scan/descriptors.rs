//! What processes hold open: namespaces themselves, and sockets, each of which keeps its network namespace.

use super::links;
use super::table::Table;
use crate::model::Pin;
use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use xns_core::{NsKind, NsSet};
use xns_sys::proc::{self, Name, Room};
use xns_sys::{Errno, fork, fs, namespace};

/// Looks at the descriptors of one process after the other.
pub(super) struct Descriptors {
    room: Box<Room>,
    /// The sockets that were asked already: a process hands its own on to its children.
    sockets: HashSet<u64, BuildHasherDefault<super::table::Spread>>,
    /// Is `pidfd_getfd` of no use here (before Linux 5.6)?
    no_sockets: bool,
}

impl Descriptors {
    pub(super) fn new() -> Self {
        Descriptors { room: Box::new(proc::room()), sockets: HashSet::default(), no_sockets: false }
    }

    /// What this process holds, of these kinds. What may not be read is passed over.
    pub(super) fn look(&mut self, proc: BorrowedFd<'_>, pid: u32, kinds: NsSet, table: &mut Table) {
        let Ok(directory) = proc::open(proc, Name::of(pid, "/fd").path()) else { return };
        let (sockets, no_sockets) = (&mut self.sockets, &mut self.no_sockets);
        let mut pidfd = None;
        let _ = proc::numbers(&directory, &mut self.room, |fd| {
            let mut buffer = [0; 64];
            let Ok(text) = proc::link(&directory, Name::of(fd, "").path(), &mut buffer) else { return };
            // A path begins with a slash, and may say what it likes.
            let Some((word, number)) = links::split(text) else { return };
            if word == b"socket" {
                if !*no_sockets && kinds.contains(NsKind::Net) && sockets.insert(number) {
                    match network(pid, fd, &mut pidfd) {
                        Ok(ino) => {
                            let place = table.entry(NsKind::Net, ino);
                            table.pin(place, Pin::Socket { pid, fd });
                        }
                        Err(Errno::ENOSYS) => *no_sockets = true,
                        Err(_) => {}
                    }
                }
            } else if let Some((kind, ino)) = links::namespace(text)
                && kinds.contains(kind)
            {
                let place = table.entry(kind, ino);
                table.pin(place, Pin::Descriptor { pid, fd });
            }
        });
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
