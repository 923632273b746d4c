//! `/proc/PID/cgroup`, and the mounts that show the hierarchies in it (cgroups(7)).

use crate::namespace::{Below, below, is_removed};
use std::ffi::OsStr;
use std::fmt;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xns_core::Errno;
use xns_core::mountinfo::Mounted;
use xns_sys::fs;

/// One tree of groups.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hierarchy {
    /// Version 2's, of which there is one.
    Unified,
    /// One of version 1, by its controllers or its name (`name=systemd`).
    Version1(Vec<String>),
}

impl fmt::Display for Hierarchy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hierarchy::Unified => f.write_str("cgroup2"),
            Hierarchy::Version1(names) => f.write_str(&names.join(",")),
        }
    }
}

/// The group that a process is in in one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which tree.
    pub hierarchy: Hierarchy,
    /// The group, from the root of the reader's cgroup namespace: `/../x` is outside of it.
    pub path: PathBuf,
}

impl Membership {
    /// Is the group within the reader's cgroup namespace, and not removed?
    pub fn is_reachable(&self) -> bool {
        !self.path.starts_with("/..") && !is_removed(&self.path)
    }
}

/// The lines of `/proc/PID/cgroup`: `ID:CONTROLLERS:PATH`. Lines that are not so are passed over.
pub fn memberships(text: &[u8]) -> Vec<Membership> {
    text.split(|byte| *byte == b'\n').filter_map(line).collect()
}

/// The groups of a process, by its directory in `/proc`. Anybody may read them.
///
/// # Errors
/// What reading answered: ESRCH when it has ended.
pub fn memberships_of(process: BorrowedFd<'_>) -> Result<Vec<Membership>, Errno> {
    fs::read_in(process, Path::new("cgroup")).map(|text| memberships(&text))
}

fn line(line: &[u8]) -> Option<Membership> {
    let mut fields = line.splitn(3, |byte| *byte == b':').skip(1);
    let (names, path) = (std::str::from_utf8(fields.next()?).ok()?, fields.next()?);
    let hierarchy = match names {
        "" => Hierarchy::Unified,
        names => Hierarchy::Version1(names.split(',').map(str::to_owned).collect()),
    };
    Some(Membership { hierarchy, path: OsStr::from_bytes(path).into() })
}

/// The group's directory, where a mount shows it; and the mount's own.
pub fn directory(membership: &Membership, mounts: &[Mounted]) -> Option<(PathBuf, PathBuf)> {
    mounts.iter().filter(|mount| shows(mount, &membership.hierarchy) && is_visible(mount, mounts)).find_map(
        |mount| {
            let Below { unnamed: 0, named } = below(&mount.root, &membership.path)? else { return None };
            let point = mount.point.clone();
            Some((if named == Path::new("") { point.clone() } else { point.join(named) }, point))
        },
    )
}

pub(crate) fn shows(mount: &Mounted, hierarchy: &Hierarchy) -> bool {
    match hierarchy {
        Hierarchy::Unified => mount.fs_type == b"cgroup2",
        Hierarchy::Version1(names) => {
            mount.fs_type == b"cgroup" && names.iter().all(|name| mount.fs_has(name))
        }
    }
}

/// Is nothing mounted over it? What is mounted on one of the mounts that lead to it, at its place or above, hides it.
pub(crate) fn is_visible(mount: &Mounted, mounts: &[Mounted]) -> bool {
    let (mut at, mut next) = (mount, Some(mount));
    while let Some(on) = next {
        let hides = |other: &Mounted| {
            other.parent == on.id && ![on.id, at.id].contains(&other.id) && at.point.starts_with(&other.point)
        };
        if mounts.iter().any(hides) {
            return false;
        }
        at = on;
        next = mounts.iter().find(|other| other.id == on.parent && other.id != on.id);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::mountinfo;

    const MOUNTS: &[u8] = b"29 2 0:1 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n\
        31 2 0:2 /docker/c /cg/pids rw - cgroup cgroup rw,pids\n\
        32 2 0:3 / /cg/systemd rw - cgroup cgroup rw,xattr,name=systemd\n\
        33 2 0:4 / /cg/unified rw - cgroup2 cgroup2 rw\n";

    #[test]
    fn each_hierarchy_is_found_where_it_is_mounted() {
        let mounts = mountinfo::parse(MOUNTS).unwrap();
        let own = memberships(
            b"3:cpu,cpuacct:/a:b\n2:pids:/docker/c/x\n1:name=systemd:/\n4:net_cls:/n\n0::/u v\nbad\n",
        );
        let found: Vec<_> = own
            .iter()
            .map(|own| {
                let dir = directory(own, &mounts).map(|(dir, _)| dir.display().to_string());
                (own.hierarchy.to_string(), dir)
            })
            .collect();
        let some = |name: &str, dir: &str| (name.to_owned(), Some(dir.to_owned()));
        assert_eq!(
            found,
            [
                some("cpu,cpuacct", "/cg/cpu/a:b"),
                some("pids", "/cg/pids/x"),
                some("name=systemd", "/cg/systemd"),
                ("net_cls".to_owned(), None),
                some("cgroup2", "/cg/unified/u v"),
            ]
        );
    }

    #[test]
    fn what_lies_under_another_mount_is_not_found() {
        const UNDER: &[u8] = b"1 1 0:9 / / rw - ext4 root rw\n\
            28 1 0:5 / /cg rw - tmpfs cgroup rw\n\
            31 28 0:2 / /cg/pids rw - cgroup cgroup rw,pids\n\
            33 28 0:4 / /cg/unified rw - cgroup2 cgroup2 rw\n\
            40 28 0:4 / /cg rw - cgroup2 cgroup2 rw\n\
            41 1 0:2 / /mnt rw - cgroup cgroup rw,pids\n\
            42 41 0:3 / /mnt rw - tmpfs none rw\n";
        let mounts = mountinfo::parse(UNDER).unwrap();
        let own = memberships(b"1:pids:/a\n0::/a\n");
        let found = |own| directory(own, &mounts).map(|(dir, _)| dir);
        assert_eq!((found(&own[0]), found(&own[1])), (None, Some(PathBuf::from("/cg/a"))));
        let before: Vec<_> = mounts.into_iter().filter(|mount| ![40, 42].contains(&mount.id)).collect();
        let found = |own| directory(own, &before).map(|(dir, _)| dir);
        assert_eq!(found(&own[0]), Some(PathBuf::from("/cg/pids/a")));
        assert_eq!(found(&own[1]), Some(PathBuf::from("/cg/unified/a")));
    }

    #[test]
    fn what_is_outside_or_gone_is_not_reachable() {
        let reachable = |text: &[u8]| memberships(text)[0].is_reachable();
        assert!(reachable(b"0::/a"));
        assert!(!reachable(b"0::/../a"));
        assert!(!reachable(b"0::/a (deleted)"));
    }
}
