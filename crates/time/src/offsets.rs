//! The offsets of a time namespace's clocks from the machine's own (time_namespaces(7)).

use std::fmt;
use std::os::fd::BorrowedFd;
use std::path::Path;
use xns_core::inside::{self, Answer, InsideError};
use xns_core::{Errno, NsKind, SingleThreaded};
use xns_sys::{fs, namespace};

/// By how much a clock is ahead: `seconds`, which may be negative, and `nanoseconds` more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offset {
    /// Whole seconds, rounded down.
    pub seconds: i64,
    /// 0 to 999,999,999.
    pub nanoseconds: u32,
}

/// `3600 s`, `-1.5 s`, `0 s`.
impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECOND: i128 = 1_000_000_000;
        let whole = i128::from(self.seconds) * SECOND + i128::from(self.nanoseconds);
        let sign = if whole < 0 { "-" } else { "" };
        let (seconds, rest) =
            (whole.unsigned_abs() / SECOND.unsigned_abs(), whole.unsigned_abs() % SECOND.unsigned_abs());
        write!(f, "{sign}{seconds}")?;
        if rest > 0 {
            write!(f, ".{}", format!("{rest:09}").trim_end_matches('0'))?;
        }
        f.write_str(" s")
    }
}

/// Of both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    /// Of CLOCK_MONOTONIC.
    pub monotonic: Offset,
    /// Of CLOCK_BOOTTIME.
    pub boottime: Offset,
}

const FILE: &str = "timens_offsets";

impl Offsets {
    /// Those of the time namespace that a process is in, by its directory in `/proc`.
    ///
    /// The file tells those of the namespace in which its *children* will be: `None` when that is another one.
    ///
    /// # Errors
    /// What reading answered: ENOENT where the kernel has no time namespaces, ESRCH when it has ended, EINVAL for a text that is
    /// none.
    pub fn of_process(process: BorrowedFd<'_>) -> Result<Option<Self>, Errno> {
        let offsets = Self::for_children_of(process)?;
        let number = |file| namespace::number_at(process, file);
        match (number("ns/time"), number("ns/time_for_children")) {
            (Ok(own), Ok(childrens)) => Ok((own == childrens).then_some(offsets)),
            (Err(errno), _) | (_, Err(errno)) => Err(errno),
        }
    }

    /// Those of the time namespace in which the children of a process will be (`time_for_children`). Anybody may read it.
    ///
    /// # Errors
    /// As for [`Offsets::of_process`].
    pub fn for_children_of(process: BorrowedFd<'_>) -> Result<Self, Errno> {
        Self::parse(&fs::read_in(process, Path::new(FILE))?).ok_or(Errno::EINVAL)
    }

    /// Those of a time namespace, which a child enters.
    ///
    /// # Errors
    /// When it may not be entered.
    pub fn inside(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Result<Self, InsideError> {
        let (answer, _) = inside::ask(single, NsKind::Time, namespace, || {
            let text = std::fs::read(format!("/proc/self/{FILE}"));
            let text = text.map_err(|e| Errno::from_raw(e.raw_os_error().unwrap_or_default()))?;
            Ok(Answer { bytes: text, descriptors: Vec::new() })
        })?;
        Self::parse(&answer.bytes).ok_or(InsideError::Question { kind: NsKind::Time, errno: Errno::EINVAL })
    }

    /// The text of the file; `None` unless it has both clocks.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let clock = |name: &str, number: &str| {
            text.lines().find_map(|line| {
                let mut words = line.split_ascii_whitespace();
                // Linux 5.5 and 5.6 write the clock's number.
                let first = words.next()?;
                let (seconds, nanoseconds) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
                (first == name || first == number).then_some(Offset { seconds, nanoseconds })
            })
        };
        Some(Offsets { monotonic: clock("monotonic", "1")?, boottime: clock("boottime", "7")? })
    }

    /// Do the clocks show what they show outside?
    pub fn is_zero(&self) -> bool {
        *self == Offsets::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_the_kernel() {
        let text = b"monotonic           0         0\nboottime       -86401 500000000\n";
        let offsets = Offsets::parse(text).unwrap();
        assert_eq!((offsets.monotonic.to_string(), offsets.is_zero()), ("0 s".into(), false));
        assert_eq!(offsets.boottime.to_string(), "-86400.5 s");
        assert_eq!(Offsets::parse(b"1 5 0\n7 6 0\n").unwrap().boottime.seconds, 6);
        for text in ["", "monotonic 0 0\n", "monotonic 0\nboottime 0 0\n", "monotonic x 0\nboottime 0 0\n"] {
            assert_eq!(Offsets::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_extremes_have_words() {
        let extreme = Offset { seconds: i64::MIN, nanoseconds: 0 };
        assert_eq!(extreme.to_string(), "-9223372036854775808 s");
        let whole = Offset { seconds: -1, nanoseconds: 999_999_999 };
        assert_eq!(whole.to_string(), "-0.000000001 s");
    }
}
