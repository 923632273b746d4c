//! POSIX message queues, as an mqueue file system shows them (mq_overview(7)).

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use xns_core::Errno;
use xns_sys::{fs, ipc};

pub use xns_sys::ipc::QueueAttributes;

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PosixQueue {
    /// Its name with the `/` before it; any bytes.
    pub name: OsString,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// What it holds; `None` for who may not read it.
    pub attributes: Option<QueueAttributes>,
    /// How much is in its messages, in bytes; `None` likewise.
    pub bytes: Option<u64>,
}

/// Those in the file system whose root this is, by name.
pub(crate) fn queues(root: &OwnedFd) -> Result<Vec<PosixQueue>, Errno> {
    let mut names = fs::names_in(root)?;
    names.sort();
    // One that is removed meanwhile is none.
    Ok(names.into_iter().filter_map(|name| queue(root, name)).collect())
}

fn queue(root: &OwnedFd, name: OsString) -> Option<PosixQueue> {
    let status = fs::status(fs::open_path(root, Path::new(&name), fs::NO_FOLLOW).ok()?).ok()?;
    let opened = fs::open_in(root, Path::new(&name)).ok();
    let attributes = opened.as_ref().and_then(|queue| ipc::queue_attributes(queue.as_fd()).ok());
    let bytes = opened.and_then(|_| used(&fs::read_in(root, Path::new(&name)).ok()?));
    let name = OsString::from_vec([b"/", OsStr::as_bytes(&name)].concat());
    Some(PosixQueue { name, mode: status.mode, uid: status.uid, gid: status.gid, attributes, bytes })
}

/// `QSIZE:129 NOTIFY:2 SIGNO:0 NOTIFY_PID:8260`, with blanks.
fn used(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.strip_prefix("QSIZE:")?.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_in_a_queues_file() {
        assert_eq!(used(b"QSIZE:129        NOTIFY:2     SIGNO:0     NOTIFY_PID:8260  \n"), Some(129));
        assert_eq!(used(b"QSIZE:0          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n"), Some(0));
        assert_eq!((used(b""), used(b"QSIZE:\xff")), (None, None));
    }
}
