//! Lists of CPUs and of memory nodes.

use super::scan::Scanner;
use super::{QuantityError, Reason};
use std::ffi::OsStr;
use std::fmt;

/// Numbers of CPUs or of memory nodes: `0-3,7`, kept sorted and without doubles, as the kernel prints them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberList(Vec<(u32, u32)>);

impl NumberList {
    /// More CPUs no kernel is built for (`CONFIG_NR_CPUS`).
    const HIGHEST: u32 = 8191;

    /// Reads a list. Which of them the machine has, it does not know.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        let mut scanner = Scanner::new(text)?;
        let mut ranges = Vec::new();
        loop {
            let start = scanner.at();
            let first = number(&mut scanner)?;
            let last = if scanner.take(b'-') { number(&mut scanner)? } else { first };
            if last < first {
                return Err(scanner.wrong_at(start, Reason::Reversed));
            }
            ranges.push((first, last));
            if !scanner.take(b',') {
                break;
            }
        }
        scanner.end(Reason::Rest)?;
        Ok(NumberList(merged(ranges)))
    }

    /// Is a number in it?
    pub fn contains(&self, number: u32) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }

    /// How many.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|(first, last)| last - first + 1).sum()
    }
}

fn number(scanner: &mut Scanner<'_>) -> Result<u32, QuantityError> {
    let start = scanner.at();
    let mut found: Option<u32> = None;
    while let Some(digit) = scanner.take_if(|byte| byte.is_ascii_digit()) {
        let number = found.unwrap_or(0).saturating_mul(10).saturating_add(u32::from(digit - b'0'));
        found = Some(number);
    }
    let found = found.ok_or_else(|| scanner.wrong(Reason::NoNumber))?;
    let fits = found <= NumberList::HIGHEST;
    fits.then_some(found).ok_or_else(|| scanner.wrong_at(start, Reason::HighNumber(NumberList::HIGHEST)))
}

fn merged(mut ranges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(known) if first <= known.1 + 1 => known.1 = known.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}

impl fmt::Display for NumberList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (first, last)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            match first == last {
                true => write!(f, "{comma}{first}")?,
                false => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn parse(text: &str) -> Result<String, (usize, Reason)> {
        let list = NumberList::parse(OsStr::new(text));
        list.map(|list| list.to_string()).map_err(|error| (error.at, error.reason))
    }

    #[test]
    fn lists_are_read_and_sorted() {
        for (text, list) in
            [("0", "0"), ("0-3,7", "0-3,7"), ("7,0-3,2-4", "0-4,7"), ("1,0", "0-1"), ("5-5", "5")]
        {
            assert_eq!(parse(text), Ok(list.to_owned()), "{text}");
        }
        for (text, at, reason) in [
            ("", 0, Reason::Empty),
            ("3-1", 0, Reason::Reversed),
            ("0,3-1", 2, Reason::Reversed),
            ("0,", 2, Reason::NoNumber),
            ("0-", 2, Reason::NoNumber),
            (",0", 0, Reason::NoNumber),
            ("0 1", 1, Reason::Rest),
            ("all", 0, Reason::NoNumber),
            ("0-99999", 2, Reason::HighNumber(8191)),
            ("0-7:2/4", 3, Reason::Rest),
        ] {
            assert_eq!(parse(text), Err((at, reason)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_set_is_the_same(ranges in prop::collection::vec((0..64_u32, 0..8_u32), 1..6)) {
            let words: Vec<_> = ranges.iter().map(|(first, more)| format!("{first}-{}", first + more)).collect();
            let set: BTreeSet<u32> = ranges.iter().flat_map(|(first, more)| *first..=first + more).collect();
            let list = NumberList::parse(OsStr::new(&words.join(","))).unwrap();
            prop_assert_eq!((0..80).filter(|n| list.contains(*n)).collect::<BTreeSet<_>>(), set.clone());
            prop_assert_eq!(list.count() as usize, set.len());
            prop_assert_eq!(parse(&list.to_string()), Ok(list.to_string()));
        }

        #[test]
        fn any_text_is_read_or_pointed_at(text in "[0-9,-]{0,24}|.{0,12}") {
            if let Err((at, _)) = parse(&text) {
                prop_assert!(at <= text.len());
            }
        }
    }
}
