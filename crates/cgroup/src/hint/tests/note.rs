//! What a limit does not do, and what it did.

use super::{Machine, Told};
use crate::hint::{killed_for_memory, less_above, swap_not_bounded};
use std::path::Path;

#[test]
fn e51_swap_is_free() {
    let ask =
        |machine: &Machine, group: &str| swap_not_bounded(Path::new(group), &machine.facts()).map(Told::from);
    let machine = Machine::v2()
        .file("/proc/meminfo", "MemTotal: 9 kB\nSwapTotal:   1024 kB\n")
        .file("/cg/a/memory.max", "67108864\n")
        .file("/cg/a/memory.swap.max", "max\n");
    let told = ask(&machine, "/cg/a").unwrap();
    assert_eq!(told.id, "XNS-E51-swap");
    assert_eq!(told.because, ["/cg/a/memory.swap.max says max", "SwapTotal of /proc/meminfo is 1024 kB"]);
    assert_eq!(told.cures, ["xcgroup set /a memory.swap.max=0"]);
    assert_eq!(ask(&machine.clone().file("/cg/a/memory.swap.max", "0\n"), "/cg/a"), None);
    assert_eq!(ask(&machine.clone().file("/proc/meminfo", "SwapTotal: 0 kB\n"), "/cg/a"), None);
    assert_eq!(ask(&machine.file("/cg/a/memory.max", "max\n"), "/cg/a"), None);
    let machine = Machine::hybrid()
        .file("/proc/meminfo", "SwapTotal: 1 kB\n")
        .file("/cg/memory/a/memory.limit_in_bytes", "4096\n")
        .file("/cg/memory/a/memory.memsw.limit_in_bytes", "9223372036854771712\n");
    assert_eq!(
        ask(&machine, "/cg/memory/a").unwrap().cures,
        ["xcgroup set /a memory.memsw.limit_in_bytes=4096"]
    );
    let bounded = machine.file("/cg/memory/a/memory.memsw.limit_in_bytes", "4096\n");
    assert_eq!(ask(&bounded, "/cg/memory/a"), None);
}

#[test]
fn e52_killed_for_memory() {
    let ask = |machine: &Machine, group: &str| {
        killed_for_memory(Path::new(group), &machine.facts()).map(Told::from)
    };
    let machine = Machine::v2()
        .file("/cg/a/memory.max", "104857600\n")
        .file("/cg/a/b/memory.max", "max\n")
        .file("/cg/a/b/memory.peak", "104857600\n")
        .file("/cg/a/b/memory.events", "max 9\noom 1\noom_kill 1\n");
    let told = ask(&machine, "/cg/a/b").unwrap();
    assert_eq!(told.id, "XNS-E52-memory");
    assert_eq!(told.cause, "the kernel killed 1 of its processes: /a may use 100.0 MiB of memory");
    assert_eq!(told.because[1], "/cg/a/b/memory.peak is 104857600 (100.0 MiB)");
    assert_eq!(ask(&machine.file("/cg/a/b/memory.events", "oom_kill 0\n"), "/cg/a/b"), None);
    // Version 1 counts in the victim's group only.
    let machine = Machine::hybrid()
        .file("directories:/cg/memory/a", "b")
        .file("/cg/memory/a/memory.oom_control", "oom_kill_disable 0\noom_kill 0\n")
        .file("/cg/memory/a/b/memory.oom_control", "oom_kill 2\n")
        .file("/cg/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
    let told = ask(&machine, "/cg/memory/a").unwrap();
    assert_eq!(told.cause, "the kernel killed 2 of its processes: the machine had no memory left");
}

#[test]
fn e54_a_lower_limit_above() {
    let ask = |machine: &Machine, file: &str| less_above(Path::new(file), &machine.facts()).map(Told::from);
    let machine = Machine::v2()
        .file("/cg/a/cpu.max", "100000 100000\n")
        .file("/cg/a/b/cpu.max", "50000 100000\n")
        .file("/cg/a/b/c/cpu.max", "200000 200000\n")
        .file("/cg/a/pids.max", "9\n")
        .file("/cg/a/b/pids.max", "max\n");
    let told = ask(&machine, "/cg/a/b/c/cpu.max").unwrap();
    assert_eq!(
        (told.id, told.because[0].as_str()),
        ("XNS-E54-lower-above", "/cg/a/b/cpu.max says 50000 100000")
    );
    assert_eq!(ask(&machine, "/cg/a/b/pids.max").unwrap().cures, ["xcgroup set /a …"]);
    assert_eq!((ask(&machine, "/cg/a/pids.max"), ask(&machine, "/cg/a/cpu.weight")), (None, None));
}
