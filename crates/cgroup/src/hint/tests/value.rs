//! Values that are not taken, and files that are not there.

use super::{Machine, Told};
use crate::hint::{no_partition, not_set};
use crate::op::Set;
use xns_core::Errno;

fn refused(machine: &Machine, file: &str, value: &str, at_open: bool, errno: Errno) -> Option<Told> {
    let name = file.rsplit('/').next().unwrap();
    let set = Set {
        asked: None,
        file: file.into(),
        controller: name.split('.').next().unwrap().to_owned(),
        value: value.to_owned(),
        optional: None,
        before: None,
    };
    not_set(&set, at_open, errno, &machine.facts()).map(Told::from)
}

fn missing(machine: &Machine, file: &str) -> Option<Told> {
    refused(machine, file, "1", true, Errno::ENOENT)
}

fn written(machine: &Machine, file: &str, value: &str, errno: Errno) -> Option<Told> {
    refused(machine, file, value, false, errno)
}

fn v2() -> Machine {
    Machine::v2().group("/cg/a", 0).file("/cg/a/cgroup.controllers", "cpu\n")
}

fn hybrid() -> Machine {
    ["memory", "cpu", "cpuset", "blkio", "freezer", "unified"]
        .iter()
        .fold(Machine::hybrid(), |machine, name| machine.group(&format!("/cg/{name}/a"), 0))
}

#[test]
fn e42_the_file_is_not_there() {
    let told = missing(&v2(), "/cg/a/memory.max").unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-E42-not-enabled", vec!["echo +memory > /cg/cgroup.subtree_control".to_owned()])
    );
    let told = missing(&v2(), "/cg/a/cpu.idle").unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-E42-no-file", vec!["it takes Linux 5.15; this is Linux 6.1.0".to_owned()])
    );
    let told = missing(&v2().file("names:/cg/a", "cpu.weight cpu.max"), "/cg/a/cpu.wieght").unwrap();
    assert_eq!((told.id, told.cures), ("XNS-E42-no-file", vec!["cpu.weight".to_owned()]));
    let told = missing(&hybrid(), "/cg/cpu/a/memory.kmem.x").unwrap();
    assert_eq!((told.id, told.cures), ("XNS-E42-other-hierarchy", vec!["/cg/memory/a".to_owned()]));
    let told = missing(&hybrid(), "/cg/unified/a/memory.zswap.max").unwrap();
    assert_eq!(told.id, "XNS-E41-version-1");
    assert_eq!(missing(&v2(), "/cg/none/cpu.foo").unwrap().id, "XNS-E50-no-group");
    let told = missing(&hybrid(), "/cg/memory/a/memory.memsw.limit_in_bytes").unwrap();
    assert!(told.because[0].contains("swapaccount=0"), "{told:?}");
}

/// The new group of a run is gone when the hint is asked for.
#[test]
fn what_was_made_for_one_run() {
    let run = |words: &[&str]| hybrid().pid(9).command(words).file("/sys/devices/system/cpu/online", "0-1\n");
    let told = missing(&run(&["xcgexec"]), "/cg/memory/xcgexec-9/memory.limit_in_byte").unwrap();
    assert_eq!((told.id, told.cures), ("XNS-E42-no-file", vec!["memory.limit_in_bytes".to_owned()]));
    let file = "/cg/cpuset/xcgexec-9/cpuset.cpus";
    let told = written(&run(&["xcgexec", "--cpuset", "0-9", "true"]), file, "0-9", Errno::ERANGE).unwrap();
    assert_eq!(told.cures, ["xcgexec --cpuset 0-1 true"]);
    let told = written(&run(&["xcgexec", "--set=cpuset.cpus=0-9"]), file, "0-9", Errno::ERANGE).unwrap();
    assert_eq!(told.cures, ["xcgexec --set=cpuset.cpus=0-1"]);
    let told = written(&run(&["xcgexec", "-n", "10"]), file, "0-9", Errno::ERANGE).unwrap();
    assert_eq!(told.cures, ["--set cpuset.cpus=0-1"]);
    let above = run(&["xcgexec"])
        .file("/cg/cpu/cpu.cfs_quota_us", "50000\n")
        .file("/cg/cpu/cpu.cfs_period_us", "100000\n");
    let told = written(&above, "/cg/cpu/xcgexec-9/cpu.cfs_quota_us", "60000", Errno::EINVAL).unwrap();
    assert_eq!(told.cures[0], "--cpu 50%");
}

