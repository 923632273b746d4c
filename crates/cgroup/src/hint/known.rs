//! Names: of controllers that Linux has or had, and of files that differ between the versions.

/// A controller of Linux.
pub(super) struct Known {
    pub(super) name: &'static str,
    /// The configuration of the kernel that brings it.
    pub(super) config: &'static str,
    /// The Linux that it came with, as far as that is worth telling.
    pub(super) since: Option<&'static str>,
}

const fn known(name: &'static str, config: &'static str, since: Option<&'static str>) -> Known {
    Known { name, config, since }
}

/// cgroups(7), cgroup-v2.rst.
pub(super) static CONTROLLERS: [Known; 16] = [
    known("cpu", "CONFIG_CGROUP_SCHED", None),
    known("cpuacct", "CONFIG_CGROUP_CPUACCT", None),
    known("cpuset", "CONFIG_CPUSETS", None),
    known("memory", "CONFIG_MEMCG", None),
    known("io", "CONFIG_BLK_CGROUP", None),
    known("blkio", "CONFIG_BLK_CGROUP", None),
    known("pids", "CONFIG_CGROUP_PIDS", Some("4.3")),
    known("devices", "CONFIG_CGROUP_DEVICE", None),
    known("freezer", "CONFIG_CGROUP_FREEZER", None),
    known("net_cls", "CONFIG_CGROUP_NET_CLASSID", None),
    known("net_prio", "CONFIG_CGROUP_NET_PRIO", None),
    known("perf_event", "CONFIG_CGROUP_PERF", None),
    known("hugetlb", "CONFIG_CGROUP_HUGETLB", None),
    known("rdma", "CONFIG_CGROUP_RDMA", Some("4.11")),
    known("misc", "CONFIG_CGROUP_MISC", Some("5.13")),
    known("dmem", "CONFIG_CGROUP_DMEM", Some("6.14")),
];

/// A controller that version 2 has not, and what takes its place there.
pub(super) static ONLY_VERSION_1: [(&str, &str); 4] = [
    ("net_cls", "nft add rule inet filter output socket cgroupv2 level 1 '\"NAME\"' counter"),
    ("net_prio", "a program for bpf(2) on the group, or nft with socket cgroupv2"),
    ("devices", "--device and --device-deny, which attach a program for bpf(2) to the group"),
    ("freezer", "cgroup.freeze in every group: xcgroup freeze"),
];

/// The same controller under the other version's name.
pub(super) fn other_name(controller: &str) -> Option<&'static str> {
    match controller {
        "blkio" => Some("io"),
        "io" => Some("blkio"),
        "cpuacct" => Some("cpu"),
        _ => None,
    }
}

/// Controllers that work in threaded groups, and beside processes (cgroup-v2.rst, "Threads").
pub(crate) const THREADED: [&str; 4] = ["cpu", "cpuset", "perf_event", "pids"];

/// Files that do the same: of version 1, and of version 2.
static FILES: [(&str, &str); 19] = [
    ("memory.limit_in_bytes", "memory.max"),
    ("memory.soft_limit_in_bytes", "memory.high"),
    ("memory.memsw.limit_in_bytes", "memory.swap.max"),
    ("memory.usage_in_bytes", "memory.current"),
    ("memory.max_usage_in_bytes", "memory.peak"),
    ("memory.failcnt", "memory.events"),
    ("memory.force_empty", "memory.reclaim"),
    ("cpu.shares", "cpu.weight"),
    ("cpu.cfs_quota_us", "cpu.max"),
    ("cpu.cfs_period_us", "cpu.max"),
    ("cpu.cfs_burst_us", "cpu.max.burst"),
    ("cpuset.effective_cpus", "cpuset.cpus.effective"),
    ("cpuset.effective_mems", "cpuset.mems.effective"),
    ("blkio.bfq.weight", "io.bfq.weight"),
    ("blkio.throttle.read_bps_device", "io.max"),
    ("blkio.throttle.write_bps_device", "io.max"),
    ("blkio.throttle.read_iops_device", "io.max"),
    ("blkio.throttle.write_iops_device", "io.max"),
    ("freezer.state", "cgroup.freeze"),
];

/// All of them.
pub(super) fn both_names() -> impl Iterator<Item = &'static str> {
    FILES.iter().flat_map(|(one, two)| [*one, *two])
}

/// The files of version 2 that do what one of version 1 does.
pub(super) fn in_version_2(file: &str) -> Option<&'static str> {
    if file.starts_with("tasks") {
        return Some("cgroup.threads");
    }
    FILES.iter().find(|(one, _)| *one == file).map(|(_, two)| *two)
}

/// The files of version 1 that do what one of version 2 does; more than one at times.
pub(super) fn in_version_1(file: &str) -> Vec<&'static str> {
    FILES.iter().filter(|(_, two)| *two == file).map(|(one, _)| *one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_names() {
        assert_eq!(in_version_2("memory.limit_in_bytes"), Some("memory.max"));
        assert_eq!(in_version_1("cpu.max"), ["cpu.cfs_quota_us", "cpu.cfs_period_us"]);
        assert_eq!((in_version_2("memory.max"), in_version_1("tasks").len()), (None, 0));
    }
}
