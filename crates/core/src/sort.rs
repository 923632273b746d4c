//! What a file is that others may have put in place of a namespace.

use crate::NsKind;
use std::fmt;
use std::path::Path;
use xns_sys::{Errno, fs, namespace};

/// The sort of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A namespace is bound to it.
    Namespace(NsKind, u64),
    /// An empty regular file.
    Empty,
    /// A regular file with something in it.
    Full,
    /// A directory.
    Directory,
    /// A symbolic link, wherever it leads.
    Symlink,
    /// A fifo, a socket or a device.
    Other,
    /// It may not be looked at.
    Unread,
}

impl Sort {
    /// Of this file; `None` when there is none. Nothing is followed, and neither a fifo nor a device is opened.
    pub fn of(path: &Path) -> Option<Self> {
        let file = match fs::open_path(fs::cwd(), path, fs::NO_FOLLOW) {
            Ok(file) => file,
            Err(Errno::ENOENT | Errno::ENOTDIR) => return None,
            Err(_) => return Some(Sort::Unread),
        };
        if fs::is_namespace(&file) == Ok(true) {
            return Some(Sort::namespace(path).unwrap_or(Sort::Unread));
        }
        let Ok(status) = fs::status(&file) else { return Some(Sort::Unread) };
        Some(match status.kind {
            fs::Kind::Regular if status.length == 0 => Sort::Empty,
            fs::Kind::Regular => Sort::Full,
            fs::Kind::Directory => Sort::Directory,
            fs::Kind::Symlink => Sort::Symlink,
            fs::Kind::Other => Sort::Other,
        })
    }

    fn namespace(path: &Path) -> Option<Self> {
        let opened = fs::open_namespace_file(path, false).ok()?;
        let flag = namespace::kind_of(&opened).ok()?;
        let kind = NsKind::ALL.into_iter().find(|kind| kind.flag() == flag)?;
        Some(Sort::Namespace(kind, fs::inode(&opened).ok()?))
    }

    /// From the words that it is printed in.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        const OTHERS: [Sort; 6] =
            [Sort::Empty, Sort::Full, Sort::Directory, Sort::Symlink, Sort::Other, Sort::Unread];
        let text = std::str::from_utf8(text).ok()?.trim();
        let word = |sort: &Sort| sort.to_string() == text;
        OTHERS.into_iter().find(word).or_else(|| {
            let kind = NsKind::ALL.into_iter().find(|kind| Some(kind.name()) == text.split(':').next())?;
            Some(Sort::Namespace(kind, namespace::number_in(text.as_bytes())?))
        })
    }
}

/// `net:[4026532247]`, or a word.
impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sort::Namespace(kind, inode) => write!(f, "{}:[{inode}]", kind.name()),
            Sort::Empty => f.write_str("an empty file"),
            Sort::Full => f.write_str("a file"),
            Sort::Directory => f.write_str("a directory"),
            Sort::Symlink => f.write_str("a symbolic link"),
            Sort::Other => f.write_str("a fifo, a socket or a device"),
            Sort::Unread => f.write_str("unreadable"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_are_told_apart_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("empty"), "").unwrap();
        std::fs::write(at("full"), "x").unwrap();
        std::fs::create_dir(at("dir")).unwrap();
        std::os::unix::fs::symlink("/proc/self/ns/net", at("link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        let found = ["empty", "full", "dir", "link", "socket"].map(|name| Sort::of(&at(name)));
        let expected = [Sort::Empty, Sort::Full, Sort::Directory, Sort::Symlink, Sort::Other].map(Some);
        assert_eq!(found, expected);
        assert_eq!((Sort::of(&at("none")), Sort::of(&at("full/x"))), (None, None));
        for sort in found.into_iter().flatten().chain([Sort::Unread, Sort::Namespace(NsKind::Net, 7)]) {
            assert_eq!(Sort::parse(sort.to_string().as_bytes()), Some(sort));
        }
        assert_eq!(Sort::parse(b"sth:[7]"), None);
    }
}
