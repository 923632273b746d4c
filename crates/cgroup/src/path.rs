//! Names of groups, checked: nothing that leads out of the hierarchy; and of new ones nothing that other tools cannot name.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;

/// A group's path below a hierarchy's mount point: components without `.` and `..`. Control characters may be in it, as whoever has
/// made the group liked; line ends not, which the kernel refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupPath {
    path: PathBuf,
    absolute: bool,
}

/// Why a text is no path of a group.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum PathError {
    #[error("'{}' is no name of a group: .. would lead out of it", .0.display())]
    Upwards(OsString),
    #[error("'' is no name of a group; / is the root")]
    Empty,
    #[error("'{}' is no name of a group: it has a line end in it", .0.display())]
    LineEnd(OsString),
    #[error("{0} is no name for a new group: it has a control character in it")]
    Control(GroupPath),
    #[error(
        "{0} is no name for a new group: it has a ':' in it, and the -g of xcgexec and cgexec could not name it"
    )]
    Colon(GroupPath),
    #[error("{name} is no name for a new group: {} is what the kernel calls a file of every group", part.display())]
    File { name: GroupPath, part: OsString },
    #[error("'{}' is no name of a group: a part of it is longer than 255 bytes", .0.display())]
    Long(OsString),
}

impl GroupPath {
    /// The longest name of a directory.
    const LONGEST: usize = 255;

    /// Reads a path. A slash at its start says that it counts from the mount point whatever else would be meant, and is remembered.
    ///
    /// # Errors
    /// A path that leads upwards, or that the kernel could not have taken.
    pub fn parse(text: &OsStr) -> Result<Self, PathError> {
        // A variable that is not set is not to mean all groups.
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.as_bytes().contains(&b'\n') {
            return Err(PathError::LineEnd(text.to_owned()));
        }
        let mut path = PathBuf::new();
        for component in Path::new(text).components() {
            match component {
                Component::Normal(name) if name.len() > Self::LONGEST => {
                    return Err(PathError::Long(text.to_owned()));
                }
                Component::Normal(name) => path.push(name),
                Component::ParentDir => return Err(PathError::Upwards(text.to_owned())),
                Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
            }
        }
        Ok(GroupPath { path, absolute: text.as_bytes().starts_with(b"/") })
    }

    /// Is it a name for a new group, too?
    ///
    /// # Errors
    /// Control characters; a colon, which `-g` cannot name; names of the kernel's own files.
    pub fn check_new(&self) -> Result<(), PathError> {
        let bytes = self.path.as_os_str().as_bytes();
        if bytes.iter().any(u8::is_ascii_control) {
            return Err(PathError::Control(self.clone()));
        }
        if bytes.contains(&b':') {
            return Err(PathError::Colon(self.clone()));
        }
        let is_file = |name: &&OsStr| {
            let name = name.as_bytes();
            name.starts_with(b"cgroup.")
                || [&b"tasks"[..], b"notify_on_release", b"release_agent"].contains(&name)
        };
        match self.path.iter().find(is_file) {
            Some(part) => Err(PathError::File { name: self.clone(), part: part.to_owned() }),
            None => Ok(()),
        }
    }

    /// Below the mount point, without a slash at its start; empty for the root.
    pub fn as_path(&self) -> &Path {
        &self.path
    }

    /// Is it the hierarchy's root?
    pub fn is_root(&self) -> bool {
        self.path.as_os_str().is_empty()
    }

    /// Was it typed with a slash at its start?
    pub fn is_absolute(&self) -> bool {
        self.absolute
    }
}

impl fmt::Display for GroupPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        let parse = |text: &str| GroupPath::parse(OsStr::new(text));
        assert_eq!(parse("/a//b/./").map(|path| path.to_string()), Ok("/a/b".to_owned()));
        assert!(parse("/").is_ok_and(|path| path.is_root() && path.is_absolute()));
        assert!(parse("a").is_ok_and(|path| !path.is_root() && !path.is_absolute()));
        assert_eq!(parse("a/../b"), Err(PathError::Upwards("a/../b".into())));
        assert_eq!(parse("a\nb"), Err(PathError::LineEnd("a\nb".into())));
        assert_eq!(parse(""), Err(PathError::Empty));
        let long = "x".repeat(256);
        assert_eq!(parse(&long), Err(PathError::Long(long.as_str().into())));
        assert!(parse("..a/...").is_ok());
    }

    #[test]
    fn new_names_are_those_that_all_tools_can_give() {
        let check = |text: &str| GroupPath::parse(OsStr::new(text)).unwrap().check_new();
        assert_eq!(check("a/b.slice/tasks.d"), Ok(()));
        assert!(matches!(check("a\x1bb"), Err(PathError::Control(_))));
        assert!(matches!(check("a/b:c"), Err(PathError::Colon(_))));
        assert!(matches!(check("cgroup.procs"), Err(PathError::File { .. })));
        assert!(matches!(check("a/tasks/b"), Err(PathError::File { part, .. }) if part == "tasks"));
    }
}
