//! The name of a network namespace: a file in `/run/netns`.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use thiserror::Error;
use xns_core::shell::quote;

/// The name of a network namespace (ip-netns(8)): one component of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NetnsName(OsString);

/// Why a word names no network namespace.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NetnsNameError {
    /// Nothing.
    #[error("it is empty")]
    Empty,
    /// More than a file name has room for.
    #[error("it has {0} bytes: 255 at most")]
    Long(usize),
    /// `.`, `..`, or hidden.
    #[error("it begins with a dot")]
    Dot,
    /// It would be taken for an option.
    #[error("it begins with a dash")]
    Dash,
    /// A byte that is not in these names.
    #[error("it has {:?} in it", char::from(*.0))]
    Byte(u8),
}

impl NetnsName {
    /// A name for a new one: letters, digits and `_ . + @ -`, not a dot or dash first.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(word: impl Into<OsString>) -> Result<Self, NetnsNameError> {
        let name = Self::existing(word)?;
        let bytes = name.0.as_bytes();
        match bytes[0] {
            b'.' => return Err(NetnsNameError::Dot),
            b'-' => return Err(NetnsNameError::Dash),
            _ => {}
        }
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_.+@-".contains(&byte);
        match bytes.iter().copied().find(|byte| !usual(*byte)) {
            Some(byte) => Err(NetnsNameError::Byte(byte)),
            None => Ok(name),
        }
    }

    /// The name of one that is there, made by whatever tool: one component of a path without control characters.
    ///
    /// # Errors
    /// What no such file can be called, or a control character.
    pub fn existing(word: impl Into<OsString>) -> Result<Self, NetnsNameError> {
        let word = word.into();
        let bytes = word.as_bytes();
        match bytes {
            [] => return Err(NetnsNameError::Empty),
            [b'.'] | [b'.', b'.'] => return Err(NetnsNameError::Dot),
            _ if bytes.len() > 255 => return Err(NetnsNameError::Long(bytes.len())),
            _ => {}
        }
        match bytes.iter().copied().find(|byte| *byte == b'/' || byte.is_ascii_control()) {
            Some(byte) => Err(NetnsNameError::Byte(byte)),
            None => Ok(NetnsName(word)),
        }
    }

    /// As it was given.
    pub fn as_os_str(&self) -> &OsStr {
        &self.0
    }
}

impl AsRef<OsStr> for NetnsName {
    fn as_ref(&self) -> &OsStr {
        &self.0
    }
}

/// As it is typed in a shell.
impl fmt::Display for NetnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&quote(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_new_and_old_ones() {
        for word in ["RED", "a.b-c_d+e@f", "9"] {
            assert_eq!(NetnsName::new(word).unwrap().as_os_str(), word);
        }
        let wrong = |word: &str| (NetnsName::new(word).unwrap_err(), NetnsName::existing(word).err());
        assert_eq!(wrong(""), (NetnsNameError::Empty, Some(NetnsNameError::Empty)));
        assert_eq!(wrong(".."), (NetnsNameError::Dot, Some(NetnsNameError::Dot)));
        assert_eq!(wrong("a/b"), (NetnsNameError::Byte(b'/'), Some(NetnsNameError::Byte(b'/'))));
        assert_eq!(wrong("a\nb"), (NetnsNameError::Byte(b'\n'), Some(NetnsNameError::Byte(b'\n'))));
        assert_eq!(wrong(".a"), (NetnsNameError::Dot, None));
        assert_eq!(wrong("-a"), (NetnsNameError::Dash, None));
        assert_eq!(wrong("a b"), (NetnsNameError::Byte(b' '), None));
        assert_eq!(wrong(&"a".repeat(256)).0, NetnsNameError::Long(256));
    }
}
