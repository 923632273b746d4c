//! A descriptor of a namespace that has been found: by what is known to be in it or to keep it. What answers to the name meanwhile
//! may be another one, so the number is compared.

use crate::model::{Namespace, Pin};
use crate::scan::{file, path};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use xns_core::NsKind;
use xns_sys::proc::{self, Name};
use xns_sys::{Errno, Result, fork, fs, namespace};

/// Opens one of those that were found. One that only a child keeps is reached by that, which has to be among them.
///
/// # Errors
/// As [`open`].
pub fn open_in(proc: impl AsFd, found: &[Namespace], wanted: &Namespace) -> Result<OwnedFd> {
    by_child(proc.as_fd(), found, wanted, DEEPEST)
}

/// User and PID namespaces are not nested deeper (user_namespaces(7), pid_namespaces(7)).
const DEEPEST: u8 = 33;

fn by_child(proc: BorrowedFd<'_>, found: &[Namespace], wanted: &Namespace, levels: u8) -> Result<OwnedFd> {
    let answer = open(proc, wanted);
    if answer.is_ok() || levels == 0 {
        return answer;
    }
    let children = wanted.pins.iter().filter_map(|pin| match pin {
        Pin::Child { ino, .. } => found.iter().find(|namespace| namespace.ino == *ino),
        _ => None,
    });
    let above = |child: &Namespace| {
        let child = by_child(proc, found, child, levels - 1)?;
        let owner = namespace::owner_of(&child).and_then(|fd| same(fd, wanted.ino));
        owner.or_else(|_| namespace::parent_of(&child).and_then(|fd| same(fd, wanted.ino)))
    };
    children.map(above).find(Result::is_ok).unwrap_or(answer)
}

/// Opens it. Namespaces that only a child keeps are not reached here.
///
/// # Errors
/// The last way's; ESTALE when the name leads to another one now.
pub fn open(proc: impl AsFd, wanted: &Namespace) -> Result<OwnedFd> {
    let proc = proc.as_fd();
    let mut answer = Err(Errno::ENOENT);
    let ways = std::iter::once(None).chain(wanted.pins.iter().map(Some));
    for pin in ways {
        let opened = match (pin, wanted.pid) {
            (None, None) => continue,
            (None, Some(pid)) => proc::open(proc, Name::below(pid, path(wanted.kind)).path()),
            (Some(pin), _) => by_pin(proc, wanted.kind, pin),
        };
        answer = opened.and_then(|fd| same(fd, wanted.ino));
        if answer.is_ok() {
            break;
        }
    }
    answer
}

fn by_pin(proc: impl AsFd, kind: NsKind, pin: &Pin) -> Result<OwnedFd> {
    let in_directory = |pid, rest, name: &std::ffi::CStr| {
        proc::open(proc::open_directory(&proc, Name::of(pid, rest).path())?, name)
    };
    match pin {
        Pin::Descriptor { pid, fd } => in_directory(*pid, "/fd", Name::of(*fd, "").path()),
        Pin::Socket { pid, fd } => {
            let socket = fork::borrow_descriptor(fork::open_process(*pid)?, fd.cast_signed())?;
            namespace::network_of(socket)
        }
        Pin::Mount(point) => mounted(point),
        Pin::Thread { tid, .. } => in_directory(*tid, "/ns", file(kind)),
        Pin::ForChildren { pid } => in_directory(
            *pid,
            "/ns",
            if kind == NsKind::Pid { c"pid_for_children" } else { c"time_for_children" },
        ),
        // Others' mounts are not walked to: their paths are their own.
        Pin::MountIn { .. } | Pin::Child { .. } => Err(Errno::ENOENT),
    }
}

/// What lies there now may be anything, so it is looked at before it is opened.
fn mounted(point: &Path) -> Result<OwnedFd> {
    let path = fs::open_path(fs::cwd(), point, fs::NO_FOLLOW)?;
    if fs::is_namespace(&path)? { fs::open_in(fs::cwd(), &fs::proc_path(&path)) } else { Err(Errno::ESTALE) }
}

fn same(fd: OwnedFd, ino: u64) -> Result<OwnedFd> {
    if fs::inode(&fd)? == ino { Ok(fd) } else { Err(Errno::ESTALE) }
}
