//! The allocator of the binaries: a launch makes some two hundred small allocations, and lives for some ten
//! microseconds. Out of a static arena they cost a few instructions each, no system call, and are never given back; the C
//! library's malloc would take a third of the whole launch. What the arena has no room for comes from malloc.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// In bytes. Only the pages that are used take memory.
const SIZE: usize = 128 * 1024;

/// The arena: `#[global_allocator] static ARENA: Arena = Arena::new();`
///
/// The counter stands first, so that it lies on a page that start-up has written to already.
#[repr(C)]
pub struct Arena {
    /// Bytes handed out, from the start of `memory`.
    used: AtomicUsize,
    memory: UnsafeCell<[u8; SIZE]>,
}

// SAFETY: `memory` is only ever handed out in pieces that do not overlap: each is claimed by an atomic exchange of `used`.
unsafe impl Sync for Arena {}

impl Arena {
    /// An empty one.
    pub const fn new() -> Self {
        Arena { used: AtomicUsize::new(0), memory: UnsafeCell::new([0; SIZE]) }
    }

    fn base(&self) -> *mut u8 {
        self.memory.get().cast()
    }

    /// Where `pointer` lies in the arena, if it does.
    fn offset(&self, pointer: *mut u8) -> Option<usize> {
        pointer.addr().checked_sub(self.base().addr()).filter(|&offset| offset < SIZE)
    }

    /// The next piece of this layout, if there is room.
    fn claim(&self, layout: Layout) -> Option<*mut u8> {
        let mut used = self.used.load(Ordering::Relaxed);
        loop {
            let free = self.base().addr() + used;
            let start = used + (free.wrapping_neg() & (layout.align() - 1));
            let end = start.checked_add(layout.size()).filter(|&end| end <= SIZE)?;
            match self.used.compare_exchange_weak(used, end, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(self.base().wrapping_add(start)),
                Err(now) => used = now,
            }
        }
    }

    /// Moves the end of the last piece. Does nothing when the piece that ended at `end` is not the last.
    fn move_end(&self, end: usize, to: usize) -> bool {
        to <= SIZE && self.used.compare_exchange(end, to, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Default for Arena {
    fn default() -> Self {
        Arena::new()
    }
}

// SAFETY: a piece from `claim` has the layout's size and alignment, lies in `memory`, and overlaps no other that is in
// use: `used` grows by whole pieces, and shrinks only over the last one, by its owner. What is not in the arena came
// from `System` and goes back to it. Nothing here unwinds.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match self.claim(layout) {
            Some(piece) => piece,
            // SAFETY: the caller's promises about `layout` are handed on.
            None => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        match self.offset(pointer) {
            Some(start) => {
                self.move_end(start + layout.size(), start);
            }
            // SAFETY: not from the arena, so `System` made it, with this layout (the caller's promise).
            None => unsafe { System.dealloc(pointer, layout) },
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let Some(start) = self.offset(pointer) else {
            // SAFETY: as in `dealloc`.
            return unsafe { System.realloc(pointer, layout, new_size) };
        };
        // The end moves when it becomes smaller, too: a link's text is read into a piece of 256 bytes, and has 20.
        if self.move_end(start + layout.size(), start + new_size) || new_size <= layout.size() {
            return pointer;
        }
        // SAFETY: the caller promises that `new_size`, rounded up to the alignment, does not overflow; the new piece is
        // of that layout, and another than the old one, which holds `layout.size()` bytes.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(pointer, new, layout.size());
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn pieces_are_aligned_and_do_not_overlap() {
        let arena = Box::new(Arena::new());
        let mut end = 0;
        for (size, align) in [(3, 1), (8, 8), (1, 1), (64, 64), (100, 16)] {
            // SAFETY: sizes above 0.
            let piece = unsafe { arena.alloc(layout(size, align)) };
            assert_eq!(piece.addr() % align, 0);
            assert!(piece.addr() >= end);
            end = piece.addr() + size;
        }
    }

    #[test]
    fn the_last_piece_grows_in_place_and_is_taken_back() {
        let arena = Box::new(Arena::new());
        // SAFETY: each piece is used within its size and given back with its layout.
        unsafe {
            let a = arena.alloc(layout(16, 1));
            a.write_bytes(7, 16);
            assert_eq!(arena.realloc(a, layout(16, 1), 32), a);
            let b = arena.alloc(layout(8, 1));
            let moved = arena.realloc(a, layout(32, 1), 48);
            assert!(moved != a && *moved == 7 && *moved.add(15) == 7);
            arena.dealloc(moved, layout(48, 1));
            assert_eq!(arena.alloc(layout(8, 1)), moved);
            arena.dealloc(b, layout(8, 1));
        }
    }

    #[test]
    fn what_has_no_room_comes_from_malloc() {
        let arena = Box::new(Arena::new());
        // SAFETY: as above.
        unsafe {
            let large = arena.alloc(layout(SIZE + 1, 8));
            assert!(!large.is_null() && arena.offset(large).is_none());
            let large = arena.realloc(large, layout(SIZE + 1, 8), SIZE * 2);
            arena.dealloc(large, layout(SIZE * 2, 8));
        }
    }
}
