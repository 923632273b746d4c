//! The table of names.

use super::super::io::IoKind;
use crate::Version;

/// A file of version 1, and the one of version 2 that does the same.
pub(super) struct Row {
    pub(super) v1: &'static str,
    pub(super) v2: &'static str,
    pub(super) unit: Unit,
}

/// How values differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Unit {
    /// They do not.
    Same,
    /// Bytes; no limit is `-1` in version 1, and `max` in version 2.
    Limit,
    /// Bytes of memory and swap together in version 1, of swap alone in version 2.
    Both,
    /// A part of `cpu.max`.
    Quota,
    /// The other part.
    Period,
    /// Shares and weight.
    Shares,
    /// A line for each device, in a file of its own in version 1.
    Throttle(IoKind),
    /// Weights of BFQ in version 1 against those of the cost model.
    Cost,
    /// `FROZEN` and 1.
    Frozen,
    /// 1 and `root`.
    Partition,
    /// It is only read.
    Read,
}

const fn row(v1: &'static str, v2: &'static str, unit: Unit) -> Row {
    Row { v1, v2, unit }
}

/// The first row with a name is the one that counts.
pub(super) const PAIRS: &[Row] = &[
    row("memory.limit_in_bytes", "memory.max", Unit::Limit),
    row("memory.soft_limit_in_bytes", "memory.low", Unit::Limit),
    row("memory.memsw.limit_in_bytes", "memory.swap.max", Unit::Both),
    row("memory.usage_in_bytes", "memory.current", Unit::Read),
    row("memory.max_usage_in_bytes", "memory.peak", Unit::Read),
    row("memory.memsw.usage_in_bytes", "memory.swap.current", Unit::Read),
    row("memory.memsw.max_usage_in_bytes", "memory.swap.peak", Unit::Read),
    row("memory.failcnt", "memory.events", Unit::Read),
    row("memory.memsw.failcnt", "memory.swap.events", Unit::Read),
    row("memory.oom_control", "memory.events", Unit::Read),
    row("cpu.cfs_quota_us", "cpu.max", Unit::Quota),
    row("cpu.cfs_period_us", "cpu.max", Unit::Period),
    row("cpu.cfs_burst_us", "cpu.max.burst", Unit::Same),
    row("cpu.shares", "cpu.weight", Unit::Shares),
    row("cpuacct.usage", "cpu.stat", Unit::Read),
    row("cpuacct.stat", "cpu.stat", Unit::Read),
    row("cpuacct.usage_user", "cpu.stat", Unit::Read),
    row("cpuacct.usage_sys", "cpu.stat", Unit::Read),
    // Version 1 has a file of this name too, with less in it.
    row("cpu.stat", "cpu.stat", Unit::Read),
    row("cpuset.effective_cpus", "cpuset.cpus.effective", Unit::Read),
    row("cpuset.effective_mems", "cpuset.mems.effective", Unit::Read),
    row("cpuset.cpu_exclusive", "cpuset.cpus.partition", Unit::Partition),
    row("blkio.throttle.read_bps_device", "io.max", Unit::Throttle(IoKind::Read)),
    row("blkio.throttle.write_bps_device", "io.max", Unit::Throttle(IoKind::Write)),
    row("blkio.throttle.read_iops_device", "io.max", Unit::Throttle(IoKind::ReadIops)),
    row("blkio.throttle.write_iops_device", "io.max", Unit::Throttle(IoKind::WriteIops)),
    row("blkio.bfq.weight", "io.bfq.weight", Unit::Same),
    row("blkio.bfq.weight_device", "io.bfq.weight", Unit::Same),
    row("blkio.bfq.weight", "io.weight", Unit::Cost),
    row("blkio.throttle.io_service_bytes", "io.stat", Unit::Read),
    row("blkio.throttle.io_serviced", "io.stat", Unit::Read),
    row("blkio.throttle.io_service_bytes_recursive", "io.stat", Unit::Read),
    row("blkio.throttle.io_serviced_recursive", "io.stat", Unit::Read),
    row("freezer.state", "cgroup.freeze", Unit::Frozen),
    row("freezer.self_freezing", "cgroup.freeze", Unit::Read),
];

/// Ends of the names of hugetlb, the longer first.
pub(super) const HUGETLB: &[(&str, &str, Unit)] = &[
    (".rsvd.limit_in_bytes", ".rsvd.max", Unit::Limit),
    (".rsvd.usage_in_bytes", ".rsvd.current", Unit::Read),
    (".limit_in_bytes", ".max", Unit::Limit),
    (".usage_in_bytes", ".current", Unit::Read),
    (".failcnt", ".events", Unit::Read),
];

