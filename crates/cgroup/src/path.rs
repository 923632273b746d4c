//! Names of groups, checked: nothing that leads out of the hierarchy, and nothing that a line of text cannot hold.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use thiserror::Error;
use xns_core::shell::c_string;

/// A group's path below a hierarchy's mount point: components without `.`, `..`, line ends and control characters.
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
    #[error("{} is no name of a group: it has a control character in it", c_string(.0))]
    Control(OsString),
    #[error("'{}' is no name of a group: a part of it is longer than 255 bytes", .0.display())]
    Long(OsString),
}

impl GroupPath {
    /// The longest name of a directory.
    const LONGEST: usize = 255;

    /// Reads a path. A slash at its start says that it counts from the mount point whatever else would be meant, and is remembered.
    ///
    /// # Errors
    /// A path that leads upwards, or that the files of the kernel could not show as it is.
    pub fn parse(text: &OsStr) -> Result<Self, PathError> {
        // A variable that is not set is not to mean all groups.
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.as_bytes().iter().any(u8::is_ascii_control) {
            return Err(PathError::Control(text.to_owned()));
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
        assert_eq!(parse("a\nb"), Err(PathError::Control("a\nb".into())));
        assert_eq!(parse(""), Err(PathError::Empty));
        assert!(parse("a\x1bb").unwrap_err().to_string().starts_with("\"a\\"));
        let long = "x".repeat(256);
        assert_eq!(parse(&long), Err(PathError::Long(long.as_str().into())));
        assert!(parse("..a/...").is_ok());
    }
}
