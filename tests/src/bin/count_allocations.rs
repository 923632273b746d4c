//! `count-allocations`: looks at all processes as `xlsns` does, and prints how often memory was asked for meanwhile, and how many
//! processes there were. It has the tools' entry, which alone can tell that there is one thread.
#![no_main]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{c_char, c_int};
use std::sync::atomic::{AtomicUsize, Ordering};
use xns_cli::Start;
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

fn count(start: Start) -> u8 {
    let before = CALLS.load(Ordering::Relaxed);
    let Ok(found) = scan(&Want::default(), start.single) else { return 1 };
    let calls = CALLS.load(Ordering::Relaxed) - before;
    xns_cli::print(&format!("{calls} {}\n", found.unread.of)).map_or(1, |()| 0)
}

/// Called by the C runtime.
// SAFETY: the one symbol of this name in the program, as the C runtime expects it.
#[unsafe(no_mangle)]
#[allow(clippy::not_unsafe_ptr_arg_deref, reason = "the C runtime's signature; nobody else calls it")]
pub extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    // SAFETY: the C runtime calls `main` once, on the only thread, with the argc and argv that it made.
    unsafe { xns_cli::enter(argc, argv, count) }
}
