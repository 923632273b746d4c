//! Processes that do not come into a group.

use super::{Machine, Told};
use crate::Version;
use crate::hint::{attach, not_joined, not_moved, process_not_moved};
use crate::op::Move;
use std::path::Path;
use xns_core::Errno;

fn entered(machine: &Machine, group: &str, errno: Errno) -> Option<Told> {
    machine.ask(group, |group| attach::refused(None, group, errno))
}

fn moved(machine: &Machine, group: &str, pid: u32, errno: Errno) -> Option<Told> {
    machine.ask(group, |group| attach::refused(Some(pid), group, errno))
}

#[test]
fn e50_the_group_is_missing() {
    let machine = Machine::hybrid().group("/cg/memory/lab", 0).file("directories:/cg/cpu", "lap\nother\n");
    let told = machine.ask("/cg/cpu/lab", |group| attach::not_opened("tasks", group, Errno::ENOENT)).unwrap();
    assert_eq!(
        (told.id, told.cause.as_str()),
        ("XNS-E50-no-group", "there is no group /lab in the hierarchy cpu")
    );
    assert_eq!(
        told.because,
        ["/cg/cpu/lab is not there", "the group is in memory", "the groups in /cg/cpu: lap, other"]
    );
    assert_eq!(told.cures, ["lap", "xcgroup create /lab"]);
    let there = machine.group("/cg/cpu/lab", 0);
    assert_eq!(there.ask("/cg/cpu/lab", |group| attach::not_opened("tasks", group, Errno::ENOENT)), None);
}

#[test]
fn e50_the_group_is_gone() {
    let machine = Machine::v2();
    assert_eq!(entered(&machine, "/cg/a", Errno::ENODEV).unwrap().id, "XNS-E50-removed");
    assert_eq!(entered(&machine.group("/cg/a", 0), "/cg/a", Errno::ENODEV), None);
}

#[test]
fn e43_the_file_is_somebody_elses() {
    let facts = Machine::v2().group("/cg/a", 7).user(1000).facts();
    let told: Told = not_joined(Path::new("/cg/a"), Version::V2, true, Errno::EACCES, &facts).unwrap().into();
    assert_eq!(
        (told.id, told.cause.as_str()),
        ("XNS-E43-not-yours", "only uid 7 may move processes into /a")
    );
    assert_eq!(told.because, ["/cg/a/cgroup.procs belongs to uid 7; you are uid 1000"]);
    assert_eq!(told.cures, ["sudo xcgexec -g x"]);
}

#[test]
fn e43_the_group_above_both() {
    let machine = Machine::v2().group("/cg/a", 1000).user(1000);
    let told = entered(&machine, "/cg/a", Errno::EACCES).unwrap();
    assert_eq!(told.id, "XNS-E43-common-ancestor");
    assert_eq!(
        told.because,
        ["from /cg/me to /cg/a: that is /cg/cgroup.procs", "it belongs to uid 0; you are uid 1000"]
    );
    assert_eq!(told.cures, ["sudo xcgexec -g x"]);
    let booted = machine.directory("/run/systemd/system").variable("XDG_RUNTIME_DIR", "/run/user/1000");
    let told = entered(&booted, "/cg/a", Errno::EACCES).unwrap();
    assert_eq!(told.cures[0], "systemd-run --user --scope -p Delegate=yes xcgexec -g x");
}

#[test]
fn e43_another_users_process() {
    let machine = Machine::hybrid().file("/proc/7/status", "Name:\tx\nUid:\t0\t0\t0\t0\n").user(1000);
    let told = moved(&machine, "/cg/cpu/a", 7, Errno::EACCES).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-E43-other-user", vec!["it runs as uid 0; you are uid 1000".into()])
    );
    let own = machine.file("/proc/7/status", "Name:\tx\nUid:\t1000\t0\t0\t0\n");
    assert_eq!(moved(&own, "/cg/cpu/a", 7, Errno::EACCES), None);
}

#[test]
fn e44_outside_of_the_namespace() {
    let machine =
        Machine::v2().file("/proc/7/cgroup", "0::/../other\n").file("/proc/8/cgroup", "0::/other\n");
    let told = moved(&machine, "/cg/a", 7, Errno::ENOENT).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-E44-outside", vec!["/proc/7/cgroup says /../other".to_owned()])
    );
    assert_eq!(moved(&machine, "/cg/a", 8, Errno::ENOENT), None);
    let mount = "30 2 0:2 /.. /cg rw - cgroup2 cgroup2 rw\n";
    let within = machine.clone().file("/proc/self/mountinfo", mount).file("/proc/self/cgroup", "0::/\n");
    let told = entered(&within, "/cg/other", Errno::ENOENT).unwrap();
    assert_eq!(told.because, ["/cg shows more than your namespace: its root is /.."]);
    assert_eq!(moved(&machine, "/cg/a", 7, Errno::EACCES).unwrap().id, "XNS-E44-outside");
}

