//! Joining the groups of another process.

use crate::{Membership, directory, hint, memberships};
use std::path::Path;
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slot, Slots, mountinfo};
use xns_sys::{fd, fs};

/// Moves this process into the target's group in every hierarchy in which that is another one.
///
/// Each `cgroup.procs` is opened, written and closed at once: the kernel judges a move by who opened the file, so no descriptor of
/// it may be left to the program (CVE-2026-78408).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Join {
    /// The target.
    pub pid: u32,
}

/// The parts: the target's groups are read; one is outside, or gone; it is mounted nowhere; it is joined.
const READ: u8 = 0;
pub(crate) const OUTSIDE: u8 = 1;
pub(crate) const UNMOUNTED: u8 = 2;
pub(crate) const OPEN: u8 = 3;
pub(crate) const WRITE: u8 = 4;

impl Operation for Join {
    fn calls(&self) -> Vec<Call> {
        vec![
            Call::new("openat(TARGETPROC, \"cgroup\", O_RDONLY)"),
            Call::only("for each hierarchy in which it is another one", "write(GROUP/cgroup.procs, \"0\")"),
        ]
    }

    fn shell(&self) -> Vec<Shell> {
        // The field after the "-" of a mount's line is the type, the third the controllers of version 1.
        let mount = "awk -v n=\"$names\" '{ for (i = 1; $i != \"-\"; i++); found = n == \"\" ? $(i + 1) == \"cgroup2\" : \
                     $(i + 1) == \"cgroup\" && index(\",\" $(i + 3) \",\", \",\" n \",\") } found { print $5; exit }' \
                     /proc/self/mountinfo";
        vec![
            Shell::Outside(format!(
                "grep -vxFf /proc/self/cgroup /proc/{}/cgroup | while IFS=: read -r _ names path; do",
                self.pid
            )),
            Shell::Outside(format!("  echo $$ > \"$({mount})$path/cgroup.procs\"")),
            Shell::Outside("done".to_owned()),
        ]
    }

    fn failed(&self, part: u8) -> String {
        let pid = self.pid;
        match part {
            READ => format!("cannot open /proc/{pid}/cgroup"),
            OUTSIDE => format!("a cgroup of process {pid} cannot be reached from here"),
            UNMOUNTED => format!("a cgroup hierarchy of process {pid} is not mounted here"),
            OPEN => format!("cannot open a cgroup.procs of process {pid}"),
            _ => format!("cannot join a cgroup of process {pid}"),
        }
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::refused(self.pid, failure, facts)
    }

    fn reads(&self) -> &'static [Slot] {
        &[Slot::TargetProc]
    }
}

impl Apply for Join {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let part = |part| move |errno| Failure::in_part(part, errno);
        let theirs = fs::read_in(slots.get(Slot::TargetProc)?, Path::new("cgroup")).map_err(part(READ))?;
        let own = fs::read(Path::new("/proc/self/cgroup")).unwrap_or_default();
        let others = others(&own, &theirs);
        if others.is_empty() {
            return Ok(Outcome::Tolerated("already in the same groups"));
        }
        if others.iter().any(|group| !group.is_reachable()) {
            return Err(Failure::in_part(OUTSIDE, Errno::ENOENT));
        }
        let mounts = mountinfo::read().map_err(part(UNMOUNTED))?;
        // All are found before the first is joined.
        let found: Option<Vec<_>> = others.iter().map(|group| directory(group, &mounts)).collect();
        for (group, _) in found.ok_or(Failure::in_part(UNMOUNTED, Errno::ENODEV))? {
            const WRITE_ONLY: i32 = 1;
            let procs = fd::open(group.join("cgroup.procs").as_path(), WRITE_ONLY).map_err(part(OPEN))?;
            fd::write_all(procs, b"0").map_err(part(WRITE))?;
        }
        Ok(Outcome::Done)
    }
}

/// The target's groups in the hierarchies in which we are in others.
pub(crate) fn others(own: &[u8], theirs: &[u8]) -> Vec<Membership> {
    let own = memberships(own);
    memberships(theirs).into_iter().filter(|group| !own.contains(group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_groups_are_joined() {
        let others = others(b"2:pids:/a\n1:cpu:/a\n0::/\n", b"2:pids:/a\n1:cpu:/b\n0::/x\n");
        let paths: Vec<_> = others.iter().map(|group| group.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["/b", "/x"]);
    }
}
