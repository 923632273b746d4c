//! A scan allocates nothing for a process: what it allocates is for namespaces, and for the table of mounts.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use xns_core::SingleThreaded;
use xns_lsns::{Want, scan};

/// Counts what is asked of it.
struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: everything is handed on to `System`, with the caller's promises.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

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

/// The fewest allocations of some scans, and how many processes the last one has seen: others may come, with namespaces.
fn allocations() -> (usize, u32) {
    // SAFETY: the only test of this program; the harness waits for it.
    let single = unsafe { SingleThreaded::assume() };
    let mut seen = 0;
    let mut one = || {
        let before = CALLS.load(Ordering::Relaxed);
        let found = scan(&Want::default(), single).unwrap();
        seen = found.unread.of;
        CALLS.load(Ordering::Relaxed) - before
    };
    ((0..5).map(|_| one()).min().unwrap(), seen)
}

#[test]
fn nothing_is_allocated_for_a_process() {
    const MORE: usize = 400;
    let (few, before) = allocations();
    let crowd = Crowd::of(MORE);
    let (many, after) = allocations();
    drop(crowd);
    assert!(after as usize > before as usize + MORE / 2, "{before} processes, then {after}");
    assert!(many <= few + MORE / 20, "{few} allocations for {before} processes, {many} for {after}");
}
