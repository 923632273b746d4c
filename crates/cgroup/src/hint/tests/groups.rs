//! Groups that are not made, not removed, not given away.

use super::{Machine, Told};
use crate::Version;
use crate::hint::{make, not_delegated_to, not_found, not_set, remove};
use crate::op::{Delegate, Set};
use std::path::Path;
use xns_core::Errno;

fn made(machine: &Machine, group: &str, errno: Errno) -> Option<Told> {
    machine.ask(group, |group| make::refused(group, errno))
}

fn removed(machine: &Machine, group: &str, errno: Errno) -> Option<Told> {
    machine.ask(group, |group| remove::refused(group, errno))
}

#[test]
fn c1_how_many_and_how_deep() {
    let limits = |depth: &str, count: &str| {
        Machine::v2()
            .group("/cg/a", 0)
            .file("/cg/a/cgroup.max.depth", depth)
            .file("/cg/a/cgroup.max.descendants", count)
            .file("/cg/a/cgroup.stat", "nr_descendants 2\nnr_dying_descendants 1\n")
    };
    let told = made(&limits("max", "2"), "/cg/a/b", Errno::EAGAIN).unwrap();
    assert_eq!(told.id, "XNS-C1-descendants");
    assert_eq!(
        told.because,
        ["/cg/a/cgroup.max.descendants is 2; cgroup.stat counts 2, and 1 that are removed but still used"]
    );
    assert_eq!(told.cures[0], "echo 3 > /cg/a/cgroup.max.descendants");
    let told = made(&limits("1", "9"), "/cg/a/b/c", Errno::EAGAIN).unwrap();
    assert_eq!((told.id, told.cures), ("XNS-C1-depth", vec!["echo 2 > /cg/a/cgroup.max.depth".to_owned()]));
    assert_eq!(made(&limits("1", "9"), "/cg/a/b", Errno::EAGAIN), None);
    assert_eq!(made(&limits("2", "max"), "/cg/a/b/c", Errno::EAGAIN), None);
}

#[test]
fn c1_the_numbers_of_memory_groups() {
    let full = Machine::hybrid().file("/proc/cgroups", "memory\t1\t65534\t1\n");
    assert_eq!(made(&full, "/cg/memory/a", Errno::ENOSPC).unwrap().id, "XNS-C1-memory-groups");
    assert_eq!(made(&Machine::hybrid(), "/cg/memory/a", Errno::ENOSPC), None);
}

#[test]
fn c2_and_e56_without_rights() {
    let user = Machine::v2().user(1000).group("/cg/a", 0);
    let told = made(&user, "/cg/a/b", Errno::EACCES).unwrap();
    assert_eq!((told.id, told.cause.as_str()), ("XNS-C2-not-yours", "only uid 0 may make groups in /a"));
    assert_eq!(told.cures, ["sudo xcgexec -g x"]);
    let booted = user.clone().directory("/run/systemd/system");
    let told = made(&booted, "/cg/a/b", Errno::EACCES).unwrap();
    assert_eq!(told.id, "XNS-E56-no-bus");
    assert_eq!(told.because.last().unwrap(), "/cg/a belongs to uid 0, who alone may make groups there");
    let with_bus = booted.variable("DBUS_SESSION_BUS_ADDRESS", "unix:x");
    let told = made(&with_bus, "/cg/a/b", Errno::EACCES).unwrap();
    assert_eq!(told.cures[0], "systemd-run --user --scope -p Delegate=yes xcgexec -g x");
    // Root of a user namespace.
    let inside = Machine::v2().group("/cg/a", 65534).file("/proc/self/uid_map", "0 1000 1\n");
    let told = made(&inside, "/cg/a/b", Errno::EACCES).unwrap();
    assert_eq!(told.cause, "only its owner may make groups in /a, who is nobody in your user namespace");
    assert_eq!(told.because[1], "/proc/self/uid_map says 0 1000 1");
    assert_eq!(told.cures, ["from outside your user namespace"]);
}

#[test]
fn c3_names_that_are_taken_or_none() {
    let machine = Machine::v2()
        .group("/cg/a", 0)
        .file("/cg/a/cgroup.procs", "7\n8\n")
        .file("owner:/cg/cgroup.procs", "0");
    let told = made(&machine, "/cg/a", Errno::EEXIST).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-C3-exists", vec!["/cg/a is a group, with 2 processes in it and below".to_owned()])
    );
    assert_eq!(told.cures[0], "xcgroup delete /a");
    let told = made(&machine, "/cg/cgroup.procs", Errno::EEXIST).unwrap();
    assert_eq!(told.because, ["/cg/cgroup.procs is a file of the kernel's"]);
    assert_eq!(made(&machine, "/cg/a\nb", Errno::EINVAL).unwrap().because[0], "it has a line end in it");
    let long = format!("/cg/{}", "x".repeat(300));
    assert_eq!(
        made(&machine, &long, Errno::ENAMETOOLONG).unwrap().because[0],
        "it has 300 bytes, and may have 255"
    );
    assert_eq!(made(&machine, "/cg/b", Errno::EINVAL), None);
    let told = made(&machine, "/cg/none/b", Errno::ENOENT).unwrap();
    assert_eq!((told.id, told.cures[0].as_str()), ("XNS-E50-no-group", "xcgroup create /none"));
}

