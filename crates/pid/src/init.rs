//! PID 1 of a PID namespace: reaps whatever is orphaned to it, passes signals on to the program, and ends when that
//! ends, and the namespace with it.

use xns_sys::fork::{self, Status};
use xns_sys::signal::{self, Group, SIGCHLD, SIGSTOP, SignalSet};
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
/// `stands_idle` is called when the program has stopped, and nobody else will tell the shell outside that the terminal is
/// free.
///
/// # Errors
/// When waiting for signals or children fails.
pub fn supervise(program: u32, mut stands_idle: impl FnMut()) -> Result<Ended> {
    let every = SignalSet::all();
    loop {
        // A child may have ended before its signal was blocked, so look first, then wait.
        while let Some((pid, status)) = fork::wait_any(true)? {
            match status {
                Status::Exited(code) if pid == program => return Ok(Ended::Exited(code)),
                Status::Killed(signal) if pid == program => return Ok(Ended::Killed(signal)),
                Status::Stopped(signal) if pid == program && is_idle(program, signal) => stands_idle(),
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

/// Has who stopped the terminal, and has nobody else been stopped by it? A shell has it in a group of its own. In our group, in
/// which the tool outside is too, Ctrl-Z has stopped that as well: all but SIGSTOP is taken for it.
fn is_idle(program: u32, signal: i32) -> bool {
    let (own, theirs) = (Group::own(), Group::of(program).ok());
    let foreground = Group::in_foreground();
    foreground.is_some() && foreground == theirs && (theirs != Some(own) || signal == SIGSTOP)
}
