//! Why a text is no quantity, and at which of its characters.

use std::ffi::{OsStr, OsString};
use thiserror::Error;
use xns_core::shell::is_unsafe_to_print;

/// A text that is not what it should be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("'{}': {reason}", printable(text))]
pub struct QuantityError {
    /// What was typed.
    pub text: OsString,
    /// Where the wrong character is, in bytes from the start; the text's length when something is missing at its end.
    pub at: usize,
    /// What is wrong with it.
    pub reason: Reason,
}

impl QuantityError {
    /// The text, and a caret under the place: two lines, indented by two blanks.
    pub fn pointed(&self) -> Option<String> {
        (!self.text.is_empty()).then(|| pointed(&self.text, self.at))
    }

    /// The same, where what was read is the end of a longer text.
    pub(crate) fn within(mut self, whole: &OsStr) -> Self {
        self.at += whole.len() - self.text.len();
        self.text = whole.to_owned();
        self
    }
}

/// A text, and a caret below the character at this byte.
pub(crate) fn pointed(text: &OsStr, at: usize) -> String {
    let before = &text.as_encoded_bytes()[..at.min(text.len())];
    let columns = String::from_utf8_lossy(before).chars().count();
    format!("  {}\n  {}^", printable(text), " ".repeat(columns))
}

/// As it is, except that a control character is shown as one that is none: one column for each.
fn printable(text: &OsStr) -> String {
    let shown = |c: char| if is_unsafe_to_print(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.to_string_lossy().chars().map(shown).collect()
}

/// What is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum Reason {
    #[error("nothing is given")]
    Empty,
    #[error("a number is expected here")]
    NoNumber,
    #[error("a number has at most 20 digits here")]
    Long,
    #[error("the sign of a fraction is a dot")]
    Comma,
    #[error("a whole number is expected")]
    NotWhole,
    #[error("nothing is below 0; write max for no limit")]
    Negative,
    #[error("this is none of the units: {0}")]
    Unit(&'static str),
    #[error("a number with its unit is expected: {0}")]
    NoUnit(&'static str),
    #[error("nothing may follow here")]
    Rest,
    #[error("m is a thousandth, as in Kubernetes, and of a byte there is none; M is 1024 times 1024")]
    Milli,
    #[error("memory is counted without a B, as in the kernel's files; write {0}")]
    TrailingB(String),
    #[error("b would be bits; a byte is B")]
    Bits,
    #[error("that is no whole number of bytes")]
    Part,
    #[error("less than a page of memory ({0} bytes), which the kernel would round down to 0")]
    BelowPage(u64),
    #[error("without memory no program can run")]
    NoMemory,
    #[error("as much as this the kernel takes for no limit; write {0} for that")]
    Limitless(&'static str),
    #[error("every number below 0 lifts the limit; write {0} for that")]
    Lifted(&'static str),
    #[error("more than {0}, and the kernel would store another number")]
    Large(u64),
    #[error("from {least} to {most}")]
    Range { least: u64, most: u64 },
    #[error("0 would lift the limit, not stop everything; write max for no limit, else at least 2")]
    NoRate,
    #[error("a CPU gives no less than 1 ms in a second (0.1%)")]
    LittleCpu,
    #[error("less than 1 ms of CPU time in the period; a longer period is needed")]
    LittleQuota,
    #[error("a period is from 1ms to 1s")]
    Period,
    #[error("a time of CPU needs the period that it is in, as 200ms/1s")]
    NoPeriod,
    #[error("a request has no period")]
    NeedlessPeriod,
    #[error("the range is the wrong way round")]
    Reversed,
    #[error("the kernel knows no number above {0} here")]
    HighNumber(u32),
    #[error("hexadecimal digits are expected here, at most {0}")]
    Hexadecimal(usize),
    #[error("DEVICE=RATE is expected, as /home=10M")]
    NoDevice,
    #[error("FILE=VALUE is expected, as memory.max=500M")]
    NoValue,
    #[error("there is nothing after it, which the kernel would take for 0")]
    Nothing,
    #[error("this is no text")]
    NoText,
    #[error("a file of a group is expected, by its name alone, as memory.max")]
    NoFile,
    #[error("plain digits are expected: the kernel would read no further than here")]
    Digits,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Bytes;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn the_caret_is_under_the_character() {
        let error = Bytes::parse(OsStr::new("500MB")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "'500MB': memory is counted without a B, as in the kernel's files; write 500M"
        );
        assert_eq!(error.pointed().unwrap(), "  500MB\n      ^");
        let error = Bytes::parse(OsStr::new("5ü")).unwrap_err();
        assert_eq!(error.pointed().unwrap(), "  5ü\n   ^");
        let error = Bytes::parse(OsStr::new("")).unwrap_err();
        assert_eq!(error.pointed(), None);
        let error = Bytes::parse(OsStr::from_bytes(b"5\xff\x1b")).unwrap_err();
        assert_eq!(error.pointed().unwrap(), "  5\u{fffd}\u{fffd}\n   ^");
    }

    #[test]
    fn the_place_is_in_the_whole_text() {
        let whole = OsStr::new("/home=1Q");
        let error = QuantityError { text: "1Q".into(), at: 1, reason: Reason::Rest }.within(whole);
        assert_eq!(error.pointed().unwrap(), "  /home=1Q\n         ^");
    }
}
