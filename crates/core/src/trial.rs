//! Something tried for real, in a child that has namespaces of its own: what it makes there goes away with it.

use crate::{Errno, NsKind, NsSet};
use std::fmt;
use std::path::Path;
use xns_sys::mount::{self, MsFlags};
use xns_sys::{Result, SingleThreaded, fork, identity, namespace};

/// With whose rights something is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// The caller's own.
    Own,
    /// Those of root in a new user namespace, as `xunshare -r` has them.
    Inside,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It works.
    Done,
    /// It was refused.
    Refused(Errno),
    /// The namespaces for it could not be had, or not the user namespace's id map.
    NoNamespaces,
    /// Its mounts could not be kept to themselves: `/` is no mount point, as in a chroot.
    NoPrivateMounts,
}

/// Answers of the child that are no error numbers.
const NO_NAMESPACES: u8 = u8::MAX;
const NO_PRIVATE_MOUNTS: u8 = u8::MAX - 1;

impl Tried {
    /// The answer of the child as a byte, as it is recorded.
    pub(crate) fn of(answer: u8) -> Self {
        match answer {
            0 => Tried::Done,
            NO_NAMESPACES => Tried::NoNamespaces,
            NO_PRIVATE_MOUNTS => Tried::NoPrivateMounts,
            errno => Tried::Refused(Errno::from_raw(i32::from(errno))),
        }
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Rights::Own => "own",
            Rights::Inside => "inside",
        })
    }
}

/// In new namespaces of these kinds, in a child; in its child again when there is a PID namespace among them.
pub(crate) fn carry_out(
    single: SingleThreaded,
    rights: Rights,
    kinds: NsSet,
    what: impl FnOnce() -> Result<()>,
) -> Option<u8> {
    fork::in_child(single, || {
        if let Err(refused) = enter(rights, kinds) {
            return refused;
        }
        let answer = || what().map_or_else(byte, |()| 0);
        if kinds.contains(NsKind::Pid) {
            return fork::in_child(single, answer).unwrap_or(NO_NAMESPACES);
        }
        answer()
    })
}

fn enter(rights: Rights, kinds: NsSet) -> std::result::Result<(), u8> {
    let kinds = if rights == Rights::Inside { kinds.with(NsKind::User) } else { kinds };
    let own = (identity::effective_uid(), identity::effective_gid());
    if !kinds.is_empty() {
        namespace::unshare(kinds.flags()).map_err(|_| NO_NAMESPACES)?;
    }
    if rights == Rights::Inside {
        map_root(own).map_err(|_| NO_NAMESPACES)?;
    }
    if kinds.contains(NsKind::Mnt) {
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount::mount(None, Path::new("/"), None, private, None).map_err(|_| NO_PRIVATE_MOUNTS)?;
    }
    Ok(())
}

/// Makes these ids 0 in this process's new user namespace (user_namespaces(7)).
pub(crate) fn map_root((uid, gid): (u32, u32)) -> Result<()> {
    let write = |file: &str, text: String| {
        std::fs::write(format!("/proc/self/{file}"), text)
            .map_err(|error| error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw))
    };
    write("uid_map", format!("0 {uid} 1\n"))?;
    match write("setgroups", "deny".to_owned()) {
        // Linux before 3.19 does not ask for it.
        Err(Errno::ENOENT) => {}
        answer => answer?,
    }
    write("gid_map", format!("0 {gid} 1\n"))
}

/// An error number fits a byte: there are fewer than 254.
pub(crate) fn byte(errno: Errno) -> u8 {
    u8::try_from(errno as i32).unwrap_or(NO_NAMESPACES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(Tried::of(0), Tried::Done);
        assert_eq!(Tried::of(byte(Errno::EPERM)), Tried::Refused(Errno::EPERM));
        assert_eq!(Tried::of(byte(Errno::EHWPOISON)), Tried::Refused(Errno::EHWPOISON));
        assert_eq!(Tried::of(NO_NAMESPACES), Tried::NoNamespaces);
        assert_eq!(Tried::of(NO_PRIVATE_MOUNTS), Tried::NoPrivateMounts);
    }
}
