//! A process that outlives this one, to clear away after it.

use crate::fork::{self, Child, Fork, SingleThreaded};
use crate::{Result, exec, fd};
use std::cell::UnsafeCell;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// In bytes. Only the pages that are used take memory.
const STACK: usize = 256 * 1024;

/// Page tables for it are there already, as they would not be for a mapping. It ends where a page does, of which the child uses a part.
#[repr(align(4096))]
struct Stack(UnsafeCell<[u8; STACK]>);

// SAFETY: nobody makes a reference to it: the kernel is told where it ends, once in the life of a process (`TAKEN`).
unsafe impl Sync for Stack {}

static PLACE: Stack = Stack(UnsafeCell::new([0; STACK]));
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What the child is given: it lies in memory that is never given back.
struct Task<F> {
    line: OwnedFd,
    watched: u32,
    last: F,
}

/// A child in a session of its own that keeps no descriptor but `line`, waits until that can be read, and does `last` when this process
/// has ended. Then it ends, or when it is killed before.
///
/// It shares this process's memory, which saves both of them the copies of pages, and uses no more of it than its stack before this
/// process has ended. Where there is no close_range(2) (below Linux 5.9, or a filter) it is an ordinary child.
pub fn start<F>(single: SingleThreaded, line: OwnedFd, last: F) -> Result<Child>
where
    F: FnOnce(SingleThreaded) + Send + 'static,
{
    let task = Task { line, watched: fork::own_pid(), last };
    if !fd::closes_ranges() || TAKEN.swap(true, Ordering::Relaxed) {
        return match fork::fork(single)? {
            Fork::Parent(child) => Ok(child),
            Fork::Child { .. } => keep(task),
        };
    }
    let task = Box::leak(Box::new(Some(task)));
    let number = task.as_ref().map_or(-1, |task| task.line.as_raw_fd());
    let top = PLACE.0.get().cast::<u8>().wrapping_add(STACK);
    // SAFETY: the stack is nobody else's (`TAKEN`), and ends at `top`. `task` stays where it is, is of the type that `run` casts to, and
    // is not touched here any more. What else the two processes share, the child only uses when this one has ended (`keep`).
    let answer = unsafe { fork::share(top, run::<F>, (&raw mut *task).cast()) };
    // SAFETY: descriptors are not shared: the child closes its own, which `task` owns, and nothing else owns this one.
    unsafe { libc::close(number) };
    answer
}

extern "C" fn run<F: FnOnce(SingleThreaded)>(task: *mut libc::c_void) -> libc::c_int {
    // SAFETY: `start` passes a pointer to such an option, which it does not touch any more.
    match unsafe { (*task.cast::<Option<Task<F>>>()).take() } {
        Some(task) => keep(task),
        None => exec::exit_now(0),
    }
}

/// In the child. Up to the end of the line there are system calls that cannot fail here: errno is shared, too.
fn keep<F: FnOnce(SingleThreaded)>(task: Task<F>) -> ! {
    let Task { line, watched, last } = task;
    let _ = fork::leave_session();
    fd::alone_with(line, |line| {
        if fd::read(&line, &mut [0]) != Ok(0) {
            return;
        }
        // A process's descriptors are closed after it has left its memory; one that has closed the line itself lives.
        while fork::parent_pid() == watched {
            std::thread::sleep(Duration::from_millis(1));
        }
        // SAFETY: the other process that used this memory has ended.
        last(unsafe { SingleThreaded::assume() });
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Signal;

    /// Does a keeper do its work at the end of the process that started it, which may have dismissed it?
    fn works(dismissed: bool) -> bool {
        // SAFETY: the child makes system calls, and allocates, which glibc allows after a fork.
        let single = unsafe { SingleThreaded::assume() };
        let file = std::env::temp_dir().join(format!("xns-keeper-{}-{}", fork::own_pid(), dismissed));
        let (ended, open) = fd::channel().unwrap();
        match fork::fork(single).unwrap() {
            Fork::Child { .. } => {
                let (heard, _line) = fd::channel().unwrap();
                let made = file.clone();
                let keeper = start(single, heard, move |_| drop(std::fs::write(made, "")));
                if dismissed {
                    let keeper = keeper.unwrap();
                    fork::send(&keeper, Signal::KILL).unwrap();
                    fork::wait(&keeper, false).unwrap();
                }
                exec::exit_now(0)
            }
            Fork::Parent(child) => fork::wait(&child, false).unwrap(),
        };
        drop(open);
        assert_eq!(fd::read(&ended, &mut [0]), Ok(0), "the keeper has let go of what it inherited");
        let there = || std::fs::remove_file(&file).is_ok();
        (0..100).any(|_| {
            there() || {
                std::thread::sleep(Duration::from_millis(if dismissed { 1 } else { 50 }));
                false
            }
        })
    }

    #[test]
    fn it_works_after_the_end_of_who_has_not_dismissed_it() {
        assert!(works(false));
        assert!(!works(true));
    }
}
