//! How often is looked.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::time::Duration;
use thiserror::Error;

/// The time between two looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval(Duration);

/// Why that is no interval.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IntervalError {
    /// Decimal digits, and a point among them if wanted.
    #[error("failed to parse seconds: '{}'", .0.display())]
    NoNumber(OsString),
    /// More often would be nothing but looking.
    #[error("the interval is at least 0.01 seconds: '{}'", .0.display())]
    TooShort(OsString),
    /// More than a year.
    #[error("the interval is at most 31536000 seconds: '{}'", .0.display())]
    TooLong(OsString),
}

impl Interval {
    const SHORTEST: Duration = Duration::from_millis(10);
    const LONGEST: Duration = Duration::from_secs(365 * 86_400);

    /// `1`, `0.1`, `.5`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(word: &OsStr) -> Result<Self, IntervalError> {
        let number =
            word.to_str().and_then(seconds).ok_or_else(|| IntervalError::NoNumber(word.to_owned()))?;
        // The digits may be more than there are seconds.
        let duration = Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX);
        if duration < Interval::SHORTEST {
            Err(IntervalError::TooShort(word.to_owned()))
        } else if duration > Interval::LONGEST {
            Err(IntervalError::TooLong(word.to_owned()))
        } else {
            Ok(Interval(duration))
        }
    }

    /// As the system has it.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl Default for Interval {
    fn default() -> Self {
        Interval(Duration::from_secs(1))
    }
}

/// In seconds, as few digits as it takes.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_secs_f64())
    }
}

/// Without signs, exponents and names, which `f64` would take.
fn seconds(word: &str) -> Option<f64> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    word.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn intervals() {
        let parse = |word: &str| Interval::parse(OsStr::new(word));
        for (word, milliseconds, said) in [
            ("1", 1000, "1"),
            ("0.1", 100, "0.1"),
            ("0.01", 10, "0.01"),
            (".5", 500, "0.5"),
            ("2.", 2000, "2"),
        ] {
            let interval = parse(word).unwrap();
            assert_eq!(interval.duration(), Duration::from_millis(milliseconds));
            assert_eq!(interval.to_string(), said);
        }
        for word in ["", ".", "-1", "+1", "1e3", "inf", "nan", "1s", " 1", "1,5", "1.2.3"] {
            assert_eq!(parse(word), Err(IntervalError::NoNumber(word.into())));
        }
        for word in ["0", "0.0", "0.009", "00.00999"] {
            assert_eq!(parse(word), Err(IntervalError::TooShort(word.into())));
        }
        for word in ["31536001", &"9".repeat(400)] {
            assert_eq!(parse(word), Err(IntervalError::TooLong(word.into())));
        }
        assert_eq!(parse("0").unwrap_err().to_string(), "the interval is at least 0.01 seconds: '0'");
        assert_eq!(Interval::default(), parse("1").unwrap());
    }

    proptest! {
        #[test]
        fn any_word(word: String, digits in "[0-9]{0,5}[.]?[0-9]{0,5}") {
            for word in [&word, &digits] {
                if let Ok(interval) = Interval::parse(OsStr::new(word)) {
                    prop_assert!(interval.duration() >= Interval::SHORTEST && interval.duration() <= Interval::LONGEST);
                }
            }
        }
    }
}
