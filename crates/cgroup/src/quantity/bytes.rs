//! Amounts of memory.

use super::scan::Scanner;
use super::{Amount, QuantityError, Reason};
use std::ffi::OsStr;
use std::fmt;

/// An amount of memory in bytes.
///
/// K M G T P E, and Ki Mi Gi Ti Pi Ei, are powers of 1024, as in the kernel's files, in either case; a fraction is taken where
/// that makes whole bytes. `m` is refused: it is the kernel's mebibyte and the thousandth of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub Amount);

impl Bytes {
    /// The smallest page of memory there is. What is below would be rounded down to 0.
    pub const PAGE: u64 = 4096;
    /// From here on the kernel takes it for no limit: `PAGE_COUNTER_MAX` pages (include/linux/page_counter.h).
    pub const LIMITLESS: u64 = i64::MAX as u64 / Self::PAGE * Self::PAGE;

    const UNITS: &'static str = "K M G T P E, which are powers of 1024";

    /// Reads an amount.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        if text == Amount::MAX {
            return Ok(Bytes(Amount::Max));
        }
        let mut scanner = Scanner::new(text)?;
        let number = scanner.decimal()?;
        let unit = unit(&mut scanner)?;
        let whole = number.times(unit).ok_or_else(|| scanner.wrong_at(number.dot(), Reason::Part))?;
        match u64::try_from(whole) {
            Ok(0) => Ok(Bytes(Amount::Of(0))),
            Ok(bytes) if bytes < Self::PAGE => Err(scanner.wrong_at(0, Reason::BelowPage(Self::PAGE))),
            Ok(bytes) if bytes < Self::LIMITLESS => Ok(Bytes(Amount::Of(bytes))),
            _ => Err(scanner.wrong_at(0, Reason::Limitless(Amount::MAX))),
        }
    }
}

/// The power of 1024 of the letter that follows: everything to the end is read.
fn unit(scanner: &mut Scanner<'_>) -> Result<u64, QuantityError> {
    let start = scanner.at();
    let letter = scanner.take_if(|byte| power(byte).is_some());
    let binary = letter.is_some() && scanner.take_if(|byte| byte.eq_ignore_ascii_case(&b'i')).is_some();
    if matches!(scanner.peek(), Some(b'B' | b'b')) {
        return Err(scanner.wrong(Reason::TrailingB(scanner.before(scanner.at()))));
    }
    // In 1e3 the letter is wrong, in 5Kx what follows it.
    let wrong = if scanner.peek().is_some_and(|byte| byte.is_ascii_digit()) { start } else { scanner.at() };
    scanner.end(Reason::Unit(Bytes::UNITS)).map_err(|error| scanner.wrong_at(wrong, error.reason))?;
    match letter {
        Some(b'm') if !binary => Err(scanner.wrong_at(start, Reason::Milli)),
        letter => Ok(1 << (10 * letter.and_then(power).unwrap_or(0))),
    }
}

/// Of 1024.
pub(super) fn power(letter: u8) -> Option<u32> {
    const LETTERS: &[u8] = b"KMGTPE";
    let place = LETTERS.iter().position(|known| known.eq_ignore_ascii_case(&letter))?;
    u32::try_from(place + 1).ok()
}

