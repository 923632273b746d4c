//! A process that clears away when the one that would have done it is killed.

use super::Op;
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::{fd, keeper};

/// Starts a keeper: when this process is killed, it does what else would be done after the program. The kernel ends only this process's
/// own child with it (PR_SET_PDEATHSIG), and removes no group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// What is done then, in order. What fails is passed over: nobody is left to be told.
    pub clear: Vec<Op>,
}

/// Ends the keeper: all is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dismiss;

impl Operation for Guard {
    fn calls(&self) -> Vec<Call> {
        vec![
            Call::new("clone(CLONE_VM|CLONE_PIDFD|SIGCHLD) = keeper"),
            Call::only("in the keeper", "setsid()"),
        ]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Comment("who kills this shell with SIGKILL has to remove the groups".to_owned())]
    }

    fn failed(&self, _: u8) -> String {
        "fork failed".to_owned()
    }
}

impl Apply for Guard {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        let (heard, line) = fd::channel()?;
        let clear = self.clear.clone();
        // What fails is passed over. Signals that would end it are held back as they are in the caller.
        let keeper = keeper::start(slots.single, heard, move |single| {
            let mut slots = Slots::new(single);
            for op in &clear {
                let _ = op.action().apply(&mut slots);
            }
        })?;
        slots.keeper = Some((keeper, line));
        Ok(Outcome::Done)
    }
}

impl Operation for Dismiss {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("pidfd_send_signal(keeper, SIGKILL)"), Call::new("waitid(P_PIDFD, keeper, WEXITED)")]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, _: u8) -> String {
        "waitpid failed".to_owned()
    }
}

impl Apply for Dismiss {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        slots.dismiss_keeper();
        Ok(Outcome::Done)
    }
}