#[test]
fn e49_the_other_versions_name() {
    let told = missing(&v2(), "/cg/a/memory.limit_in_bytes").unwrap();
    assert_eq!((told.id, told.cures[0].as_str()), ("XNS-E49-version-1", "memory.max"));
    let told = missing(&hybrid(), "/cg/cpu/a/cpu.max").unwrap();
    assert_eq!(
        told.cause,
        "cpu.max is version 2's name; version 1 has cpu.cfs_quota_us and cpu.cfs_period_us"
    );
    assert_eq!(told.cures[..2], ["cpu.cfs_quota_us", "cpu.cfs_period_us"]);
}

#[test]
fn c6_the_root_has_no_limits() {
    assert_eq!(missing(&v2(), "/cg/memory.max").unwrap().id, "XNS-C6-root");
    assert_eq!(
        written(&hybrid(), "/cg/memory/memory.limit_in_bytes", "1G", Errno::EINVAL).unwrap().id,
        "XNS-C6-root"
    );
}

#[test]
fn c2_and_c6_who_may_write() {
    let user = v2().user(1000).file("owner:/cg/a/cpu.max", "0").mode("/cg/a/cpu.max", 0o644);
    let told = refused(&user, "/cg/a/cpu.max", "max", true, Errno::EACCES).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-C2-not-yours", vec!["/cg/a/cpu.max belongs to uid 0; you are uid 1000".to_owned()])
    );
    let readable = v2().mode("/cg/a/cpu.stat", 0o444);
    let told = written(&readable, "/cg/a/cpu.stat", "1", Errno::EINVAL).unwrap();
    assert_eq!((told.id, told.cures), ("XNS-C6-only-read", vec!["xcgroup get /a cpu.stat".to_owned()]));
}

#[test]
fn c6_what_a_file_takes() {
    let told =
        written(&v2().file("/cg/a/cpu.weight", "100\n"), "/cg/a/cpu.weight", "0", Errno::ERANGE).unwrap();
    assert_eq!(
        (told.id, told.cause.as_str()),
        ("XNS-C6-value", "cpu.weight takes 1 to 10000; 100 is the usual")
    );
    assert_eq!(told.because, ["'0' was refused", "/cg/a/cpu.weight says 100"]);
    for (file, errno) in [
        ("/cg/a/pids.max", Errno::EINVAL),
        ("/cg/a/hugetlb.2MB.max", Errno::EINVAL),
        ("/cg/a/cgroup.freeze", Errno::ERANGE),
        ("/cg/a/devices.deny", Errno::EINVAL),
        ("/cg/a/misc.max", Errno::EINVAL),
    ] {
        assert_eq!(written(&v2(), file, "x", errno).unwrap().id, "XNS-C6-value", "{file}");
    }
    assert_eq!(written(&v2(), "/cg/a/unheard.of", "x", Errno::EINVAL), None);
}

#[test]
fn e44_the_root_of_a_cgroup_namespace() {
    let inside = v2().file("/cg/cgroup.type", "domain\n");
    let told = written(&inside, "/cg/memory.max", "1G", Errno::EPERM).unwrap();
    assert_eq!((told.id, told.because[1].as_str()), ("XNS-E44-boundary", "it is mounted with nsdelegate"));
    assert_eq!(written(&inside, "/cg/a/memory.max", "1G", Errno::EPERM), None);
    // By a mount that was made outside.
    let mount = "30 2 0:2 /.. /cg rw - cgroup2 cgroup2 rw\n";
    let outer = v2().file("/proc/self/mountinfo", mount).file("/proc/self/cgroup", "0::/\n");
    let outer = outer.file("directories:/cg", "a\nb\n").file("/cg/a/cgroup.procs", "7\n").pid(7);
    assert_eq!(written(&outer, "/cg/a/memory.max", "1G", Errno::EPERM).unwrap().id, "XNS-E44-boundary");
    assert_eq!(written(&outer, "/cg/b/memory.max", "1G", Errno::EPERM), None);
    assert_eq!(written(&v2(), "/cg/memory.max", "1G", Errno::EPERM), None);
}

