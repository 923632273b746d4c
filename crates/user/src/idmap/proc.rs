//! Reading `/proc/PID/uid_map` and `gid_map` (user_namespaces(7)).

use std::num::NonZeroU32;

use thiserror::Error;

use super::{Extent, IdMap, InsideId, NumberError, OutsideId, number};

/// One line of such a file, as the reading process sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcLine {
    /// The lowest inside id.
    pub inside: InsideId,
    /// The lowest outside id; `None` where it has no number in the user namespace of the reader (shown as 4294967295).
    pub outside: Option<OutsideId>,
    /// How many ids.
    pub count: NonZeroU32,
}

/// A text that is not a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MapTextError {
    /// Not three numbers that make an [`Extent`].
    #[error("line {line} is not an id map line")]
    Malformed {
        /// Counted from 1.
        line: usize,
    },
    /// The outside ids cannot be seen from here.
    #[error("line {line}: the outer ids of this map have no number in this user namespace")]
    Unseen {
        /// Counted from 1.
        line: usize,
    },
}

/// The lines of a map file; blank-padded columns, empty lines are passed over.
pub fn proc_lines(text: &[u8]) -> impl Iterator<Item = Result<ProcLine, MapTextError>> + '_ {
    numbered(text).map(|(text, line)| parse_line(text).ok_or(MapTextError::Malformed { line }))
}

fn numbered(text: &[u8]) -> impl Iterator<Item = (&[u8], usize)> {
    text.split(|b| *b == b'\n').zip(1..).filter(|(text, _)| !text.trim_ascii().is_empty())
}

fn parse_line(text: &[u8]) -> Option<ProcLine> {
    let mut columns = text.split(u8::is_ascii_whitespace).filter(|c| !c.is_empty()).map(number);
    let mut next = || columns.next().and_then(Result::<u32, NumberError>::ok);
    let (inside, outside, count) =
        (InsideId::new(next()?)?, OutsideId::new(next()?), NonZeroU32::new(next()?)?);
    columns.next().is_none().then_some(ProcLine { inside, outside, count })
}

impl IdMap {
    /// Reads the text of `/proc/PID/uid_map` or `gid_map`. An empty text is an empty map: none was written yet.
    ///
    /// # Errors
    /// The first line that is none, or whose outside ids the reader cannot see (never so for the own map; use
    /// [`proc_lines`] where only the inside matters).
    pub fn parse_proc(text: &[u8]) -> Result<Self, MapTextError> {
        numbered(text)
            .map(|(text, line)| {
                let parsed = parse_line(text).ok_or(MapTextError::Malformed { line })?;
                let outside = parsed.outside.ok_or(MapTextError::Unseen { line })?;
                Extent::new(parsed.inside, outside, parsed.count)
                    .map_err(|_| MapTextError::Malformed { line })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idmap::tests::extent;
    use proptest::prelude::*;

    #[test]
    fn kernel_text() {
        let text = b"         0       1000          1\n         1     100000      65536\n";
        let map = IdMap::parse_proc(text);
        assert_eq!(map, Ok(IdMap::from(vec![extent(0, 1000, 1), extent(1, 100_000, 65536)])));
        let initial = b"         0          0 4294967295\n";
        assert_eq!(IdMap::parse_proc(initial), Ok(IdMap::from(vec![extent(0, 0, u32::MAX)])));
        assert_eq!(IdMap::parse_proc(b""), Ok(IdMap::default()));
    }

    #[test]
    fn odd_text() {
        for (text, line) in [
            ("0 0", 1),
            ("0 0 1 1\n", 1),
            ("0 0 1\nx 1 1\n", 2),
            ("0 0 0\n", 1),
            ("0 0 -1\n", 1),
            ("4294967295 0 1\n", 1),
            ("1 0 4294967295\n", 1),
            ("0 0 4294967296\n", 1),
        ] {
            assert_eq!(IdMap::parse_proc(text.as_bytes()), Err(MapTextError::Malformed { line }), "{text:?}");
        }
    }

    #[test]
    fn a_strangers_map() {
        let text = b"         0 4294967295          1\n";
        assert_eq!(IdMap::parse_proc(text), Err(MapTextError::Unseen { line: 1 }));
        let lines = proc_lines(text).collect::<Vec<_>>();
        assert_eq!(lines, [Ok(ProcLine { inside: InsideId::ROOT, outside: None, count: NonZeroU32::MIN })]);
    }

    proptest! {
        #[test]
        fn any_bytes(text: Vec<u8>) {
            let _ = IdMap::parse_proc(&text);
        }
    }
}
