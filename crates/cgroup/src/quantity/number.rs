//! Plain numbers in a range.

use super::scan::Scanner;
use super::{Amount, QuantityError, Reason};
use std::ffi::OsStr;
use std::fmt;

/// A weight of version 2 against its siblings, 1 to 10000; 100 is what everybody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight(pub u64);

/// A share of version 1 against its siblings, 2 to 262144; 1024 is what everybody has. The kernel would cut off what is beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares(pub u64);

/// How many processes and threads there may be: 0 to 4194304, or `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pids(pub Amount);

fn whole(text: &OsStr, least: u64, most: u64) -> Result<u64, QuantityError> {
    let mut scanner = Scanner::new(text)?;
    let number = scanner.whole(least, most)?;
    scanner.end(Reason::Rest)?;
    Ok(number)
}

impl Weight {
    /// Reads it.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        whole(text, 1, 10_000).map(Weight)
    }

    /// The share of version 1 that the kernel's scheduler makes of it (kernel/sched/core.c, `cpu_weight_write_u64`).
    pub fn shares(self) -> u64 {
        ((self.0 * 1024 + 50) / 100).max(2)
    }
}

impl Shares {
    /// Reads it.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        whole(text, 2, 262_144).map(Shares)
    }

    /// The weight of version 2 in the same ratio, as far as there is one: 102400 and more are 10000.
    pub fn weight(self) -> u64 {
        ((self.0 * 100 + 512) / 1024).clamp(1, 10_000)
    }
}

impl Pids {
    /// `PIDS_MAX` of kernel/cgroup/pids.c, less one.
    pub const MOST: u64 = 4_194_304;

    /// Reads it.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        if text == Amount::MAX {
            return Ok(Pids(Amount::Max));
        }
        whole(text, 0, Self::MOST).map(|number| Pids(Amount::Of(number)))
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Pids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_outside_are_refused() {
        let weight = |text: &str| Weight::parse(OsStr::new(text)).map_err(|error| (error.at, error.reason));
        let range = Reason::Range { least: 1, most: 10_000 };
        assert_eq!((weight("1"), weight("10000")), (Ok(Weight(1)), Ok(Weight(10_000))));
        assert_eq!((weight("0"), weight("10001")), (Err((0, range.clone())), Err((0, range.clone()))));
        assert_eq!(weight("18446744073709551617"), Err((0, range)));
        assert_eq!(weight("1.5"), Err((1, Reason::NotWhole)));
        assert_eq!(weight("100%"), Err((3, Reason::Rest)));
        assert_eq!(weight("max"), Err((0, Reason::NoNumber)));
        let pids = |text: &str| Pids::parse(OsStr::new(text)).map_err(|error| error.at);
        assert_eq!((pids("0"), pids("4194304")), (Ok(Pids(Amount::Of(0))), Ok(Pids(Amount::Of(4_194_304)))));
        assert_eq!((pids("max"), pids("4194305")), (Ok(Pids(Amount::Max)), Err(0)));
        assert_eq!((pids("-1"), pids("0x10"), pids("20k")), (Err(0), Err(1), Err(2)));
    }

    #[test]
    fn shares_and_weights_keep_the_ratio() {
        let weights: Vec<_> = [2, 256, 512, 1024, 2048, 10_240, 262_144].map(|s| Shares(s).weight()).to_vec();
        assert_eq!(weights, [1, 25, 50, 100, 200, 1000, 10_000]);
        assert_eq!([1, 50, 100, 10_000].map(|w| Weight(w).shares()), [10, 512, 1024, 102_400]);
    }

    proptest! {
        #[test]
        fn a_weight_comes_back_from_its_share(weight in 1..=10_000_u64) {
            prop_assert_eq!(Shares(Weight(weight).shares()).weight(), weight);
        }
    }
}