#[test]
fn files_of_the_groups_themselves() {
    let busy = v2().file("directories:/cg/a", "b").file("/cg/a/b/cgroup.subtree_control", "cpu\n");
    assert_eq!(
        written(&busy, "/cg/a/cgroup.subtree_control", "-cpu", Errno::EBUSY).unwrap().id,
        "XNS-E41-still-used"
    );
    assert_eq!(
        written(&v2(), "/cg/a/cgroup.subtree_control", "cpu", Errno::EINVAL).unwrap().id,
        "XNS-C6-value"
    );
    assert_eq!(
        written(&v2(), "/cg/a/cgroup.subtree_control", "+memory", Errno::ENOENT).unwrap().id,
        "XNS-E42-not-enabled"
    );
    assert_eq!(written(&v2(), "/cg/a/cgroup.procs", "77", Errno::ESRCH).unwrap().id, "XNS-E46-no-process");
    let threads =
        v2().file("/cg/a/cgroup.type", "domain threaded\n").file("/cg/a/b/cgroup.type", "threaded\n");
    let told = written(&threads, "/cg/a/b/cgroup.kill", "1", Errno::EOPNOTSUPP).unwrap();
    assert_eq!((told.id, told.cures), ("XNS-E45-thread", vec!["echo 1 > /cg/a/cgroup.kill".to_owned()]));
}

#[test]
fn c6_memory_that_is_used() {
    let file = "/cg/memory/a/memory.limit_in_bytes";
    let machine = hybrid().file("/cg/memory/a/memory.usage_in_bytes", "52428800\n");
    let told = written(&machine, file, "1M", Errno::EBUSY).unwrap();
    assert_eq!(
        (told.id, told.because[0].as_str()),
        ("XNS-C6-below-usage", "/cg/memory/a/memory.usage_in_bytes is 52428800 (50.0 MiB)")
    );
    assert_eq!(told.cures[0], "xcgroup set /a memory.limit_in_bytes=51M");
    let told = written(
        &machine.file("/cg/memory/a/cgroup.procs", "7\n"),
        "/cg/memory/a/memory.force_empty",
        "0",
        Errno::EBUSY,
    )
    .unwrap();
    assert_eq!(told.cures, ["xcgroup kill /a"]);
    let v2 = v2().file("/cg/a/memory.current", "4096\n");
    assert_eq!(
        written(&v2, "/cg/a/memory.reclaim", "1M", Errno::EAGAIN).unwrap().id,
        "XNS-C6-less-reclaimed"
    );
}

#[test]
fn c6_swap_in_order() {
    let (limit, both) = ("/cg/memory/a/memory.limit_in_bytes", "/cg/memory/a/memory.memsw.limit_in_bytes");
    let machine = hybrid().file(limit, "67108864\n").file(both, "67108864\n");
    let told = written(&machine, both, "1m", Errno::EINVAL).unwrap();
    assert_eq!(told.id, "XNS-C6-swap-order");
    assert_eq!(
        told.cures[0],
        "xcgroup set /a memory.limit_in_bytes=1m && xcgroup set /a memory.memsw.limit_in_bytes=1m"
    );
    assert_eq!(written(&machine, limit, "128M", Errno::EINVAL).unwrap().id, "XNS-C6-swap-order");
    assert_eq!(written(&machine, limit, "max", Errno::EINVAL).unwrap().id, "XNS-C6-value");
    assert_eq!(written(&machine, both, "64M", Errno::EINVAL).unwrap().id, "XNS-C6-value");
    // Taken back.
    let told = written(&hybrid(), "/cg/memory/new/memory.memsw.limit_in_bytes", "1M", Errno::EINVAL).unwrap();
    assert_eq!(told.because[0], "memory.limit_in_bytes of a new group is without a limit");
}

