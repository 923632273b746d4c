//! The steps of `--pty`, which are the same whatever is made or entered.

use crate::{Attend, Control, Phase, Plan};
use xns_core::Actor;
use xns_pid::{Relay, pty};

impl Plan {
    /// First of all: both ends of the pseudo-terminal.
    pub fn open_pty(&mut self) {
        let why = "a terminal of its own: the program reaches the caller's neither to write nor to type";
        self.push(Actor::Caller, Phase::Prepare, pty::Op::Open, why);
    }

    /// Before the fork: whatever may end the caller is to find the terminal as it was.
    pub fn hold_for_pty(&mut self) {
        let why = "no signal ends the caller before its terminal is as it was";
        self.push(Actor::Caller, Phase::Fork, xns_pid::Op::HoldAll, why);
    }

    /// The terminal becomes that of `leader`: the program itself as PID 1, or the process that forks it.
    pub fn take_pty(&mut self, leader: Actor, phase: Phase) {
        self.push(leader, phase, pty::Op::Take, "a session of its own, with the new terminal");
    }

    /// The leader forks the program, and gives it the foreground. Before that it takes the terminal.
    pub fn lead_program(&mut self, leader: Actor) {
        let phase = Phase::Program;
        self.push(leader, phase, xns_pid::Op::HoldAll, "the leader takes signals one by one, and loses none");
        self.push(leader, phase, xns_pid::Op::Hide, "the leader's descriptors are not for the program");
        self.push(leader, phase, Control::Fork(Actor::Child), "a job, which its parent can continue");
        self.take_foreground();
    }

    /// The program, forked by the leader of its session, is the job in the foreground.
    pub fn take_foreground(&mut self) {
        let why = "Ctrl-C and Ctrl-Z are for the program";
        self.push(Actor::Child, Phase::Program, pty::Op::TakeForeground, why);
    }

    /// Last of all: the leader waits for the program, if it is another process.
    pub fn supervise(&mut self, leader: Actor) {
        let why = "tells how the program stops and ends, and passes signals on";
        self.push(leader, Phase::After, Control::Supervise, why);
    }

    /// The caller's last step: `actor` is its child.
    pub fn proxy(&mut self, actor: Actor, relay: Relay, pid_1: bool) {
        let why = "copies between the terminals, and ends as the program ended";
        self.push(Actor::Caller, Phase::After, Control::Proxy(Attend { actor, relay, pid_1 }), why);
    }
}
