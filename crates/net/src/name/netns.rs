//! The name of a network namespace: a file of `/run/netns` (ip-netns(8)).

use crate::store;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use thiserror::Error;

/// Of a namespace that has it, or that shall get it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NetnsName(OsString);

/// Why a word is no name. The first line is `ip`'s.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NetnsNameError {
    /// Not one file of a directory.
    #[error("Invalid netns name \"{}\"", Shown(.0))]
    NoName(OsString),
    /// `ip` would make it, and scripts would trip over it.
    #[error("Invalid netns name \"{}\": {reason}", Shown(name))]
    NotMade {
        /// The word.
        name: OsString,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl NetnsName {
    /// The name of one that is there, or may be: any file name. What a terminal would obey is escaped where it is shown.
    ///
    /// # Errors
    /// For a word that is no such.
    pub fn existing(word: &OsStr) -> Result<Self, NetnsNameError> {
        const LONGEST: usize = 255; // NAME_MAX
        let bytes = word.as_bytes();
        let dots = bytes == b"." || bytes == b"..";
        let odd = |byte: &u8| matches!(byte, b'/' | b'\0');
        if bytes.is_empty() || bytes.len() > LONGEST || dots || bytes.iter().any(odd) {
            return Err(NetnsNameError::NoName(word.to_owned()));
        }
        Ok(Self(word.to_owned()))
    }

    /// The name of one that is made: of letters, digits and `_ . - + @`, beginning with none of `.` and `-`.
    ///
    /// # Errors
    /// For a word that is no such.
    pub fn of_new(word: &OsStr) -> Result<Self, NetnsNameError> {
        let name = Self::existing(word)?;
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-+@".contains(byte);
        let bytes = word.as_bytes();
        let not_made = |reason| Err(NetnsNameError::NotMade { name: word.to_owned(), reason });
        if !bytes.iter().all(plain) {
            return not_made("only letters, digits, '_', '.', '-', '+' and '@' can be in it");
        }
        if bytes.starts_with(b"-") || bytes.starts_with(b".") {
            return not_made("it begins with neither '-' nor '.'");
        }
        Ok(name)
    }

    /// The name.
    pub fn as_os_str(&self) -> &OsStr {
        &self.0
    }

    /// Its file.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(store::DIRECTORY).join(&self.0)
    }
}

/// For people.
impl fmt::Display for NetnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::shown(self.0.as_bytes(), f)
    }
}

struct Shown<'a>(&'a OsStr);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::shown(self.0.as_bytes(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_there_and_what_is_made() {
        let long = "x".repeat(256);
        for word in ["RED", "a.b", "x@y+z_1", "1"] {
            assert_eq!(NetnsName::of_new(word.as_ref()).unwrap().to_string(), word);
        }
        for word in ["x y", "-x", ".x", "ä", "a:b", "a\nb", "\x1b[1m"] {
            assert!(NetnsName::existing(word.as_ref()).is_ok(), "{word}");
            assert!(NetnsName::of_new(word.as_ref()).is_err(), "{word}");
        }
        for word in ["", ".", "..", "a/b", "/", "a\0b", &long] {
            assert!(NetnsName::existing(word.as_ref()).is_err(), "{word}");
        }
        let odd = NetnsName::existing("a\x1b/".as_ref()).unwrap_err();
        assert_eq!(odd.to_string(), "Invalid netns name \"a\\x1b/\"");
        assert_eq!(NetnsName::existing("a\x1b".as_ref()).unwrap().to_string(), "a\\x1b");
        let bytes = NetnsName::existing(OsStr::from_bytes(b"a\xff\xe2\x80\xae")).unwrap();
        assert_eq!(bytes.to_string(), "a\\xff\\xe2\\x80\\xae");
    }

    proptest! {
        #[test]
        fn a_name_is_one_file_of_the_directory(bytes: Vec<u8>) {
            if let Ok(name) = NetnsName::existing(OsStr::from_bytes(&bytes)) {
                let path = name.path();
                prop_assert_eq!(path.parent().unwrap(), std::path::Path::new(store::DIRECTORY));
                prop_assert!(!name.to_string().chars().any(xns_core::shell::is_unsafe_to_print));
            }
        }
    }
}
