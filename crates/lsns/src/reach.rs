//! A descriptor of a namespace that has been found: by what is known to be in it or to keep it. What answers to the name meanwhile
//! may be another one, so the number is compared.

use crate::model::{Namespace, Pin};
use crate::scan::{file, path};
use std::os::fd::{AsFd, OwnedFd};
use xns_core::NsKind;
use xns_sys::proc::{self, Name};
use xns_sys::{Errno, Result, fork, fs, namespace};

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
            (None, Some(pid)) => {
                proc::open(proc, Name::below(pid, path(wanted.kind)).path())
            }
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
        Pin::Mount(point) => fs::open_in(fs::cwd(), point),
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

fn same(fd: OwnedFd, ino: u64) -> Result<OwnedFd> {
    if fs::inode(&fd)? == ino { Ok(fd) } else { Err(Errno::ESTALE) }
}
