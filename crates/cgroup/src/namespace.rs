//! Cgroup namespaces (cgroup_namespaces(7)): the paths of groups and the roots of mounts both count from the namespace's root, and
//! lead above it by `..`. A mount that was made outside shows the namespace's root somewhere below its mount point, and tells only
//! how deep.

use crate::{Hierarchy, Membership};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use xns_core::Facts;

/// How many groups are looked at, at most: a machine may have any number of them.
const MOST_GROUPS: usize = 4096;

/// A group's path below the root of a mount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Below<'p> {
    /// Through so many groups on the way to the namespace's root, whose names no path tells.
    pub(crate) unnamed: usize,
    /// Then by these names.
    pub(crate) named: &'p Path,
}

/// Where a mount with this root has a group with this path; `None` when it does not show it.
pub(crate) fn below<'p>(root: &Path, path: &'p Path) -> Option<Below<'p>> {
    let ((above, aside), (up, down)) = (steps(root), steps(path));
    if above == up {
        return down.strip_prefix(aside).ok().map(|named| Below { unnamed: 0, named });
    }
    // What the kernel names after `..` is not on the way to the namespace's root.
    let unnamed = above.checked_sub(up).filter(|_| aside == Path::new(""))?;
    Some(Below { unnamed, named: down })
}

/// So many steps up from the namespace's root, then down.
fn steps(path: &Path) -> (usize, &Path) {
    let path = path.strip_prefix("/").unwrap_or(path);
    let mut components = path.components();
    let mut up = 0;
    loop {
        let rest = components.as_path();
        match components.next() {
            Some(Component::ParentDir) => up += 1,
            _ => return (up, rest),
        }
    }
}

/// Has the group been removed? The kernel marks it so; the name of one that is there may also end like this.
pub(crate) fn is_removed(path: &Path) -> bool {
    path.as_os_str().as_bytes().ends_with(b" (deleted)")
}

/// The names that lead from a mount point to the root of our cgroup namespace, or, when this process is above that, as far as to its
/// own group's: the group is looked for that has this process. Empty when it is not found, and where no name is missing.
pub(crate) fn names(point: &Path, root: &Path, own: &Membership, facts: &Facts) -> PathBuf {
    let Some(Below { unnamed: depth @ 1.., named }) = below(root, &own.path) else { return PathBuf::new() };
    if is_removed(&own.path) {
        return PathBuf::new();
    }
    let files: &[&str] = match own.hierarchy {
        Hierarchy::Version1(_) => &["tasks"],
        // A threaded group shows its processes in the group above it only.
        Hierarchy::Unified => &["cgroup.procs", "cgroup.threads"],
    };
    let mut left = MOST_GROUPS;
    let mut level = vec![point.to_owned()];
    for _ in 0..depth {
        let mut next = Vec::new();
        for group in level {
            let names = group.to_str().map(|path| facts.directories_in(path)).unwrap_or_default();
            next.extend(names.into_iter().map(|name| group.join(name)));
        }
        left = left.saturating_sub(next.len());
        if left == 0 {
            return PathBuf::new();
        }
        level = next;
    }
    let has_us = |group: &&PathBuf| {
        let group = group.join(named);
        files.iter().any(|file| has_process(&group.join(file), facts))
    };
    let found = level.iter().find(has_us).and_then(|group| group.strip_prefix(point).ok());
    found.map(Path::to_owned).unwrap_or_default()
}

