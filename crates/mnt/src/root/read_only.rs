//! Read-only with everything below, on kernels without mount_setattr(2) (below Linux 5.12).

use std::os::fd::BorrowedFd;
use xns_core::Errno;
use xns_core::mountinfo::{self, Mounted};
use xns_sys::mount::{self, MsFlags};
use xns_sys::{Result, fs};

/// Remounts the mount that `tree` is in, and each below it, read-only, keeping the other flags: in a user namespace
/// dropping nosuid, nodev or noexec is EPERM.
pub(super) fn remount_all(tree: BorrowedFd<'_>) -> Result<()> {
    let top = fs::mount_id(tree).ok_or(Errno::ENOENT)?;
    let mounts = mountinfo::read()?;
    for info in below(&mounts, top) {
        let flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | present_flags(info);
        mount::mount(None, &info.point, None, MsFlags::MS_PRIVATE, None)?;
        mount::mount(None, &info.point, None, flags, None)?;
    }
    Ok(())
}

/// The mount with this id and its descendants.
fn below(mounts: &[Mounted], top: i32) -> Vec<&Mounted> {
    let mut ids = vec![top];
    let mut found: Vec<&Mounted> = mounts.iter().filter(|m| m.id == top).collect();
    // A child stands after its parent only by habit, so go on until nothing is added.
    loop {
        let more: Vec<_> =
            mounts.iter().filter(|m| ids.contains(&m.parent) && !ids.contains(&m.id)).collect();
        if more.is_empty() {
            return found;
        }
        ids.extend(more.iter().map(|m| m.id));
        found.extend(more);
    }
}

fn present_flags(info: &Mounted) -> MsFlags {
    let known = [
        ("nosuid", MsFlags::MS_NOSUID),
        ("nodev", MsFlags::MS_NODEV),
        ("noexec", MsFlags::MS_NOEXEC),
        ("noatime", MsFlags::MS_NOATIME),
        ("nodiratime", MsFlags::MS_NODIRATIME),
        ("relatime", MsFlags::MS_RELATIME),
    ];
    let set = known.iter().filter(|(name, _)| info.has(name));
    set.fold(MsFlags::empty(), |flags, (_, flag)| flags | *flag)
}
