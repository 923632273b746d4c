//! What a parent does with signals while it waits for the program.

use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::signal::{self, SIGINT, SIGTERM, SignalSet};

/// The operations on signals around a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Gives SIGCHLD its default action: ignored, it would let children vanish before they are waited for.
    DefaultChildSignal,
    /// Blocks SIGINT and SIGTERM: Ctrl-C is for the program, and the parent stays to tell how it ended.
    Hold,
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

impl Operation for Op {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(match self {
            Op::DefaultChildSignal => "rt_sigaction(SIGCHLD, SIG_DFL)",
            Op::Hold => "rt_sigprocmask(SIG_BLOCK, [SIGINT, SIGTERM])",
            Op::HoldAll => "rt_sigprocmask(SIG_BLOCK, ~[])",
            Op::Hide => "prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE)",
            Op::IgnoreBrokenPipes => "rt_sigaction(SIGPIPE, SIG_IGN)",
            Op::RestoreBrokenPipes => "rt_sigaction(SIGPIPE, SAVED)",
            Op::Release => "rt_sigprocmask(SIG_SETMASK, SAVED)",
        })]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // part of what `unshare --fork` does
    }

    fn failed(&self, _: u8) -> String {
        match self {
            Op::DefaultChildSignal | Op::IgnoreBrokenPipes | Op::RestoreBrokenPipes => "sigaction failed",
            Op::Hold | Op::HoldAll => "sigprocmask block failed",
            Op::Hide => "prctl failed",
            Op::Release => "sigprocmask restore failed",
        }
        .to_owned()
    }
}

impl Apply for Op {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        match self {
            Op::DefaultChildSignal => {
                signal::default_child_signal();
            }
            Op::Hold => slots.mask = Some(signal::block(&SignalSet::of(&[SIGINT, SIGTERM]))?),
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
