//! The time namespace's operations and facts: the offsets of its clocks (time_namespaces(7)).
#![forbid(unsafe_code)]

mod offsets;

pub use offsets::{Offset, Offsets};

use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
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

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        let Op::Shift { clock, seconds, .. } = self;
        if failure.errno() != Some(Errno::ERANGE) || *seconds >= 0 {
            return None;
        }
        let uptime = String::from_utf8_lossy(&facts.file("/proc/uptime")?).into_owned();
        let stands_at: i64 = uptime.split(['.', ' ']).next()?.parse().ok()?;
        (stands_at + seconds < 0).then(|| {
            Hint::new("XNS-T1-clock", format!("the {} clock cannot become negative", clock.name()))
                .because(format!("/proc/uptime: it stands at about {stands_at} seconds"))
                .cure(format!("--{} -{stands_at}", clock.name()), "or a smaller step back")
        })
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
    fn a_clock_below_zero_is_explained() {
        let files = vec![("/proc/uptime".to_owned(), b"1234.56 99.00\n".to_vec())];
        let facts = Facts::recorded(xns_core::Recorded { files, ..xns_core::Recorded::default() });
        let hint = |seconds| {
            let failure = Failure::in_part(1, Errno::ERANGE);
            Op::Shift { process: None, clock: Clock::Monotonic, seconds }.hint(&failure, &facts)
        };
        assert_eq!(hint(-2000).unwrap().id, "XNS-T1-clock");
        assert_eq!(hint(-2000).unwrap().cures[0].action, "--monotonic -1234");
        // Too far ahead is another matter.
        assert_eq!((hint(-5), hint(i64::MAX)), (None, None));
    }

    #[test]
    fn the_write_is_printed_with_the_clocks_number() {
        let op = Op::Shift { process: None, clock: Clock::Boottime, seconds: -5 };
        assert_eq!(op.calls()[0].to_string(), "write(\"/proc/self/timens_offsets\", \"7 -5 0\")");
    }
}
