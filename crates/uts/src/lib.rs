//! The UTS namespace's operations and facts: host name and NIS domain name (uts_namespaces(7)).
#![forbid(unsafe_code)]

mod names;

pub use names::UtsNames;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use thiserror::Error;
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::namespace;

/// The longest name in bytes (HOST_NAME_MAX of Linux; uname(2)).
pub const MAX_NAME: usize = 64;

/// Which of the two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The host name.
    Host,
    /// The NIS domain name.
    Domain,
}

/// A host or domain name that the kernel takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(OsString);

/// Why a name cannot be set.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    /// sethostname(2) answers EINVAL for it.
    #[error("{what} of {length} bytes is too long: at most {MAX_NAME}")]
    TooLong {
        /// "host name" or "domain name".
        what: &'static str,
        /// How long it is.
        length: usize,
    },
    /// An empty host name is an accident (an unset variable), and not what anybody means.
    #[error("empty {what}")]
    Empty {
        /// "host name" or "domain name".
        what: &'static str,
    },
}

impl Which {
    const fn word(self) -> &'static str {
        match self {
            Which::Host => "host name",
            Which::Domain => "domain name",
        }
    }

    /// The name, if the kernel would take it.
    ///
    /// # Errors
    /// When it is empty or longer than [`MAX_NAME`] bytes.
    pub fn name(self, name: &OsStr) -> Result<Name, NameError> {
        match name.len() {
            0 => Err(NameError::Empty { what: self.word() }),
            1..=MAX_NAME => Ok(Name(name.to_owned())),
            length => Err(NameError::TooLong { what: self.word(), length }),
        }
    }
}

/// A name that every hostname(1) takes: Debian's looks whether the words between the dots start and end as they should.
fn is_ordinary(name: &[u8]) -> bool {
    name.split(|&b| b == b'.').all(|word| {
        let ends = [word.first(), word.last()];
        ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
            && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    })
}

/// The operations on UTS namespaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// `sethostname(name, len)` or `setdomainname(name, len)`.
    SetName(Which, Name),
}

impl Operation for Op {
    fn calls(&self) -> Vec<Call> {
        let Op::SetName(which, Name(name)) = self;
        let call = match which {
            Which::Host => "sethostname",
            Which::Domain => "setdomainname",
        };
        vec![Call::new(format!("{call}({}, {})", c_string(name), name.len()))]
    }

    fn shell(&self) -> Vec<Shell> {
        let Op::SetName(which, Name(name)) = self;
        let word = quote(name);
        let file = "/proc/sys/kernel/hostname";
        match which {
            Which::Domain if word.starts_with('-') => vec![Shell::Inside(format!("domainname -- {word}"))],
            Which::Domain => vec![Shell::Inside(format!("domainname {word}"))],
            Which::Host if is_ordinary(name.as_bytes()) => vec![Shell::Inside(format!("hostname {word}"))],
            // The file would take the first line only.
            Which::Host if name.as_bytes().contains(&b'\n') => vec![
                Shell::Comment("a name of several lines, which Debian's hostname refuses".to_owned()),
                Shell::Inside(format!("hostname -- {word}")),
            ],
            Which::Host => vec![
                Shell::Comment(
                    "a name that Debian's hostname refuses; the file takes it from the host's root"
                        .to_owned(),
                ),
                Shell::Inside(format!("printf %s {word} > {file}")),
            ],
        }
    }

    fn failed(&self, _: u8) -> String {
        let Op::SetName(which, Name(name)) = self;
        format!("cannot set the {} to '{}'", which.word(), name.display())
    }
}

impl Apply for Op {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        match self {
            Op::SetName(Which::Host, Name(name)) => namespace::set_host_name(name.as_bytes())?,
            Op::SetName(Which::Domain, Name(name)) => namespace::set_domain_name(name.as_bytes())?,
        }
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_1_to_64_bytes() {
        assert!(Which::Host.name(OsStr::new(&"x".repeat(64))).is_ok());
        let error = Which::Host.name(OsStr::new(&"x".repeat(65))).unwrap_err();
        assert_eq!(error.to_string(), "host name of 65 bytes is too long: at most 64");
        assert_eq!(Which::Domain.name(OsStr::new("")), Err(NameError::Empty { what: "domain name" }));
    }

    #[test]
    fn the_call_is_printed_as_in_c() {
        let op = Op::SetName(Which::Host, Which::Host.name(OsStr::new("box")).unwrap());
        assert_eq!(op.calls()[0].to_string(), "sethostname(\"box\", 3)");
        assert_eq!(op.shell(), [Shell::Inside("hostname box".into())]);
    }
}
