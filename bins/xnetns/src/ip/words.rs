//! Words one after the other, and keywords that may be shortened.

use super::WordsError;
use std::ffi::{OsStr, OsString};

/// Keywords in the order in which `ip` compares them, each with how many letters suffice; 0: only all of them.
pub(crate) type Keywords = [(&'static str, usize)];

/// The keyword that a word stands for.
pub(crate) fn keyword(table: &Keywords, word: &OsStr) -> Option<&'static str> {
    let word = word.to_str().filter(|word| !word.is_empty())?;
    let fits = |(full, least): &&(&str, usize)| match least {
        0 => *full == word,
        least => full.starts_with(word) && word.len() >= *least,
    };
    table.iter().find(fits).map(|(full, _)| *full)
}

/// The verb of an object, which is `show` where nothing is said, and the words behind it.
pub(crate) fn verb<'a>(
    object: &'static str,
    table: &Keywords,
    words: &'a [OsString],
) -> Result<(&'static str, Words<'a>), WordsError> {
    let Some((word, rest)) = words.split_first() else { return Ok(("show", Words::new(words))) };
    let unknown = || WordsError::Verb { object, word: word.clone() };
    keyword(table, word).map(|verb| (verb, Words::new(rest))).ok_or_else(unknown)
}

/// The words that are left.
#[derive(Clone)]
pub(crate) struct Words<'a> {
    rest: std::slice::Iter<'a, OsString>,
}

impl<'a> Words<'a> {
    pub(crate) fn new(words: &'a [OsString]) -> Self {
        Words { rest: words.iter() }
    }

    /// The next one.
    pub(crate) fn next(&mut self) -> Option<&'a OsStr> {
        self.rest.next().map(OsString::as_os_str)
    }

    /// The next one, which stays.
    pub(crate) fn peek(&self) -> Option<&'a OsStr> {
        self.clone().next()
    }

    /// The value of a keyword.
    pub(crate) fn value(&mut self) -> Result<&'a OsStr, WordsError> {
        self.next().ok_or(WordsError::Incomplete)
    }
}

/// What may be given once.
pub(crate) struct Once<T> {
    word: &'static str,
    value: Option<T>,
}

impl<T> Once<T> {
    /// Under this word, in the message.
    pub(crate) const fn new(word: &'static str) -> Self {
        Once { word, value: None }
    }

    /// Takes it; `typed` is the word that was given.
    pub(crate) fn set(&mut self, value: T, typed: &OsStr) -> Result<(), WordsError> {
        if self.value.is_some() {
            return Err(WordsError::Duplicate { word: self.word, second: typed.to_owned() });
        }
        self.value = Some(value);
        Ok(())
    }

    pub(crate) fn get(self) -> Option<T> {
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_shortened_as_the_table_says() {
        const TABLE: &Keywords = &[("address", 1), ("alias", 2), ("mtu", 0), ("master", 1)];
        let found = |word: &str| keyword(TABLE, word.as_ref());
        assert_eq!(
            (found("a"), found("al"), found("addr")),
            (Some("address"), Some("alias"), Some("address"))
        );
        assert_eq!((found("m"), found("mt"), found("mtu")), (Some("master"), None, Some("mtu")));
        assert_eq!((found(""), found("mtus"), found("addressx")), (None, None, None));
    }

    #[test]
    fn a_verb_and_what_is_behind_it() {
        const TABLE: &Keywords = &[("show", 1), ("add", 1)];
        let read = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(OsString::from).collect();
            verb("link", TABLE, &words).map(|(verb, mut rest)| (verb, rest.next().map(OsString::from)))
        };
        assert_eq!(read(&[]).unwrap(), ("show", None));
        assert_eq!(read(&["a", "x"]).unwrap(), ("add", Some("x".into())));
        let told = "Command \"zap\" is unknown, try \"ip link help\".";
        assert_eq!(read(&["zap", "x"]).unwrap_err().to_string(), told);
    }
}
