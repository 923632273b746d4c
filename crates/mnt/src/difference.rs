//! What a process sees mounted, beside what we do: what only one has, and what both have with other flags or another propagation.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::os::fd::BorrowedFd;
use std::path::Path;
use xns_core::inside::{self, Answer, InsideError};
use xns_core::mountinfo::{self, Mounted};
use xns_core::{Errno, NsKind, SingleThreaded};
use xns_sys::fs;

/// The mount table of a process, by its directory in `/proc`. Anybody may read it. Of mounts that its root hides there is no line.
///
/// # Errors
/// What reading answered; EINVAL when a line cannot be read. A zombie's is empty or EINVAL.
pub fn mounts_of(process: BorrowedFd<'_>) -> Result<Vec<Mounted>, Errno> {
    mountinfo::parse(&fs::read_in(process, Path::new("mountinfo"))?).ok_or(Errno::EINVAL)
}

/// All mounts of a mount namespace, which a child enters: its root is then the top of that namespace. Of our own what we see.
///
/// What lies on `/proc` there is not asked: the child opens its file in ours, and the file goes on telling of that namespace.
///
/// # Errors
/// When it may not be entered; EINVAL when a line cannot be read.
pub fn mounts_inside(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Result<Vec<Mounted>, InsideError> {
    let failed = |errno| InsideError::Question { kind: NsKind::Mnt, errno };
    let proc = fs::open_directory(Path::new("/proc")).map_err(failed)?;
    let (answer, _) = inside::ask(single, NsKind::Mnt, namespace, || {
        let table = fs::open_in(&proc, Path::new("self/mountinfo"))?;
        Ok(Answer { bytes: Vec::new(), descriptors: vec![table] })
    })?;
    let table = answer.descriptors.into_iter().next().ok_or(InsideError::Lost)?;
    let mut text = Vec::new();
    let read = std::fs::File::from(table).read_to_end(&mut text);
    read.map_err(|error| failed(Errno::from_raw(error.raw_os_error().unwrap_or_default())))?;
    mountinfo::parse(&text).ok_or(failed(Errno::EINVAL))
}

/// Where the root of a process is, as `readlink /proc/PID/root` shows it: a path below our root when it is in our mount namespace, and
/// else one from the top of its own. Only for showing: nothing says that such a path leads there from here.
///
/// # Errors
/// EACCES for who may not look at the process (ptrace(2)).
pub fn root_of(process: BorrowedFd<'_>) -> Result<OsString, Errno> {
    fs::read_link(process, Path::new("root"))
}

/// What lies on `/` in a mount table: the last of those that were mounted there.
pub fn on_root(mounts: &[Mounted]) -> Option<&Mounted> {
    mounts.iter().rfind(|mount| mount.point == Path::new("/"))
}

/// How events pass at a mount (mount_namespaces(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peers<'a> {
    /// `shared:N`: the peer group.
    pub shared: Option<&'a str>,
    /// `master:N`: the group from which it receives.
    pub master: Option<&'a str>,
    /// Can it not be bound elsewhere?
    pub unbindable: bool,
}

impl<'a> Peers<'a> {
    /// Of a mount.
    pub fn of(mount: &'a Mounted) -> Self {
        Peers { shared: mount.shared(), master: mount.master(), unbindable: mount.is_unbindable() }
    }
}

/// `private`, `shared:1`, `master:1`, `shared:2 master:1`, `unbindable`.
impl fmt::Display for Peers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.shared, self.master) {
            (Some(shared), Some(master)) => write!(f, "{shared} {master}"),
            (Some(tag), None) | (None, Some(tag)) => f.write_str(tag),
            (None, None) if self.unbindable => f.write_str("unbindable"),
            (None, None) => f.write_str("private"),
        }
    }
}

/// A mount that both have, and not alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed<'a> {
    /// Ours.
    pub ours: &'a Mounted,
    /// Theirs.
    pub theirs: &'a Mounted,
}

impl Changed<'_> {
    /// Have they other flags?
    pub fn in_flags(&self) -> bool {
        self.ours.flags() != self.theirs.flags()
    }

    /// Do events pass in another way?
    pub fn in_propagation(&self) -> bool {
        Peers::of(self.ours) != Peers::of(self.theirs)
    }
}

/// What differs between two mount tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference<'a> {
    /// Only they have it.
    pub added: Vec<&'a Mounted>,
    /// Only we have it.
    pub gone: Vec<&'a Mounted>,
    /// Both have the same directory of the same file system at the same place, and not alike.
    pub changed: Vec<Changed<'a>>,
}

