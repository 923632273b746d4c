//! What a word stands for: a name, `host`, a PID.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;
use xns_core::{Errno, Facts, Hint, errno};
use xns_net::store::State;
use xns_net::{NetnsName, NetnsNameError};

/// The network namespace that this process was started in, as it is called among the names.
pub(crate) const HOST: &str = "host";

/// A network namespace that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Ours.
    Here,
    /// By its name.
    Name(NetnsName),
    /// That of a process.
    Process(u32),
    /// By a file that holds it.
    File(PathBuf),
}

/// Why it is none.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum SubjectError {
    /// Neither a name nor a number.
    #[error(transparent)]
    Name(#[from] NetnsNameError),
    /// Nothing has this name.
    #[error("Cannot open network namespace \"{0}\": No such file or directory")]
    Nothing(NetnsName),
    /// No process has this number.
    #[error("Cannot open network namespace of process {0}: No such process")]
    NoProcess(u32),
    /// It cannot be looked at.
    #[error("Cannot open network namespace \"{subject}\": {why}")]
    Closed {
        /// Which.
        subject: Subject,
        /// Why.
        why: String,
    },
}

impl SubjectError {
    /// The cause, by what there is.
    pub(crate) fn hint(&self, facts: &Facts) -> Option<Hint> {
        match self {
            SubjectError::Nothing(name) | SubjectError::Closed { subject: Subject::Name(name), .. } => {
                xns_net::why_unusable(name, facts)
            }
            SubjectError::NoProcess(pid) => Some(xns_net::why_no_process(*pid)),
            SubjectError::Closed { subject: Subject::Process(pid), why }
                if *why == errno::text(Errno::EACCES) =>
            {
                Some(xns_net::why_not_looked_into(*pid, facts))
            }
            SubjectError::Name(_) | SubjectError::Closed { .. } => None,
        }
    }
}

impl Subject {
    /// A name goes before a number, as in `ip`.
    pub(crate) fn parse(word: &OsStr, facts: &Facts) -> Result<Self, SubjectError> {
        if word.as_encoded_bytes().contains(&b'/') {
            return Ok(Subject::File(PathBuf::from(word)));
        }
        let name = NetnsName::existing(word)?;
        let is_there = State::of(&name, facts).is_some();
        let number = word.to_str().and_then(|text| text.parse::<u32>().ok()).filter(|pid| *pid > 0);
        match number {
            _ if is_there => Ok(Subject::Name(name)),
            _ if word == HOST => Ok(Subject::Here),
            Some(pid) => Ok(Subject::Process(pid)),
            None => Ok(Subject::Name(name)),
        }
    }

    /// All words; a repeated one once.
    pub(crate) fn parse_all(words: &[OsString], facts: &Facts) -> Result<Vec<Self>, SubjectError> {
        let mut found = Vec::new();
        for word in words {
            let subject = Self::parse(word, facts)?;
            if !found.contains(&subject) {
                found.push(subject);
            }
        }
        Ok(found)
    }

    /// The file that leads to it.
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Subject::Here => "/proc/self/ns/net".into(),
            Subject::Name(name) => name.path(),
            Subject::Process(pid) => format!("/proc/{pid}/ns/net").into(),
            Subject::File(path) => Path::new(path).to_owned(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Here => f.write_str(HOST),
            Subject::Name(name) => write!(f, "{name}"),
            Subject::Process(pid) => write!(f, "{pid}"),
            Subject::File(path) => f.write_str(&xns_core::shell::path(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    #[test]
    fn names_go_before_numbers() {
        let facts = Facts::recorded(Recorded {
            files: vec![("sort:/run/netns/7".into(), b"an empty file".to_vec())],
            ..Recorded::default()
        });
        let parse = |word: &str| Subject::parse(word.as_ref(), &facts).map(|subject| subject.to_string());
        let kind = |word: &str| Subject::parse(word.as_ref(), &facts).unwrap();
        assert_eq!(kind("8"), Subject::Process(8));
        assert!(matches!(kind("7"), Subject::Name(_)));
        assert_eq!(kind("host"), Subject::Here);
        assert_eq!(parse("/proc/1/ns/net"), Ok("/proc/1/ns/net".to_owned()));
        assert_eq!(parse("").unwrap_err().to_string(), "Invalid netns name \"\"");
        let words = ["RED", "host", "RED"].map(OsString::from);
        assert_eq!(Subject::parse_all(&words, &facts).unwrap().len(), 2);
    }
}
