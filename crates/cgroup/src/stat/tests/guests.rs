//! Debian's kernels in guests: version 2 of 6.1 and 6.12, version 1 of 6.1 with cpu and cpuacct on one mount.

use super::{Record, v1, v2};
use crate::stat::{Disk, Stats};

fn v2_6_1() -> Record {
    Record::parse(include_str!("v2-6.1.txt"))
}

fn v2_6_12() -> Record {
    Record::parse(include_str!("v2-6.12.txt"))
}

fn v1_6_1(group: &str) -> Stats {
    let record = Record::parse(include_str!("v1-6.1.txt"));
    let one = |names: &str| v1(names, &format!("{names}/{group}"));
    record.stats(&["cpu,cpuacct", "memory", "pids", "blkio", "freezer"].map(one))
}

#[test]
fn version_2_of_6_12() {
    let stats = v2_6_12().stats(&[v2("a")]);
    let memory = &stats.memory;
    // Hierarchical: `a` itself has 0 in memory.events.local.
    assert_eq!((memory.oom_kills, memory.limit_hits), (Some(1), Some(70)));
    assert_eq!((memory.peak_bytes, memory.limit_bytes), (Some(32 << 20), Some(32 << 20)));
    assert_eq!((memory.swap_current_bytes, memory.swap_limit_bytes), (Some(0), Some(0)));
    assert_eq!((memory.anon_bytes, memory.file_bytes), (Some(0), Some(0)));
    assert_eq!((stats.pids.peak, stats.pids.limit, stats.pids.refused_forks), (Some(5), Some(5), Some(1)));
    assert_eq!(
        (stats.cpu.usage_usec, stats.cpu.weight, stats.cpu.quota_usec),
        (Some(684_903), Some(100), None)
    );
    assert_eq!((stats.cpu.periods, stats.cpu.throttled_percent), (Some(0), Some(0.0)));
    assert_eq!(stats.io, Some(Vec::new()));
    assert_eq!(stats.pressure.memory.full_total_usec, Some(101_819));
    assert_eq!((stats.frozen, stats.processes), (Some(false), Some(0)));

    let below = v2_6_12().stats(&[v2("a/b")]);
    assert_eq!((below.cpu.periods, below.cpu.throttled_periods), (Some(39), Some(33)));
    assert_eq!((below.cpu.throttled_usec, below.cpu.limit_percent), (Some(2_585_823), Some(20.0)));
    // No own limit: its OOM kill was for that of the group above.
    assert_eq!((below.memory.oom_kills, below.memory.is_limit_reached()), (Some(1), Some(false)));
    // The io controller is not on there.
    assert_eq!(below.io, None);
}

#[test]
fn version_2_of_6_1_counts_refused_forks_where_they_happen() {
    let stats = v2_6_1().stats(&[v2("a")]);
    assert_eq!((stats.memory.oom_kills, stats.memory.limit_hits), (Some(1), Some(35)));
    // `a` shows 0, and it has no pids.events.local that would say the same.
    assert_eq!(stats.pids.refused_forks, Some(1));
}

#[test]
fn version_1_of_6_1() {
    let stats = v1_6_1("a");
    assert_eq!((stats.memory.oom_kills, stats.pids.refused_forks), (Some(1), Some(1)));
    // Those of the limit of both.
    assert_eq!(stats.memory.limit_hits, Some(98));
    assert_eq!((stats.cpu.usage_usec, stats.cpu.user_usec), (Some(1_952_738), Some(796_000)));
    assert_eq!((stats.frozen, stats.pressure), (Some(false), Default::default()));
    let below = v1_6_1("a/b");
    assert_eq!((below.cpu.periods, below.cpu.throttled_usec), (Some(102), Some(7_684_221)));
}

#[test]
fn counts_of_one_group_only_are_added_up() {
    // With memory_localevents both files of a group show only its own.
    let local = |group: &str, kills: u64| format!("low 0\nmax 0\noom_kill {kills}\n# {group}\n");
    let record = [("a", 2), ("a/b", 3)].iter().fold(v2_6_12(), |record, (group, kills)| {
        let text = local(group, *kills);
        record
            .with(&format!("{group}/memory.events"), &text)
            .with(&format!("{group}/memory.events.local"), &text)
    });
    assert_eq!(record.stats(&[v2("a")]).memory.oom_kills, Some(5));
    // Before Linux 5.2 there is no memory.events.local.
    let record = record.without("a/memory.events.local").without("a/b/memory.events.local");
    assert_eq!(record.stats(&[v2("a")]).memory.oom_kills, Some(5));
}

#[test]
fn what_a_kernel_does_not_have_is_not_known() {
    let record = v2_6_12().without("a/memory.peak").without("a/pids.peak").without("a/cpu.pressure");
    let stats = record.with("a/io.pressure", "EOPNOTSUPP").stats(&[v2("a")]);
    assert_eq!((stats.memory.peak_bytes, stats.pids.peak), (None, None));
    assert_eq!((stats.pressure.cpu, stats.pressure.io), Default::default());
    assert_eq!(v2_6_12().stats(&[v2("gone")]), Stats::default());
    assert_eq!(v2_6_12().stats(&[]), Stats::default());
}

#[test]
fn disks_of_version_2() {
    let text = "254:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=3 dios=4\n7:0 \n259:1 rbytes=512 rios=1 cost.usage=9\n";
    let disks = v2_6_12().with("a/io.stat", text).stats(&[v2("a")]).io.unwrap();
    let disk = |device: &str, name: Option<&str>| (device.to_owned(), name.map(str::to_owned));
    let (one, other) = (disk("254:0", Some("vda")), disk("259:1", None));
    assert_eq!(
        disks,
        [
            Disk { device: one.0, name: one.1, read_bytes: 4096, write_bytes: 8192, reads: 1, writes: 2 },
            Disk { device: other.0, name: other.1, read_bytes: 512, write_bytes: 0, reads: 1, writes: 0 },
        ]
    );
}

#[test]
fn processes_of_threaded_groups_are_those_of_the_group_above() {
    let record = v2_6_12().with("a/cgroup.procs", "7\n0\n8\n0\n7\n").with("a/b/cgroup.procs", "EOPNOTSUPP");
    let record = record.with("a/b/cgroup.threads", "7\n9\n");
    let processes = |group| record.stats(&[v2(group)]).processes;
    assert_eq!((processes("a"), processes("a/b")), (Some(4), None));
}
