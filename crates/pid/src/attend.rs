//! The parent that waits for the program: what it does when that stops, and with signals that others send it.

use crate::Ended;
use std::os::fd::BorrowedFd;
use xns_sys::fork::{self, Child, Status};
use xns_sys::signal::{self, Arrived, Group, Signal, SignalSet};
use xns_sys::{Result, fs};

/// What a waiting parent does with the signals that other processes send it.
///
/// What the terminal sends (Ctrl-C) reaches the program by itself, being of the foreground process group too: that is
/// never passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relay {
    /// Nothing: SIGINT and SIGTERM stay blocked, as in the original.
    Nothing,
    /// SIGINT and SIGTERM become this signal; the second one SIGKILL (`--kill-child`).
    Request(Signal),
    /// Those that ask a program to end, or to do something, go on to it (`--forward-signals`).
    Each,
    /// The same, but who asks a second time that it end means it: SIGKILL (with `--kill-child`).
    EachThenKill,
}

impl Relay {
    /// What the parent blocks, and the program does not. An init takes the terminal's stops too: it is the program that stops, and
    /// then the parent does.
    pub fn signals(self, of_init: bool) -> Vec<Signal> {
        use Signal as S;
        let mut signals = match self {
            Relay::Nothing => vec![S::INT, S::TERM],
            Relay::Request(_) => vec![S::INT, S::TERM, S::CHLD],
            Relay::Each | Relay::EachThenKill => {
                vec![S::HUP, S::INT, S::QUIT, S::USR1, S::USR2, S::ALRM, S::TERM, S::CHLD]
            }
        };
        if of_init {
            // SIGCHLD ends the wait for the others.
            let more = [S::CHLD, S::TSTP, S::TTIN, S::TTOU];
            signals.extend(more.into_iter().filter(|signal| *signal != S::CHLD || self == Relay::Nothing));
        }
        signals
    }

    pub(crate) fn set(self, of_init: bool) -> SignalSet {
        SignalSet::of(&self.signals(of_init).iter().map(|signal| signal.number()).collect::<Vec<_>>())
    }

    /// What becomes of a signal that came, when `before` has come already.
    fn sent_for(self, asked: Signal, before: bool) -> Signal {
        let to_end = [Signal::INT, Signal::TERM, Signal::HUP, Signal::QUIT].contains(&asked);
        match self {
            Relay::Request(_) if before => Signal::KILL,
            Relay::Request(signal) => signal,
            Relay::EachThenKill if before && to_end => Signal::KILL,
            Relay::Each | Relay::EachThenKill | Relay::Nothing => asked,
        }
    }
}

/// A signal that came, and what was sent for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// By somebody else, to us.
    pub asked: Signal,
    /// By us, to the program.
    pub sent: Signal,
}

impl Relayed {
    /// Who asked us to end, and not the program, is told that we did: killed by what was asked.
    pub fn told(self, ended: Ended) -> Ended {
        if ended == Ended::Killed(self.sent.number()) { Ended::Killed(self.asked.number()) } else { ended }
    }
}

/// What a waiting parent does when the process that it waits for stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stops {
    /// Nothing.
    Ignored,
    /// While we are the terminal's foreground job we stop too, so that the shell above sees the job stopped, and continue it when
    /// we are ourselves continued. Elsewhere a stop is nobody's business but that of whoever stopped it.
    OfTerminal,
    /// The same everywhere, as nsenter(1).
    Every,
}

/// Waits for a process to end.
///
/// # Errors
/// When waiting fails.
pub fn wait(child: &Child, stops: Stops) -> Result<Ended> {
    loop {
        if let Some(ended) = ended(child, fork::wait(child, stops != Stops::Ignored)?, stops)? {
            return Ok(ended);
        }
    }
}

/// Which process is waited for, and how.
#[derive(Clone, Copy)]
pub struct Attended<'a> {
    /// The program's process.
    pub child: &'a Child,
    /// What is done with signals.
    pub relay: Relay,
    /// The process is the first of its PID namespace, and `/proc/PID` is to be found in this directory.
    pub pid_1: Option<BorrowedFd<'a>>,
}

