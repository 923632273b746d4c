//! The names of a UTS namespace, as they are inside (uname(2)).

use std::ffi::OsString;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use xns_core::inside::{self, Answer, InsideError};
use xns_core::{Errno, NsKind, SingleThreaded};
use xns_sys::namespace;

/// The two names. They hold any bytes, a line end too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UtsNames {
    /// The host name.
    pub host: OsString,
    /// The NIS domain name; the kernel's own is `(none)`.
    pub domain: OsString,
}

impl UtsNames {
    /// Those of our own namespace.
    ///
    /// # Errors
    /// What uname(2) answered.
    pub fn own() -> Result<Self, Errno> {
        namespace::names().map(|(host, domain)| UtsNames { host, domain })
    }

    /// Those of a UTS namespace, which a child enters.
    ///
    /// # Errors
    /// When it may not be entered.
    pub fn inside(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Result<Self, InsideError> {
        let (answer, _) = inside::ask(single, NsKind::Uts, namespace, || {
            Ok(Answer { bytes: Self::own()?.to_bytes(), descriptors: Vec::new() })
        })?;
        Self::from_bytes(&answer.bytes).ok_or(InsideError::Lost)
    }

    /// With a NUL between, which no name holds.
    fn to_bytes(&self) -> Vec<u8> {
        [self.host.as_bytes(), self.domain.as_bytes()].join(&0)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == 0)?;
        let name = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
        Some(UtsNames { host: name(&bytes[..end]), domain: name(&bytes[end + 1..]) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_comes_back() {
        for (host, domain) in [("box", "(none)"), ("a\nb", ""), ("", "x y")] {
            let names = UtsNames { host: host.into(), domain: domain.into() };
            assert_eq!(UtsNames::from_bytes(&names.to_bytes()), Some(names));
        }
        assert_eq!(UtsNames::from_bytes(b"box"), None);
    }

    #[test]
    fn ones_own_are_those_of_the_kernel() {
        let file = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        assert_eq!(UtsNames::own().unwrap().host.to_str(), file.strip_suffix('\n'));
    }
}
