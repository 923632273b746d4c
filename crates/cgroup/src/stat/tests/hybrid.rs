//! Linux 6.18 with each controller on its own mount of version 1, and version 2 beside them.

use super::{hybrid, hybrid_record, v1};
use crate::stat::{Cpu, Disk, Memory, Pids, Stall};

#[test]
fn each_value_comes_from_where_it_is_known() {
    let stats = hybrid_record().stats(&hybrid("a"));
    assert_eq!(
        stats.cpu,
        Cpu {
            // cpuacct's, which is more than version 2's 610375; what tells it apart is version 2's.
            usage_usec: Some(610_559),
            user_usec: Some(586_850),
            system_usec: Some(23_525),
            periods: Some(32),
            throttled_periods: Some(26),
            // Nanoseconds in the file.
            throttled_usec: Some(653_966),
            throttled_percent: Some(81.25),
            quota_usec: Some(20_000),
            period_usec: Some(100_000),
            limit_percent: Some(20.0),
            weight: Some(50),
        }
    );
    assert_eq!(
        stats.memory,
        Memory {
            current_bytes: Some(1_040_384),
            peak_bytes: Some(32 << 20),
            limit_bytes: Some(32 << 20),
            swap_current_bytes: Some(0),
            swap_limit_bytes: Some(0),
            // The file of `a` has 0: `b` has counted it.
            oom_kills: Some(1),
            // Both limits are the same, and this kernel counts neither.
            limit_hits: None,
            anon_bytes: Some(114_688),
            file_bytes: Some(8192),
        }
    );
    assert_eq!(stats.pids, Pids { current: Some(5), peak: Some(6), limit: Some(6), refused_forks: Some(1) });
    let disk = Disk {
        device: "7:0".into(),
        name: Some("loop0".into()),
        read_bytes: 655_360,
        write_bytes: 196_608,
        reads: 10,
        writes: 3,
    };
    assert_eq!(stats.io, Some(vec![disk]));
    assert_eq!(
        stats.pressure.cpu,
        Stall {
            some_avg10_percent: Some(8.69),
            some_total_usec: Some(1_488_727),
            full_avg10_percent: Some(8.69),
            full_total_usec: Some(1_488_545),
        }
    );
    // Five, not five in each hierarchy; frozen by version 1, which version 2 does not know.
    assert_eq!((stats.populated, stats.frozen, stats.processes), (Some(true), Some(true), Some(5)));
}

#[test]
fn a_group_in_one_hierarchy_knows_only_that() {
    let record = hybrid_record();
    let stats = record.stats(&[v1("memory", "memory/a/b")]);
    assert_eq!((stats.memory.oom_kills, stats.memory.limit_bytes), (Some(1), None));
    assert_eq!((stats.memory.limit_hits, stats.memory.is_limit_reached()), (Some(0), Some(false)));
    assert_eq!((stats.cpu, stats.pids, stats.io), (Cpu::default(), Pids::default(), None));
    assert_eq!((stats.populated, stats.frozen, stats.processes), (Some(true), None, Some(5)));

    let stats = record.stats(&[v1("cpuacct", "cpuacct/a")]);
    assert_eq!(stats.cpu.usage_usec, Some(610_559));
    assert_eq!((stats.cpu.user_usec, stats.cpu.system_usec), (Some(695_949), Some(27_899)));
    // Before Linux 4.7 only ticks of 10 ms tell the two apart.
    let record = record.without("cpuacct/a/cpuacct.usage_user").without("cpuacct/a/cpuacct.usage_sys");
    let stats = record.stats(&[v1("cpuacct", "cpuacct/a")]);
    assert_eq!((stats.cpu.user_usec, stats.cpu.system_usec), (Some(580_000), Some(20_000)));
}

/// Processes that are only in the group of version 1, or only in that of version 2.
#[test]
fn cpu_time_is_of_who_is_in_either_group() {
    let cpu = |usage: &str| {
        let record = hybrid_record()
            .with("unified/a/cpu.stat", &format!("usage_usec {usage}\nuser_usec {usage}\nsystem_usec 0\n"));
        let cpu = record.stats(&hybrid("a")).cpu;
        (cpu.usage_usec, cpu.user_usec, cpu.system_usec)
    };
    assert_eq!(cpu("0"), (Some(610_559), Some(695_949), Some(27_899)));
    assert_eq!(cpu("500000"), (Some(610_559), Some(695_949), Some(27_899)));
    assert_eq!(cpu("610000"), (Some(610_559), Some(610_000), Some(0)));
    assert_eq!(cpu("900000"), (Some(900_000), Some(900_000), Some(0)));
    let without = hybrid_record().without("cpuacct/a/cpuacct.usage").stats(&hybrid("a")).cpu;
    assert_eq!(without.usage_usec, Some(610_375));
}

#[test]
fn the_limit_of_both_less_that_of_memory_is_swap() {
    let limits = |both: &str| hybrid_record().with("memory/a/memory.memsw.limit_in_bytes", both);
    let swap = |both| limits(both).stats(&[v1("memory", "memory/a")]).memory.swap_limit_bytes;
    assert_eq!((swap("50331648\n"), swap("9223372036854771712\n")), (Some(16 << 20), None));
    // Then the count of memory alone is to be believed.
    let memory = limits("50331648\n").stats(&[v1("memory", "memory/a")]).memory;
    assert_eq!((memory.limit_hits, memory.is_limit_reached()), (Some(0), Some(false)));
}

#[test]
fn no_io_counted_is_not_no_io() {
    let none = ["service_bytes", "serviced"].iter().fold(hybrid_record(), |record, file| {
        record.with(&format!("blkio/a/blkio.throttle.io_{file}_recursive"), "Total 0\n")
    });
    assert_eq!(none.stats(&hybrid("a")).io, None);
    let bfq = hybrid_record().with(
        "blkio/a/blkio.bfq.io_serviced_recursive",
        "254:0 Read 7\n254:0 Write 8\n254:0 Total 15\nTotal 15\n",
    );
    let disks = bfq.stats(&hybrid("a")).io.unwrap();
    let seen: Vec<_> = disks.iter().map(|disk| (disk.name.as_deref(), disk.reads, disk.writes)).collect();
    assert_eq!(seen, [(Some("loop0"), 10, 3), (Some("vda"), 7, 8)]);
}
