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
    use proptest::prelude::*;
    use std::ffi::OsString;

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

    fn os(bytes: &[u8]) -> OsString {
        OsString::from_vec(bytes.to_vec())
    }

    fn escaped(path: &[u8]) -> Vec<u8> {
        let escape = |byte: &u8| if b":\\".contains(byte) { vec![b'\\', *byte] } else { vec![*byte] };
        path.iter().flat_map(escape).collect()
    }

    /// A path of any bytes but NUL; with many of those that mean something.
    fn any_path() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![1..=255_u8, prop::sample::select(b":\\/. ".to_vec())];
        prop::collection::vec(byte, 1..20)
    }

    fn any_pair() -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(b":\\/.ab".to_vec()), 0..12)
    }

    /// The names of a path; `None` if one of them leads upwards.
    fn names(path: &[u8]) -> Option<Vec<Vec<u8>>> {
        let names = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty() && *name != b".");
        names.map(|name| (name != b"..").then(|| name.to_vec())).collect()
    }

    proptest! {
        #[test]
        fn an_escaped_pair_is_read_back(source in any_path(), target in any_path()) {
            let value = [escaped(&source), escaped(&target)].join(&b':');
            let read = source_and_target("bind", &os(&value)).ok();
            let expected = names(&target).filter(|names| !names.is_empty());
            prop_assert_eq!(read.is_some(), expected.is_some());
            if let (Some((read_source, read_target)), Some(expected)) = (read, expected) {
                prop_assert_eq!(read_source.into_os_string(), os(&source));
                let whole = expected.iter().flat_map(|name| [b"/", name.as_slice()].concat()).collect::<Vec<_>>();
                prop_assert_eq!(read_target.into_os_string(), os(&whole));
            }
        }

        /// Whatever is accepted has a source, and a target below the root.
        #[test]
        fn no_target_leads_out_of_the_root(value in prop_oneof![any_path(), any_pair()]) {
            if let Ok((source, target)) = source_and_target("bind", &os(&value)) {
                prop_assert!(!source.as_os_str().is_empty());
                prop_assert!(target.starts_with("/") && target != Path::new("/"));
                prop_assert!(!target.components().any(|part| matches!(part, Component::ParentDir)));
            }
            if let Ok(target) = target_path("tmpfs", Path::new(&os(&value))) {
                let text = target.as_os_str().as_bytes();
                prop_assert!(names(text).is_some_and(|names| !names.is_empty()));
            }
        }

        #[test]
        fn numbers_are_what_was_typed(n in prop_oneof![any::<i128>(), any::<i64>().prop_map(i128::from), -3..1_i128 << 33]) {
            let word = OsString::from(n.to_string());
            prop_assert_eq!(seconds("monotonic", &word).ok(), i64::try_from(n).ok());
            let number = i32::try_from(n).ok().filter(|n| *n >= 0);
            prop_assert_eq!(descriptor("info-fd", &word).ok(), number);
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
