//! A scan allocates nothing for a process: what it allocates is for namespaces, and for the table of mounts.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::process::{Child, Command, Stdio};

/// Processes that do nothing, which end with the test.
struct Crowd(Vec<Child>);

impl Crowd {
    fn of(count: usize) -> Self {
        let sleeper = || Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
        Crowd((0..count).map(|_| sleeper()).collect())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The fewest allocations of some scans, for others may make namespaces meanwhile, and the processes of the last one.
fn allocations() -> (usize, usize) {
    let mut processes = 0;
    let mut one = || {
        let done = Command::new(env!("CARGO_BIN_EXE_count-allocations")).output().unwrap();
        let text = String::from_utf8(done.stdout).unwrap();
        let (calls, of) = text.trim().split_once(' ').unwrap();
        processes = of.parse().unwrap();
        calls.parse().unwrap()
    };
    ((0..5).map(|_| one()).min().unwrap(), processes)
}

#[test]
fn nothing_is_allocated_for_a_process() {
    const MORE: usize = 400;
    let (few, before) = allocations();
    let crowd = Crowd::of(MORE);
    let (many, after) = allocations();
    drop(crowd);
    assert!(after > before + MORE / 2, "{before} processes, then {after}");
    assert!(many <= few + MORE / 20, "{few} allocations for {before} processes, {many} for {after}");
}
