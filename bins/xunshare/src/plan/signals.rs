//! What a waiting parent does with signals, and what its end does to the program.

use super::Builder;
use xns_core::{Actor, NsKind};
use xns_pid::{Relay, Signal};
use xns_plan::Phase;

impl Builder<'_> {
    /// After the last change of credentials, which would undo it.
    pub(super) fn leash(&mut self) {
        match self.inside {
            Actor::Init => {}
            // Only by SIGKILL does a leader end before its program: what it is sent else it passes on.
            Actor::Leader => self.die_by(Signal::KILL, self.program, Phase::Signals),
            _ => self.die_with_parent(self.program, Phase::Signals),
        }
    }

    pub(super) fn die_with_parent(&mut self, actor: Actor, phase: Phase) {
        if let Some(signal) = self.cli.kill_child {
            self.die_by(signal, actor, phase);
        }
    }

    fn die_by(&mut self, signal: Signal, actor: Actor, phase: Phase) {
        if self.cli.kill_child.is_some() {
            let op = xns_pid::Op::DieWithParent { signal, parent: self.facts.pid() };
            self.plan.push(actor, phase, op, "asked for by --kill-child");
        }
    }

    pub(super) fn relay(&self) -> Relay {
        match (self.cli.forward_signals, self.cli.kill_child) {
            (true, None) => Relay::Each,
            (true, Some(_)) => Relay::EachThenKill,
            (false, Some(signal)) => Relay::Request(signal),
            (false, None) => Relay::Nothing,
        }
    }

    /// The program is PID 1, and the signals that it is sent may do nothing to it.
    pub(super) fn may_be_deaf(&self) -> bool {
        self.relay() != Relay::Nothing && self.has(NsKind::Pid) && !self.cli.init
    }
}
