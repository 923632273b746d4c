//! Each option.

use super::*;
use crate::limits::LimitKey::*;

#[test]
fn memory_bounds_swap_too() {
    let options = [(Memory, "500M")];
    assert_eq!(
        v1().lines(&options),
        ["memory.limit_in_bytes=524288000", "memory.memsw.limit_in_bytes?=524288000"]
    );
    assert_eq!(v2().lines(&options), ["memory.max=524288000", "memory.swap.max?=0"]);
    assert_eq!(hybrid().lines(&options), v1().lines(&options));
    assert!(notes(v1(), &options)[0].contains("500M = 524288000 bytes"));
}

#[test]
fn swap_is_beside_the_memory() {
    let options = [(Memory, "500M"), (Swap, "100M")];
    assert_eq!(
        v1().lines(&options),
        ["memory.limit_in_bytes=524288000", "memory.memsw.limit_in_bytes=629145600"]
    );
    assert_eq!(v2().lines(&options), ["memory.max=524288000", "memory.swap.max=104857600"]);
    let unbounded = [(Memory, "500M"), (Swap, "max")];
    assert_eq!(v1().lines(&unbounded), ["memory.limit_in_bytes=524288000", "memory.memsw.limit_in_bytes=-1"]);
    let none = [(Memory, "max")];
    assert_eq!(v1().lines(&none), ["memory.limit_in_bytes=-1", "memory.memsw.limit_in_bytes?=-1"]);
    assert_eq!(v2().lines(&none), ["memory.max=max", "memory.swap.max?=max"]);
    let alone = [(Swap, "100M")];
    assert_eq!(v2().lines(&alone), ["memory.swap.max=104857600"]);
    assert!(
        v1().lines(&alone)[0]
            .starts_with("--swap needs --memory here: version 1 has one limit for both together")
    );
    assert_eq!(v1().lines(&[(Swap, "max")]), ["memory.memsw.limit_in_bytes=-1"]);
    let known = v1().with("/cg/memory/a/g/memory.limit_in_bytes", "104857600\n");
    assert_eq!(known.lines(&alone), ["memory.memsw.limit_in_bytes=209715200"]);
    let without = v1().with("/cg/memory/a/g/memory.limit_in_bytes", "9223372036854771712\n");
    assert!(without.lines(&alone)[0].starts_with("--swap needs --memory"));
    let sum = [(Memory, "5E"), (Swap, "5E")];
    assert!(v1().lines(&sum)[0].contains("more than the kernel can count"), "{:?}", v1().lines(&sum));
}

#[test]
fn both_grow_before_memory_grows_beyond_them() {
    let bounded = || {
        v1().with("/cg/memory/a/g/memory.limit_in_bytes", "104857600\n")
            .with("/cg/memory/a/g/memory.memsw.limit_in_bytes", "104857600\n")
    };
    assert_eq!(
        bounded().lines(&[(Memory, "200M")]),
        ["memory.memsw.limit_in_bytes?=209715200", "memory.limit_in_bytes=209715200"]
    );
    assert_eq!(
        bounded().lines(&[(Memory, "50M")]),
        ["memory.limit_in_bytes=52428800", "memory.memsw.limit_in_bytes?=52428800"]
    );
    assert_eq!(bounded().lines(&[(Memory, "max")])[0], "memory.memsw.limit_in_bytes?=-1");
}

#[test]
fn a_request_is_protection_and_weight() {
    let options = [(MemoryRequest, "256Mi"), (CpuRequest, "250m")];
    assert_eq!(v1().lines(&options), ["memory.soft_limit_in_bytes=268435456", "cpu.shares=256"]);
    assert_eq!(v2().lines(&options), ["memory.low=268435456", "cpu.weight=25"]);
    assert_eq!(hybrid().lines(&options), ["memory.soft_limit_in_bytes=268435456", "cpu.weight=25"]);
    assert!(notes(v1(), &options)[0].contains("version 1 protects no memory"));
}

#[test]
fn cpu_time_and_weights() {
    assert_eq!(v1().lines(&[(Cpu, "50%")]), ["cpu.cfs_quota_us=50000"]);
    assert_eq!(v2().lines(&[(Cpu, "50%")]), ["cpu.max=50000 100000"]);
    assert_eq!(v1().lines(&[(Cpu, "50%/200ms")]), ["cpu.cfs_period_us=200000", "cpu.cfs_quota_us=100000"]);
    assert_eq!(
        (v1().lines(&[(Cpu, "max")]), v2().lines(&[(Cpu, "max")])),
        (vec!["cpu.cfs_quota_us=-1".to_owned()], vec!["cpu.max=max".to_owned()])
    );
    assert_eq!(v1().lines(&[(CpuWeight, "50")]), ["cpu.shares=512"]);
    assert_eq!(v2().lines(&[(CpuWeight, "50")]), ["cpu.weight=50"]);
    assert_eq!(v1().lines(&[(CpuShares, "512")]), ["cpu.shares=512"]);
    assert_eq!(v2().lines(&[(CpuShares, "512")]), ["cpu.weight=50"]);
    let two = [(CpuWeight, "50"), (CpuRequest, "1")];
    assert_eq!(
        v2().lines(&two),
        ["--cpu-weight and --cpu-request set the same weight: only one of them can be given"]
    );
}

