//! Kinds of namespaces, sets of them, and their identity.

use std::fmt;

/// The eight kinds, spelled as in `/proc/PID/ns` (namespaces(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum NsKind {
    /// mount_namespaces(7)
    Mnt,
    /// uts_namespaces(7)
    Uts,
    /// ipc_namespaces(7)
    Ipc,
    /// pid_namespaces(7)
    Pid,
    /// network_namespaces(7)
    Net,
    /// user_namespaces(7)
    User,
    /// cgroup_namespaces(7)
    Cgroup,
    /// time_namespaces(7)
    Time,
}

impl NsKind {
    /// All kinds, in the order in which the original enters and pins them: the user namespace first.
    pub const USER_FIRST: [NsKind; 8] = [
        NsKind::User,
        NsKind::Cgroup,
        NsKind::Ipc,
        NsKind::Uts,
        NsKind::Net,
        NsKind::Pid,
        NsKind::Mnt,
        NsKind::Time,
    ];

    /// The part of an operation that is about this kind, where the first kind's is `first`.
    pub const fn part(self, first: u8) -> u8 {
        first + self as u8
    }

    /// The kind that a part is about.
    pub fn of_part(part: u8, first: u8) -> Option<NsKind> {
        NsKind::ALL.into_iter().find(|kind| kind.part(first) == part)
    }

    /// All kinds, in the order of the original's options.
    pub const ALL: [NsKind; 8] = [
        NsKind::Mnt,
        NsKind::Uts,
        NsKind::Ipc,
        NsKind::Net,
        NsKind::Pid,
        NsKind::User,
        NsKind::Cgroup,
        NsKind::Time,
    ];

    /// The name of the file in `/proc/PID/ns`.
    pub const fn name(self) -> &'static str {
        match self {
            NsKind::Mnt => "mnt",
            NsKind::Uts => "uts",
            NsKind::Ipc => "ipc",
            NsKind::Pid => "pid",
            NsKind::Net => "net",
            NsKind::User => "user",
            NsKind::Cgroup => "cgroup",
            NsKind::Time => "time",
        }
    }

    /// The number of the namespace of this kind that the machine begins with, where it is always the same (`linux/proc_ns.h`).
    pub const fn initial(self) -> Option<u64> {
        match self {
            NsKind::Ipc => Some(0xefff_ffff),
            NsKind::Uts => Some(0xefff_fffe),
            NsKind::User => Some(0xefff_fffd),
            NsKind::Pid => Some(0xefff_fffc),
            NsKind::Cgroup => Some(0xefff_fffb),
            NsKind::Time => Some(0xefff_fffa),
            NsKind::Mnt | NsKind::Net => None,
        }
    }

    /// The file in `/proc/PID/ns` that shows what PID has *unshared*: for pid and time that takes effect only for
    /// children, and has a file of its own.
    pub const fn unshared_file(self) -> &'static str {
        match self {
            NsKind::Pid => "pid_for_children",
            NsKind::Time => "time_for_children",
            other => other.name(),
        }
    }

    /// The word for it in a sentence and in `user.max_…_namespaces`' option: "mount", "UTS".
    pub const fn word(self) -> &'static str {
        match self {
            NsKind::Mnt => "mount",
            NsKind::Uts => "UTS",
            NsKind::Ipc => "IPC",
            NsKind::Pid => "PID",
            NsKind::Net => "network",
            NsKind::User => "user",
            NsKind::Cgroup => "cgroup",
            NsKind::Time => "time",
        }
    }

    /// The long option of `unshare` and `nsenter`, without dashes.
    pub const fn option(self) -> &'static str {
        match self {
            NsKind::Mnt => "mount",
            other => other.name(),
        }
    }

    /// The flag for unshare(2), clone(2) and setns(2).
    pub const fn flag(self) -> u32 {
        match self {
            NsKind::Time => 0x0000_0080,
            NsKind::Mnt => 0x0002_0000,
            NsKind::Cgroup => 0x0200_0000,
            NsKind::Uts => 0x0400_0000,
            NsKind::Ipc => 0x0800_0000,
            NsKind::User => 0x1000_0000,
            NsKind::Pid => 0x2000_0000,
            NsKind::Net => 0x4000_0000,
        }
    }

    /// The flag's name in C.
    pub const fn flag_name(self) -> &'static str {
        match self {
            NsKind::Mnt => "CLONE_NEWNS",
            NsKind::Uts => "CLONE_NEWUTS",
            NsKind::Ipc => "CLONE_NEWIPC",
            NsKind::Pid => "CLONE_NEWPID",
            NsKind::Net => "CLONE_NEWNET",
            NsKind::User => "CLONE_NEWUSER",
            NsKind::Cgroup => "CLONE_NEWCGROUP",
            NsKind::Time => "CLONE_NEWTIME",
        }
    }

    /// The first kernel that has the kind complete (namespaces(7)).
    pub const fn since_kernel(self) -> &'static str {
        match self {
            NsKind::Mnt => "2.4.19",
            NsKind::Uts | NsKind::Ipc => "2.6.19",
            NsKind::Pid => "2.6.24",
            NsKind::Net => "2.6.29",
            NsKind::User => "3.8",
            NsKind::Cgroup => "4.6",
            NsKind::Time => "5.6",
        }
    }
}

