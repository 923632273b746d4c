//! The same limits by both versions.

use super::super::record::Files as Record;
use super::*;

fn part(version: Version, controllers: &[&str], directory: &str) -> Part {
    let controllers = controllers.iter().map(|name| (*name).to_owned()).collect();
    Part { version, controllers, directory: directory.into() }
}

/// `NAME WORDS FILE`, with a star where it is set.
fn lines(parts: &[Part], record: &Record) -> Vec<String> {
    let line = |limit: Limit| {
        let star = if limit.is_set { "*" } else { "" };
        format!("{star}{}: {} [{}]", limit.name, limit.words, limit.file)
    };
    limits(parts, record).into_iter().map(line).collect()
}

const V1: Record = Record(&[
    ("/m/a/memory.limit_in_bytes", "524288000\n"),
    ("/m/a/memory.soft_limit_in_bytes", "9223372036854771712\n"),
    ("/m/a/memory.memsw.limit_in_bytes", "9223372036854771712\n"),
    ("/c/a/cpu.cfs_quota_us", "50000\n"),
    ("/c/a/cpu.cfs_period_us", "100000\n"),
    ("/c/a/cpu.shares", "512\n"),
    ("/c/a/cpu.idle", "0\n"),
    ("/s/a/cpuset.cpus", "0-1\n"),
    ("/s/a/cpuset.mems", "\n"),
    ("/p/a/pids.max", "20\n"),
    ("/b/a/blkio.throttle.read_bps_device", "254:0 1048576\n7:0 100\n"),
    ("/b/a/blkio.throttle.write_iops_device", "254:0 7\n"),
    ("/b/a/blkio.bfq.weight", "200\n"),
    ("/d/a/devices.list", "c 1:3 rwm\nc 1:5 r\n"),
    ("/n/a/net_cls.classid", "65537\n"),
    // A file of version 2's, in the directory of another controller.
    ("/n/a/memory.max", "1\n"),
]);

#[test]
fn version_1() {
    let parts = [
        part(Version::V1, &["memory"], "/m/a"),
        part(Version::V1, &["cpu", "cpuacct"], "/c/a"),
        part(Version::V1, &["cpuset"], "/s/a"),
        part(Version::V1, &["pids"], "/p/a"),
        part(Version::V1, &["blkio"], "/b/a"),
        part(Version::V1, &["devices"], "/d/a"),
        part(Version::V1, &["net_cls"], "/n/a"),
    ];
    assert_eq!(
        lines(&parts, &V1),
        [
            "*memory: 500M (524288000) [memory.limit_in_bytes]",
            "memory-request: none [memory.soft_limit_in_bytes]",
            "memory+swap: none [memory.memsw.limit_in_bytes]",
            "*cpu: 50% of one CPU (50000 of every 100000 us) [cpu.cfs_quota_us]",
            "*cpu-weight: 50 (512 shares) [cpu.shares]",
            "*cpuset: 0-1 [cpuset.cpus]",
            "cpuset-mems: empty: no process can enter [cpuset.mems]",
            "*pids: 20 [pids.max]",
            "*io-read vda: 1M/s (1048576) [blkio.throttle.read_bps_device]",
            "*io-read 7:0: 100/s [blkio.throttle.read_bps_device]",
            "*io-write-iops vda: 7/s [blkio.throttle.write_iops_device]",
            "*io-weight: 200 [blkio.bfq.weight]",
            "*device: only c 1:3 rwm, c 1:5 r [devices.list]",
            "*net-class: 1:1 (0x00010001) [net_cls.classid]",
        ]
    );
}

const V2: Record = Record(&[
    ("/u/a/memory.max", "max\n"),
    ("/u/a/memory.low", "0\n"),
    ("/u/a/memory.min", "4096\n"),
    ("/u/a/memory.high", "1073741824\n"),
    ("/u/a/memory.swap.max", "0\n"),
    ("/u/a/cpu.max", "max 100000\n"),
    ("/u/a/cpu.weight", "100\n"),
    ("/u/a/cpu.idle", "1\n"),
    ("/u/a/cpuset.cpus", "\n"),
    ("/u/a/pids.max", "max\n"),
    ("/u/a/io.max", "254:0 rbps=1048576 wbps=max riops=max wiops=9\n"),
    ("/u/a/io.weight", "default 100\n254:0 300\n"),
    ("/u/a/rdma.max", "mlx4_0 hca_handle=max hca_object=2\n"),
    ("/u/a/cgroup.max.descendants", "10\n"),
]);

#[test]
fn version_2() {
    assert_eq!(
        lines(&[part(Version::V2, &[], "/u/a")], &V2),
        [
            "memory: none [memory.max]",
            "memory-request: none [memory.low]",
            "*memory-min: 4K (4096) [memory.min]",
            "*memory-high: 1G (1073741824) [memory.high]",
            "*swap: 0 [memory.swap.max]",
            "cpu: none [cpu.max]",
            "cpu-weight: 100 [cpu.weight]",
            "*cpu-idle: only when no other group wants to run [cpu.idle]",
            "cpuset: all that the group above has [cpuset.cpus]",
            "pids: none [pids.max]",
            "*io-read vda: 1M/s (1048576) [io.max]",
            "*io-write-iops vda: 9/s [io.max]",
            "io-weight: 100 [io.weight]",
            "*io-weight vda: 300 [io.weight]",
            "*rdma: mlx4_0 hca_handle=max hca_object=2 [rdma.max]",
            "*groups: 10 [cgroup.max.descendants]",
        ]
    );
}

/// A twin of version 2 beside the controller's own hierarchy does not hide it.
#[test]
fn hybrid() {
    let parts = [part(Version::V2, &["hugetlb"], "/u/none"), part(Version::V1, &["pids"], "/p/a")];
    assert_eq!(lines(&parts, &V1), ["*pids: 20 [pids.max]"]);
}

/// Of version 1 a new group is given the list of the group above; and no limit of huge pages is the largest number of those.
#[test]
fn what_nobody_has_set() {
    const RECORD: Record = Record(&[
        ("/s/cpuset.cpus", "0-1\n"),
        ("/s/a/cpuset.cpus", "0-1\n"),
        ("/s/a/b/cpuset.cpus", "1\n"),
        ("/h/a/hugetlb.2MB.limit_in_bytes", "9223372036852678656\n"),
        ("/h/a/hugetlb.1GB.limit_in_bytes", "9223372035781033984\n"),
    ]);
    let cpuset = |directory| lines(&[part(Version::V1, &["cpuset"], directory)], &RECORD);
    assert_eq!(cpuset("/s/a"), ["cpuset: 0-1 [cpuset.cpus]"]);
    assert_eq!(cpuset("/s/a/b"), ["*cpuset: 1 [cpuset.cpus]"]);
    let huge = lines(&[part(Version::V1, &["hugetlb"], "/h/a")], &RECORD);
    assert!(huge.iter().all(|line| line.contains(": none [")), "{huge:?}");
}