#[test]
fn e46_processes_that_are_none() {
    let machine = Machine::v2().process(7, "gone", 'Z', 0, 0).process(8, "here", 'S', 0, 0);
    let told = moved(&machine, "/cg/a", 9, Errno::ESRCH).unwrap();
    assert_eq!((told.id, told.cause.as_str()), ("XNS-E46-no-process", "no process has the number 9 here"));
    assert_eq!(moved(&machine, "/cg/a", 7, Errno::ESRCH).unwrap().cause, "process 7 (gone) has ended");
    assert_eq!(moved(&machine, "/cg/a", 8, Errno::ESRCH), None);
}

#[test]
fn e46_kernel_threads() {
    let machine =
        Machine::v2().process(2, "kthreadd", 'S', 0x0020_8040, 0).process(3, "sh", 'S', 0x0040_0000, 0);
    let told = moved(&machine, "/cg/a", 2, Errno::EINVAL).unwrap();
    assert_eq!(
        (told.id, told.cause.as_str()),
        (
            "XNS-E46-kernel-thread",
            "process 2 (kthreadd) is a thread of the kernel, and stays in the root group"
        )
    );
    assert_eq!(moved(&machine, "/cg/a", 3, Errno::EINVAL), None);
}

#[test]
fn e46_real_time_without_time() {
    let machine = Machine::hybrid()
        .process(7, "player", 'S', 0, 2)
        .file("/cg/cpu/a/cpu.rt_runtime_us", "0\n")
        .file("/cg/cpu/b/cpu.rt_runtime_us", "1000\n");
    let told = moved(&machine, "/cg/cpu/a", 7, Errno::EINVAL).unwrap();
    assert_eq!(told.id, "XNS-E46-real-time");
    assert_eq!(
        told.because,
        ["its policy is SCHED_RR (proc_pid_stat(5), field 41)", "/cg/cpu/a/cpu.rt_runtime_us is 0"]
    );
    assert_eq!(told.cures, ["chrt -o -p 0 7", "xcgroup set /a cpu.rt_runtime_us=10000"]);
    assert_eq!(moved(&machine, "/cg/cpu/b", 7, Errno::EINVAL), None);
    assert_eq!(moved(&machine, "/cg/memory/a", 7, Errno::EINVAL), None);
    // A thread of it, and a group that was taken back.
    let thread = Machine::hybrid()
        .file("names:/proc/self/task", "8")
        .file("/proc/self/task/8/stat", &format!("8 (x) S {}\n", ["0"; 37].join(" ") + " 1 0"));
    let told = entered(&thread, "/cg/cpu/new", Errno::EINVAL).unwrap();
    assert_eq!((told.id, told.cures), ("XNS-E46-real-time", vec!["chrt -o 0 xcgexec -g x".to_owned()]));
}

#[test]
fn c3_an_empty_cpuset() {
    let machine = Machine::hybrid()
        .group("/cg/cpuset/a", 0)
        .file("/cg/cpuset/a/cpuset.cpus", "\n")
        .file("/cg/cpuset/a/cpuset.mems", "0\n")
        .file("/cg/cpuset/cpuset.cpus", "0-1\n")
        .file("/cg/cpuset/cpuset.mems", "0\n");
    let told = entered(&machine, "/cg/cpuset/a", Errno::ENOSPC).unwrap();
    assert_eq!(
        (told.id, told.cause.as_str()),
        ("XNS-C3-empty-cpuset", "the group has no cpuset.cpus yet, and nothing can run in it")
    );
    assert_eq!(told.because, ["/cg/cpuset/a/cpuset.cpus is empty", "/cg/cpuset/cpuset.cpus says 0-1"]);
    assert_eq!(told.cures, ["xcgroup set /a --cpuset 0-1", "echo 1 > /cg/cpuset/cgroup.clone_children"]);
    // Taken back: a new group has neither.
    let told = entered(&machine, "/cg/cpuset/new", Errno::ENOSPC).unwrap();
    assert_eq!(told.because[0], "cpuset.cpus of a new group is empty");
    assert_eq!(told.cures[0], "xcgroup set /new --cpuset 0-1 --cpuset-mems 0");
    let run = machine.clone().pid(9);
    let told = entered(&run, "/cg/cpuset/xcgexec-9", Errno::ENOSPC).unwrap();
    assert_eq!(told.cures[0], "xcgexec --cpuset 0-1 --cpuset-mems 0 -g x");
    let filled = machine.file("/cg/cpuset/a/cpuset.cpus", "1\n");
    assert_eq!(entered(&filled, "/cg/cpuset/a", Errno::ENOSPC), None);
}

