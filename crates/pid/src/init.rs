//! PID 1 of a PID namespace: reaps whatever is orphaned to it, passes signals on to the program, and ends when that
//! ends, and the namespace with it.

use xns_sys::fork::{self, Status};
use xns_sys::signal::{self, Group, SIGCHLD, SIGCONT, SIGHUP, SignalSet};
use xns_sys::{Errno, Result};

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this status.
    Exited(u8),
    /// This signal killed it.
    Killed(i32),
}

/// What an init sees beside the end of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program has stopped, and nobody else will tell the shell outside that the terminal is free.
    Idle,
    /// A signal has come.
    Woken,
}

/// Waits until the child `program` has ended, reaping every other child and passing on every signal that a process
/// sent to us. To be called with every signal blocked.
///
/// What the terminal sends (Ctrl-C, a hang-up) reaches the foreground process group, and so the program, by itself;
/// passing that on too would deliver it twice.
///
/// `tell` hears what happens meanwhile.
///
/// # Errors
/// When waiting for signals or children fails.
pub fn supervise(program: u32, mut tell: impl FnMut(Event)) -> Result<Ended> {
    let every = SignalSet::all();
    loop {
        // A child may have ended before its signal was blocked, so look first, then wait.
        while let Some((pid, status)) = fork::wait_any(true)? {
            match status {
                Status::Exited(code) if pid == program => return Ok(Ended::Exited(code)),
                Status::Killed(signal) if pid == program => return Ok(Ended::Killed(signal)),
                Status::Stopped(_) if pid == program && is_idle(program) => tell(Event::Idle),
                _ => {}
            }
        }
        tell(Event::Woken);
        let arrived = signal::wait(&every)?;
        // A terminal that is hung up tells the leader of its session, and nobody else.
        if arrived.signal == SIGHUP && arrived.sender.is_none() && signal::leads_session() {
            hang_up(program);
        }
        if arrived.signal == SIGCHLD || arrived.sender.is_none() {
            continue;
        }
        match signal::kill(program, arrived.signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(e) => return Err(e),
        }
    }
}

/// As the kernel does it when such a leader ends: also who has stopped is to hear it.
fn hang_up(program: u32) {
    let _ = signal::kill_group(program, SIGHUP);
    let _ = signal::kill_group(program, SIGCONT);
}

/// Has who stopped the terminal? A shell has it in a group of its own.
fn is_idle(program: u32) -> bool {
    let foreground = Group::in_foreground();
    foreground.is_some() && foreground == Group::of(program).ok()
}