#[test]
fn e54_quotas_of_version_1() {
    let file = |group: &str, name: &str| format!("/cg/cpu/{group}/cpu.cfs_{name}_us");
    let machine = hybrid()
        .file(&file("a", "quota"), "50000\n")
        .file(&file("a", "period"), "100000\n")
        .file(&file("a/b", "quota"), "-1\n")
        .file(&file("a/b", "period"), "100000\n");
    let told = written(&machine, &file("a/b", "quota"), "60000", Errno::EINVAL).unwrap();
    assert_eq!(told.id, "XNS-E54-above");
    assert_eq!(
        told.because,
        ["/cg/cpu/a: 50000 of 100000 µs, 50% of one CPU", "/cg/cpu/a/b: 60000 of 100000 µs, 60% of one CPU"]
    );
    assert_eq!(
        told.cures,
        ["xcgroup set /a/b cpu.cfs_quota_us=50000", "xcgroup set /a cpu.cfs_quota_us=60000"]
    );
    let told = written(&machine, &file("a/b", "quota"), "500", Errno::EINVAL).unwrap();
    assert_eq!(told.cause, "cpu.cfs_quota_us takes 1000 and more microseconds; -1 for none");
    assert_eq!(written(&machine, &file("a/b", "quota"), "40000", Errno::EINVAL).unwrap().id, "XNS-C6-value");
    let down = machine.file("directories:/cg/cpu/a", "b").file(&file("a/b", "quota"), "40000\n");
    let told = written(&down, &file("a", "quota"), "30000", Errno::EINVAL).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-E54-below", vec!["xcgroup set /a/b cpu.cfs_quota_us=30000".to_owned()])
    );
    let told = written(&down, &file("a/b", "period"), "50000", Errno::EINVAL).unwrap();
    assert_eq!(told.id, "XNS-E54-above");
}

#[test]
fn c6_other_files_of_cpu() {
    let machine = hybrid()
        .file("/cg/cpu/cpu.rt_runtime_us", "950000\n")
        .file("directories:/cg/cpu", "a\nb")
        .file("/cg/cpu/b/cpu.rt_runtime_us", "900000\n");
    let told = written(&machine, "/cg/cpu/a/cpu.rt_runtime_us", "100000", Errno::EINVAL).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-C6-real-time", vec!["xcgroup set /a cpu.rt_runtime_us=50000".to_owned()])
    );
    assert_eq!(
        written(&machine, "/cg/cpu/a/cpu.rt_runtime_us", "50000", Errno::EINVAL).unwrap().id,
        "XNS-C6-value"
    );
    let idle = v2().file("/cg/a/cpu.idle", "1\n");
    assert_eq!(written(&idle, "/cg/a/cpu.weight", "50", Errno::EINVAL).unwrap().id, "XNS-C6-idle");
    let burst = v2().file("/cg/a/cpu.max", "1000 100000\n");
    assert_eq!(written(&burst, "/cg/a/cpu.max.burst", "2000", Errno::EINVAL).unwrap().cures, ["1000"]);
    assert_eq!(written(&burst, "/cg/a/cpu.max.burst", "x", Errno::EINVAL).unwrap().id, "XNS-C6-value");
}

#[test]
fn d8_a_rule_with_groups_below() {
    let told = written(&hybrid(), "/cg/devices/a/devices.deny", "a", Errno::EINVAL).unwrap();
    assert_eq!(told.id, "XNS-D8-children");
}

#[test]
fn c6_lists_of_cpus() {
    let file = |group: &str| format!("/cg/cpuset/{group}cpuset.cpus");
    let machine = hybrid()
        .file("/sys/devices/system/cpu/online", "0-3\n")
        .file(&file(""), "0-3\n")
        .file(&file("a/"), "0-1\n")
        .file("directories:/cg/cpuset", "a\nc")
        .file("directories:/cg/cpuset/a", "b")
        .group("/cg/cpuset/a/b", 0);
    let told = written(&machine, &file("a/b/"), "1-2", Errno::EACCES).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-C6-not-above", vec!["/cg/cpuset/a/cpuset.cpus says 0-1".to_owned()])
    );
    assert_eq!(told.cures, ["xcgroup set /a/b cpuset.cpus=1", "xcgroup set /a cpuset.cpus=0-2"]);
    let told = written(&machine, &file("a/"), "3-9", Errno::ERANGE).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-C6-no-such-cpu", vec!["xcgroup set /a cpuset.cpus=3".to_owned()])
    );
    assert_eq!(written(&machine, &file("a/"), "a", Errno::EINVAL).unwrap().id, "XNS-C6-value");
    // A new group has been taken back.
    let told = written(&machine, &file("new/"), "3-9", Errno::ERANGE).unwrap();
    assert_eq!(told.cures, ["--set cpuset.cpus=3"]);
    let used = machine.clone().file(&file("a/b/"), "1\n").file("/cg/cpuset/a/cgroup.procs", "7\n");
    let told = written(&used, &file("a/"), "0", Errno::EBUSY).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-C6-needed-below", vec!["xcgroup set /a/b cpuset.cpus=0".to_owned()])
    );
    let here = machine.clone().file("/cg/cpuset/a/cgroup.procs", "7\n");
    assert_eq!(written(&here, &file("a/"), "", Errno::EBUSY).unwrap().id, "XNS-C6-needed-here");
    assert_eq!(written(&here, &file("a/"), "", Errno::ENOSPC).unwrap().id, "XNS-C6-needed-here");
    let alone = machine.file(&file("c/"), "2\n").file("/cg/cpuset/c/cpuset.cpu_exclusive", "1\n");
    let told = written(&alone, &file("a/"), "1-2", Errno::EINVAL).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-C6-exclusive", vec!["xcgroup set /c cpuset.cpu_exclusive=0".to_owned()])
    );
    let mems = alone.file("/sys/devices/system/node/has_memory", "0\n");
    assert_eq!(
        written(&mems, "/cg/cpuset/a/cpuset.mems", "1", Errno::EINVAL).unwrap().id,
        "XNS-C6-no-such-cpu"
    );
}

