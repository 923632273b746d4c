//! The pipes between the processes of a plan. They are socket pairs: who writes to one whose reader has died gets an error, and
//! no SIGPIPE, whatever the program's disposition of that is.

use std::os::fd::OwnedFd;
use xns_core::{Actor, Errno};
use xns_plan::{Edge, Plan};
use xns_sys::fd;

/// The other side has died, or a pipe failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// "Your turn."
const GO: u8 = b'g';
/// "About to exec."
const COMMIT: u8 = b'c';
/// "The exec has failed."
const FAILED: u8 = b'f';

/// One pipe, with the ends that this process holds.
struct Wire {
    edge: Edge,
    read: Option<OwnedFd>,
    write: Option<OwnedFd>,
}

/// All pipes of the plan, as seen by one process.
#[derive(Default)]
pub(crate) struct Wires(Vec<Wire>);

impl Wires {
    /// Every pipe, made before the first fork.
    pub(crate) fn for_plan(plan: &Plan) -> Result<Self, Errno> {
        let wire = |edge| {
            let (read, write) = fd::channel()?;
            Ok(Wire { edge, read: Some(read), write: Some(write) })
        };
        xns_plan::edges(plan).into_iter().map(wire).collect::<Result<_, _>>().map(Wires)
    }

    /// Closes every end that belongs to none of these: a kept end would hide that its owner died.
    pub(crate) fn keep(&mut self, owners: &[Actor]) {
        for wire in &mut self.0 {
            if !owners.contains(&wire.edge.to) {
                wire.read = None;
            }
            if !owners.contains(&wire.edge.from) {
                wire.write = None;
            }
        }
        self.0.retain(|wire| wire.read.is_some() || wire.write.is_some());
    }

    /// Closes all: the others see the end of file.
    pub(crate) fn close(&mut self) {
        self.0.clear();
    }

    /// Wakes the other side.
    pub(crate) fn hand_over(&self, edge: Edge) -> Result<(), Broken> {
        self.send(edge, GO)
    }

    /// Waits to be woken.
    pub(crate) fn await_turn(&self, edge: Edge) -> Result<(), Broken> {
        let wire = self.0.iter().find(|wire| wire.edge == edge).ok_or(Broken)?;
        let mut byte = [0];
        match fd::read(wire.read.as_ref().ok_or(Broken)?, &mut byte) {
            Ok(1) if byte[0] == GO => Ok(()),
            _ => Err(Broken),
        }
    }

    /// Tells the settlers that the exec is about to happen, or that it has failed.
    pub(crate) fn tell_settlers(&self, from: Actor, settlers: &[Actor], exec_failed: bool) {
        for &to in settlers {
            // A settler that is gone has nothing to take back any more.
            let _ = self.send(Edge { from, to }, if exec_failed { FAILED } else { COMMIT });
        }
    }

    /// For a settler: reads until `from` has execed or died. Did the program come to be?
    pub(crate) fn settled(&self, from: Actor, me: Actor) -> bool {
        let Some(read) = self.reader(Edge { from, to: me }) else { return false };
        let mut last = FAILED;
        let mut byte = [0];
        while let Ok(1) = fd::read(read, &mut byte) {
            last = byte[0];
        }
        last == COMMIT
    }

    /// For a settler: from now on SIGCHLD says that something has come from that process.
    pub(crate) fn tell_by_signal(&self, from: Actor, me: Actor) -> Result<(), Errno> {
        self.reader(Edge { from, to: me }).map_or(Ok(()), fd::tell_as_child_signal)
    }

    /// The same without waiting and without taking anything away: has it execed?
    pub(crate) fn has_settled(&self, from: Actor, me: Actor) -> bool {
        let Some(read) = self.reader(Edge { from, to: me }) else { return false };
        // Who has failed has hung up too, when the news of its end is still to come.
        let mut told = [0; 16];
        fd::is_ended(read)
            && fd::peek(read, &mut told).is_ok_and(|n| told[..n].last().is_some_and(|last| *last == COMMIT))
    }

    fn reader(&self, edge: Edge) -> Option<&OwnedFd> {
        self.0.iter().find(|wire| wire.edge == edge).and_then(|wire| wire.read.as_ref())
    }

    /// Reads until everybody who could write to us has gone.
    pub(crate) fn await_others(&mut self) {
        for wire in &mut self.0 {
            wire.write = None;
        }
        for read in self.0.iter().filter_map(|wire| wire.read.as_ref()) {
            while let Ok(1..) = fd::read(read, &mut [0; 16]) {}
        }
    }

    fn send(&self, edge: Edge, byte: u8) -> Result<(), Broken> {
        let wire = self.0.iter().find(|wire| wire.edge == edge).ok_or(Broken)?;
        fd::send(wire.write.as_ref().ok_or(Broken)?, byte).map_err(|_| Broken)
    }
}
