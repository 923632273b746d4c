//! PID 1 of a PID namespace: reaps whatever is orphaned to it, passes signals on to the program, and ends when that
//! ends, and the namespace with it.

use xns_sys::fork::{self, Status};
use xns_sys::signal::{self, SIGCHLD, SignalSet};
use xns_sys::{Errno, Result};

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this status.
    Exited(u8),
    /// This signal killed it.
    Killed(i32),
}

/// Waits until the child `program` has ended, reaping every other child and passing on every signal that a process
/// sent to us. To be called with every signal blocked.
///
/// What the terminal sends (Ctrl-C, a hang-up) reaches the foreground process group, and so the program, by itself;
/// passing that on too would deliver it twice.
///
/// # Errors
/// When waiting for signals or children fails.
pub fn supervise(program: u32) -> Result<Ended> {
    let every = SignalSet::all();
    loop {
        // A child may have ended before its signal was blocked, so look first, then wait.
        while let Some((pid, status)) = fork::wait_any(true)? {
            match status {
                Status::Exited(code) if pid == program => return Ok(Ended::Exited(code)),
                Status::Killed(signal) if pid == program => return Ok(Ended::Killed(signal)),
                _ => {}
            }
        }
        let arrived = signal::wait(&every)?;
        if arrived.signal == SIGCHLD || arrived.sender.is_none() {
            continue;
        }
        match signal::kill(program, arrived.signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(e) => return Err(e),
        }
    }
}
