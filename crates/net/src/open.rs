//! A file opened as a network namespace: the only way by which one is opened.

use crate::Place;
use std::os::fd::OwnedFd;
use std::path::Path;
use thiserror::Error;
use xns_core::{Errno, NsKind, errno};
use xns_sys::{fs, namespace};

/// Why a file is not opened as a network namespace.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OpenError {
    /// It is not there, or may not be opened.
    #[error("{}", errno::text(*.0))]
    NotOpened(Errno),
    /// It is there, and is none; setns(2) answers EINVAL then.
    #[error("{}", errno::text(Errno::EINVAL))]
    NoNetns,
}

impl OpenError {
    /// The error number.
    pub const fn errno(self) -> Errno {
        match self {
            OpenError::NotOpened(errno) => errno,
            OpenError::NoNetns => Errno::EINVAL,
        }
    }
}

/// Opens a network namespace by a file. A symbolic link at its end is followed only where `follow` says so: who can write in the
/// directory would lead us anywhere. What is no namespace is not opened (a fifo has readers otherwise, a device may do something), and
/// no ioctl(2) goes to it.
///
/// # Errors
/// As [`OpenError`] tells.
pub fn open(path: &Path, follow: bool) -> Result<OwnedFd, OpenError> {
    let links = if follow { fs::FOLLOW } else { fs::NO_FOLLOW };
    let seen = fs::open_path(fs::cwd(), path, links).map_err(OpenError::NotOpened)?;
    if fs::is_namespace(&seen) != Ok(true) {
        return Err(OpenError::NoNetns);
    }
    let opened = fs::open_namespace_file(path, follow).map_err(OpenError::NotOpened)?;
    // Another one may be there meanwhile.
    let is_one = fs::is_namespace(&opened) == Ok(true);
    if is_one && namespace::kind_of(&opened) == Ok(NsKind::Net.flag()) {
        Ok(opened)
    } else {
        Err(OpenError::NoNetns)
    }
}

impl Place {
    /// The network namespace, opened. A name is not followed.
    ///
    /// # Errors
    /// As for [`open`].
    pub fn open(&self) -> Result<OwnedFd, OpenError> {
        open(&self.path(), !matches!(self, Place::Name(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_network_namespaces_are_opened() {
        let own = Path::new("/proc/self/ns/net");
        assert!(open(own, true).is_ok());
        // A link of procfs is one, too.
        assert_eq!(open(own, false).unwrap_err(), OpenError::NoNetns);
        for other in ["/proc/self/ns/uts", "/proc/self/status", "/dev/null", "/"] {
            assert_eq!(open(Path::new(other), true).unwrap_err(), OpenError::NoNetns, "{other}");
        }
        assert_eq!(open(Path::new("/no/such"), true).unwrap_err(), OpenError::NotOpened(Errno::ENOENT));
        assert!(Place::Here.open().is_ok() && Place::Process(std::process::id()).open().is_ok());
    }
}
