//! A bound, or none.

use std::fmt;

/// A bound: a number, or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// `max`: no bound.
    Max,
    /// This much.
    Of(u64),
}

impl Amount {
    /// The word that stands for no bound, in version 2's files and in ours.
    pub const MAX: &'static str = "max";

    /// The number, if there is a bound.
    pub fn number(self) -> Option<u64> {
        match self {
            Amount::Max => None,
            Amount::Of(number) => Some(number),
        }
    }

    /// As a file writes it whose word for no bound is this one.
    pub fn or(self, none: &str) -> String {
        self.number().map_or_else(|| none.to_owned(), |number| number.to_string())
    }

    /// With the unit of one and of several after it.
    pub(super) fn show(self, f: &mut fmt::Formatter<'_>, one: &str, several: &str) -> fmt::Result {
        match self {
            Amount::Max => f.write_str(Self::MAX),
            Amount::Of(1) => write!(f, "1 {one}"),
            Amount::Of(number) => write!(f, "{number} {several}"),
        }
    }
}

/// `max` or the number.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.or(Self::MAX))
    }
}
