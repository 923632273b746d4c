//! The own root becomes `/`, and the old one is gone from view.

use crate::chroot;
use std::path::Path;
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slot, Slots, mountinfo};
use xns_sys::fs;
use xns_sys::mount::{self, MntFlags, MsFlags};

/// `fchdir(ROOT)`, `pivot_root(".", ".")`, `umount2(".", MNT_DETACH)`, `chdir("/")`.
///
/// The old root needs no directory of its own: it lies on top of the new one until it is detached (pivot_root(2), NOTES).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pivot;

/// The part that pivots.
const PIVOT: u8 = 1;

impl Operation for Pivot {
    fn calls(&self) -> Vec<Call> {
        ["fchdir(ROOT)", "pivot_root(\".\", \".\")", "umount2(\".\", MNT_DETACH)", "chdir(\"/\")"]
            .map(Call::new)
            .to_vec()
    }

    fn shell(&self) -> Vec<Shell> {
        let notes = [
            "from here on the commands are the new root's: it has to have umount",
            "util-linux's umount wants a /proc; without one that of the old root, at /.., does it: that takes chroot",
        ];
        // Neither is in an ordinary user's PATH.
        let lines = [
            "PATH=$PATH:/usr/sbin:/sbin pivot_root . .",
            "umount -l . 2>&- || PATH=$PATH:/usr/sbin:/sbin chroot /.. umount -l /",
            "cd /",
        ];
        let notes = notes.map(|note| Shell::Comment(note.to_owned()));
        notes.into_iter().chain(lines.map(|line| Shell::Inside(line.to_owned()))).collect()
    }

    fn failed(&self, part: u8) -> String {
        match part {
            0 => "cannot enter the new root",
            PIVOT => "pivot_root failed",
            2 => "cannot detach the old root",
            _ => "cannot chdir to '/'",
        }
        .to_owned()
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        if failure.part != PIVOT || failure.errno()? != Errno::EINVAL {
            return None;
        }
        let cause = "pivot_root(2) cannot replace the root of a chroot";
        Some(chroot::known(facts, cause)?.cure("--root DIR", "a chroot in the chroot; or start outside"))
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::Root]
    }
}

impl Apply for Pivot {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let part = |part| move |errno| Failure::in_part(part, errno);
        fs::change_directory_to(slots.get(Slot::Root)?).map_err(part(0))?;
        match mount::pivot_root_here() {
            Err(Errno::EINVAL) if root_is_initramfs() => {
                move_over_initramfs().map_err(part(PIVOT))?;
                return Ok(Outcome::Fallback(
                    "mount(MS_MOVE) and chroot: an initramfs cannot be pivoted away",
                ));
            }
            answer => answer.map_err(part(PIVOT))?,
        }
        mount::unmount(Path::new("."), MntFlags::MNT_DETACH).map_err(part(2))?;
        fs::change_directory(Path::new("/")).map_err(part(3))?;
        Ok(Outcome::Done)
    }
}

/// The file system that the kernel starts with cannot be replaced (pivot_root(2), BUGS: "rootfs").
fn root_is_initramfs() -> bool {
    let mounts = mountinfo::read().unwrap_or_default();
    let mut roots = mounts.iter().filter(|mount| mount.point == Path::new("/"));
    roots.any(|mount| mount.fs_type == b"rootfs")
}

/// As switch_root(8) does: the new root is moved on top of the initramfs, and made the root directory.
fn move_over_initramfs() -> xns_sys::Result<()> {
    mount::mount(Some(Path::new(".")), Path::new("/"), None, MsFlags::MS_MOVE, None)?;
    mount::change_root(Path::new("."))?;
    fs::change_directory(Path::new("/"))
}
