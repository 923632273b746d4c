//! Files by their own names.

use super::*;
use crate::limits::LimitKey::Set;

#[test]
fn files_by_the_name_of_either_version() {
    let set = |machine: Machine, texts: &[&str]| {
        machine.lines(&texts.iter().map(|text| (Set, *text)).collect::<Vec<_>>())
    };
    assert_eq!(set(v2(), &["memory.limit_in_bytes=500M"]), ["memory.max=500M"]);
    assert_eq!(set(v1(), &["memory.max=500M"]), ["memory.limit_in_bytes=500M"]);
    assert_eq!(
        set(hybrid(), &["memory.max=500M", "cpu.shares=512"]),
        ["memory.limit_in_bytes=500M", "cpu.weight=50"]
    );
    assert_eq!(
        set(v2(), &["cpu.cfs_quota_us=50000", "cpu.cfs_period_us=50000"]),
        ["cpu.max=50000", "cpu.max=50000 50000"]
    );
    assert_eq!(set(v1(), &["cpu.max=25000 50000"]), ["cpu.cfs_period_us=50000", "cpu.cfs_quota_us=25000"]);
    assert_eq!(
        set(v1(), &["memory.max=100M", "memory.swap.max=50M"])[1],
        "memory.memsw.limit_in_bytes=157286400"
    );
    assert_eq!(
        set(v2(), &["memory.max=100M", "memory.memsw.limit_in_bytes=150M"])[1],
        "memory.swap.max=52428800"
    );
    assert_eq!(set(v2(), &["freezer.state=FROZEN"]), ["cgroup.freeze=1"]);
    assert_eq!(set(v1(), &["cgroup.freeze=1"]), ["freezer.state=FROZEN"]);
    assert_eq!(set(hybrid(), &["cgroup.max.depth=2"]), ["cgroup.max.depth=2"]);
    assert_eq!(set(v2(), &["hugetlb.2MB.limit_in_bytes=-1"]), ["hugetlb.2MB.max=max"]);
    assert_eq!(set(v2(), &["cpuset.cpus="]), ["cpuset.cpus=\n"]);
    let note = &notes(v2(), &[(Set, "memory.limit_in_bytes=500M")])[0];
    assert_eq!(note, "memory.limit_in_bytes is version 1's name of memory.max; 500M = 524288000 bytes");
    // Not in version 2, though it is called as its files are.
    assert_eq!(set(v1(), &["cgroup.clone_children=1"]), ["cgroup.clone_children=1"]);
    assert_eq!(set(v1(), &["notify_on_release=1"]).len(), 8);
    assert_eq!(
        set(v2(), &["cpuset.cpus.partition=root", "cpuset.cpus=0"]),
        ["cpuset.cpus=0", "cpuset.cpus.partition=root"]
    );
    let note = &notes(v1(), &[(Set, "io.weight=2000")])[0];
    assert!(note.ends_with("BFQ knows no weight above 1000"), "{note}");
    let note = &notes(v2(), &[(Set, "memory.high=1000000")])[0];
    assert_eq!(note, "the kernel keeps whole pages: 999424 bytes");
}

#[test]
fn files_that_cannot_be_set() {
    for (machine, text, why) in [
        (v1(), "blkio.throttle.read_bps_device=8:0 1M", "the kernel would read no further than here"),
        (v1(), "memory.max=100", "would round down to 0"),
        (v2(), "memory.limit_in_bytes=100", "would round down to 0"),
        (v1(), "memory.memsw.limit_in_bytes=99999999999999999999", "no limit; write -1"),
        (v2(), "devices.allow=c 1:3 rwm", "--device"),
        (v2(), "net_cls.classid=1", "socket cgroupv2"),
        (v1(), "memory.high=1G", "memory.soft_limit_in_bytes"),
        (v1(), "cgroup.max.depth=1", "nothing bounds the number of groups"),
        (v2(), "memory.swappiness=0", "vm.swappiness"),
        (v2(), "memory.max_usage_in_bytes=0", "is not to be set"),
        (v2(), "cpu.shares=many", "a number is expected here"),
        (v2(), "freezer.state=frozen", "'frozen' cannot be translated into a value of cgroup.freeze"),
        (v1(), "io.weight=default 20000", "from 1 to 10000"),
        (v1(), "memory.kmem.limit_in_bytes=1G", "a limit of memory counts its memory too"),
        (v2(), "notify_on_release=1", "xcgroup wait"),
        (v2(), "cgroup.clone_children=1", "which has no such file"),
        (v1(), "notify_on_release=2", "from 0 to 1"),
        (v2(), "cgroup.procs=0", "xcgroup add"),
        (v2(), "memory.memsw.limit_in_bytes=1G", "needs --memory"),
        (v2(), "memry.max=1G", "knows no such controller"),
        (hybrid(), "net_cls.classid=1", "socket cgroupv2"),
        (hybrid(), "cpuset.cpus=0", "hierarchy 5 of version 1"),
        (v2(), "../x.max=1", "by its name alone"),
        (v2(), "memory/x.max=1", "by its name alone"),
        (v2(), "tasks=1", "who is in a group is no limit of it; xcgroup add"),
        (v2(), "memory.max", "FILE=VALUE is expected"),
    ] {
        let lines = machine.lines(&[(Set, text)]);
        assert!(lines.len() == 1 && lines[0].contains(why), "{text}: {lines:?}");
    }
    let error =
        v1().settings(&limits(&[(Set, "blkio.throttle.read_bps_device=8:0 1M")]).unwrap()).unwrap_err();
    let pointed = error.pointed().unwrap();
    assert_eq!(pointed.lines().map(str::len).collect::<Vec<_>>(), [2 + 37, 2 + 36 + 1]);
}