#[test]
fn quota_and_period_pass_nothing_that_the_kernel_refuses() {
    let now = |quota: &str, period: &str| {
        v1().with("/cg/cpu/a/g/cpu.cfs_quota_us", quota).with("/cg/cpu/a/g/cpu.cfs_period_us", period)
    };
    // From half of a CPU to half in a tenth of the period: with the period first it would be five CPUs.
    let shorter = [(Cpu, "50%/10ms")];
    assert_eq!(
        now("50000\n", "100000\n").lines(&shorter),
        ["cpu.cfs_quota_us=5000", "cpu.cfs_period_us=10000"]
    );
    let longer = [(Cpu, "50%/1s")];
    assert_eq!(
        now("50000\n", "100000\n").lines(&longer),
        ["cpu.cfs_period_us=1000000", "cpu.cfs_quota_us=500000"]
    );
    assert_eq!(now("-1\n", "100000\n").lines(&shorter), ["cpu.cfs_period_us=10000", "cpu.cfs_quota_us=5000"]);
    assert_eq!(
        now("50000\n", "200000\n").lines(&[(Cpu, "20%")]),
        ["cpu.cfs_quota_us=20000", "cpu.cfs_period_us=100000"]
    );
}

#[test]
fn a_cpuset_of_version_1_has_both_halves() {
    assert_eq!(v1().lines(&[(Cpuset, "1,0")]), ["cpuset.cpus=0-1", "cpuset.mems=0"]);
    assert_eq!(v1().lines(&[(CpusetMems, "0")]), ["cpuset.mems=0", "cpuset.cpus=0-3"]);
    assert_eq!(v2().lines(&[(Cpuset, "0-1")]), ["cpuset.cpus=0-1"]);
    let above = v1().with("/cg/cpuset/a/cpuset.mems", "1\n");
    assert_eq!(above.lines(&[(Cpuset, "0")])[1], "cpuset.mems=1");
    let empty = v1().with("/cg/cpuset/a/cpuset.mems", "\n");
    assert_eq!(empty.lines(&[(Cpuset, "0")])[1], "cpuset.mems=0");
    let set = v1().with("/cg/cpuset/a/g/cpuset.mems", "0\n");
    assert_eq!(set.lines(&[(Cpuset, "0")]), ["cpuset.cpus=0"]);
    assert_eq!(v1().lines(&[(Set, "cpuset.cpus=0")]), ["cpuset.cpus=0", "cpuset.mems=0"]);
    let nowhere = "--cpuset needs the controller cpuset: it is in hierarchy 5 of version 1, which is mounted nowhere here";
    assert_eq!(hybrid().lines(&[(Cpuset, "0")]), [nowhere]);
}

#[test]
fn rates_of_disks() {
    let options =
        [(IoRead, "254:0=100M"), (IoWrite, "254:0=1MB/s"), (IoReadIops, "7:0=2k"), (IoRead, "254:1=max")];
    assert_eq!(
        v1().with_disks().lines(&options),
        [
            "blkio.throttle.write_bps_device=254:0 1000000",
            "blkio.throttle.read_bps_device=254:0 0",
            "blkio.throttle.read_iops_device=7:0 2000"
        ]
    );
    let version2 = ["io.max=254:0 wbps=1000000 rbps=max", "io.max=7:0 riops=2000"];
    assert_eq!(v2().with_disks().lines(&options), version2);
    assert_eq!(hybrid().with_disks().lines(&options), version2);
    let notes = notes(v1().with_disks(), &options);
    assert!(notes[0].contains("1MB/s = 1000000 bytes/s") && notes[0].contains("page cache"), "{notes:?}");
    assert!(notes[1].contains("254:1 is vda1, part of vda"), "{notes:?}");
    assert_eq!(v1().lines(&[(IoRead, "9:9=1M")]), ["--io-read: there is no block device 9:9"]);
}

#[test]
fn bounded_writes_want_memory_counted_too() {
    let also = |machine: Machine, key| {
        let facts = machine.facts();
        limits(&[(key, "254:0=1M")]).unwrap().also_enabled(&Layout::of(&facts))
    };
    assert_eq!(also(v2(), IoWrite), Some("memory"));
    assert_eq!((also(v2(), IoRead), also(hybrid(), IoWrite), also(v1(), IoWrite)), (None, None, None));
}