impl<'a> Difference<'a> {
    /// Of theirs from ours, each in the order of its table. Mounts are numbered anew in each namespace, so the same is what shows
    /// the same at the same place; of several on top of each other the first goes with the first.
    pub fn between(ours: &'a [Mounted], theirs: &'a [Mounted]) -> Self {
        let mut left: BTreeMap<_, VecDeque<&Mounted>> = BTreeMap::new();
        for mount in ours {
            left.entry(key(mount)).or_default().push_back(mount);
        }
        let mut difference = Difference::default();
        for theirs in theirs {
            let Some(ours) = left.get_mut(&key(theirs)).and_then(VecDeque::pop_front) else {
                difference.added.push(theirs);
                continue;
            };
            let pair = Changed { ours, theirs };
            if pair.in_flags() || pair.in_propagation() {
                difference.changed.push(pair);
            }
        }
        let is_left = |mount: &&Mounted| {
            left.get(&key(mount)).is_some_and(|left| left.iter().any(|left| left.id == mount.id))
        };
        difference.gone = ours.iter().filter(is_left).collect();
        difference
    }

    /// Do both see the same?
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.changed.is_empty()
    }
}

fn key(mount: &Mounted) -> (&Path, (u32, u32), &Path) {
    (&mount.point, mount.device, &mount.root)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &[u8] = b"1 1 8:1 / / rw shared:1 - ext4 /dev/a rw\n\
        2 1 0:5 / /proc rw shared:2 - proc proc rw\n\
        3 1 0:6 / /mnt rw - tmpfs none rw\n\
        4 3 0:7 / /mnt rw - tmpfs none rw\n\
        5 1 0:8 / /only rw - tmpfs none rw\n";

    fn points(mounts: &[&Mounted]) -> Vec<String> {
        mounts.iter().map(|mount| format!("{} {}", mount.point.display(), mount.device.1)).collect()
    }

    #[test]
    fn the_same_table_under_other_numbers_is_no_difference() {
        let text = String::from_utf8_lossy(OURS).replace("\n", "\n9");
        let renumbered: Vec<u8> = text.trim_end_matches('9').bytes().collect();
        let (ours, theirs) = (mountinfo::parse(OURS).unwrap(), mountinfo::parse(&renumbered).unwrap());
        assert_ne!(ours, theirs);
        assert!(Difference::between(&ours, &theirs).is_empty());
    }

    #[test]
    fn what_is_new_gone_and_changed_is_told() {
        const THEIRS: &[u8] = b"11 1 8:1 / / rw master:1 - ext4 /dev/a rw\n\
            12 1 0:9 / /proc rw - proc proc rw\n\
            13 1 0:6 / /mnt ro,nosuid - tmpfs none rw\n\
            15 1 0:8 /below /only rw - tmpfs none rw\n\
            16 1 0:3 / /new\\040one rw unbindable - tmpfs none rw\n";
        let (ours, theirs) = (mountinfo::parse(OURS).unwrap(), mountinfo::parse(THEIRS).unwrap());
        let found = Difference::between(&ours, &theirs);
        assert_eq!(points(&found.added), ["/proc 9", "/only 8", "/new one 3"]);
        assert_eq!(points(&found.gone), ["/proc 5", "/mnt 7", "/only 8"]);
        let [root, mnt] = found.changed.as_slice() else { panic!("{found:?}") };
        assert!(!root.in_flags() && root.in_propagation() && mnt.in_flags() && !mnt.in_propagation());
        let words = [&ours[0], &theirs[0], &theirs[1], &theirs[4]].map(|mount| Peers::of(mount).to_string());
        assert_eq!(words, ["shared:1", "master:1", "private", "unbindable"]);
        assert_eq!(on_root(&theirs).map(|mount| mount.id), Some(11));
    }

    #[test]
    fn oneself_differs_in_nothing() {
        use std::os::fd::AsFd;
        let own = fs::open_directory(Path::new("/proc/self")).unwrap();
        let (ours, theirs) = (mountinfo::read().unwrap(), mounts_of(own.as_fd()).unwrap());
        assert!(Difference::between(&ours, &theirs).is_empty());
        assert_eq!(root_of(own.as_fd()).unwrap(), std::fs::read_link("/proc/self/root").unwrap());
    }
}
