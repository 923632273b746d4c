//! inotify(7): being told what happens in a directory.

use crate::{Result, errno};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use std::ffi::OsString;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

/// What has happened to a file of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It has come: IN_CREATE.
    Came(OsString),
    /// It is gone: IN_DELETE.
    Gone(OsString),
    /// The directory itself is no longer watched, or more has happened than was told: IN_IGNORED, IN_Q_OVERFLOW.
    Lost,
}

/// `inotify_init1(IN_CLOEXEC)`, `inotify_add_watch(fd, directory, IN_CREATE | IN_DELETE | IN_ONLYDIR | IN_DONT_FOLLOW)`.
pub fn watch(directory: &Path) -> Result<OwnedFd> {
    let fd = inotify::init(CreateFlags::CLOEXEC).map_err(errno)?;
    let wanted = WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::ONLYDIR | WatchFlags::DONT_FOLLOW;
    inotify::add_watch(&fd, directory, wanted).map_err(errno)?;
    Ok(fd)
}

/// `read(2)`: waits for what happens, and tells all that has.
pub fn events(fd: impl AsFd) -> Result<Vec<Event>> {
    let mut room = [MaybeUninit::uninit(); 4096];
    let mut reader = Reader::new(fd, &mut room);
    let mut all = Vec::new();
    loop {
        let event = match reader.next() {
            Err(rustix::io::Errno::INTR) => continue,
            answer => answer.map_err(errno)?,
        };
        let name = event.file_name().map(|name| OsString::from_vec(name.to_bytes().to_vec()));
        all.push(match (event.events(), name) {
            (what, Some(name)) if what.contains(ReadFlags::CREATE) => Event::Came(name),
            (what, Some(name)) if what.contains(ReadFlags::DELETE) => Event::Gone(name),
            _ => Event::Lost,
        });
        if reader.is_buffer_empty() {
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let fd = watch(dir.path()).unwrap();
        std::fs::write(dir.path().join("a"), "").unwrap();
        std::fs::remove_file(dir.path().join("a")).unwrap();
        assert_eq!(events(&fd), Ok(vec![Event::Came("a".into()), Event::Gone("a".into())]));
        std::fs::remove_dir(dir.path()).unwrap();
        assert_eq!(events(&fd), Ok(vec![Event::Lost]));
        assert!(watch(dir.path()).is_err());
    }
}
