//! Clones into a group.

use super::{Machine, Told};
use crate::hint::not_cloned;
use std::path::Path;
use xns_core::Errno;

fn refused(machine: &Machine, group: &str, errno: Errno) -> Option<Told> {
    not_cloned(Path::new(group), errno, &machine.facts()).map(Told::from)
}

#[test]
fn e07_which_group_is_full() {
    let machine = Machine::v2()
        .group("/cg/a/b", 0)
        .file("/cg/a/b/pids.max", "max\n")
        .file("/cg/a/b/pids.current", "3\n")
        .file("/cg/a/pids.max", "3\n")
        .file("/cg/a/pids.events", "max 5\n");
    let full = machine.clone().file("/cg/a/pids.current", "3\n");
    let told = refused(&full, "/cg/a/b", Errno::EAGAIN).unwrap();
    assert_eq!(told.id, "XNS-E07-pids-max");
    assert_eq!(
        told.because,
        ["/cg/a/pids.max is 3, pids.current is 3", "/cg/a/pids.events counts 5 refusals"]
    );
    assert_eq!(told.cures[0], "xcgroup set /a pids.max=100");
    let free = machine.file("/cg/a/pids.current", "2\n");
    assert_eq!(refused(&free, "/cg/a/b", Errno::EAGAIN), None);
}

#[test]
fn what_an_attach_has_too() {
    let machine =
        Machine::v2().group("/cg/a", 1000).user(1000).file("/cg/a/cgroup.subtree_control", "pids\n");
    assert_eq!(refused(&machine, "/cg/a", Errno::EBUSY).unwrap().id, "XNS-E40-internal");
    assert_eq!(refused(&machine, "/cg/a", Errno::EACCES).unwrap().id, "XNS-E43-common-ancestor");
    assert_eq!(refused(&machine, "/cg", Errno::EACCES).unwrap().id, "XNS-E43-not-yours");
    assert_eq!(refused(&machine, "/cg/gone", Errno::ENODEV).unwrap().id, "XNS-E50-removed");
    assert_eq!(refused(&machine, "/cg/gone", Errno::EOPNOTSUPP).unwrap().id, "XNS-E45-threaded");
    assert_eq!(refused(&Machine::hybrid(), "/cg/cpu/a", Errno::EBADF).unwrap().id, "XNS-E49-version-1");
    assert_eq!(refused(&machine, "/cg/a", Errno::EBADF), None);
}
