//! The values of options, from words to types.

use crate::cli::{CliError, Owner};
use std::ffi::OsStr;
use std::num::IntErrorKind;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};
use xns_user::idmap::OutsideId;

/// `SRC:DST`: the host's path and the new root's; `\:` is a colon in either, `\\` a backslash.
pub(crate) fn source_and_target(option: &'static str, value: &OsStr) -> Result<(PathBuf, PathBuf), CliError> {
    let mut halves = vec![Vec::new()];
    let mut bytes = value.as_bytes().iter().copied();
    while let Some(byte) = bytes.next() {
        let last = halves.len() - 1;
        match byte {
            b':' => halves.push(Vec::new()),
            b'\\' => match bytes.next() {
                Some(escaped @ (b':' | b'\\')) => halves[last].push(escaped),
                Some(other) => halves[last].extend([b'\\', other]),
                None => halves[last].push(b'\\'),
            },
            other => halves[last].push(other),
        }
    }
    let wrong = || CliError::BadPair { option, value: value.to_owned() };
    let [source, target] = <[Vec<u8>; 2]>::try_from(halves).map_err(|_| wrong())?;
    if source.is_empty() {
        return Err(wrong());
    }
    let path = |bytes| PathBuf::from(std::ffi::OsString::from_vec(bytes));
    Ok((path(source), target_path(option, &path(target))?))
}

/// A path of the new root: absolute, whether written so or not; never with `..`, and not the root itself.
pub(crate) fn target_path(option: &'static str, value: &Path) -> Result<PathBuf, CliError> {
    let wrong = || CliError::BadTarget { option, value: value.as_os_str().to_owned() };
    let mut path = PathBuf::from("/");
    for component in value.components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => return Err(wrong()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    if path.as_os_str() == "/" { Err(wrong()) } else { Ok(path) }
}

/// A signed number of seconds.
pub(crate) fn seconds(clock: &'static str, value: &OsStr) -> Result<i64, CliError> {
    let value_of = || value.to_owned();
    let text = value.to_str().unwrap_or_default().trim_start();
    text.parse().map_err(|error: std::num::ParseIntError| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            CliError::LongOffset { clock, value: value_of() }
        }
        _ => CliError::BadOffset { clock, value: value_of() },
    })
}

/// `UID:GID`, numbers.
pub(crate) fn owner(value: &OsStr) -> Result<Owner, CliError> {
    let id = |text: &str| text.parse().ok().and_then(OutsideId::new);
    let pair = value.to_str().and_then(|text| text.split_once(':'));
    let owner = pair.and_then(|(uid, gid)| Some(Owner { uid: id(uid)?, gid: id(gid)? }));
    owner.ok_or_else(|| CliError::Owner(value.to_owned()))
}

/// A descriptor's number.
pub(crate) fn descriptor(option: &'static str, value: &OsStr) -> Result<i32, CliError> {
    let number = value.to_str().and_then(|text| text.parse().ok()).filter(|number| *number >= 0);
    number.ok_or_else(|| CliError::BadDescriptor { option, value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(value: &str) -> Option<(String, String)> {
        let (source, target) = source_and_target("bind", OsStr::new(value)).ok()?;
        Some((source.display().to_string(), target.display().to_string()))
    }

    fn ok(source: &str, target: &str) -> Option<(String, String)> {
        Some((source.to_owned(), target.to_owned()))
    }

    #[test]
    fn a_pair_is_split_at_its_one_bare_colon() {
        assert_eq!(pair("/a:/b"), ok("/a", "/b"));
        assert_eq!(pair(r"/a\:b:/c\:d"), ok("/a:b", "/c:d"));
        assert_eq!(pair(r"/a\\:/b"), ok(r"/a\", "/b"));
        assert_eq!(pair(r"/a\b:/c"), ok(r"/a\b", "/c"));
        assert_eq!(pair(".:srv//x/."), ok(".", "/srv/x"));
        for wrong in ["/a", "/a:", ":/b", "/a:/b:/c", "/a:/b/../c", "/a:/", ""] {
            assert_eq!(pair(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn offsets_and_descriptors_are_numbers() {
        assert_eq!(seconds("boottime", OsStr::new("-300000000")).ok(), Some(-300_000_000));
        assert!(seconds("boottime", OsStr::new("1e3")).is_err());
        assert_eq!(descriptor("info-fd", OsStr::new("3")).ok(), Some(3));
        assert!(descriptor("info-fd", OsStr::new("-1")).is_err());
    }
}
