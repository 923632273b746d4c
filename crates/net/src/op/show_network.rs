//! `/sys` of the network namespace that this process is in: sysfs shows the devices of the one that mounted it (sysfs(5)).

use crate::NetnsName;
use std::path::Path;
use xns_core::shell::c_string;
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots, errno};
use xns_sys::fs;
use xns_sys::mount::{self, MntFlags, MsFlags};

/// Takes the mounts at and below `/sys` away, in a mount namespace of one's own, and mounts a new sysfs there; the control groups
/// are as before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowNetwork {
    /// The name, which `ip` gives as the mount's source.
    pub name: NetnsName,
}

/// The parts.
const MOUNT: u8 = 0;
const GROUPS: u8 = 1;

const SYS: &str = "/sys";
const CGROUP: &str = "/sys/fs/cgroup";

/// Read-only, where the one that is there is.
fn flags() -> MsFlags {
    let flags = fs::open_directory(Path::new(SYS)).and_then(fs::mount_flags);
    if flags.is_ok_and(|flags| flags.read_only) { MsFlags::MS_RDONLY } else { MsFlags::empty() }
}

impl Operation for ShowNetwork {
    fn calls(&self) -> Vec<Call> {
        vec![
            Call::only(
                "if it is a mount",
                format!("open_tree(AT_FDCWD, \"{CGROUP}\", OPEN_TREE_CLONE|AT_RECURSIVE) = GROUPS"),
            ),
            Call::new(format!("umount2(\"{SYS}\", MNT_DETACH)")),
            Call::new(format!(
                "mount({}, \"{SYS}\", \"sysfs\", 0 or MS_RDONLY as before, NULL)",
                c_string(self.name.as_os_str())
            )),
            Call::only(
                "if there are GROUPS",
                format!("move_mount(GROUPS, \"\", AT_FDCWD, \"{CGROUP}\", MOVE_MOUNT_F_EMPTY_PATH)"),
            ),
        ]
    }

    /// `ip netns exec` does the former by itself.
    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, part: u8) -> String {
        if part == GROUPS { format!("mount of {CGROUP} failed") } else { format!("mount of {SYS} failed") }
    }

    fn original(&self, failure: &Failure) -> Option<(String, u8)> {
        Some((format!("{}: {}", self.failed(failure.part), errno::text(failure.errno()?)), 255))
    }

    fn hint(&self, failure: &Failure, _: &Facts) -> Option<Hint> {
        (failure.part == GROUPS).then(|| {
            Hint::new("XNS-E65-groups", "the new /sys hides what was mounted below the old one, and the control groups cannot be shown in it")
                .because(format!("{CGROUP} was a mount before"))
                .cure("nsenter --net=/run/netns/NAME PROGRAM", "enters without a new /sys")
        })
    }
}

impl Apply for ShowNetwork {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let (sys, cgroup, flags) = (Path::new(SYS), Path::new(CGROUP), flags());
        // Where statx does not say it (before Linux 5.8) it is one.
        let has_groups = fs::is_mount_root(cgroup) != Some(false) && fs::open_directory(cgroup).is_ok();
        let groups = if has_groups { mount::clone_tree(cgroup, true) } else { Err(Errno::ENOENT) };
        let old = matches!(groups, Err(Errno::ENOSYS)).then(|| fs::open_directory(cgroup).ok()).flatten();
        if old.is_none() {
            // EINVAL: none is there; or it came with the mounts of another user namespace, and is covered.
            let _ = mount::unmount(sys, MntFlags::MNT_DETACH);
        }
        let source = Path::new(self.name.as_os_str());
        mount::mount(Some(source), sys, Some("sysfs"), flags, None)
            .map_err(|errno| Failure::in_part(MOUNT, errno))?;
        let in_part = |errno| Failure::in_part(GROUPS, errno);
        match (groups, old) {
            (Ok(groups), _) => {
                let target = fs::open_directory(cgroup).map_err(in_part)?;
                mount::attach(groups, target).map_err(in_part)?;
                Ok(Outcome::Done)
            }
            (Err(_), Some(old)) => {
                let flags = MsFlags::MS_BIND | MsFlags::MS_REC;
                mount::mount(Some(&fs::proc_path(&old)), cgroup, None, flags, None).map_err(in_part)?;
                Ok(Outcome::Fallback("the new sysfs lies over the old one"))
            }
            (Err(_), None) => Ok(Outcome::Done),
        }
    }
}