#[test]
fn e40_no_internal_processes() {
    let machine = Machine::v2()
        .group("/cg/a", 0)
        .file("/cg/a/cgroup.subtree_control", "memory pids\n")
        .file("directories:/cg/a", "x");
    let told = entered(&machine, "/cg/a", Errno::EBUSY).unwrap();
    assert_eq!(told.id, "XNS-E40-internal");
    assert_eq!(told.because, ["/cg/a/cgroup.subtree_control says memory pids", "the groups below it are x"]);
    assert_eq!(told.cures, ["xcgroup create /a/leaf", "echo '-memory -pids' > /cg/a/cgroup.subtree_control"]);
    assert_eq!(entered(&Machine::v2().group("/cg/a", 0), "/cg/a", Errno::EBUSY), None);
}

#[test]
fn e45_below_a_threaded_group() {
    let machine = Machine::v2()
        .group("/cg/a/b", 0)
        .file("/cg/a/b/cgroup.type", "domain invalid\n")
        .file("/cg/a/cgroup.type", "domain threaded\n");
    let told = entered(&machine, "/cg/a/b", Errno::EOPNOTSUPP).unwrap();
    assert_eq!(told.id, "XNS-E45-threaded");
    assert_eq!(
        told.because,
        ["/cg/a/b/cgroup.type says domain invalid", "/cg/a/cgroup.type says domain threaded"]
    );
    assert_eq!(told.cures, ["xcgroup create /NAME", "echo threaded > /cg/a/b/cgroup.type"]);
    let threaded = machine.file("/cg/a/b/cgroup.type", "threaded\n");
    assert_eq!(entered(&threaded, "/cg/a/b", Errno::EOPNOTSUPP).unwrap().id, "XNS-E45-thread");
    let domain = threaded.file("/cg/a/b/cgroup.type", "domain\n");
    assert_eq!(entered(&domain, "/cg/a/b", Errno::EOPNOTSUPP), None);
}

#[test]
fn c2_mounted_read_only() {
    let mount = "30 2 0:2 / /cg ro - cgroup2 cgroup2 ro\n";
    let machine = Machine::v2().file("/proc/self/mountinfo", mount);
    let told = machine.ask("/cg/a", |group| attach::not_opened("cgroup.procs", group, Errno::EROFS)).unwrap();
    assert_eq!((told.id, told.cures[0].as_str()), ("XNS-C2-read-only", "mount -o remount,bind,rw /cg"));
    let writable = Machine::v2();
    assert_eq!(writable.ask("/cg/a", |group| attach::not_opened("cgroup.procs", group, Errno::EROFS)), None);
}

#[test]
fn processes_that_do_not_go_to_the_leaf() {
    let moved = |machine: &Machine, errno| {
        let (leaf, group) = (Path::new("/cg/a/xns.leaf"), Path::new("/cg/a"));
        not_moved(leaf, group, errno, &machine.facts()).map(|hint| hint.id)
    };
    let machine = Machine::v2().group("/cg/a", 7).group("/cg/a/xns.leaf", 7);
    let strangers = machine.clone().file("/cg/a/cgroup.procs", "0\n0\n");
    assert_eq!(moved(&strangers, Errno::EBUSY), Some("XNS-E46-other-namespace"));
    assert_eq!(moved(&strangers, Errno::EINVAL), Some("XNS-E46-other-namespace"));
    let forking = machine.clone().file("/cg/a/cgroup.procs", "8\n9\n");
    assert_eq!(moved(&forking, Errno::EBUSY), Some("XNS-E40-forking"));
    let passing = forking.clone().file("/cg/a/xns.leaf/cgroup.subtree_control", "pids\n");
    assert_eq!(moved(&passing, Errno::EBUSY), Some("XNS-E40-internal"));
    let kernel = forking.process(9, "kthreadd", 'S', 0x0020_0000, 0);
    assert_eq!(moved(&kernel, Errno::EINVAL), Some("XNS-E46-kernel-thread"));
    assert_eq!(moved(&machine.clone().user(1000), Errno::EACCES), Some("XNS-E43-not-yours"));
    assert_eq!(moved(&machine, Errno::EBUSY), None);
}

#[test]
fn a_move_knows_its_process() {
    let step = Move { directory: "/cg/a".into(), version: Version::V2, pid: 9, before: None };
    let hint = process_not_moved(&step, false, Errno::ESRCH, &Machine::v2().facts()).unwrap();
    assert_eq!(hint.id, "XNS-E46-no-process");
    let hint = process_not_moved(&step, true, Errno::ENOENT, &Machine::v2().facts()).unwrap();
    assert_eq!(hint.id, "XNS-E50-no-group");
}
