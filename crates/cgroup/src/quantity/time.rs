//! Spans of time.

use super::scan::Scanner;
use super::{QuantityError, Reason};
use std::ffi::OsStr;
use std::fmt;
use std::time::Duration;

/// A span of time in microseconds: `500us`, `200ms`, `1.5s`, `2min`, `1h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub u64);

impl Time {
    const UNITS: &'static str = "us ms s min h";

    /// Reads a span; a number alone is none.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        let mut scanner = Scanner::new(text)?;
        let time = Self::read(&mut scanner)?;
        scanner.end(Reason::Rest)?;
        Ok(time)
    }

    pub(super) fn read(scanner: &mut Scanner<'_>) -> Result<Self, QuantityError> {
        let start = scanner.at();
        let number = scanner.decimal()?;
        let place = scanner.at();
        let letters = scanner.take_letters();
        let Some(unit) = Self::unit(letters) else {
            let reason =
                if letters.is_empty() { Reason::NoUnit(Self::UNITS) } else { Reason::Unit(Self::UNITS) };
            return Err(scanner.wrong_at(place, reason));
        };
        let whole = number.times(unit).ok_or_else(|| scanner.wrong_at(number.dot(), Reason::NotWhole))?;
        let most = i64::MAX as u64;
        let micros = u64::try_from(whole).ok().filter(|micros| *micros <= most);
        micros.map(Time).ok_or_else(|| scanner.wrong_at(start, Reason::Large(most)))
    }

    /// In microseconds.
    pub(super) fn unit(letters: &str) -> Option<u64> {
        Some(match letters {
            "us" => 1,
            "ms" => 1000,
            "s" => 1_000_000,
            "min" => 60_000_000,
            "h" => 3_600_000_000,
            _ => return None,
        })
    }

    /// As the standard library has it.
    pub fn duration(self) -> Duration {
        Duration::from_micros(self.0)
    }
}

/// `200000 us`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} us", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<u64, (usize, Reason)> {
        Time::parse(OsStr::new(text)).map(|time| time.0).map_err(|error| (error.at, error.reason))
    }

    #[test]
    fn times_have_a_unit() {
        for (text, micros) in
            [("500us", 500), ("200ms", 200_000), ("1.5s", 1_500_000), ("2min", 120_000_000), ("0s", 0)]
        {
            assert_eq!(parse(text), Ok(micros), "{text}");
        }
        for (text, at, reason) in [
            ("200", 3, Reason::NoUnit(Time::UNITS)),
            ("200m", 3, Reason::Unit(Time::UNITS)),
            ("1s2", 2, Reason::Rest),
            ("0.5us", 1, Reason::NotWhole),
            ("99999999999999999999s", 0, Reason::Large(i64::MAX as u64)),
        ] {
            assert_eq!(parse(text), Err((at, reason)), "{text}");
        }
        assert_eq!(Time(1500).duration(), Duration::from_micros(1500));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_pointed_at(text in "[0-9.umsinh]{0,24}|.{0,12}") {
            if let Err((at, _)) = parse(&text) {
                prop_assert!(at <= text.len());
            }
        }
    }
}