/// Numbers in there are those of our PID namespace; 0 is somebody without one.
fn has_process(file: &Path, facts: &Facts) -> bool {
    let text = file.to_str().and_then(|file| facts.file(file)).unwrap_or_default();
    let pid = facts.pid().to_string();
    text.split(|byte| *byte == b'\n').any(|line| OsStr::from_bytes(line) == pid.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use xns_core::Recorded;

    fn found(root: &str, path: &str) -> Option<(usize, String)> {
        below(Path::new(root), Path::new(path)).map(|b| (b.unnamed, b.named.display().to_string()))
    }

    #[test]
    fn a_path_and_the_root_of_a_mount_count_from_the_same_group() {
        let some = |unnamed, named: &str| Some((unnamed, named.to_owned()));
        assert_eq!(found("/", "/"), some(0, ""));
        assert_eq!(found("/", "/a/b"), some(0, "a/b"));
        assert_eq!(found("/docker/c", "/docker/c/x"), some(0, "x"));
        assert_eq!((found("/docker/c", "/docker"), found("/docker/c", "/docker/d")), (None, None));
        // The mount shows one more than the namespace, or two.
        assert_eq!((found("/..", "/"), found("/..", "/a")), (some(1, ""), some(1, "a")));
        assert_eq!((found("/..", "/.."), found("/..", "/../b/c")), (some(0, ""), some(0, "b/c")));
        assert_eq!((found("/../..", "/../b"), found("/../..", "/")), (some(1, "b"), some(2, "")));
        // A sibling of the namespace's root.
        assert_eq!((found("/../b", "/../b/c"), found("/../b", "/../b")), (some(0, "c"), some(0, "")));
        assert_eq!((found("/../b", "/"), found("/../b", "/../c"), found("/../b", "/b")), (None, None, None));
        // Above what is mounted.
        assert_eq!((found("/", "/../x"), found("/a", "/.."), found("/..", "/../..")), (None, None, None));
        // Names that look like it.
        assert_eq!((found("/", "/..a"), found("/..", "/...")), (some(0, "..a"), some(1, "...")));
    }

    fn names_of(root: &str, own: &str, files: &[(&str, &str)]) -> String {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let facts = Facts::recorded(Recorded { pid: 7, files, ..Recorded::default() });
        let own = Membership { hierarchy: Hierarchy::Unified, path: own.into() };
        names("/cg".as_ref(), root.as_ref(), &own, &facts).display().to_string()
    }

    #[test]
    fn the_group_is_looked_for_that_has_this_process() {
        let files = [
            ("directories:/cg", "a\nb"),
            ("directories:/cg/a", "x"),
            ("directories:/cg/b", "x\ny"),
            ("/cg/a/cgroup.procs", "77\n"),
            ("/cg/a/x/cgroup.procs", "0\n17\n"),
            ("/cg/b/x/cgroup.procs", "1\n"),
            ("/cg/b/y/cgroup.procs", "0\n7\n70\n"),
            ("/cg/b/in/cgroup.threads", "7\n"),
        ];
        assert_eq!(names_of("/../..", "/", &files), "b/y");
        assert_eq!(names_of("/..", "/in", &files), "b");
        // This process has left the namespace's root: only what leads to its own group is known.
        assert_eq!(names_of("/../../..", "/..", &files), "b/y");
        assert_eq!(names_of("/..", "/", &files), "");
        for nothing_missing in [("/", "/"), ("/..", "/../y"), ("/../s", "/"), ("/..", "/in (deleted)")] {
            assert_eq!(names_of(nothing_missing.0, nothing_missing.1, &files), "", "{nothing_missing:?}");
        }
    }

    #[test]
    fn it_is_not_looked_for_without_end() {
        let many: Vec<String> = (0..MOST_GROUPS).map(|number| number.to_string()).collect();
        let files = [("directories:/cg", &*many.join("\n")), ("/cg/5/cgroup.procs", "7\n")];
        assert_eq!(names_of("/..", "/", &files), "");
        let few = many[1..].join("\n");
        assert_eq!(names_of("/..", "/", &[("directories:/cg", &*few), files[1]]), "5");
    }

    proptest! {
        #[test]
        fn the_names_that_are_missing_make_the_path_whole(
            way in "(/[ab.]{1,3}x){0,4}", down in "(/[ab]){0,3}", above in 0usize..4, up in 0usize..4,
        ) {
            // The namespace's root is `way` in the hierarchy.
            let way: Vec<&str> = way.split('/').filter(|name| !name.is_empty()).collect();
            prop_assume!(above <= way.len() && up <= way.len());
            let from = |up: usize| if up == 0 { "/".to_owned() } else { "/..".repeat(up) };
            let path = PathBuf::from(from(up)).join(down.trim_start_matches('/'));
            let root = PathBuf::from(from(above));
            let whole = |up: usize, down: &Path| way[..way.len() - up].iter().collect::<PathBuf>().join(down);
            match below(&root, &path) {
                Some(Below { unnamed, named }) => {
                    let names: PathBuf = way[way.len() - above..].iter().take(unnamed).collect();
                    let found = whole(above, Path::new("")).join(names).join(named);
                    prop_assert_eq!(found, whole(up, Path::new(down.trim_start_matches('/'))));
                }
                None => prop_assert!(up > above),
            }
        }
    }
}
