//! A quantity, and the words in which it was asked for.

use super::QuantityError;
use std::ffi::OsStr;
use std::fmt;

/// What was typed, and what it is exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed<T> {
    /// As typed.
    pub text: String,
    /// What it is.
    pub value: T,
}

impl<T> Typed<T> {
    /// Reads it.
    ///
    /// # Errors
    /// What reading it answered.
    pub fn read(
        text: &OsStr,
        parse: impl FnOnce(&OsStr) -> Result<T, QuantityError>,
    ) -> Result<Self, QuantityError> {
        let value = parse(text)?;
        Ok(Typed { text: text.to_string_lossy().into_owned(), value })
    }
}

impl<T: fmt::Display> Typed<T> {
    /// `500M = 524288000 bytes`; `None` where what was typed is already the exact number.
    pub fn exactly(&self) -> Option<String> {
        let exact = self.value.to_string();
        let number = exact.split(' ').next();
        (number != Some(&self.text)).then(|| format!("{} = {exact}", self.text))
    }
}

/// `500M = 524288000 bytes`, `65536 bytes`.
impl<T: fmt::Display> fmt::Display for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exactly() {
            Some(text) => f.write_str(&text),
            None => self.value.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::quantity::{Bandwidth, Bytes, Rate, Typed, Weight};
    use std::ffi::OsStr;

    #[test]
    fn the_exact_value_is_told() {
        let text = OsStr::new;
        assert_eq!(Typed::read(text("500M"), Bytes::parse).unwrap().to_string(), "500M = 524288000 bytes");
        assert_eq!(Typed::read(text("65536"), Bytes::parse).unwrap().to_string(), "65536 bytes");
        assert_eq!(Typed::read(text("max"), Bytes::parse).unwrap().to_string(), "max");
        assert_eq!(Typed::read(text("1MB/s"), Rate::parse).unwrap().to_string(), "1MB/s = 1000000 bytes/s");
        assert_eq!(Typed::read(text("200"), Weight::parse).unwrap().exactly(), None);
        assert_eq!(
            Typed::read(text("50%"), Bandwidth::parse).unwrap().to_string(),
            "50% = 50000 us of CPU time in each 100000 us"
        );
    }
}
