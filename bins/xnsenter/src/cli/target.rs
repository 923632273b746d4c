//! What is entered, as words: a process, a container, a namespace by name, file or id.

use super::CliError;
use std::ffi::{OsStr, OsString};
use std::num::{IntErrorKind, ParseIntError};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use xns_core::{Facts, NsKind};
use xns_plan::process::NamespaceSource;

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its number.
    pub pid: u32,
    /// Its pidfd's inode number (`PID:INODE`).
    pub inode: Option<u64>,
    /// When it started, in clock ticks since the boot, when it was found by a name.
    pub started: Option<u64>,
}

/// One namespace as the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Only {
    /// As it was typed.
    pub typed: OsString,
    /// The file that holds it.
    pub file: PathBuf,
    /// What kind it is known to be.
    kind: Option<NsKind>,
}

/// The value of `--target`.
pub(super) enum Word {
    Process(Target),
    Container(String),
    Namespace(Only),
}

/// Where `ip netns` and `xnetns` keep names (ip-netns(8)).
const NAMES: &str = "/run/netns";

/// `PID`, `PID:INODE`, `container:ID`, `netns:NAME`, or a file.
pub(super) fn word(value: &OsStr) -> Result<Word, CliError> {
    let bytes = value.as_bytes();
    if let Some(name) = bytes.strip_prefix(b"netns:") {
        let name = plain_name(name).ok_or_else(|| CliError::BadName(value.to_owned()))?;
        let file = Path::new(NAMES).join(name);
        return Ok(Word::Namespace(Only { typed: value.to_owned(), file, kind: Some(NsKind::Net) }));
    }
    if let Some(id) = bytes.strip_prefix(b"container:") {
        let id = plain_name(id).ok_or_else(|| CliError::BadName(value.to_owned()))?;
        return Ok(Word::Container(id.to_owned()));
    }
    if bytes.contains(&b'/') {
        return Ok(Word::Namespace(Only { typed: value.to_owned(), file: value.into(), kind: None }));
    }
    process(value).map(Word::Process)
}

/// Letters, digits, `_`, `.`, `-` and `+`, no dot or dash first: never a path to somewhere else.
fn plain_name(name: &[u8]) -> Option<&str> {
    const LONGEST: usize = 255;
    let fine = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-+@".contains(byte);
    let name = std::str::from_utf8(name).ok().filter(|name| (1..=LONGEST).contains(&name.len()))?;
    (name.bytes().all(|byte| fine(&byte)) && !name.starts_with(['.', '-'])).then_some(name)
}

fn process(value: &OsStr) -> Result<Target, CliError> {
    let wrong = || CliError::Pid(value.to_owned());
    let text = value.to_str().ok_or_else(wrong)?;
    let (pid, inode) = match text.split_once(':') {
        Some((pid, inode)) => (pid, Some(inode.parse().ok().filter(|inode| *inode > 0).ok_or_else(wrong)?)),
        None => (text, None),
    };
    let number: Result<i64, ParseIntError> = pid.trim_start_matches([' ', '\t']).parse();
    let pid = number.or_else(|error| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => Ok(i64::MAX),
        _ => Err(wrong()),
    });
    match u32::try_from(pid?) {
        Ok(pid @ 1..=0x7fff_ffff) => Ok(Target { pid, inode, started: None }),
        _ => Err(CliError::PidRange(value.to_owned())),
    }
}

/// The value of a namespace's option: a file, or `:` and its 64-bit id.
pub(super) fn source(value: &OsStr) -> Result<NamespaceSource, CliError> {
    let Some(id) = value.as_bytes().strip_prefix(b":") else {
        return Ok(NamespaceSource::File(value.into()));
    };
    let id = std::str::from_utf8(id).ok().and_then(|id| id.parse().ok());
    id.map(NamespaceSource::Id).ok_or_else(|| CliError::NamespaceId(value.to_owned()))
}

/// The value of `--net-socket`: 0 to INT_MAX.
pub(super) fn descriptor(value: &OsStr) -> Result<i32, CliError> {
    let number: Option<i32> = value.to_str().and_then(|text| text.parse().ok());
    number.filter(|number| *number >= 0).ok_or_else(|| CliError::Descriptor(value.to_owned()))
}

impl Only {
    /// Which kind of namespace it is.
    pub(super) fn kind(&self, facts: &Facts) -> Result<NsKind, CliError> {
        let known = || facts.namespace_kind(&self.file);
        self.kind.or_else(known).ok_or_else(|| CliError::NoNamespace(self.typed.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["RED", "a.b", "my-net_1", "a@b"] {
            assert_eq!(plain_name(name.as_bytes()), Some(name));
        }
        for name in ["", ".", "..", "a/b", "-x", ".x", "a b", "a\n", "é"] {
            assert_eq!(plain_name(name.as_bytes()), None, "{name:?}");
        }
    }

    #[test]
    fn a_target_is_a_number_within_bounds() {
        let pid =
            |text: &str| process(OsStr::new(text)).map(|target| (target.pid, target.inode)).map_err(drop);
        assert_eq!(pid("7"), Ok((7, None)));
        assert_eq!(pid("7:12"), Ok((7, Some(12))));
        for bad in ["", "0", "-1", "7x", "7:", "7:0", "7:x", "4294967297", "2147483648"] {
            assert_eq!(pid(bad), Err(()), "{bad:?}");
        }
    }
}