/// A file that the other version has not; with a star all that begin so.
pub(super) struct Lone {
    pub(super) version: Version,
    pub(super) name: &'static str,
    pub(super) instead: &'static str,
}

const fn v1(name: &'static str, instead: &'static str) -> Lone {
    Lone { version: Version::V1, name, instead }
}

const fn v2(name: &'static str, instead: &'static str) -> Lone {
    Lone { version: Version::V2, name, instead }
}

const SOFT: &str =
    "nearest is memory.soft_limit_in_bytes: what is above it is reclaimed first when memory is short";
const PRESSURE: &str =
    "/proc/pressure has the whole machine's; of a group's own only version 2 knows, in hybrid mode too";
const PARTITION: &str = "nearest is cpuset.cpus.partition (member, root, isolated)";
const REAL_TIME: &str =
    "it bounds no real-time tasks; chrt(1) and the kernel's sched_rt_runtime_us are for the whole machine";

pub(super) const WITHOUT: &[Lone] = &[
    v1(
        "devices.*",
        "an eBPF program that is attached to the group decides; --device and --device-deny make one",
    ),
    v1("net_cls.*", super::super::net::INSTEAD),
    v1(
        "net_prio.*",
        "an eBPF program that is attached to the group, or nft with 'socket cgroupv2', sets priorities",
    ),
    v1(
        "memory.swappiness",
        "vm.swappiness is for the whole machine; memory.swap.max bounds what a group swaps",
    ),
    v1("notify_on_release", "xcgroup wait ends when a group is empty, and poll(2) of its cgroup.events does"),
    v1("cgroup.clone_children", "a group without a cpuset of its own has all that the one above has"),
    v1("memory.kmem.*", "memory.max counts the kernel's memory too"),
    v1("memory.force_empty", "memory.reclaim takes a number of bytes"),
    v1("memory.use_hierarchy", "it always counts what is below"),
    v1("memory.move_charge_at_immigrate", "memory stays counted where it was taken"),
    v1("memory.pressure_level", "memory.pressure tells how long tasks waited"),
    v1("cpu.rt_*", REAL_TIME),
    v1("cpuacct.*", "cpu.stat has the whole"),
    v1("cpuset.sched_load_balance", PARTITION),
    v1("cpuset.mem_exclusive", PARTITION),
    v1("cpuset.mem_hardwall", PARTITION),
    v1("cpuset.memory_migrate", "memory always moves with cpuset.mems"),
    v1("cpuset.memory_pressure*", "memory.pressure tells how long tasks waited"),
    v1("cpuset.memory_spread_*", "numactl --interleave spreads a program's memory"),
    v1("cpuset.sched_relax_domain_level", "the scheduler decides"),
    v1("blkio.weight", "io.weight has 1 to 10000, and 100 for everybody"),
    v1("blkio.weight_device", "io.weight takes lines MAJOR:MINOR WEIGHT"),
    v1("blkio.*", "io.stat, io.max and io.weight are for disks"),
    v1("freezer.parent_freezing", "cgroup.events tells whether a group is frozen"),
    v2("memory.high", SOFT),
    v2("memory.min", SOFT),
    v2("memory.oom.group", "the killer takes one process; xcgroup kill ends the rest"),
    v2("memory.swap.high", "memory.memsw.limit_in_bytes bounds memory and swap together"),
    v2("memory.zswap.*", "zswap is for the whole machine"),
    v2("memory.reclaim", "memory.force_empty reclaims all that it can"),
    v2("memory.events.local", "memory.failcnt and memory.oom_control"),
    v2("memory.pressure", PRESSURE),
    v2("cpu.pressure", PRESSURE),
    v2("io.pressure", PRESSURE),
    v2("irq.pressure", PRESSURE),
    v2("cpu.weight.nice", "cpu.shares, of which everybody has 1024; a step of nice is a quarter more"),
    v2("cpuset.cpus.exclusive*", "nearest is cpuset.cpu_exclusive"),
    v2("io.latency", "nearest is a rate, as in blkio.throttle.read_bps_device"),
    v2("io.prio.class", "ionice(1) sets it for a process"),
    v2("io.cost.*", "the cost model is version 2's"),
    v2("io.low", "nearest is a rate, as in blkio.throttle.read_bps_device"),
    v2("cgroup.kill", "xcgroup kill freezes the group, kills and thaws it"),
    v2("cgroup.max.*", "nothing bounds the number of groups"),
    v2("cgroup.subtree_control", "a group has all controllers of its hierarchy"),
    v2("cgroup.type", "threads are moved one by one, through the file tasks"),
    v2("cgroup.pressure", PRESSURE),
];