/// `max`, `524288000 bytes`.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f, "byte", "bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Amount, (usize, Reason)> {
        Bytes::parse(OsStr::new(text)).map(|bytes| bytes.0).map_err(|error| (error.at, error.reason))
    }

    #[test]
    fn amounts_as_people_type_them() {
        for (text, bytes) in [
            ("4096", 4096),
            ("500M", 524_288_000),
            ("500Mi", 524_288_000),
            ("500mi", 524_288_000),
            ("4k", 4096),
            ("1.5G", 1_610_612_736),
            ("0.5Gi", 536_870_912),
            (".5g", 536_870_912),
            ("1T", 1 << 40),
            ("7E", 7 << 60),
            ("0", 0),
            ("0.0000", 0),
            ("007K", 7168),
            ("9223372036854771711", 9_223_372_036_854_771_711),
        ] {
            assert_eq!(parse(text), Ok(Amount::Of(bytes)), "{text}");
        }
        assert_eq!(parse("max"), Ok(Amount::Max));
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let trailing = |text: &str| Reason::TrailingB(text.to_owned());
        for (text, at, reason) in [
            ("", 0, Reason::Empty),
            ("M", 0, Reason::NoNumber),
            (".", 1, Reason::NoNumber),
            ("1.M", 2, Reason::NoNumber),
            ("-1", 0, Reason::Negative),
            ("1,5G", 1, Reason::Comma),
            ("512m", 3, Reason::Milli),
            ("500MB", 4, trailing("500M")),
            ("500MiB", 5, trailing("500Mi")),
            ("5000b", 4, trailing("5000")),
            ("500X", 3, Reason::Unit(Bytes::UNITS)),
            ("500M ", 4, Reason::Unit(Bytes::UNITS)),
            ("0x10", 1, Reason::Unit(Bytes::UNITS)),
            ("1e3", 1, Reason::Unit(Bytes::UNITS)),
            ("1.5E2M", 3, Reason::Unit(Bytes::UNITS)),
            ("5Kx", 2, Reason::Unit(Bytes::UNITS)),
            ("Max", 0, Reason::NoNumber),
            ("100", 0, Reason::BelowPage(4096)),
            ("3.9K", 1, Reason::Part),
            ("4096.5", 4, Reason::Part),
            ("8E", 0, Reason::Limitless(Amount::MAX)),
            ("16E", 0, Reason::Limitless(Amount::MAX)),
            ("18446744073709551616", 0, Reason::Limitless(Amount::MAX)),
            ("9223372036854771712", 0, Reason::Limitless(Amount::MAX)),
            ("100000000000000000000", 20, Reason::Long),
            ("1.000000000000000000001", 21, Reason::Long),
        ] {
            assert_eq!(parse(text), Err((at, reason)), "{text}");
        }
    }

    /// The number by another way: all its digits as a fraction of u128, without the scanner.
    fn oracle(whole: u32, thousandths: u32, power: u32) -> Option<u128> {
        let value = (u128::from(whole) * 1000 + u128::from(thousandths)) << (10 * power);
        value.is_multiple_of(1000).then_some(value / 1000)
    }

    proptest! {
        #[test]
        fn any_number_and_unit(whole: u32, thousandths in 0..1000_u32, power in 0..=6_u32, long: bool, small: bool) {
            let letter = ["", "K", "M", "G", "T", "P", "E"][power as usize];
            let letter = if small && letter != "M" { letter.to_lowercase() } else { letter.to_owned() };
            let i = if long && power > 0 { "i" } else { "" };
            let read = parse(&format!("{whole}.{thousandths:03}{letter}{i}"));
            match oracle(whole, thousandths, power) {
                None => prop_assert!(matches!(read, Err((_, Reason::Part))), "{:?}", read),
                Some(0) => prop_assert_eq!(read, Ok(Amount::Of(0))),
                Some(1..4096) => prop_assert_eq!(read, Err((0, Reason::BelowPage(4096)))),
                Some(bytes) if bytes < u128::from(Bytes::LIMITLESS) => {
                    prop_assert_eq!(read, Ok(Amount::Of(u64::try_from(bytes).unwrap())));
                }
                Some(_) => prop_assert_eq!(read, Err((0, Reason::Limitless(Amount::MAX)))),
            }
        }

        #[test]
        fn any_text_is_read_or_pointed_at(text in "[0-9.,kKmMiIbBeE -]{0,24}|.{0,12}") {
            if let Err(error) = Bytes::parse(OsStr::new(&text)) {
                prop_assert!(error.at <= text.len());
                prop_assert_eq!(error.pointed().is_none_or(|lines| lines.lines().count() >= 2), true);
            }
        }

        #[test]
        fn what_is_shown_is_read_again(bytes in 4096..Bytes::LIMITLESS) {
            let shown = Bytes(Amount::Of(bytes)).to_string();
            prop_assert_eq!(parse(shown.trim_end_matches(" bytes")), Ok(Amount::Of(bytes)));
        }
    }
}