#[test]
fn e48_processes_and_groups() {
    let machine =
        Machine::v2().group("/cg/a", 0).file("/cg/a/cgroup.procs", "7\n").process(7, "sh", 'S', 0, 0);
    let told = removed(&machine, "/cg/a", Errno::EBUSY).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-E48-processes", vec!["/cg/a/cgroup.procs has 1: 7 (sh)".to_owned()])
    );
    assert_eq!(told.cures, ["xcgroup kill /a && xcgroup delete /a", "xcgroup wait /a"]);
    let nested = machine.clone().file("directories:/cg/a", "b\nc d\n").file("/cg/a/b/cgroup.procs", "8\n");
    let told = removed(&nested, "/cg/a", Errno::EBUSY).unwrap();
    assert_eq!(told.id, "XNS-E48-groups");
    assert_eq!(told.because, ["the groups in /cg/a: b, c d", "in it and below: 2 processes, 7 (sh), 8"]);
    assert_eq!(told.cures, ["xcgroup kill /a && xcgroup delete -r /a"]);
    let empty = nested.file("/cg/a/cgroup.procs", "").file("/cg/a/b/cgroup.procs", "");
    assert_eq!(removed(&empty, "/cg/a", Errno::EBUSY).unwrap().cures, ["xcgroup delete -r /a"]);
    let leaving = Machine::v2().group("/cg/a", 0).file("/cg/a/cgroup.procs", "");
    assert!(removed(&leaving, "/cg/a", Errno::EBUSY).unwrap().because[0].contains("is empty"));
    assert_eq!(removed(&leaving, "/cg", Errno::EBUSY).unwrap().id, "XNS-E48-root");
    let told = removed(&leaving, "/cg/b", Errno::ENOENT).unwrap();
    assert_eq!((told.id, told.cures), ("XNS-E50-no-group", vec!["xcgroup list".to_owned()]));
    assert_eq!(removed(&leaving.user(1000), "/cg/a", Errno::EACCES).unwrap().id, "XNS-C2-not-yours");
}

#[test]
fn c7_delegating() {
    let step = Delegate {
        directory: "/cg/a".into(),
        version: Version::V2,
        uid: 7,
        gid: 8,
        before: (0, 0),
        with_below: false,
    };
    let refused = |machine: &Machine, errno| not_delegated_to(&step, errno, &machine.facts()).map(Told::from);
    let machine = Machine::v2().group("/cg/a", 0);
    let user = machine.clone().user(1000).file("/proc/self/status", "CapEff:\t0000000000000000\n");
    let told = refused(&user, Errno::EPERM).unwrap();
    assert_eq!(told.id, "XNS-C7-only-root");
    assert_eq!(told.because, ["CapEff of /proc/self/status lacks bit 0, CAP_CHOWN", "you are uid 1000"]);
    assert_eq!(told.cures, ["sudo xcgexec -g x"]);
    let inside = machine.clone().file("/proc/self/uid_map", "0 1000 1\n");
    assert_eq!(refused(&inside, Errno::EINVAL).unwrap().id, "XNS-C7-unmapped");
    assert_eq!(refused(&inside, Errno::EPERM).unwrap().cures, ["from outside your user namespace"]);
    assert_eq!(refused(&machine, Errno::EINVAL), None);
    assert_eq!(refused(&Machine::v2(), Errno::ENOENT).unwrap().id, "XNS-E50-no-group");
}

#[test]
fn e50_a_group_that_is_not_found() {
    let hint = not_found(Path::new("/cg/a"), Errno::ENOENT, &Machine::v2().facts());
    assert_eq!(hint.unwrap().id, "XNS-E50-no-group");
}

/// In a mount from outside of the cgroup namespace `/` is the machine's root; in one from inside it is a group as others.
#[test]
fn c6_whose_root_it_is() {
    let set = |machine: &Machine, errno| {
        let set = Set {
            asked: None,
            file: "/cg/cpu.max".into(),
            controller: "cpu".to_owned(),
            value: "5".to_owned(),
            optional: None,
            before: None,
        };
        not_set(&set, errno == Errno::ENOENT, errno, &machine.facts()).map(Told::from).unwrap()
    };
    let outside = Machine::v2()
        .file("/proc/self/mountinfo", "30 2 0:2 /.. /cg rw - cgroup2 cgroup2 rw\n")
        .file("/proc/self/cgroup", "0::/\n")
        .file("directories:/cg", "me")
        .file("/cg/me/cgroup.procs", "4711\n")
        .pid(4711)
        .command(&["xcgroup", "set", "/", "cpu.max=5"]);
    let told = set(&outside, Errno::ENOENT);
    assert_eq!(told.id, "XNS-C6-root");
    assert!(told.because[1].contains("outside of your cgroup namespace"), "{told:?}");
    assert_eq!(told.cures, ["xcgroup set /me cpu.max=5"]);
    let inside = Machine::v2().file("/proc/self/cgroup", "0::/\n").file("/cg/cgroup.type", "domain\n");
    assert_eq!(set(&inside, Errno::EINVAL).id, "XNS-C6-value");
}
