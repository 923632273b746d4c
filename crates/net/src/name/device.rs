//! The name of a network device.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use thiserror::Error;
use xns_core::shell::quote;

/// The name of a device: 1 to 15 bytes, as the kernel takes it (`dev_valid_name` of net/core/dev.c): no `/`, no `:`, no blank, not
/// `.` or `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceName(OsString);

/// Why a word names no device.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DeviceNameError {
    /// Nothing.
    #[error("it is empty")]
    Empty,
    /// More than the kernel has room for.
    #[error("it has {0} bytes: 15 at most")]
    Long(usize),
    /// `.` or `..`.
    #[error("it means a directory")]
    Directory,
    /// A byte that no name has.
    #[error("it has {:?} in it", char::from(*.0))]
    Byte(u8),
}

impl DeviceName {
    /// The most bytes of one (IFNAMSIZ less the NUL).
    pub const MOST: usize = 15;

    /// A name for a new device. Control characters, which the kernel would take, are refused.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(word: impl Into<OsString>) -> Result<Self, DeviceNameError> {
        let name = Self::existing(word)?;
        match name.0.as_bytes().iter().find(|byte| byte.is_ascii_control()) {
            Some(byte) => Err(DeviceNameError::Byte(*byte)),
            None => Ok(name),
        }
    }

    /// The name of a device that is there, which root in some namespace may have given as he likes.
    ///
    /// # Errors
    /// What no device can be called.
    pub fn existing(word: impl Into<OsString>) -> Result<Self, DeviceNameError> {
        let word = word.into();
        let bytes = word.as_bytes();
        match bytes {
            [] => return Err(DeviceNameError::Empty),
            [b'.'] | [b'.', b'.'] => return Err(DeviceNameError::Directory),
            _ if bytes.len() > Self::MOST => return Err(DeviceNameError::Long(bytes.len())),
            _ => {}
        }
        // As isspace() of C has it, with the vertical tab; and a NUL would end it.
        let never = |byte: &u8| matches!(byte, b'/' | b':' | b' ' | b'\t'..=b'\r' | 0);
        match bytes.iter().copied().find(|byte| never(byte)) {
            Some(byte) => Err(DeviceNameError::Byte(byte)),
            None => Ok(DeviceName(word)),
        }
    }

    /// As it was given.
    pub fn as_os_str(&self) -> &OsStr {
        &self.0
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl AsRef<OsStr> for DeviceName {
    fn as_ref(&self) -> &OsStr {
        &self.0
    }
}

/// As it is typed in a shell.
impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&quote(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn what_the_kernel_takes() {
        for word in ["veth0", "a", "eth0.100", "123456789012345", "ä", "...", "-"] {
            assert_eq!(DeviceName::new(word).unwrap().as_os_str(), word);
        }
        let wrong = |word: &str| DeviceName::new(word).unwrap_err();
        assert_eq!(wrong(""), DeviceNameError::Empty);
        assert_eq!(wrong("1234567890123456"), DeviceNameError::Long(16));
        assert_eq!((wrong("."), wrong("..")), (DeviceNameError::Directory, DeviceNameError::Directory));
        for (word, byte) in [("a/b", b'/'), ("a:1", b':'), ("a b", b' '), ("a\x0bb", 0x0b), ("\x1b[0m", 0x1b)]
        {
            assert_eq!(wrong(word), DeviceNameError::Byte(byte), "{word:?}");
        }
        assert!(DeviceName::existing("\x1b[0m").is_ok());
    }

    proptest! {
        #[test]
        fn any_bytes(bytes: Vec<u8>) {
            if let Ok(name) = DeviceName::new(OsString::from_vec(bytes.clone())) {
                prop_assert!(name.as_bytes() == bytes && (1..=DeviceName::MOST).contains(&bytes.len()));
                prop_assert!(!bytes.iter().any(|byte| byte.is_ascii_control() || b"/: ".contains(byte)));
            }
        }
    }
}
