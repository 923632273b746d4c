//! The maps of a user namespace in words (user_namespaces(7)).

use crate::Setgroups;
use crate::idmap::{IdKind, NO_ID, ProcLine, proc_lines};
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use xns_core::inside::{self, Answer, InsideError};
use xns_core::{Errno, NsKind, SingleThreaded};
use xns_sys::fs;

/// A line of a map, which prints in words: `0 here is 1000 outside`.
///
/// "Here" is the namespace that has the map. "Outside" is the reader's user namespace; of the reader's own it is the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapLine(pub ProcLine);

impl fmt::Display for MapLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MapLine(ProcLine { inside, outside, count }) = *self;
        let (first, more) = (inside.get(), count.get() - 1);
        let last = |first: u32| first.saturating_add(more).min(NO_ID - 1);
        match (outside.map(|outside| outside.get()), more) {
            (Some(0), _) if first == 0 && count.get() == NO_ID => f.write_str("every id is the same outside"),
            (Some(outside), 0) if outside == first => write!(f, "{first} is the same outside"),
            (Some(outside), 0) => write!(f, "{first} here is {outside} outside"),
            (Some(outside), _) if outside == first => {
                write!(f, "{first}–{} are the same outside", last(first))
            }
            (Some(outside), _) => {
                write!(f, "{first}–{} here are {outside}–{} outside", last(first), last(outside))
            }
            (None, 0) => write!(f, "{first} here has no number outside"),
            (None, _) => write!(f, "{first}–{} here have no number outside", last(first)),
        }
    }
}

/// What a user namespace's ids are outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maps {
    /// The lines of `uid_map`; none when no map was written: everybody is nobody there.
    pub uids: Vec<MapLine>,
    /// The lines of `gid_map`.
    pub gids: Vec<MapLine>,
    /// May setgroups(2) be used? `None` below Linux 3.19.
    pub setgroups: Option<Setgroups>,
}

impl Maps {
    /// Of the user namespace that a process is in, by its directory in `/proc`. Anybody may read them.
    ///
    /// # Errors
    /// What reading answered; EINVAL for a text that is no map.
    pub fn of(process: BorrowedFd<'_>) -> Result<Self, Errno> {
        let map = |kind: IdKind| parse(&fs::read_in(process, Path::new(kind.map_file()))?);
        let setgroups = match fs::read_in(process, Path::new("setgroups")) {
            Ok(text) => Some(match text.trim_ascii() {
                b"allow" => Setgroups::Allow,
                b"deny" => Setgroups::Deny,
                _ => return Err(Errno::EINVAL),
            }),
            Err(Errno::ENOENT) => None,
            Err(errno) => return Err(errno),
        };
        Ok(Maps { uids: map(IdKind::User)?, gids: map(IdKind::Group)?, setgroups })
    }

    /// Of a user namespace, which a child enters: its directory in `/proc` is then that of a process there.
    ///
    /// # Errors
    /// When it may not be entered. Where children vanish at once, as the caller ignores SIGCHLD, reading fails (ESRCH).
    pub fn inside(single: SingleThreaded, namespace: BorrowedFd<'_>) -> Result<Self, InsideError> {
        let question = || {
            let descriptors = vec![fs::open_directory(Path::new("/proc/self"))?];
            Ok(Answer { bytes: Vec::new(), descriptors })
        };
        let maps = inside::ask_and_look(single, NsKind::User, namespace, question, |answer, _| {
            answer.descriptors.first().map(|process| Self::of(process.as_fd()))
        })?;
        let failed = |errno| InsideError::Question { kind: NsKind::User, errno };
        maps.ok_or(InsideError::Lost)?.map_err(failed)
    }

    /// Are both maps the same, line for line?
    pub fn are_alike(&self) -> bool {
        self.uids == self.gids
    }
}

fn parse(text: &[u8]) -> Result<Vec<MapLine>, Errno> {
    proc_lines(text).map(|line| line.map(MapLine).map_err(|_| Errno::EINVAL)).collect()
}

/// A whole map in one line: `0 here is 1000 outside, 1–65536 here are 100000–165535 outside`.
pub fn map_words(lines: &[MapLine]) -> String {
    if lines.is_empty() {
        return "no ids are mapped".to_owned();
    }
    let words: Vec<_> = lines.iter().map(MapLine::to_string).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> String {
        map_words(&parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn maps_are_told_in_words() {
        assert_eq!(words("         0       1000          1\n"), "0 here is 1000 outside");
        assert_eq!(
            words("0 1000 1\n1 100000 65536\n"),
            "0 here is 1000 outside, 1–65536 here are 100000–165535 outside"
        );
        assert_eq!(words("0 0 4294967295\n"), "every id is the same outside");
        assert_eq!(words("1000 1000 1\n5 5 2\n"), "1000 is the same outside, 5–6 are the same outside");
        assert_eq!(words("0 4294967295 1\n"), "0 here has no number outside");
        assert_eq!(words("0 4294967295 9\n"), "0–8 here have no number outside");
        assert_eq!(words(""), "no ids are mapped");
        assert_eq!(parse(b"0 0\n"), Err(Errno::EINVAL));
    }

    #[test]
    fn ones_own_maps() {
        let own = fs::open_directory(Path::new("/proc/self")).unwrap();
        let maps = Maps::of(own.as_fd()).unwrap();
        let lines = std::fs::read_to_string("/proc/self/uid_map").unwrap().lines().count();
        assert_eq!(maps.uids.len(), lines);
        assert!(maps.setgroups.is_some());
    }

    proptest! {
        #[test]
        fn any_numbers_have_words(inside: u32, outside: u32, count: u32) {
            if let Ok(lines) = parse(format!("{inside} {outside} {count}\n").as_bytes()) {
                prop_assert!(!map_words(&lines).is_empty());
            }
        }

        #[test]
        fn any_bytes(text: Vec<u8>) {
            let _ = parse(&text);
        }
    }
}
