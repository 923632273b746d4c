//! What the engine itself does: making processes, waiting for them, becoming the program. Here these are described.

use crate::exec::Exec;
use xns_core::{Actor, Call, Operation, Shell, Slot};
use xns_pid::Relay;

/// A step that changes which processes there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// A new process, which is this actor from here on.
    Fork(Actor),
    /// The same with the caller's memory, while the caller stands still until the exec: saves the copying.
    Spawn(Actor),
    /// The same, into the group that was opened, or, where the kernel cannot, in the caller's, from where it joins that one.
    SpawnInto(Actor),
    /// Waits for a process to end. A helper has to end well; the program's end becomes ours.
    Wait(Actor),
    /// The same for the program's process; we stop and go on with it.
    Follow(Actor),
    /// The same for the program's process, with signals that others send passed on.
    Attend(Attend),
    /// The same, and copies between the caller's terminal and the program's.
    Proxy(Attend),
    /// Reaps and passes signals on until the program has ended: a PID 1, or who leads the program's session.
    Supervise,
    /// The process becomes the program.
    Exec(Exec),
}

/// Waiting for the program's process with open ears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attend {
    /// Which process.
    pub actor: Actor,
    /// What is done with signals.
    pub relay: Relay,
    /// Is it the program as PID 1, to which signals that it has no handler for do nothing?
    pub pid_1: bool,
}

/// The call with the name that the new process has in the plan.
fn fork(name: &str) -> Call {
    Call::new(format!("clone3({{flags=CLONE_PIDFD, exit_signal=SIGCHLD}}) = {name}"))
}

impl Attend {
    fn calls(self) -> impl Iterator<Item = Call> {
        let wait = format!("waitid(P_PIDFD, {}, WEXITED)", self.actor);
        let sends = self.relay != Relay::Nothing;
        let sends = sends.then(|| Call::only("for a signal that a process sends", self.sends()));
        [Call::only("with WNOHANG when SIGCHLD comes", wait)].into_iter().chain(sends)
    }

    fn sends(self) -> String {
        match self.relay {
            Relay::Request(signal) => format!("pidfd_send_signal({}, {signal})", self.actor),
            Relay::Each | Relay::EachThenKill | Relay::Nothing => {
                format!("pidfd_send_signal({}, the same)", self.actor)
            }
        }
    }
}

/// What passes between the two terminals.
fn copies() -> [Call; 4] {
    [
        Call::only("if it is a terminal", "ioctl(0, TCSETS, RAW)"),
        Call::only("for what is typed", "write(MASTER, TYPED)"),
        Call::only("for what the program says", "write(1, SAID)"),
        Call::only("when SIGWINCH comes", "ioctl(MASTER, TIOCSWINSZ, SIZE)"),
    ]
}

impl Control {
    /// The process whose end this step waits for.
    pub const fn waits_for(&self) -> Option<Actor> {
        match self {
            Control::Wait(actor)
            | Control::Follow(actor)
            | Control::Attend(Attend { actor, .. })
            | Control::Proxy(Attend { actor, .. }) => Some(*actor),
            _ => None,
        }
    }

    /// The part of the first fork that opens the pipes between the processes.
    pub const PIPES: u8 = 1;

    /// The part of a fork into a group in which that one refuses.
    pub const JOIN: u8 = 2;

    /// The part of an exec whose program is there, though the kernel answers that something is not.
    pub const FOUND: u8 = 1;

    /// The same, when it is a script (`#!`).
    pub const FOUND_SCRIPT: u8 = 2;
}

impl Operation for Control {
    fn calls(&self) -> Vec<Call> {
        match self {
            // It is nobody's child here, or it would be left to the program as a zombie: its parent ends at once.
            Control::Fork(Actor::Binder) => {
                vec![fork("between"), fork("binder"), Call::new("waitid(P_PIDFD, between, WEXITED)")]
            }
            Control::Fork(actor) => vec![fork(actor.name())],
            Control::Spawn(actor) => {
                vec![Call::new(format!("clone(CLONE_VM|CLONE_VFORK|CLONE_PIDFD|SIGCHLD) = {actor}"))]
            }
            Control::SpawnInto(actor) => vec![Call::new(format!(
                "clone3({{flags=CLONE_VM|CLONE_VFORK|CLONE_PIDFD|CLONE_INTO_CGROUP, exit_signal=SIGCHLD, cgroup=GROUP}}) = {actor}"
            ))],
            Control::Wait(actor) => vec![Call::new(format!("waitid(P_PIDFD, {actor}, WEXITED)"))],
            Control::Follow(actor) => vec![
                Call::new(format!("waitid(P_PIDFD, {actor}, WEXITED|WSTOPPED)")),
                Call::only(
                    "when it stops",
                    format!("kill(self, SIGSTOP), pidfd_send_signal({actor}, SIGCONT)"),
                ),
            ],
            Control::Attend(attend) => attend.calls().collect(),
            Control::Proxy(attend) => copies().into_iter().chain(attend.calls()).collect(),
            Control::Supervise => vec![Call::new("wait4(-1, WNOHANG|WUNTRACED) until the program has ended")],
            Control::Exec(exec) => exec.calls(),
        }
    }

    fn shell(&self) -> Vec<Shell> {
        match self {
            Control::Fork(Actor::Init) => {
                vec![Shell::Comment(
                    "--init: a PID 1 that reaps and passes signals on is not to be had in a shell".into(),
                )]
            }
            Control::Attend(Attend { relay: Relay::Nothing, .. })
            | Control::Proxy(Attend { relay: Relay::Nothing, .. }) => Vec::new(),
            Control::Attend(_) | Control::Proxy(_) => vec![Shell::Comment(
                "unshare (before 2.43) passes no signals on: send them to the program itself".into(),
            )],
            Control::Fork(_)
            | Control::Spawn(_)
            | Control::SpawnInto(_)
            | Control::Wait(_)
            | Control::Follow(_)
            | Control::Supervise => Vec::new(),
            Control::Exec(exec) => exec.shell(),
        }
    }

    fn failed(&self, part: u8) -> String {
        match self {
            Control::Fork(_) if part == Control::PIPES => {
                "cannot make the pipes between the processes".to_owned()
            }
            Control::SpawnInto(_) if part == Control::JOIN => "cannot start in the group".to_owned(),
            Control::Fork(_) | Control::Spawn(_) | Control::SpawnInto(_) => "fork failed".to_owned(),
            Control::Wait(_) | Control::Follow(_) | Control::Attend(_) | Control::Supervise => {
                "waitpid failed".to_owned()
            }
            Control::Proxy(_) => "cannot copy between the terminals".to_owned(),
            Control::Exec(exec) => format!("failed to execute {}", exec.shown()),
        }
    }

    fn reads(&self) -> &'static [Slot] {
        match self {
            Control::SpawnInto(_) => &[Slot::Group],
            Control::Attend(Attend { pid_1: true, .. }) => &[Slot::Proc],
            Control::Proxy(Attend { pid_1: true, .. }) => &[Slot::Proc, Slot::Master, Slot::Slave],
            Control::Proxy(_) => &[Slot::Master, Slot::Slave],
            _ => &[],
        }
    }
}