/// Waits for the program's process with these signals blocked since before its birth, and passes them on. `stopped`, of an init: has it told, since the
/// last time, that the program stopped and the terminal stands idle? (It tells as a child does, by SIGCHLD.)
///
/// # Errors
/// When waiting for signals or the process fails.
pub fn attend(
    attended: Attended<'_>,
    mut stopped: Option<&mut dyn FnMut() -> bool>,
) -> Result<(Ended, Option<Relayed>)> {
    let Attended { child, relay, .. } = attended;
    let set = relay.set(stopped.is_some());
    let mut relayed: Option<Relayed> = None;
    loop {
        if stopped.as_mut().is_some_and(|stopped| stopped()) {
            stop_beside(Group::in_foreground());
        }
        // Whatever the child has done since its birth has sent SIGCHLD, which is blocked, so it is still to come.
        let arrived = signal::wait(&set)?;
        attended.pass_on(arrived, &mut relayed);
        while let Some(status) = fork::wait_now(child, true)? {
            if let Some(ended) = ended(child, status, Stops::OfTerminal)? {
                return Ok((ended, relayed));
            }
        }
    }
}

impl Attended<'_> {
    /// Passes a signal on that a process other than the program has sent us.
    pub(crate) fn pass_on(self, arrived: Arrived, relayed: &mut Option<Relayed>) {
        let Some(asked) = Signal::from_number(arrived.signal).filter(|&signal| signal != Signal::CHLD) else {
            return;
        };
        // A program that signals its whole process group has its own already.
        if arrived.sender.is_none_or(|sender| sender == self.child.pid) {
            return;
        }
        if asked.stops_by_default() {
            signal::stop_self();
            return;
        }
        if self.relay == Relay::Nothing {
            return;
        }
        let sent = self.relay.sent_for(asked, relayed.is_some());
        let is_lost = self.pid_1.is_some_and(|proc| is_lost_on_pid_1(self.child, sent, proc));
        let sent = if is_lost { Signal::KILL } else { sent };
        // ESRCH: it has just ended, which the next look finds.
        let _ = fork::send(self.child, sent);
        *relayed = Some(Relayed { asked, sent });
    }
}

fn ended(child: &Child, status: Status, stops: Stops) -> Result<Option<Ended>> {
    match status {
        Status::Exited(status) => return Ok(Some(Ended::Exited(status))),
        Status::Killed(signal) => return Ok(Some(Ended::Killed(signal))),
        // Ctrl-Z stopped us too; now that both go on, there is nothing to do.
        Status::Stopped(_) if fork::was_continued(child) => {}
        Status::Stopped(_) => follow_stop(child, stops)?,
    }
    Ok(None)
}

/// The program has stopped: does the terminal stand idle now? Then we stop too, and whoever continues us continues it. A shell
/// has made a group of its own, which has the terminal: that is given back to it.
fn follow_stop(child: &Child, stops: Stops) -> Result<()> {
    let (own, theirs) = (Group::own(), Group::of(child.pid)?);
    let foreground = Group::in_foreground();
    if foreground.is_some_and(|group| [own, theirs].contains(&group)) {
        stop_beside(foreground);
        theirs.go_on();
    } else if stops == Stops::Every {
        signal::stop_self();
        // ESRCH: it has ended meanwhile, which the next wait finds.
        let _ = fork::send(child, Signal::CONT);
    }
    Ok(())
}

/// Stops, as the program has, which is in the group that has the terminal. That gets it back, and goes on, when we do.
fn stop_beside(foreground: Option<Group>) {
    signal::stop_self();
    let Some(theirs) = foreground else { return };
    if theirs != Group::own() && Group::in_foreground() == Some(Group::own()) {
        theirs.put_in_foreground();
    }
    theirs.go_on();
}

/// A signal that ends every other process does nothing to a PID 1 without a handler for it, SIGKILL excepted
/// (pid_namespaces(7)).
fn is_lost_on_pid_1(child: &Child, signal: Signal, proc: BorrowedFd<'_>) -> bool {
    if !signal.ends_by_default() {
        return false;
    }
    let Ok(status) = fs::read_in(proc, format!("{}/status", child.pid).as_ref()) else { return false };
    let status = String::from_utf8_lossy(&status);
    let mask = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field))?;
        u64::from_str_radix(line.trim(), 16).ok().map(SignalSet::from_bits)
    };
    let fields = ["SigCgt:", "SigIgn:", "SigBlk:"];
    fields.into_iter().all(|field| mask(field).is_some_and(|mask| !mask.contains(signal)))
}
