//! Questions whose answer changes the asker, put in a forked child after something has failed.

use crate::NsSet;
use questions::{label_is_restricted, root_moves};
use xns_sys::{SingleThreaded, fork, namespace};

/// A question that only trying answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// The errno of `unshare(set)` in a child; 0 is success. With an empty set only a filter (seccomp) can refuse.
    Unshare(NsSet),
    /// 1 when the process is in a chroot: entering its own mount namespace moves its root.
    Chrooted,
    /// 1 when a child in a new user namespace gets AppArmor's `unprivileged_userns` label.
    UserNamespaceConfined,
}

impl Probe {
    /// Asks; `None` when no child could be made or the question does not apply.
    pub(crate) fn ask(self, single: SingleThreaded) -> Option<u8> {
        fork::in_child(single, || match self {
            Probe::Unshare(set) => match namespace::unshare(set.flags()) {
                Ok(()) => 0,
                Err(e) => e as i32 as u8,
            },
            Probe::Chrooted => u8::from(root_moves()),
            Probe::UserNamespaceConfined => u8::from(label_is_restricted()),
        })
    }
}

/// What the probes do in their child.
mod questions {
    use super::namespace;
    use crate::NsKind;
    use std::os::linux::fs::MetadataExt;

    /// `/` before and after `setns(/proc/self/ns/mnt)`, which puts a process at its namespace's root.
    pub(super) fn root_moves() -> bool {
        let root = || std::fs::metadata("/").map(|m| (m.st_dev(), m.st_ino())).ok();
        let before = root();
        let Ok(own) = std::fs::File::open("/proc/self/ns/mnt") else {
            return is_no_mount_root();
        };
        match namespace::setns(&own, NsKind::Mnt.flag()) {
            Ok(()) => before != root(),
            Err(_) => is_no_mount_root(),
        }
    }

    /// Without the right to setns: a root that is no mount point was made by chroot(2).
    fn is_no_mount_root() -> bool {
        let id = |path: &str| std::fs::metadata(path).map(|m| (m.st_dev(), m.st_ino())).ok();
        match (id("/"), id("/proc/1/root")) {
            (Some(ours), Some(inits)) => ours != inits,
            _ => false,
        }
    }

    pub(super) fn label_is_restricted() -> bool {
        namespace::unshare(NsKind::User.flag()).is_ok()
            && std::fs::read("/proc/self/attr/current")
                .is_ok_and(|label| label.starts_with(b"unprivileged_userns"))
    }
}
