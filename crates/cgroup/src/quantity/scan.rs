//! A text that is read from left to right.

use super::{QuantityError, Reason};
use std::ffi::OsStr;

/// How far a text has been read.
pub(super) struct Scanner<'t> {
    text: &'t OsStr,
    at: usize,
}

/// A number as it was typed: `digits` divided by ten to the power of `places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: u128,
    places: u32,
    /// Where the fraction begins.
    dot: usize,
}

/// No text is ever as long as to overflow: 10²⁰ times 2⁶⁰ is below 2¹²⁸.
const MOST_DIGITS: u32 = 20;

impl<'t> Scanner<'t> {
    /// At the start.
    ///
    /// # Errors
    /// When there is nothing to read.
    pub(super) fn new(text: &'t OsStr) -> Result<Self, QuantityError> {
        let scanner = Scanner { text, at: 0 };
        match text.is_empty() {
            true => Err(scanner.wrong(Reason::Empty)),
            false => Ok(scanner),
        }
    }

    fn bytes(&self) -> &'t [u8] {
        self.text.as_encoded_bytes()
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    /// What was read before this place.
    pub(super) fn before(&self, place: usize) -> String {
        String::from_utf8_lossy(&self.bytes()[..place]).into_owned()
    }

    /// The next character, if it is this one.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.take_if(|found| found == byte).is_some()
    }

    /// The next character, if it is an ASCII one that fits.
    pub(super) fn take_if(&mut self, fits: impl Fn(u8) -> bool) -> Option<u8> {
        let byte = self.peek().filter(|byte| fits(*byte))?;
        self.at += 1;
        Some(byte)
    }

    /// What follows, if it is this word.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.bytes()[self.at..].starts_with(word.as_bytes());
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// A letter's word: the letters from here on.
    pub(super) fn take_letters(&mut self) -> &'t str {
        let rest = &self.bytes()[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        self.at += length;
        std::str::from_utf8(&rest[..length]).unwrap_or_default()
    }

    /// Wrong at the place that was reached.
    pub(super) fn wrong(&self, reason: Reason) -> QuantityError {
        self.wrong_at(self.at, reason)
    }

    pub(super) fn wrong_at(&self, at: usize, reason: Reason) -> QuantityError {
        QuantityError { text: self.text.to_owned(), at, reason }
    }

    /// # Errors
    /// When something is left.
    pub(super) fn end(&self, reason: Reason) -> Result<(), QuantityError> {
        if self.at == self.text.len() { Ok(()) } else { Err(self.wrong(reason)) }
    }

    /// `1`, `1.5`, `.5`.
    pub(super) fn decimal(&mut self) -> Result<Decimal, QuantityError> {
        if self.peek() == Some(b'-') {
            return Err(self.wrong(Reason::Negative));
        }
        let start = self.at;
        let mut number = Decimal { digits: 0, places: 0, dot: start };
        self.digits(&mut number, 0)?;
        let whole = self.at - start;
        number.dot = self.at;
        if self.peek() == Some(b',') {
            return Err(self.wrong(Reason::Comma));
        }
        if self.take(b'.') {
            let fraction = self.at;
            self.digits(&mut number, 1)?;
            if self.at == fraction {
                return Err(self.wrong(Reason::NoNumber));
            }
        } else if whole == 0 {
            return Err(self.wrong(Reason::NoNumber));
        }
        Ok(number)
    }

    fn digits(&mut self, number: &mut Decimal, place: u32) -> Result<(), QuantityError> {
        let most = 10_u128.pow(MOST_DIGITS);
        while let Some(digit) = self.take_if(|byte| byte.is_ascii_digit()) {
            number.digits = number.digits * 10 + u128::from(digit - b'0');
            number.places += place;
            if number.digits >= most || number.places > MOST_DIGITS {
                return Err(self.wrong_at(self.at - 1, Reason::Long));
            }
        }
        Ok(())
    }

    /// A number without a fraction, in this range.
    pub(super) fn whole(&mut self, least: u64, most: u64) -> Result<u64, QuantityError> {
        let start = self.at;
        let number = self.decimal()?;
        let whole = number.times(1).ok_or_else(|| self.wrong_at(number.dot, Reason::NotWhole))?;
        let fits = u64::try_from(whole).ok().filter(|whole| (least..=most).contains(whole));
        fits.ok_or_else(|| self.wrong_at(start, Reason::Range { least, most }))
    }
}

impl Decimal {
    /// Where its fraction begins, or it ends.
    pub(super) fn dot(self) -> usize {
        self.dot
    }

    /// That many times, when it is whole then.
    pub(super) fn times(self, factor: u64) -> Option<u128> {
        let (product, one) = self.parts(factor);
        (product % one == 0).then(|| product / one)
    }

    /// That many times, divided, to the nearest whole number.
    pub(super) fn about(self, factor: u64, divisor: u64) -> u128 {
        let (product, one) = self.parts(factor);
        let divisor = one * u128::from(divisor);
        product / divisor + u128::from(product % divisor >= divisor.div_ceil(2))
    }

    fn parts(self, factor: u64) -> (u128, u128) {
        // Below 10^20 times 2^60: the factors are units, at most E.
        (self.digits * u128::from(factor), 10_u128.pow(self.places))
    }
}
