//! The root of a cgroup namespace: the group that is `/` there, as it is called here (cgroup_namespaces(7)).

use crate::{Hierarchy, memberships};
use std::ffi::OsStr;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xns_core::inside::{self, Answer, InsideError};
use xns_core::{Errno, NsKind, SingleThreaded};
use xns_sys::fs;

/// The root of a cgroup namespace in one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamespaceRoot {
    /// Which tree.
    pub hierarchy: Hierarchy,
    /// The group, from the root of our own cgroup namespace; `None` where the process that was asked about lies outside of the
    /// other root, so that nothing tells where that is.
    pub path: Option<PathBuf>,
}

/// The roots of a cgroup namespace, which a child enters: it reads there in which group a process is, and we read it here.
///
/// `process` is the directory in `/proc` of a process in the namespace; without one our own process is asked about, which lies
/// below the root only if the namespace's root is above our group.
///
/// # Errors
/// When the namespace may not be entered, and when the process has ended.
pub fn roots(
    single: SingleThreaded,
    namespace: BorrowedFd<'_>,
    process: Option<BorrowedFd<'_>>,
) -> Result<Vec<NamespaceRoot>, InsideError> {
    let failed = |errno| InsideError::Question { kind: NsKind::Cgroup, errno };
    let here = read(process).map_err(failed)?;
    let (answer, _) = inside::ask(single, NsKind::Cgroup, namespace, || {
        Ok(Answer { bytes: read(process)?, descriptors: Vec::new() })
    })?;
    Ok(between(&here, &answer.bytes))
}

/// A child is in the groups of its parent.
fn read(process: Option<BorrowedFd<'_>>) -> Result<Vec<u8>, Errno> {
    match process {
        Some(process) => fs::read_in(process, Path::new("cgroup")),
        None => fs::read(Path::new("/proc/self/cgroup")),
    }
}

/// The same process's groups, read here and inside.
fn between(here: &[u8], inside: &[u8]) -> Vec<NamespaceRoot> {
    let inside = memberships(inside);
    let root = |here: crate::Membership| {
        let same = inside.iter().find(|inside| inside.hierarchy == here.hierarchy);
        let path = same.and_then(|inside| without_end(&here.path, &inside.path));
        NamespaceRoot { hierarchy: here.hierarchy, path }
    };
    memberships(here).into_iter().map(root).collect()
}

/// `/a` of `/a/b` and `/b`.
fn without_end(whole: &Path, end: &Path) -> Option<PathBuf> {
    let (whole, end) = (lasting(whole), lasting(end));
    if Path::new(OsStr::from_bytes(end)).starts_with("/..") {
        return None;
    }
    let end = if end == b"/" { b"" } else { end };
    let root = whole.strip_suffix(end)?;
    Some(PathBuf::from(OsStr::from_bytes(if root.is_empty() { b"/" } else { root })))
}

/// A removed group is shown with a mark.
fn lasting(path: &Path) -> &[u8] {
    let bytes = path.as_os_str().as_bytes();
    bytes.strip_suffix(b" (deleted)").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(here: &str, inside: &str) -> Option<String> {
        let line = |path: &str| format!("1:cpu:/other\n0::{path}\n").into_bytes();
        let roots = between(&line(here), &line(inside));
        assert_eq!((roots.len(), &roots[1].hierarchy), (2, &Hierarchy::Unified));
        roots[1].path.as_ref().map(|path| path.display().to_string())
    }

    #[test]
    fn the_root_is_what_is_not_seen_inside() {
        let some = |path: &str| Some(path.to_owned());
        assert_eq!(root("/a/b", "/b"), some("/a"));
        assert_eq!(root("/a/b", "/"), some("/a/b"));
        assert_eq!(root("/a", "/a"), some("/"));
        assert_eq!(root("/", "/"), some("/"));
        assert_eq!(root("/a/..b", "/..b"), some("/a"));
        assert_eq!(root("/../x/y", "/y"), some("/../x"));
        assert_eq!(root("/a/b (deleted)", "/b (deleted)"), some("/a"));
        assert_eq!((root("/a", "/../a"), root("/a", "/c")), (None, None));
        assert_eq!(between(b"0::/a\n", b""), [NamespaceRoot { hierarchy: Hierarchy::Unified, path: None }]);
    }
}
