//! Rates of input and output.

use super::bytes::power;
use super::scan::Scanner;
use super::{Amount, QuantityError, Reason};
use std::ffi::OsStr;
use std::fmt;

/// Bytes in a second.
///
/// A unit of one letter, k M G T, is a power of 1024, as everywhere with the kernel, and so is `MiB/s`; `kB/s`, `MB/s`, `GB/s`
/// are powers of 1000, as drives are sold. The `/s` may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(pub Amount);

/// Reads or writes in a second; k and M are 1000 and 1000000, since these are counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iops(pub Amount);

/// Version 2 refuses 0 and 1 (block/blk-throttle.c).
const LEAST: u64 = 2;

impl Rate {
    const UNITS: &'static str =
        "k M G T and kiB/s MiB/s GiB/s (powers of 1024), kB/s MB/s GB/s (powers of 1000)";
    /// 8 EiB/s.
    const MOST: u64 = i64::MAX as u64;

    /// Reads a rate.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        let factor = |letter: Option<u8>, scanner: &mut Scanner<'_>| {
            let power = letter.and_then(power).unwrap_or(0);
            let binary = letter.is_some() && scanner.take(b'i');
            let bytes = scanner.take(b'B');
            if scanner.peek() == Some(b'b') {
                return Err(scanner.wrong(Reason::Bits));
            }
            let decimal = bytes && !binary;
            Ok(if decimal { 1000_u64.pow(power) } else { 1 << (10 * power) })
        };
        let amount = bounded(text, Self::UNITS, factor, Self::MOST, Reason::Large(Self::MOST))?;
        Ok(Rate(amount))
    }
}

impl Iops {
    const UNITS: &'static str = "k (1000) and M (1000000)";
    /// The kernel counts in 32 bits, and all of them set is no limit.
    pub const MOST: u64 = u32::MAX as u64 - 1;

    /// Reads a number of operations in a second.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        let factor =
            |letter: Option<u8>, _: &mut Scanner<'_>| Ok(1000_u64.pow(letter.and_then(power).unwrap_or(0)));
        bounded(text, Self::UNITS, factor, Self::MOST, Reason::Large(Self::MOST)).map(Iops)
    }
}

/// `max`, or a number with a unit and perhaps `/s`.
fn bounded(
    text: &OsStr,
    units: &'static str,
    factor: impl Fn(Option<u8>, &mut Scanner<'_>) -> Result<u64, QuantityError>,
    most: u64,
    large: Reason,
) -> Result<Amount, QuantityError> {
    if text == Amount::MAX {
        return Ok(Amount::Max);
    }
    let mut scanner = Scanner::new(text)?;
    let number = scanner.decimal()?;
    // P and E would be mistakes; and a small m is no M.
    let letter = scanner.take_if(|byte| matches!(byte, b'k' | b'K' | b'M' | b'G' | b'g' | b'T' | b't'));
    let factor = factor(letter, &mut scanner)?;
    scanner.take_word("/s");
    scanner.end(Reason::Unit(units))?;
    let whole = number.times(factor).ok_or_else(|| scanner.wrong_at(number.dot(), Reason::NotWhole))?;
    match u64::try_from(whole) {
        Ok(rate) if rate < LEAST => Err(scanner.wrong_at(0, Reason::NoRate)),
        Ok(rate) if rate <= most => Ok(Amount::Of(rate)),
        _ => Err(scanner.wrong_at(0, large)),
    }
}

/// `max`, `1048576 bytes/s`.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f, "byte/s", "bytes/s")
    }
}

/// `max`, `100 operations/s`.
impl fmt::Display for Iops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f, "operation/s", "operations/s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Result<Amount, (usize, Reason)> {
        Rate::parse(OsStr::new(text)).map(|rate| rate.0).map_err(|error| (error.at, error.reason))
    }

    fn iops(text: &str) -> Result<Amount, (usize, Reason)> {
        Iops::parse(OsStr::new(text)).map(|iops| iops.0).map_err(|error| (error.at, error.reason))
    }

    #[test]
    fn one_letter_is_binary_and_a_b_decides() {
        for (text, bytes) in [
            ("100M", 104_857_600),
            ("100M/s", 104_857_600),
            ("100MiB/s", 104_857_600),
            ("100Mi", 104_857_600),
            ("100MB/s", 100_000_000),
            ("100MB", 100_000_000),
            ("1.5kB/s", 1500),
            ("1k", 1024),
            ("2G", 2 << 30),
            ("1GB/s", 1_000_000_000),
            ("4096", 4096),
            ("4096B/s", 4096),
            ("4096/s", 4096),
        ] {
            assert_eq!(rate(text), Ok(Amount::Of(bytes)), "{text}");
        }
        assert_eq!(rate("max"), Ok(Amount::Max));
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        for (text, at, reason) in [
            ("", 0, Reason::Empty),
            ("0", 0, Reason::NoRate),
            ("1", 0, Reason::NoRate),
            ("100Mb/s", 4, Reason::Bits),
            ("100m", 3, Reason::Unit(Rate::UNITS)),
            ("100M/sec", 6, Reason::Unit(Rate::UNITS)),
            ("100MBps", 5, Reason::Unit(Rate::UNITS)),
            ("1.5", 1, Reason::NotWhole),
            ("8388608T", 0, Reason::Large(Rate::MOST)),
            ("-5M", 0, Reason::Negative),
        ] {
            assert_eq!(rate(text), Err((at, reason)), "{text}");
        }
        assert_eq!((iops("100"), iops("2k"), iops("1.5M/s")), three([100, 2000, 1_500_000]));
        assert_eq!(iops("4294967294"), Ok(Amount::Of(4_294_967_294)));
        assert_eq!(iops("4294967295"), Err((0, Reason::Large(Iops::MOST))));
        assert_eq!(iops("1kB"), Err((2, Reason::Unit(Iops::UNITS))));
    }

    fn three(numbers: [u64; 3]) -> (AmountRead, AmountRead, AmountRead) {
        let [a, b, c] = numbers.map(|number| Ok(Amount::Of(number)));
        (a, b, c)
    }

    type AmountRead = Result<Amount, (usize, Reason)>;

    proptest! {
        #[test]
        fn any_rate_and_unit(number in 2..1_000_000_u64, unit in 0..9_usize) {
            let units = ["", "k", "M", "G", "kB/s", "MB/s", "GB/s", "MiB/s", "/s"];
            let factors = [1, 1 << 10, 1 << 20, 1 << 30, 1000, 1_000_000, 1_000_000_000, 1 << 20, 1];
            prop_assert_eq!(rate(&format!("{number}{}", units[unit])), Ok(Amount::Of(number * factors[unit])));
        }

        #[test]
        fn any_text_is_read_or_pointed_at(text in "[0-9.kKMGiBbs/]{0,24}|.{0,12}") {
            for error in [rate(&text).err(), iops(&text).err()].into_iter().flatten() {
                prop_assert!(error.0 <= text.len());
            }
        }
    }
}
