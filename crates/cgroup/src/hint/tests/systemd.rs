//! Systemd as the owner.

use super::{Machine, Told};
use crate::hint::{no_bus, systemd_owns};
use std::path::Path;

fn owned(machine: &Machine, directory: &str) -> Option<Told> {
    systemd_owns(Path::new(directory), &machine.facts()).map(Told::from)
}

#[test]
fn e55_what_is_neither_ours_nor_delegated() {
    let machine = Machine::v2().directory("/run/systemd/system");
    let told = owned(&machine, "/cg/a").unwrap();
    assert_eq!(told.id, "XNS-E55-systemd");
    assert_eq!(told.cures[0], "systemd-run --scope -p Delegate=yes xcgexec -g x");
    assert_eq!(owned(&Machine::v2(), "/cg/a"), None);
    assert_eq!(owned(&machine, "/cg/me/x"), None);
    let delegated = machine.clone().file("attribute:user.delegate:/cg/a", "1");
    assert_eq!(owned(&delegated, "/cg/a/b"), None);
    let trusted = machine.clone().file("attribute:trusted.delegate:/cg/a", "1");
    assert_eq!(owned(&trusted, "/cg/a"), None);
    // The root is above all.
    let at_root = machine.file("/proc/self/cgroup", "0::/\n");
    assert_eq!(owned(&at_root, "/cg/a").unwrap().id, "XNS-E55-systemd");
}

#[test]
fn e56_no_bus_to_ask() {
    let ask = |machine: &Machine| no_bus(&machine.facts()).map(Told::from);
    let user = Machine::v2().user(1000);
    assert_eq!(ask(&user).unwrap().id, "XNS-E56-no-systemd");
    let booted = user.directory("/run/systemd/system");
    let told = ask(&booted).unwrap();
    assert_eq!((told.id, told.cures[0].as_str()), ("XNS-E56-no-bus", "sudo loginctl enable-linger 1000"));
    let session = booted.clone().directory("/run/user/1000");
    assert_eq!(
        ask(&session).unwrap().cures,
        ["XDG_RUNTIME_DIR=/run/user/1000 systemd-run --user --scope -p Delegate=yes xcgexec -g x"]
    );
    assert_eq!(ask(&booted.variable("XDG_RUNTIME_DIR", "/run/user/1000")), None);
    assert_eq!(ask(&session.user(0)), None);
}