#[test]
fn e53_disks() {
    let file = "/cg/blkio/a/blkio.throttle.read_bps_device";
    let machine = hybrid()
        .file("/sys/dev/block/254:1", "../../devices/pci/block/vda/vda1")
        .file("/sys/dev/block/254:1/partition", "1\n")
        .file("/sys/class/block/vda/dev", "254:0\n")
        .file("names:/sys/block", "loop0 vda")
        .file("/sys/block/vda/dev", "254:0\n");
    let told = written(&machine, file, "254:1 1048576", Errno::ENODEV).unwrap();
    assert_eq!(told.id, "XNS-E53-partition");
    assert_eq!(told.because, ["/sys/dev/block/254:1/partition is 1", "/sys/class/block/vda/dev is 254:0"]);
    assert_eq!(told.cures, ["'254:0 1048576'"]);
    let told = written(&machine, file, "99:0 1", Errno::ENODEV).unwrap();
    assert_eq!((told.id, told.because[1].as_str()), ("XNS-E53-no-device", "disks are vda (254:0)"));
    let there = machine.clone().file("/sys/dev/block/254:0", "../../devices/pci/block/vda");
    let weight = "/cg/blkio/a/blkio.bfq.weight_device";
    let scheduler = there.file("/sys/block/vda/queue/scheduler", "none [mq-deadline] bfq\n");
    let told = written(&scheduler, weight, "254:0 100", Errno::EOPNOTSUPP).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-E53-scheduler", vec!["echo bfq > /sys/block/vda/queue/scheduler".to_owned()])
    );
    assert_eq!(written(&v2(), "/cg/a/io.max", "8:0 rbps=1M", Errno::EINVAL).unwrap().id, "XNS-E53-letter");
    assert_eq!(written(&v2(), "/cg/a/io.max", "8:0 rbps=max x=1", Errno::EINVAL).unwrap().id, "XNS-C6-value");
}

#[test]
fn c6_a_partition_that_is_none() {
    let ask = |machine: &Machine, directory: &str, reason: &str| {
        let set = Set {
            asked: None,
            file: format!("{directory}/cpuset.cpus.partition").into(),
            controller: "cpuset".to_owned(),
            value: "root".to_owned(),
            optional: None,
            before: None,
        };
        no_partition(&set, reason, &machine.facts()).map(Told::from).unwrap()
    };
    let machine =
        v2().file("/cg/cpuset.cpus.effective", "0-3\n").file("/cg/a/cpuset.cpus.partition", "member\n");
    let told = ask(&machine, "/cg/a", "cpuset.cpus and cpuset.cpus.exclusive are empty");
    assert_eq!(told.id, "XNS-C6-partition");
    assert_eq!(told.cures, ["xcgroup set /a cpuset.cpus=3 cpuset.cpus.partition=root"]);
    let told = ask(&machine, "/cg/new", "cpuset.cpus and cpuset.cpus.exclusive are empty");
    assert_eq!(told.cures, ["--set cpuset.cpus=3 --set cpuset.cpus.partition=root"]);
    let told = ask(&machine, "/cg/a/b", "Parent is not a partition root");
    assert_eq!(told.cures, ["xcgroup set /a cpuset.cpus.partition=root"]);
    let beside = machine.file("directories:/cg", "a\nc").file("/cg/c/cpuset.cpus", "0\n");
    let told = ask(&beside, "/cg/a", "Cpu list in cpuset.cpus not exclusive");
    assert!(told.because.contains(&"/cg/c/cpuset.cpus says 0".to_owned()), "{told:?}");
}
