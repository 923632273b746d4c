//! Controllers that are not passed on.

use super::{Machine, Told};
use crate::hint::{enable, not_enabled};
use crate::op::Enable;
use xns_core::Errno;

fn refused(machine: &Machine, directory: &str, names: &[&str], errno: Errno) -> Option<Told> {
    let controllers = names.iter().map(ToString::to_string).collect();
    let step = Enable { directory: directory.into(), controllers };
    not_enabled(&step, errno, &machine.facts()).map(Told::from)
}

fn group() -> Machine {
    Machine::v2().group("/cg/a", 0).file("/cg/a/cgroup.controllers", "cpu\n").file("/cg/a/cgroup.procs", "")
}

#[test]
fn e41_and_e42_a_controller_that_is_not_there() {
    let told = refused(&group(), "/cg/a", &["cpu", "memory"], Errno::ENOENT).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-E42-not-enabled", vec!["echo +memory > /cg/cgroup.subtree_control".to_owned()])
    );
    assert_eq!(refused(&group(), "/cg/a", &["cpu"], Errno::ENOENT), None);
    let told = refused(&group(), "/cg/a", &["hugetlb"], Errno::ENOENT).unwrap();
    assert_eq!(told.id, "XNS-E41-disabled");
    let machine = Machine::hybrid().group("/cg/unified/a", 0);
    let told = refused(&machine, "/cg/unified/a", &["memory"], Errno::ENOENT).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-E41-version-1", vec!["memory is mounted at /cg/memory".to_owned()])
    );
    assert_eq!(refused(&group(), "/cg/gone", &["cpu"], Errno::ENOENT).unwrap().id, "XNS-E50-no-group");
}

#[test]
fn e47_real_time_processes_below() {
    let machine = group()
        .file("names:/proc", "1 7 8 self")
        .process(1, "init", 'S', 0, 0)
        .process(7, "rtkit-daemon", 'S', 0, 1)
        .process(8, "above", 'S', 0, 2)
        .file("/proc/7/cgroup", "0::/a/b\n")
        .file("/proc/8/cgroup", "0::/a\n");
    let told = refused(&machine, "/cg/a", &["cpu"], Errno::EINVAL).unwrap();
    assert_eq!(told.id, "XNS-E47-real-time");
    assert_eq!(
        told.because,
        ["below /cg/a are 7 (rtkit-daemon)", "the policy of 7 (rtkit-daemon) is SCHED_FIFO"]
    );
    assert_eq!(told.cures[0], "chrt -o -p 0 7");
    assert_eq!(refused(&machine, "/cg/a", &["pids"], Errno::EINVAL), None);
    assert_eq!(refused(&group(), "/cg/a", &["cpu"], Errno::EINVAL), None);
    assert_eq!(refused(&machine, "/cg/a", &["cpux"], Errno::EINVAL).unwrap().id, "XNS-E49-unknown");
}

/// To enable cpuset moves the processes below, for which the kernel asks as for sched_setaffinity(2).
#[test]
fn e43_a_process_with_more_rights() {
    let rights = |own: &str, of_7: &str| {
        group()
            .group("/cg/a", 1000)
            .user(1000)
            .file("/cg/a/cgroup.procs", "7\n")
            .process(7, "sleep", 'S', 0, 0)
            .file("/proc/self/status", &format!("CapEff:\t{own}\n"))
            .file("/proc/7/status", &format!("CapPrm:\t{of_7}\n"))
    };
    let told = refused(&rights("0", "1ff"), "/cg/a", &["cpuset"], Errno::EPERM).unwrap();
    assert_eq!(told.id, "XNS-E43-more-rights");
    assert!(told.cause.ends_with("7 (sleep) has more than you"), "{told:?}");
    assert_eq!(
        told.because,
        ["/proc/7/status says CapPrm 00000000000001ff; yours says CapEff 0000000000000000"]
    );
    assert_eq!(told.cures, ["sudo xcgroup add /OTHER 7", "sudo xcgexec -g x"]);
    for (own, of_7, controller) in [("0", "0", "cpuset"), ("800000", "1ff", "cpuset"), ("0", "1ff", "cpu")] {
        let told = refused(&rights(own, of_7), "/cg/a", &[controller], Errno::EPERM);
        assert_ne!(told.unwrap().id, "XNS-E43-more-rights", "{own} {of_7} {controller}");
    }
}

#[test]
fn e40_with_processes_in_it() {
    let machine = group().file("/cg/a/cgroup.procs", "7\n8\n").process(7, "sh", 'S', 0, 0);
    let told = refused(&machine, "/cg/a", &["cpu"], Errno::EBUSY).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-E40-internal", vec!["/cg/a/cgroup.procs has 7 (sh), 8".to_owned()])
    );
    assert_eq!(told.cures, ["xcgroup create /a/leaf && xcgroup add /a/leaf $(cat /cg/a/cgroup.procs)"]);
    assert_eq!(refused(&group(), "/cg/a", &["cpu"], Errno::EBUSY), None);
}

#[test]
fn e45_not_for_threads() {
    let machine = group().file("/cg/a/cgroup.type", "threaded\n");
    let told = refused(&machine, "/cg/a", &["cpu", "memory"], Errno::EOPNOTSUPP).unwrap();
    assert_eq!(
        (told.id, told.cause.as_str()),
        ("XNS-E45-not-for-threads", "/a is threaded, and memory works for whole processes only")
    );
    let machine = group().file("/cg/a/cgroup.type", "domain invalid\n");
    assert_eq!(refused(&machine, "/cg/a", &["cpu"], Errno::EOPNOTSUPP).unwrap().id, "XNS-E45-threaded");
    assert_eq!(refused(&group(), "/cg/a", &["cpu"], Errno::EOPNOTSUPP), None);
}

#[test]
fn c2_somebody_elses() {
    let told = refused(&group().user(1000), "/cg/a", &["cpu"], Errno::EACCES).unwrap();
    assert_eq!(
        (told.id, told.cause.as_str()),
        ("XNS-C2-not-yours", "only uid 0 may pass controllers on there")
    );
}

#[test]
fn e41_still_used_below() {
    let machine = group().file("directories:/cg/a", "b\nc").file("/cg/a/c/cgroup.subtree_control", "pids\n");
    let ask = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        machine.ask("/cg/a", |group| enable::still_used(&names, group))
    };
    let told = ask(&["pids"]).unwrap();
    assert_eq!(
        (told.id, told.cures),
        ("XNS-E41-still-used", vec!["echo -pids > /cg/a/c/cgroup.subtree_control".to_owned()])
    );
    assert_eq!(ask(&["cpu"]), None);
}
