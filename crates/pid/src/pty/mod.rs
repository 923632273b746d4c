//! A pseudo-terminal for the program (`--pty`): nothing inside can write to the caller's terminal, or type into it (TIOCSTI,
//! TIOCLINUX). The caller stays outside and copies.
//!
//! A job is stopped by Ctrl-Z only where its parent, in another process group of the same session, can continue it; others the
//! kernel calls orphaned, and drops the signal (setpgid(2)). So the session's leader is not the program, but its parent: the
//! init, or a process that does as one does. A program that is PID 1 leads the session itself: it would get no such signal
//! in any case.

mod buffer;
mod op;
mod outer;
mod proxy;

pub use op::Op;
pub use proxy::{Pty, proxy};