#[test]
fn weights_of_disks_where_there_is_a_file() {
    let options = [(IoWeight, "200")];
    assert!(v1().lines(&options)[0].contains("blkio.bfq.weight only with the scheduler BFQ"));
    let bfq = v1().with("/cg/blkio/a/blkio.bfq.weight", "100\n");
    assert_eq!(bfq.lines(&options), ["blkio.bfq.weight=200"]);
    let root = || v1().with("/cg/blkio/blkio.bfq.io_service_bytes", "Total 0\n");
    assert_eq!(root().lines(&[(IoWeight, "5000")]), ["blkio.bfq.weight=1000"]);
    assert!(notes(root(), &options)[0].contains("any other ignores this weight"));
    let disk = |names, scheduler| {
        let disks = root().with("names:/sys/block", names).with("/sys/block/vda/dev", "254:0\n");
        disks.with("/sys/block/vda/queue/scheduler", scheduler)
    };
    assert_eq!(notes(disk("vda", "none [bfq]\n"), &options), [""]);
    assert!(notes(disk("vda", "[none] bfq\n"), &options)[0].contains("any other ignores this weight"));
    let some = disk("loop0\nsda\nvda", "none [bfq]\n").with("/sys/block/sda/dev", "8:0\n");
    let some = some.with("/sys/block/sda/queue/scheduler", "[none]\n").with("/sys/block/loop0/dev", "7:0\n");
    assert_eq!(notes(some, &options), ["this weight counts on vda, and is ignored on sda"]);
    let cfq = v1().with("/cg/blkio/a/blkio.weight", "500\n");
    assert_eq!(cfq.lines(&options), ["blkio.weight=1000"]);
    let cost =
        v2().with("/cg/a/io.weight", "default 100\n").with("/cg/io.cost.qos", "8:0 enable=1 ctrl=auto\n");
    assert_eq!(cost.lines(&options), ["io.weight=default 200"]);
    let both = v2().with("/cg/a/io.weight", "default 100\n").with("/cg/a/io.bfq.weight", "default 100\n");
    assert_eq!(both.lines(&options), ["io.weight=default 200", "io.bfq.weight=200"]);
    assert!(v2().lines(&options)[0].contains("this kernel shows neither"));
}

#[test]
fn classes_of_packets_are_version_1s() {
    let options = [(NetClass, "1:1")];
    assert_eq!(v1().lines(&options), ["net_cls.classid=0x00010001"]);
    for (machine, why) in [(v2(), "no hierarchy that is mounted here"), (hybrid(), "disabled at boot")] {
        let error = &machine.lines(&options)[0];
        assert!(error.contains(why) && error.contains("socket cgroupv2"), "{error}");
    }
}

#[test]
fn pids_are_everywhere() {
    for machine in [v1(), v2(), hybrid()] {
        assert_eq!(machine.lines(&[(Pids, "20")]), ["pids.max=20"]);
    }
    let none = hybrid().lines(&[(Cpu, "1"), (Pids, "max")]);
    assert_eq!(none, ["cpu.max=100000 100000", "pids.max=max"]);
}

#[test]
fn a_wrong_value_names_its_option() {
    let error = limits(&[(Memory, "500MB")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "unsupported --memory argument '500MB': memory is counted without a B, as in the kernel's files; write 500M"
    );
    assert_eq!((error.key(), error.pointed().as_deref()), (Memory, Some("  500MB\n      ^")));
    for (key, text) in [(IoRead, "/home"), (IoRead, "=1M"), (IoRead, "/home=1Q"), (Memory, "0"), (Pids, "-1")]
    {
        assert!(limits(&[(key, text)]).is_err(), "{text}");
    }
    assert_eq!(limits(&[(IoRead, "/a=b=1Q")]).unwrap_err().pointed().unwrap(), "  /a=b=1Q\n        ^");
}

#[test]
fn numbers_are_whole_pages() {
    assert_eq!(notes(v2(), &[(Memory, "500000")])[0], "the kernel keeps whole pages: 499712 bytes");
    let large = |bytes: usize| -> Vec<u8> {
        [6_usize, bytes, 0, 0].iter().flat_map(|word| word.to_ne_bytes()).collect()
    };
    let mut machine = v2();
    machine.files.push(("/proc/self/auxv".to_owned(), large(65_536)));
    assert!(machine.lines(&[(Memory, "8K")])[0].contains("65536 bytes"));
}

#[test]
fn nothing_asked_for_is_nothing_set() {
    assert!(Limits::default().is_empty());
    assert!(v1().lines(&[]).is_empty());
    for (place, key) in LimitKey::ALL.into_iter().enumerate() {
        assert!(LimitKey::ALL[..place].iter().all(|other| other.long() != key.long()));
    }
    assert!(!limits(&[(Pids, "1")]).unwrap().is_empty());
}

/// Who types 50 may mean 50%.
#[test]
fn more_cpus_than_there_are_are_told() {
    let told = |machine: Machine, text: &str| {
        let machine = machine.with("/sys/devices/system/cpu/online", "0-3\n");
        let settings = machine.settings(&limits(&[(LimitKey::Cpu, text)]).unwrap()).unwrap();
        settings.into_iter().filter_map(|setting| setting.told).collect::<Vec<_>>()
    };
    let bare = "50 is 50 CPUs, and 50% were that much of one: more than the CPUs that are online (0-3), so that nothing is bounded";
    assert_eq!((told(v1(), "50"), told(v2(), "50")), (vec![bare.to_owned()], vec![bare.to_owned()]));
    assert!(told(v2(), "401%")[0].starts_with("401% is more than the CPUs"));
    for text in ["4", "400%", "50%", "max"] {
        assert!(told(v2(), text).is_empty(), "{text}");
    }
}
