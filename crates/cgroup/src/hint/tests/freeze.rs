//! Processes that do not stop, go on, or end.

use super::{Machine, Told};
use crate::Version;
use crate::hint::{frozen, not_frozen, not_killed};
use crate::op::Freeze;
use std::path::Path;
use xns_core::Errno;

fn refused(
    machine: &Machine,
    directory: &str,
    version: Version,
    frozen: bool,
    timed_out: bool,
    errno: Errno,
) -> Option<Told> {
    let step = Freeze { directory: directory.into(), version, frozen };
    not_frozen(&step, timed_out, errno, &machine.facts()).map(Told::from)
}

fn v2() -> Machine {
    Machine::v2().group("/cg/a", 0).file("/cg/a/cgroup.procs", "7\n8\n").process(7, "sh", 'S', 0, 0)
}

#[test]
fn c4_who_has_not_stopped() {
    let machine = v2().process(8, "dd", 'D', 0, 0).file("/proc/8/wchan", "io_schedule");
    let told = refused(&machine, "/cg/a", Version::V2, true, true, Errno::ETIMEDOUT).unwrap();
    assert_eq!(
        (told.id, told.cause.as_str()),
        ("XNS-C4-not-frozen", "not all of its processes have stopped: 8 (dd)")
    );
    assert_eq!(told.because, ["/proc/8/stat shows the state D, in io_schedule (/proc/8/wchan)"]);
    assert_eq!(told.cures, ["xcgroup freeze /a", "xcgroup thaw /a"]);
    let stopped = v2().process(8, "dd", 'S', 0, 0);
    assert_eq!(refused(&stopped, "/cg/a", Version::V2, true, true, Errno::ETIMEDOUT), None);
    // By version 1 the frozen are in D.
    let machine = Machine::hybrid()
        .group("/cg/freezer/a", 0)
        .file("/cg/freezer/a/cgroup.procs", "7\n8\n")
        .process(7, "frozen", 'D', 0, 0)
        .process(8, "forks", 'R', 0, 0);
    let told = refused(&machine, "/cg/freezer/a", Version::V1, true, true, Errno::ETIMEDOUT).unwrap();
    assert_eq!(told.cause, "not all of its processes have stopped: 8 (forks)");
}

#[test]
fn c4_frozen_above() {
    let machine = v2().file("/cg/a/cgroup.freeze", "1\n");
    let told = refused(&machine, "/cg/a/b", Version::V2, false, true, Errno::ETIMEDOUT).unwrap();
    assert_eq!((told.id, told.cures), ("XNS-C4-frozen-above", vec!["xcgroup thaw /a".to_owned()]));
    assert_eq!(refused(&v2(), "/cg/a/b", Version::V2, false, true, Errno::ETIMEDOUT), None);
    let machine = Machine::hybrid().file("/cg/freezer/a/freezer.self_freezing", "1\n");
    let told = refused(&machine, "/cg/freezer/a/b", Version::V1, false, true, Errno::ETIMEDOUT).unwrap();
    assert_eq!(told.because, ["/cg/freezer/a/freezer.self_freezing says 1"]);
}

#[test]
fn c4_where_nothing_freezes() {
    let ask = |group: &str| refused(&v2(), group, Version::V2, true, false, Errno::ENOENT).unwrap().id;
    assert_eq!(ask("/cg"), "XNS-C4-root");
    assert_eq!(ask("/cg/a"), "XNS-C4-no-file");
    assert_eq!(ask("/cg/none"), "XNS-E50-no-group");
    let told = refused(
        &v2().user(7).file("owner:/cg/a/cgroup.freeze", "0"),
        "/cg/a",
        Version::V2,
        true,
        false,
        Errno::EACCES,
    )
    .unwrap();
    assert_eq!(told.id, "XNS-C2-not-yours");
}

#[test]
fn c5_who_does_not_end() {
    let ask = |machine: &Machine, stay, errno| {
        not_killed(Path::new("/cg/a"), stay, errno, &machine.facts()).map(Told::from)
    };
    let machine = v2().process(8, "dd", 'D', 0, 0);
    let told = ask(&machine, true, Errno::ETIMEDOUT).unwrap();
    assert_eq!((told.id, told.because[0].as_str()), ("XNS-C5-asleep", "/proc/8/stat shows the state D"));
    assert_eq!(told.cures[0], "cat /proc/8/stack");
    let zombies = v2().process(7, "sh", 'Z', 0, 0);
    assert_eq!(ask(&zombies, true, Errno::ETIMEDOUT), None);
    let frozen = machine.clone().file("/cg/cgroup.freeze", "1\n");
    assert_eq!(ask(&frozen, true, Errno::ETIMEDOUT).unwrap().id, "XNS-C4-frozen-above");
    let others = machine.file("/proc/8/status", "Uid:\t0\t0\t0\t0\n").user(1000);
    let told = ask(&others, false, Errno::EPERM).unwrap();
    assert_eq!(
        (told.id, told.because),
        ("XNS-C5-other-user", vec!["it runs as uid 0; you are uid 1000".to_owned()])
    );
    assert_eq!(ask(&v2().user(1000), false, Errno::EACCES).unwrap().id, "XNS-C2-not-yours");
    assert_eq!(ask(&Machine::v2(), false, Errno::ENOENT).unwrap().id, "XNS-E50-no-group");
}

#[test]
fn c4_who_comes_into_a_frozen_group() {
    let ask =
        |machine: &Machine, directory: &str| frozen(Path::new(directory), &machine.facts()).map(Told::from);
    let machine = v2().file("/cg/a/cgroup.freeze", "1\n");
    let told = ask(&machine, "/cg/a/xcgexec-7").unwrap();
    assert_eq!((told.id, told.cures), ("XNS-C4-frozen", vec!["xcgroup thaw /a".to_owned()]));
    assert_eq!(told.because, ["/cg/a/cgroup.freeze says 1"]);
    assert_eq!(ask(&v2().file("/cg/a/cgroup.freeze", "0\n"), "/cg/a"), None);
    let v1 = Machine::hybrid().file("/cg/freezer/a/freezer.self_freezing", "1\n");
    assert_eq!(ask(&v1, "/cg/freezer/a").unwrap().cures, ["xcgroup thaw /a"]);
}
