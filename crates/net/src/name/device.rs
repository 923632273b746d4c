//! The name of a device, by the kernel's rules (dev_valid_name of net/core/dev.c, netdevice(7)) and ours.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use thiserror::Error;

/// Of a device that has it, or that shall get it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceName(OsString);

/// Why a word is no name of a device. The words are `ip`'s.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("\"{}\" not a valid ifname", Shown(word))]
pub struct DeviceNameError {
    /// What was given.
    pub word: OsString,
}

impl DeviceName {
    /// The most that a name can have, in bytes (IFNAMSIZ without the NUL).
    pub const LONGEST: usize = 15;

    /// 1 to 15 bytes, no `/`, no `:`, no blanks and no control characters; neither `.` nor `..`.
    ///
    /// # Errors
    /// For a word that is no such.
    pub fn new(word: &OsStr) -> Result<Self, DeviceNameError> {
        let bytes = word.as_bytes();
        let odd = |byte: &u8| b"/: \x0b".contains(byte) || byte.is_ascii_control();
        let dots = bytes == b"." || bytes == b"..";
        if bytes.is_empty() || bytes.len() > Self::LONGEST || dots || bytes.iter().any(odd) {
            return Err(DeviceNameError { word: word.to_owned() });
        }
        Ok(Self(word.to_owned()))
    }

    /// That of the loopback, which every network namespace has.
    pub fn lo() -> Self {
        Self("lo".into())
    }

    /// The name.
    pub fn as_os_str(&self) -> &OsStr {
        &self.0
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// For people.
impl fmt::Display for DeviceName {
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

    #[test]
    fn the_kernels_rules_and_no_control_characters() {
        for word in ["lo", "veth0", "x.y", "fifteen-letters", "@x", "-j"] {
            assert_eq!(DeviceName::new(word.as_ref()).unwrap().to_string(), word);
        }
        for word in ["", ".", "..", "a/b", "a:b", "a b", "a\tb", "a\nb", "\x7f", "sixteen--letters"] {
            assert_eq!(DeviceName::new(word.as_ref()), Err(DeviceNameError { word: word.into() }), "{word}");
        }
    }
}
