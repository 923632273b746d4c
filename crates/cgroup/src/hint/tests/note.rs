//! What a limit will not do.

use super::{Machine, Told};
use crate::hint::{lower_above, swap_not_bounded};
use std::path::Path;

#[test]
fn e51_memory_that_is_swapped_instead() {
    let ask = |machine: &Machine, file: &str, value: &str| {
        swap_not_bounded(Path::new(file), value, &machine.facts()).map(Told::from)
    };
    let swap = |machine: Machine| machine.file("/proc/meminfo", "MemTotal: 9 kB\nSwapTotal:       4096 kB\n");
    // Of a new group, and of one that has no limit of swap.
    let told = ask(&swap(Machine::v2()), "/cg/new/memory.max", "1M").unwrap();
    assert_eq!((told.id, &*told.cures[0]), ("XNS-E51-swap", "--memory 1M"));
    let free = swap(Machine::v2()).file("/cg/a/memory.swap.max", "max\n");
    assert!(ask(&free, "/cg/a/memory.max", "1M").is_some());
    let bounded = swap(Machine::v2()).file("/cg/a/memory.swap.max", "0\n");
    assert_eq!(ask(&bounded, "/cg/a/memory.max", "1M"), None);
    assert_eq!(ask(&free, "/cg/a/memory.max", "max"), None);
    assert_eq!(ask(&free, "/cg/a/memory.high", "1M"), None);
    let none = Machine::v2().file("/proc/meminfo", "SwapTotal: 0 kB\n");
    assert_eq!(ask(&none, "/cg/new/memory.max", "1M"), None);
    let both = "/cg/memory/a/memory.memsw.limit_in_bytes";
    let v1 = |text| swap(Machine::hybrid()).file(both, text);
    assert!(ask(&v1("9223372036854771712\n"), "/cg/memory/a/memory.limit_in_bytes", "4096").is_some());
    assert_eq!(ask(&v1("8192\n"), "/cg/memory/a/memory.limit_in_bytes", "4096"), None);
}

#[test]
fn e54_a_lower_limit_above() {
    let machine = Machine::v2()
        .file("/cg/a/cpu.max", "100000 100000\n")
        .file("/cg/a/b/cpu.max", "50000 100000\n")
        .file("/cg/a/memory.max", "1048576\n")
        .file("/cg/a/pids.max", "9\n")
        .file("/cg/a/b/pids.max", "max\n");
    let ask = |file: &str, value: &str| lower_above(Path::new(file), value, &machine.facts()).map(Told::from);
    let told = ask("/cg/a/b/c/cpu.max", "200000 200000").unwrap();
    assert_eq!(
        (told.id, told.because[0].as_str()),
        ("XNS-E54-lower-above", "/cg/a/b/cpu.max says 50000 100000")
    );
    assert_eq!(ask("/cg/a/b/pids.max", "max").unwrap().cures, ["xcgroup set /a pids.max=max"]);
    assert_eq!(ask("/cg/a/b/memory.max", "2M").unwrap().id, "XNS-E54-lower-above");
    for (file, value) in [
        ("/cg/a/b/memory.max", "1M"),
        ("/cg/a/b/memory.max", "512K"),
        ("/cg/a/b/pids.max", "9"),
        ("/cg/a/pids.max", "99"),
        ("/cg/a/b/cpu.weight", "99"),
        ("/cg/a/b/c/cpu.max", "100000 200000"),
    ] {
        assert_eq!(ask(file, value), None, "{file} {value}");
    }
}
