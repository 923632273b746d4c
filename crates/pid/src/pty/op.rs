//! The steps before the program starts.

use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slot, Slots};
use xns_sys::terminal::{self, Settings};
use xns_sys::{Errno, fd};

/// The operations on a pseudo-terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Opens both ends, while `/dev/ptmx` is the caller's; the slave by its master and not by a path, so that no other file can
    /// pass for it. It gets the settings and the size of the caller's terminal.
    Open,
    /// A session of its own with this terminal, which becomes standard input, output and error.
    Take,
    /// A process group of its own, to which Ctrl-C and Ctrl-Z go.
    TakeForeground,
}

/// A part of [`Op::Open`]: the unlocking.
const UNLOCK: u8 = 1;
/// A part of [`Op::Open`]: the other end.
const PEER: u8 = 2;
/// A part of [`Op::Open`]: what it takes over from the caller's terminal.
const SETTINGS: u8 = 3;
/// A part of [`Op::Take`]: 0 to 2.
const STANDARD: u8 = 1;

impl Operation for Op {
    fn calls(&self) -> Vec<Call> {
        match self {
            Op::Open => vec![
                Call::new("openat(AT_FDCWD, \"/dev/ptmx\", O_RDWR|O_NOCTTY|O_NONBLOCK) = MASTER"),
                Call::new("ioctl(MASTER, TIOCSPTLCK, [0])"),
                Call::new("ioctl(MASTER, TIOCGPTPEER, O_RDWR|O_NOCTTY) = SLAVE"),
            ],
            Op::Take => vec![
                Call::new("setsid()"),
                Call::new("ioctl(SLAVE, TIOCSCTTY, 0)"),
                Call::new("dup2(SLAVE, 0)"),
                Call::new("dup2(SLAVE, 1)"),
                Call::new("dup2(SLAVE, 2)"),
            ],
            Op::TakeForeground => {
                vec![Call::new("setpgid(0, 0)"), Call::new("ioctl(0, TIOCSPGRP, [getpid()])")]
            }
        }
    }

    fn shell(&self) -> Vec<Shell> {
        match self {
            Op::Open => {
                vec![Shell::Comment("--pty: script(1) around all of this gives it a pseudo-terminal".into())]
            }
            Op::Take | Op::TakeForeground => Vec::new(),
        }
    }

    fn failed(&self, part: u8) -> String {
        match (self, part) {
            (Op::Open, UNLOCK) => "cannot unlock the pseudo-terminal",
            (Op::Open, PEER) => "cannot open the slave of the pseudo-terminal",
            (Op::Open, SETTINGS) => "cannot set the pseudo-terminal up",
            (Op::Open, _) => "cannot open /dev/ptmx",
            (Op::Take, STANDARD) => "cannot make the pseudo-terminal standard input, output and error",
            (Op::Take, _) => "cannot make the pseudo-terminal the controlling terminal",
            (Op::TakeForeground, _) => "cannot give the program the pseudo-terminal's foreground",
        }
        .to_owned()
    }

    fn fills(&self) -> &'static [Slot] {
        if *self == Op::Open { &[Slot::Master, Slot::Slave] } else { &[] }
    }

    fn reads(&self) -> &'static [Slot] {
        if *self == Op::Take { &[Slot::Slave] } else { &[] }
    }
}

impl Apply for Op {
    fn apply(&self, slots: &mut Slots) -> Result<Outcome, Failure> {
        match self {
            Op::Open => open(slots)?,
            Op::Take => {
                let slave = slots.take(Slot::Slave)?;
                terminal::lead_session(&slave)?;
                terminal::use_as_standard(&slave).map_err(|errno| Failure::in_part(STANDARD, errno))?;
            }
            Op::TakeForeground => terminal::take_foreground()?,
        }
        Ok(Outcome::Done)
    }
}

fn open(slots: &mut Slots) -> Result<(), Failure> {
    let failed = |part| move |errno| Failure::in_part(part, errno);
    let master = terminal::open_master()?;
    terminal::unlock(&master).map_err(failed(UNLOCK))?;
    let slave = terminal::open_slave(&master).map_err(failed(PEER))?;
    resemble(&slave).map_err(failed(SETTINGS))?;
    slots.fill(Slot::Master, master);
    slots.fill(Slot::Slave, slave);
    Ok(())
}

/// As the caller's terminal. What is read from elsewhere is not shown: nobody has typed it.
fn resemble(slave: &std::os::fd::OwnedFd) -> Result<(), Errno> {
    if fd::is_terminal(fd::stdin()) {
        Settings::of(fd::stdin())?.set(slave)?;
    } else {
        Settings::of(slave)?.without_echo().set(slave)?;
    }
    match terminal::standard() {
        Some(theirs) => terminal::copy_size(theirs, slave),
        None => Ok(()),
    }
}
