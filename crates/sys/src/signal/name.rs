//! Signals by name.

use std::fmt;
use std::str::FromStr;

/// A signal's number, printed by name (signal(7)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signal(i32);

/// The first real-time signal that glibc leaves to programs: what `kill -l` calls RTMIN. (The kernel's is 32.)
const RTMIN: i32 = 34;
/// The last.
const RTMAX: i32 = 64;

impl Signal {
    /// SIGHUP.
    pub const HUP: Signal = Signal(libc::SIGHUP);
    /// SIGINT.
    pub const INT: Signal = Signal(libc::SIGINT);
    /// SIGQUIT.
    pub const QUIT: Signal = Signal(libc::SIGQUIT);
    /// SIGKILL, which nothing can catch.
    pub const KILL: Signal = Signal(libc::SIGKILL);
    /// SIGUSR1.
    pub const USR1: Signal = Signal(libc::SIGUSR1);
    /// SIGUSR2.
    pub const USR2: Signal = Signal(libc::SIGUSR2);
    /// SIGPIPE.
    pub const PIPE: Signal = Signal(libc::SIGPIPE);
    /// SIGALRM.
    pub const ALRM: Signal = Signal(libc::SIGALRM);
    /// SIGTERM.
    pub const TERM: Signal = Signal(libc::SIGTERM);
    /// SIGTSTP.
    pub const TSTP: Signal = Signal(libc::SIGTSTP);
    /// SIGTTIN.
    pub const TTIN: Signal = Signal(libc::SIGTTIN);
    /// SIGTTOU.
    pub const TTOU: Signal = Signal(libc::SIGTTOU);
    /// SIGCONT, which ends a stop.
    pub const CONT: Signal = Signal(libc::SIGCONT);
    /// SIGCHLD.
    pub const CHLD: Signal = Signal(libc::SIGCHLD);

    /// Its number.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The signal with this number, 1 to 64.
    pub fn from_number(number: i32) -> Option<Self> {
        (1..=RTMAX).contains(&number).then_some(Signal(number))
    }

    /// Does a process without a handler for it end?
    pub const fn ends_by_default(self) -> bool {
        use libc::{SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH};
        !matches!(self.0, SIGCHLD | SIGCONT | SIGSTOP | SIGTSTP | SIGTTIN | SIGTTOU | SIGURG | SIGWINCH)
    }

    /// Is it one with which a terminal stops a process without a handler for it?
    pub const fn stops_by_default(self) -> bool {
        matches!(self.0, libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU)
    }

    /// A name with or without `SIG`, in any case; `RTMIN+N` and `RTMAX-N`. A number is none.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_uppercase();
        let name = name.strip_prefix("SIG").unwrap_or(&name);
        let real_time =
            |from: &str, sign: &str| name.strip_prefix(from)?.strip_prefix(sign)?.parse::<u8>().ok();
        if let Some(above) = real_time("RTMIN", "+") {
            return Some(Signal(RTMIN + i32::from(above))).filter(|signal| signal.0 <= RTMAX);
        }
        if let Some(below) = real_time("RTMAX", "-") {
            return Some(Signal(RTMAX - i32::from(below))).filter(|signal| signal.0 >= RTMIN);
        }
        let name = match name {
            "CLD" => "CHLD",
            "IOT" => "ABRT",
            "POLL" => "IO",
            other => other,
        };
        nix::sys::signal::Signal::from_str(&format!("SIG{name}")).ok().map(|signal| Signal(signal as i32))
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match nix::sys::signal::Signal::try_from(self.0) {
            Ok(signal) => f.write_str(signal.as_str()),
            Err(_) if self.0 >= RTMIN => write!(f, "SIGRTMIN+{}", self.0 - RTMIN),
            Err(_) => write!(f, "signal {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_people_write_them() {
        for (name, number) in [
            ("KILL", 9),
            ("SIGTERM", 15),
            ("sigterm", 15),
            ("hup", 1),
            ("CLD", 17),
            ("SIGIOT", 6),
            ("POLL", 29),
            ("IO", 29),
            ("STKFLT", 16),
            ("RTMIN+3", 37),
            ("sigrtmax-2", 62),
        ] {
            assert_eq!(Signal::parse(name).map(Signal::number), Some(number), "{name}");
        }
        for wrong in
            ["", "9", "FOO", "SIGSIGTERM", "RTMIN", "RTMIN+40", "RTMIN-1", "RTMAX-31", "0", "UNUSED", "EXIT"]
        {
            assert_eq!(Signal::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn printed_names_are_read_again() {
        for number in (1..=31).chain(34..=64) {
            let signal = Signal::from_number(number).unwrap();
            assert_eq!(Signal::parse(&signal.to_string()), Some(signal), "{signal}");
        }
    }
}