impl fmt::Display for NsKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct NsSet(u8);

impl NsSet {
    /// None.
    pub const EMPTY: NsSet = NsSet(0);

    /// Every kind.
    pub const ALL: NsSet = NsSet(u8::MAX);

    /// With `kind` added.
    #[must_use]
    pub const fn with(self, kind: NsKind) -> Self {
        NsSet(self.0 | 1 << kind as u8)
    }

    /// With those of another set added.
    #[must_use]
    pub const fn union(self, other: NsSet) -> Self {
        NsSet(self.0 | other.0)
    }

    /// Without `kind`.
    #[must_use]
    pub const fn without(self, kind: NsKind) -> Self {
        NsSet(self.0 & !(1 << kind as u8))
    }

    /// Is it in the set?
    pub const fn contains(self, kind: NsKind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    /// Is the set empty?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its kinds, in the order of [`NsKind::ALL`].
    pub fn iter(self) -> impl Iterator<Item = NsKind> {
        NsKind::ALL.into_iter().filter(move |&kind| self.contains(kind))
    }

    /// The flags for unshare(2).
    pub fn flags(self) -> u32 {
        self.iter().fold(0, |flags, kind| flags | kind.flag())
    }

    /// The set in a sentence: "mount, PID and user".
    pub fn words(self) -> String {
        let words: Vec<_> = self.iter().map(NsKind::word).collect();
        match words.as_slice() {
            [] => "no".to_owned(),
            [one] => (*one).to_owned(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        }
    }
}

impl FromIterator<NsKind> for NsSet {
    fn from_iter<I: IntoIterator<Item = NsKind>>(kinds: I) -> Self {
        kinds.into_iter().fold(NsSet::EMPTY, NsSet::with)
    }
}

/// The flags as in C: `CLONE_NEWNS|CLONE_NEWPID`, `0` when empty.
impl fmt::Display for NsSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("0");
        }
        for (i, kind) in self.iter().enumerate() {
            if i > 0 {
                f.write_str("|")?;
            }
            f.write_str(kind.flag_name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for NsSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What makes two namespaces the same: device and inode number of its file (ioctl_ns(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NsId {
    /// The device of nsfs.
    pub dev: u64,
    /// The inode number, which `lsns` and `readlink /proc/PID/ns/KIND` show.
    pub ino: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_print_as_in_c_and_in_words() {
        let set: NsSet = [NsKind::User, NsKind::Pid, NsKind::Mnt].into_iter().collect();
        assert_eq!(set.to_string(), "CLONE_NEWNS|CLONE_NEWPID|CLONE_NEWUSER");
        assert_eq!(set.words(), "mount, PID and user");
        assert_eq!(NsSet::EMPTY.to_string(), "0");
        assert_eq!(set.flags(), 0x3002_0000);
        assert!(!set.without(NsKind::Pid).contains(NsKind::Pid));
    }
}
