//! The entry of every binary: `main` without the runtime that Rust puts before `fn main`.
//!
//! That runtime costs 19 system calls and leaves SIGPIPE ignored, which a program that we exec would inherit.

use crate::SingleThreaded;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::io::Write;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;

/// What a tool starts with.
pub struct Start {
    /// The words as typed, the program's name first.
    pub args: Vec<OsString>,
    /// The proof that no other thread runs, which cloning asks for.
    pub single: SingleThreaded,
}

/// `int main(int argc, char *argv[])`: prepares the process, runs `tool` and answers its exit status.
///
/// # Safety
/// To be called once, by the C runtime's start-up, with the `argc` and `argv` it made.
pub unsafe fn enter(argc: c_int, argv: *const *const c_char, tool: fn(Start) -> u8) -> c_int {
    fill_standard_descriptors();
    std::panic::set_hook(Box::new(leave_on_panic));
    // SAFETY: the caller passes on what the C runtime made: `argc` pointers to strings that live as long as the process.
    let args = unsafe { arguments(argc, argv) };
    // SAFETY: the C runtime calls `main` on the only thread, and nothing in this project starts another but
    // `thread::halves`, which asks for this token and has joined its thread when it returns.
    let single = unsafe { SingleThreaded::assume() };
    let status = tool(Start { args, single });
    // Not by way of exit(3): nothing of ours is buffered, and no handler is registered.
    crate::exec::exit_now(status)
}

/// # Safety
/// `argv` holds `argc` pointers to NUL-terminated strings.
unsafe fn arguments(argc: c_int, argv: *const *const c_char) -> Vec<OsString> {
    (0..usize::try_from(argc).unwrap_or(0))
        .map(|i| {
            // SAFETY: `i` is below `argc`, and each entry points to a NUL-terminated string (this function's contract).
            let word = unsafe { CStr::from_ptr(*argv.add(i)) };
            OsStr::from_bytes(word.to_bytes()).to_os_string()
        })
        .collect()
}

/// Opens a close-on-exec `/dev/null` for each of the descriptors 0 to 2 that the caller closed: otherwise a file of
/// ours would get that number and become somebody's standard output. The program finds them closed as they were.
fn fill_standard_descriptors() {
    // SAFETY: poll only looks the numbers up; a closed one is answered with POLLNVAL, which is what is asked.
    let mut fds = [0, 1, 2].map(|n| PollFd::new(unsafe { BorrowedFd::borrow_raw(n) }, PollFlags::empty()));
    if poll(&mut fds, PollTimeout::ZERO) == Ok(0) {
        return;
    }
    for _ in fds.iter().filter(|f| f.revents().is_some_and(|r| r.contains(PollFlags::POLLNVAL))) {
        // The lowest free number is taken, so each open fills one of the gaps.
        if let Ok(null) = crate::fd::open("/dev/null", libc::O_RDWR) {
            std::mem::forget(null);
        }
    }
}

/// One line, and out at once: a panic that aborted in a forked child would, on musl, signal the parent.
fn leave_on_panic(info: &std::panic::PanicHookInfo<'_>) {
    let _ = writeln!(std::io::stderr(), "internal error: {}", info.to_string().replace('\n', ": "));
    crate::exec::exit_now(1)
}
