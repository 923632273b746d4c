//! What killed runs have left.

use super::{Machine, Told};
use crate::hint::left_over;
use std::path::Path;

fn ask(machine: &Machine) -> Option<Told> {
    let above = ["/cg/memory", "/cg/cpu"].map(Path::new);
    left_over(&above, &machine.facts()).map(Told::from)
}

#[test]
fn g2_a_group_of_a_killed_run() {
    let machine = Machine::hybrid()
        .file("directories:/cg/memory", "a\nxcgexec-7\nxcgexec-8\nxcgexec-9\nxcgexec-x")
        .file("directories:/cg/cpu", "xcgexec-7\nxcgexec-7.2")
        // 8 lives; 9 does in another PID namespace, where its number is that.
        .file("/proc/12/status", "Name:\tsh\nPPid:\t11\n")
        .file("/proc/11/comm", "xcgexec\n")
        .file("owner:/proc/8", "0")
        .file("/cg/memory/xcgexec-7/cgroup.procs", "")
        .file("/cg/memory/xcgexec-8/cgroup.procs", "")
        .file("/cg/memory/xcgexec-9/cgroup.procs", "12\n")
        .file("/cg/memory/xcgexec-x/cgroup.procs", "")
        .file("/cg/cpu/xcgexec-7/cgroup.procs", "")
        .file("/cg/cpu/xcgexec-7.2/cgroup.procs", "");
    let told = ask(&machine).unwrap();
    assert_eq!(told.id, "XNS-G2-leftover");
    assert_eq!(told.cause, "xcgexec was killed before, and has left empty groups: /xcgexec-7, /xcgexec-7.2");
    assert_eq!(told.because, ["/cg/memory/xcgexec-7 has no processes, and there is no process 7"]);
    assert_eq!(told.cures, ["xcgroup delete /xcgexec-7 /xcgexec-7.2"]);
    let others = machine.clone().file("directories:/cg/memory", "xcgexec-8\nxcgexec-9");
    let told = ask(&others.file("directories:/cg/cpu", "xcgexec-7")).unwrap();
    assert_eq!(told.cause, "xcgexec was killed before, and has left an empty group: /xcgexec-7");
    // Somebody has made groups in it.
    let inner = machine.file("directories:/cg/cpu", "").file("directories:/cg/memory/xcgexec-7", "x");
    assert_eq!(ask(&inner), None);
    assert_eq!(ask(&Machine::hybrid()), None);
}

#[test]
fn g2_of_another_pid_namespace() {
    let machine = Machine::hybrid()
        .file("directories:/cg/memory", "xcgexec-1.4026532281\nxcgexec-1.4026532282")
        .file("directories:/cg/cpu", "")
        .file("/cg/memory/xcgexec-1.4026532281/cgroup.procs", "")
        .file("/cg/memory/xcgexec-1.4026532282/cgroup.procs", "")
        .file("directories:/proc", "77\nirq")
        .file("owner:/proc/1", "0")
        .file("/proc/77/ns/pid", "pid:[4026532282]");
    let told = ask(&machine).unwrap();
    assert_eq!(told.cause, "xcgexec was killed before, and has left an empty group: /xcgexec-1.4026532281");
    let evidence = "/cg/memory/xcgexec-1.4026532281 has no processes, and no process is seen in the PID namespace 4026532281";
    assert_eq!(told.because, [evidence]);
    // Inside of it the number is one of ours, and lives.
    assert_eq!(ask(&machine.clone().file("/proc/self/ns/pid", "pid:[4026532281]")), None);
    let inside =
        machine.file("/proc/self/ns/pid", "pid:[4026532281]").file("directories:/cg/memory", "xcgexec-7");
    assert_eq!(ask(&inside), None);
}

#[test]
fn g3_what_goes_on_after_a_killed_run() {
    let machine = Machine::hybrid()
        .file("directories:/cg/memory", "xcgexec-7")
        .file("/cg/memory/xcgexec-7/cgroup.procs", "12\n")
        .file("/proc/12/status", "Name:\tsleep\nPPid:\t1\n")
        .file("/proc/1/comm", "init\n");
    let told = ask(&machine).unwrap();
    assert_eq!(told.id, "XNS-G3-orphans");
    assert_eq!(told.cures, ["xcgroup delete --kill -r /xcgexec-7"]);
}
