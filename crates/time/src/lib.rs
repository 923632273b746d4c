//! The time namespace's operations: the offsets of its clocks (time_namespaces(7)).
#![forbid(unsafe_code)]

use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::{fd, fs};

/// A clock that a time namespace shifts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// CLOCK_MONOTONIC: time since an unspecified start, without suspend.
    Monotonic,
    /// CLOCK_BOOTTIME: time since boot, with suspend; what `uptime` shows.
    Boottime,
}

impl Clock {
    /// The clock's number (clock_gettime(2)).
    pub const fn number(self) -> u32 {
        match self {
            Clock::Monotonic => 1,
            Clock::Boottime => 7,
        }
    }

    /// The option's name.
    pub const fn name(self) -> &'static str {
        match self {
            Clock::Monotonic => "monotonic",
            Clock::Boottime => "boottime",
        }
    }
}

/// The operations on time namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Writes `CLOCK SECONDS 0` to `/proc/PID/timens_offsets`; possible until the first process is in the namespace.
    Shift {
        /// For whose children: a process's number, or `None` for the writer's own.
        process: Option<u32>,
        /// Which clock.
        clock: Clock,
        /// By how many seconds; the clock must not become negative (ERANGE).
        seconds: i64,
    },
}

impl Op {
    fn path(&self) -> String {
        let Op::Shift { process, .. } = self;
        process.map_or("/proc/self/timens_offsets".to_owned(), |pid| format!("/proc/{pid}/timens_offsets"))
    }
}

impl Operation for Op {
    fn calls(&self) -> Vec<Call> {
        let Op::Shift { clock, seconds, .. } = self;
        vec![Call::new(format!("write(\"{}\", \"{} {seconds} 0\")", self.path(), clock.number()))]
    }

    fn shell(&self) -> Vec<Shell> {
        // The shell in the namespace has entered it with its exec: too late for offsets. unshare(1) has options.
        let Op::Shift { clock, seconds, .. } = self;
        vec![Shell::Flag(format!("--{} {seconds}", clock.name()))]
    }

    fn failed(&self, part: u8) -> String {
        match part {
            0 => format!("cannot open {}", self.path()),
            _ => format!("failed to write to {}", self.path()),
        }
    }
}

impl Apply for Op {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let Op::Shift { process, clock, seconds } = self;
        if process.is_some() {
            fs::proc_is_ours()?;
        }
        let line = format!("{} {seconds} 0", clock.number());
        fd::write_file(self.path(), line.as_bytes()).map_err(|(step, e)| Failure::in_part(step as u8, e))?;
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_write_is_printed_with_the_clocks_number() {
        let op = Op::Shift { process: None, clock: Clock::Boottime, seconds: -5 };
        assert_eq!(op.calls()[0].to_string(), "write(\"/proc/self/timens_offsets\", \"7 -5 0\")");
    }
}
