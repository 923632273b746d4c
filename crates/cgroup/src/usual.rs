//! A machine as it usually is with one version of cgroups: for showing what would be done there.

use crate::Version;
use xns_core::{Facts, mountinfo};

/// The controllers of version 1 that distributions mount, each alone.
const V1: [&str; 9] =
    ["cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids", "net_cls"];
/// Those of version 2.
const V2: &str = "cpuset cpu io memory hugetlb pids rdma misc";
const ROOT: &str = "/sys/fs/cgroup";

/// Supposes that this process is in the root of every hierarchy of that version, and of no other; all else is as it is.
pub fn suppose(version: Version, facts: &Facts) {
    let mounts = facts.file("/proc/self/mountinfo").unwrap_or_default();
    let lines = mounts.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !is_cgroups(line));
    let mut mounts: Vec<u8> = lines.flat_map(|line| [line, b"\n"].concat()).collect();
    let mut own = String::new();
    match version {
        Version::V1 => {
            for (at, name) in V1.iter().enumerate() {
                let id = 100_000 + at;
                mounts
                    .extend(format!("{id} 0 0:{id} / {ROOT}/{name} rw - cgroup cgroup rw,{name}\n").bytes());
                own += &format!("{}:{name}:/\n", at + 1);
                facts.suppose_directory(format!("{ROOT}/{name}").as_ref());
            }
            let line = |path: &str, other: &str| facts.line(path).unwrap_or_else(|| other.to_owned());
            let cpus = line("/sys/devices/system/cpu/online", "0");
            facts.suppose_file(&format!("{ROOT}/cpuset/cpuset.cpus"), &cpus);
            let mems = line("/sys/devices/system/node/online", "0");
            facts.suppose_file(&format!("{ROOT}/cpuset/cpuset.mems"), &mems);
            facts.suppose_file(&format!("{ROOT}/devices/devices.list"), "a *:* rwm");
            // By it one sees that groups have weights.
            facts.suppose_file(&format!("{ROOT}/blkio/blkio.bfq.io_service_bytes"), "Total 0");
        }
        Version::V2 => {
            mounts.extend(format!("100000 0 0:100000 / {ROOT} rw - cgroup2 cgroup2 rw\n").bytes());
            own += "0::/\n";
            facts.suppose_directory(ROOT.as_ref());
            facts.suppose_file(&format!("{ROOT}/cgroup.controllers"), V2);
            facts.suppose_file(&format!("{ROOT}/cgroup.subtree_control"), "");
        }
    }
    facts.suppose_file("/proc/self/mountinfo", &String::from_utf8_lossy(&mounts));
    facts.suppose_file("/proc/self/cgroup", &own);
}

/// Mounted at or below the usual place.
fn is_cgroups(line: &[u8]) -> bool {
    let mounted = mountinfo::parse(line).and_then(|mut mounts| mounts.pop());
    mounted.is_none_or(|mount| mount.point.starts_with(ROOT) || mount.fs_type.starts_with(b"cgroup"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layout, Mode};
    use xns_core::Recorded;

    #[test]
    fn each_version_is_laid_out() {
        for (version, mode) in [(Version::V1, Mode::V1), (Version::V2, Mode::V2)] {
            let mounts = b"1 0 8:1 / / rw - ext4 /dev/vda rw\n30 1 0:9 / /sys/fs/cgroup rw - tmpfs t rw\n";
            let files = vec![("/proc/self/mountinfo".to_owned(), mounts.to_vec())];
            let facts = Facts::recorded(Recorded { files, ..Recorded::default() });
            suppose(version, &facts);
            let layout = Layout::of(&facts);
            assert_eq!((layout.mode(), layout.find("memory").is_some()), (mode, true));
            let tree = &layout.trees[0];
            assert!(layout.own_directory(tree).is_some_and(|own| facts.is_directory(&own)));
        }
    }
}
