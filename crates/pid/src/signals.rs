//! What a parent does with signals while it waits for the program.

use crate::Relay;
use xns_core::{Apply, Call, Errno, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::fork;
use xns_sys::signal::{self, Signal, SignalSet};

/// The operations on signals around a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Gives SIGCHLD its default action: ignored, it would let children vanish before they are waited for.
    DefaultChildSignal,
    /// Blocks what the parent is not to end by: Ctrl-C is for the program, and the parent stays to tell how it ended.
    Hold {
        /// What is done with them.
        relay: Relay,
        /// Is the child an init?
        of_init: bool,
    },
    /// Opens the parent's pidfd, in the parent.
    OpenParent,
    /// This signal when the parent, whose PID here is the number, has ended; a parent that has ended by now ends this
    /// process too.
    DieWithParent {
        /// The signal.
        signal: Signal,
        /// The parent.
        parent: u32,
    },
    /// Blocks every signal: an init takes them one by one, and PID 1 loses none that come early.
    HoldAll,
    /// `prctl(PR_SET_DUMPABLE, 0)`: nobody in the namespace may look into /proc/1/fd or trace this process (ptrace(2)).
    Hide,
    /// Ignores SIGPIPE: when somebody no longer reads what we tell, that is an error that is handled, and cleaned up after.
    IgnoreBrokenPipes,
    /// Gives the program the caller's disposition of SIGPIPE.
    RestoreBrokenPipes,
    /// Gives the program the mask that the caller had.
    Release,
}

/// A part of [`Op::DieWithParent`]: the parent has ended before.
const PARENT_GONE: u8 = 1;

impl Operation for Op {
    fn calls(&self) -> Vec<Call> {
        let set = |signals: &[Signal]| signals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Op::DefaultChildSignal => vec![Call::new("rt_sigaction(SIGCHLD, SIG_DFL)")],
            Op::Hold { relay, of_init } => {
                vec![Call::new(format!("rt_sigprocmask(SIG_BLOCK, [{}])", set(&relay.signals(*of_init))))]
            }
            Op::OpenParent => vec![Call::new("pidfd_open(getpid(), 0) = PARENT")],
            Op::DieWithParent { signal, .. } => {
                vec![
                    Call::new(format!("prctl(PR_SET_PDEATHSIG, {signal})")),
                    Call::new("poll(PARENT, POLLIN, 0)"),
                ]
            }
            Op::HoldAll => vec![Call::new("rt_sigprocmask(SIG_BLOCK, ~[])")],
            Op::Hide => vec![Call::new("prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)")],
            Op::IgnoreBrokenPipes => vec![Call::new("rt_sigaction(SIGPIPE, SIG_IGN)")],
            Op::RestoreBrokenPipes => vec![Call::new("rt_sigaction(SIGPIPE, SAVED)")],
            Op::Release => vec![Call::new("rt_sigprocmask(SIG_SETMASK, SAVED)")],
        }
    }

    fn shell(&self) -> Vec<Shell> {
        match self {
            Op::DieWithParent { signal, .. } => {
                vec![Shell::Wrap(format!("setpriv --pdeathsig {}", short(*signal)))]
            }
            _ => Vec::new(), // part of what `unshare --fork` does
        }
    }

    fn failed(&self, part: u8) -> String {
        match self {
            Op::DefaultChildSignal | Op::IgnoreBrokenPipes | Op::RestoreBrokenPipes => "sigaction failed",
            Op::Hold { .. } | Op::HoldAll => "sigprocmask block failed",
            Op::OpenParent => "pidfd_open failed",
            Op::DieWithParent { .. } if part == PARENT_GONE => "the parent has ended",
            Op::DieWithParent { .. } | Op::Hide => "prctl failed",
            Op::Release => "sigprocmask restore failed",
        }
        .to_owned()
    }

    fn fills(&self) -> &'static [Slot] {
        if *self == Op::OpenParent { &[Slot::Parent] } else { &[] }
    }

    fn reads(&self) -> &'static [Slot] {
        if matches!(self, Op::DieWithParent { .. }) { &[Slot::Parent] } else { &[] }
    }
}

/// `KILL`, as setpriv(1) wants it.
fn short(signal: Signal) -> String {
    let name = signal.to_string();
    name.strip_prefix("SIG").unwrap_or(&name).to_owned()
}

impl Apply for Op {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        match self {
            Op::DefaultChildSignal => {
                signal::default_child_signal();
            }
            Op::Hold { relay, of_init } => slots.mask = Some(signal::block(&relay.set(*of_init))?),
            Op::OpenParent => return open_parent(slots),
            Op::DieWithParent { signal, parent } => return die_with_parent(*signal, *parent, slots),
            Op::HoldAll => {
                let before = signal::block(&SignalSet::all())?;
                slots.mask.get_or_insert(before);
            }
            Op::Hide => signal::hide()?,
            Op::IgnoreBrokenPipes => slots.broken_pipes = Some(signal::ignore_broken_pipes()),
            Op::RestoreBrokenPipes => {
                if let Some(old) = &slots.broken_pipes {
                    signal::restore_broken_pipes(old);
                }
            }
            Op::Release => {
                // In shared memory a stop before the exec would leave the parent standing where no signal reaches it.
                if slots.shares_memory {
                    signal::discard_stops();
                }
                if let Some(mask) = &slots.mask {
                    signal::set_mask(mask)?;
                }
            }
        }
        Ok(Outcome::Done)
    }
}

fn open_parent(slots: &mut Slots) -> Result<Outcome, Failure> {
    match fork::open_self() {
        Ok(pidfd) => slots.fill(Slot::Parent, pidfd),
        // Below Linux 5.3, and where a filter answers so; the child then asks for its parent's number.
        Err(Errno::ENOSYS) => {
            slots.parent = Some(fork::own_pid());
            return Ok(Outcome::Fallback("getppid(): no pidfd_open here"));
        }
        Err(errno) => return Err(errno.into()),
    }
    Ok(Outcome::Done)
}

/// The signal comes only for an end after the prctl; one before it is looked for.
fn die_with_parent(signal: Signal, parent: u32, slots: &mut Slots) -> Result<Outcome, Failure> {
    signal::set_parent_death_signal(signal)?;
    let gone = match slots.get(Slot::Parent) {
        Ok(pidfd) => fork::has_ended(pidfd)?,
        // 0: the parent is outside this PID namespace, and stays 0 when it has ended.
        Err(_) => ![0, slots.parent.unwrap_or(parent)].contains(&fork::parent_pid()),
    };
    // In shared memory it is the parent's too.
    if !slots.shares_memory {
        slots.empty(Slot::Parent);
    }
    if gone { Err(Failure::in_part(PARENT_GONE, Errno::ESRCH)) } else { Ok(Outcome::Done) }
}
