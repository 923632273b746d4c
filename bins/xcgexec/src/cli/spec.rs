//! `CONTROLLERS:PATH`, the value of `-g`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use thiserror::Error;
use xns_cgroup::{GroupPath, PathError};

/// A group, in the hierarchies of these controllers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Which hierarchies.
    pub controllers: Controllers,
    /// The group below each one's mount point.
    pub path: GroupPath,
}

/// Which hierarchies are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Controllers {
    /// Those of these, in this order.
    Named(Vec<String>),
    /// `*`: every one that is mounted.
    All,
    /// None named: version 2's.
    Unified,
}

/// Why a word is none.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SpecError {
    #[error("-g '{}': there is no ':' between the controllers and the group's path", .0.display())]
    NoColon(OsString),
    #[error("-g '{}': there is no path of a group after the ':'", .0.display())]
    NoPath(OsString),
    #[error("-g '{}': the controllers are not text", .0.display())]
    NotText(OsString),
    #[error("-g '{}': a second ':' in it; a path with a ':' is not told from what another tool would drop", .0.display())]
    SecondColon(OsString),
    #[error("-g: {0}")]
    Path(#[from] PathError),
}

impl Spec {
    /// Reads the word.
    ///
    /// # Errors
    /// One that is not so, or whose path leads out of the hierarchy.
    pub fn parse(word: &OsStr) -> Result<Self, SpecError> {
        let bytes = word.as_bytes();
        let colon = bytes.iter().position(|byte| *byte == b':');
        let colon = colon.ok_or_else(|| SpecError::NoColon(word.to_owned()))?;
        let (names, path) = (&bytes[..colon], &bytes[colon + 1..]);
        let names = std::str::from_utf8(names).map_err(|_| SpecError::NotText(word.to_owned()))?;
        if path.is_empty() {
            return Err(SpecError::NoPath(word.to_owned()));
        }
        if path.contains(&b':') {
            return Err(SpecError::SecondColon(word.to_owned()));
        }
        let path = GroupPath::parse(OsStr::from_bytes(path))?;
        Ok(Spec { controllers: Controllers::parse(names), path })
    }
}

impl Controllers {
    /// Empty names between commas are passed over, as in the original; a `*` stands for all, wherever it is.
    fn parse(names: &str) -> Self {
        let mut named: Vec<String> = Vec::new();
        for name in names.split(',').filter(|name| !name.is_empty()) {
            if name == "*" {
                return Controllers::All;
            }
            if !named.iter().any(|known| known == name) {
                named.push(name.to_owned());
            }
        }
        if named.is_empty() { Controllers::Unified } else { Controllers::Named(named) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let parse = |word: &str| Spec::parse(OsStr::new(word));
        let named =
            |names: &[&str]| Controllers::Named(names.iter().map(|name| (*name).to_owned()).collect());
        let controllers = |word| parse(word).map(|spec| spec.controllers);
        assert_eq!(controllers("cpu,memory:x"), Ok(named(&["cpu", "memory"])));
        assert_eq!(controllers(",cpu,cpu:/x/"), Ok(named(&["cpu"])));
        assert_eq!(controllers("cpu,*:x"), Ok(Controllers::All));
        assert_eq!(controllers(":x"), Ok(Controllers::Unified));
        assert_eq!(controllers("name=systemd:x"), Ok(named(&["name=systemd"])));
        assert_eq!(parse("cpu"), Err(SpecError::NoColon("cpu".into())));
        assert_eq!(parse("cpu:"), Err(SpecError::NoPath("cpu:".into())));
        assert_eq!(parse("cpu:a:b"), Err(SpecError::SecondColon("cpu:a:b".into())));
        assert!(matches!(parse("cpu:../x"), Err(SpecError::Path(_))));
        assert!(parse("cpu:/").is_ok_and(|spec| spec.path.is_root()));
    }
}
