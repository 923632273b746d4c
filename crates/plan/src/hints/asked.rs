//! The causes for who asks without a plan: what has been tried, and what it answered.

use super::{apparmor, create, enter, mounts};
use xns_core::{Errno, Facts, Hint, NsSet};

/// Why namespaces of these kinds cannot be made (E01, E02, E04, E05). With a user namespace in the set: why not one's own.
pub fn not_unshared(kinds: NsSet, errno: Errno, facts: &Facts) -> Option<Hint> {
    create::unshare_failed(kinds, errno, None, facts)
}

/// AppArmor takes the rights in a new user namespace away (E03).
pub fn restricted(errno: Errno, facts: &Facts) -> Option<Hint> {
    apparmor::restricted(&errno.into(), facts)
}

/// A filter (seccomp) forbids unshare(2) or setns(2): what it answers shows it.
pub fn filtered(facts: &Facts) -> Option<Hint> {
    create::filtered("XNS-E01-seccomp", facts).or_else(|| enter::filtered(facts))
}

/// The process is in a chroot, in which no user namespace can be made.
pub fn chrooted(facts: &Facts) -> Option<Hint> {
    create::chrooted(facts)
}

/// User namespaces are switched off for ordinary users, by a sysctl of some distributions.
pub fn switched_off(facts: &Facts) -> Option<Hint> {
    create::switched_off(facts)
}

/// Why a file system of this type cannot be mounted.
pub fn not_mounted(file_system: &str, errno: Errno, facts: &Facts) -> Option<Hint> {
    match (errno, file_system) {
        (Errno::ENODEV, name) => mounts::missing_file_system(name, facts),
        (Errno::EPERM, "proc") => mounts::masked(facts),
        (Errno::EPERM, "sysfs") => mounts::masked_sys(facts),
        (Errno::EPERM, "overlay") => mounts::old_overlay(facts),
        _ => None,
    }
}

/// A root of one's own cannot be made from within a chroot (E20).
pub fn no_private_mounts(facts: &Facts) -> Option<Hint> {
    mounts::own_root_in_chroot(Errno::EINVAL, facts)
}

/// Why a process's namespaces cannot be read (E32, E33).
pub fn not_readable(pid: u32, errno: Errno, facts: &Facts) -> Option<Hint> {
    enter::of_target(pid, errno, facts)
}
