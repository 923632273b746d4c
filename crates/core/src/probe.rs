//! Questions whose answer changes the asker, put in a forked child after something has failed.

use crate::NsSet;
use questions::{chrooted, label_is_restricted, mapped_root};
use xns_sys::{SingleThreaded, fork, fs, namespace};

/// A question that only trying answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// The errno of `unshare(set)` in a child; 0 is success. With an empty set only a filter (seccomp) can refuse.
    Unshare(NsSet),
    /// Is the process in a chroot? 1: entering its own mount namespace moves its root. 2: that cannot be tried, but its root
    /// is not the root of a mount.
    Chrooted,
    /// The errno of `setns(-1, 0)`: EBADF, unless a filter (seccomp) answers for the kernel.
    Setns,
    /// 1 when a child in a new user namespace gets AppArmor's `unprivileged_userns` label.
    UserNamespaceConfined,
    /// The errno of writing the maps that make the caller root in a new user namespace, after that was made; 0 is success.
    MapRoot,
    /// The errno of `clone3(NULL, 0)`: EINVAL, unless the kernel is older than 5.3 or a filter (seccomp) answers for it.
    Clone3,
}

impl Probe {
    /// Asks; `None` when no child could be made or the question does not apply.
    pub(crate) fn ask(self, single: SingleThreaded) -> Option<u8> {
        fork::in_child(single, || match self {
            Probe::Unshare(set) => match namespace::unshare(set.flags()) {
                Ok(()) => 0,
                Err(e) => e as i32 as u8,
            },
            Probe::Setns => namespace::setns_nothing() as i32 as u8,
            Probe::Chrooted => chrooted(),
            Probe::UserNamespaceConfined => u8::from(label_is_restricted()),
            Probe::MapRoot => mapped_root(),
            Probe::Clone3 => fork::clone3_nothing() as i32 as u8,
        })
    }
}

/// What the probes do in their child.
mod questions {
    use super::{fs, namespace};
    use crate::{NsKind, trial};
    use std::os::linux::fs::MetadataExt;
    use std::path::Path;
    use xns_sys::identity;

    /// `/` before and after `setns(/proc/self/ns/mnt)`, which puts a process at its namespace's root.
    pub(super) fn chrooted() -> u8 {
        let root = || std::fs::metadata("/").map(|m| (m.st_dev(), m.st_ino())).ok();
        let before = root();
        let own = std::fs::File::open("/proc/self/ns/mnt").ok();
        match own.map(|own| namespace::setns(&own, NsKind::Mnt.flag())) {
            Some(Ok(())) => u8::from(before != root()),
            _ if is_no_mount_root() => 2,
            _ => 0,
        }
    }

    /// Without the right to setns: a root that is not the root of any mount was made by chroot(2). (A chroot into a mount
    /// point goes unseen.)
    fn is_no_mount_root() -> bool {
        fs::is_mount_root(Path::new("/")) == Some(false)
    }

    /// Only what comes after the namespace counts: that it cannot be made is another question.
    pub(super) fn mapped_root() -> u8 {
        let own = (identity::effective_uid(), identity::effective_gid());
        let made = namespace::unshare(NsKind::User.flag());
        made.and_then(|()| trial::map_root(own)).map_or_else(trial::byte, |()| 0)
    }

    pub(super) fn label_is_restricted() -> bool {
        namespace::unshare(NsKind::User.flag()).is_ok()
            && std::fs::read("/proc/self/attr/current")
                .is_ok_and(|label| label.starts_with(b"unprivileged_userns"))
    }
}
