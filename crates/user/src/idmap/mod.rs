//! Id maps of user namespaces as values: what `uid_map` and `gid_map` hold (user_namespaces(7)), the options that
//! describe them, and how a single map is merged into ranges. Nothing here opens a file.

mod id;
mod merge;
mod proc;
mod spec;

use std::fmt::{self, Write};
use std::num::NonZeroU32;

use thiserror::Error;

pub use id::{IdError, IdKind, IdOrName, InsideId, NO_ID, NumberError, OutsideId};
pub(crate) use id::{number, number_as, shown};
pub use merge::{Range, Single, merge};
pub use proc::{MapTextError, ProcLine, proc_lines};
pub use spec::{MapSpec, SpecError};

/// The most lines that the kernel takes in one map (since 4.15; 5 before).
pub const MAX_LINES: usize = 340;

/// A run of consecutive outside ids: one line of `/etc/subuid`. All its ids are below [`NO_ID`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    first: OutsideId,
    count: NonZeroU32,
}

impl Block {
    /// `count` ids from `first`.
    ///
    /// # Errors
    /// The last id would be [`NO_ID`] or above.
    pub fn new(first: OutsideId, count: NonZeroU32) -> Result<Self, ExtentError> {
        if fits(first.get(), count) {
            Ok(Self { first, count })
        } else {
            Err(ExtentError::Outside { first, count })
        }
    }

    /// The lowest id.
    #[must_use]
    pub const fn first(self) -> OutsideId {
        self.first
    }

    /// How many ids.
    #[must_use]
    pub const fn count(self) -> NonZeroU32 {
        self.count
    }

    /// The block mapped to the same numbers inside: what `subids` means.
    #[must_use]
    pub const fn identity(self) -> Extent {
        Extent { inside: self.first.same_inside(), outside: self.first, count: self.count }
    }
}

/// One line of a map: `count` consecutive inside ids stand for as many consecutive outside ids.
///
/// All ids on both sides are below [`NO_ID`]; this is what the kernel asks, and the constructor holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    inside: InsideId,
    outside: OutsideId,
    count: NonZeroU32,
}

/// A range whose last id would be 4294967295 or above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ExtentError {
    /// On the inner side.
    #[error("{count} ids from inner id {first} go beyond 4294967294, the last id")]
    Inside {
        /// Where the range starts.
        first: InsideId,
        /// How many ids it has.
        count: NonZeroU32,
    },
    /// On the outer side.
    #[error("{count} ids from outer id {first} go beyond 4294967294, the last id")]
    Outside {
        /// Where the range starts.
        first: OutsideId,
        /// How many ids it has.
        count: NonZeroU32,
    },
}

fn fits(first: u32, count: NonZeroU32) -> bool {
    first.checked_add(count.get()).is_some()
}

impl Extent {
    /// A line of a map.
    ///
    /// # Errors
    /// One of the two last ids would be [`NO_ID`] or above (the kernel answers EINVAL).
    pub fn new(inside: InsideId, outside: OutsideId, count: NonZeroU32) -> Result<Self, ExtentError> {
        if !fits(inside.get(), count) {
            return Err(ExtentError::Inside { first: inside, count });
        }
        Block::new(outside, count).map(|_| Self { inside, outside, count })
    }

    /// The lowest inside id.
    #[must_use]
    pub const fn inside(self) -> InsideId {
        self.inside
    }

    /// The lowest outside id.
    #[must_use]
    pub const fn outside(self) -> OutsideId {
        self.outside
    }

    /// How many ids.
    #[must_use]
    pub const fn count(self) -> NonZeroU32 {
        self.count
    }

    /// How far above the start `id` is, if it is in the range of that start.
    fn offset(self, first: u32, id: u32) -> Option<u32> {
        id.checked_sub(first).filter(|offset| *offset < self.count.get())
    }

    /// The lowest number that both runs of ids hold.
    fn common(a: u32, a_count: NonZeroU32, b: u32, b_count: NonZeroU32) -> Option<u32> {
        let first = a.max(b);
        let in_a = first - a < a_count.get();
        let in_b = first - b < b_count.get();
        (in_a && in_b).then_some(first)
    }

    /// Bytes of its line in the file, with the newline.
    fn line_len(self) -> usize {
        [self.inside.get(), self.outside.get(), self.count.get()]
            .iter()
            .map(|n| n.checked_ilog10().unwrap_or(0) as usize + 2)
            .sum()
    }
}

/// As the kernel takes it, without the newline.
impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.inside, self.outside, self.count)
    }
}

/// What `uid_map` or `gid_map` of one user namespace holds, in the order of its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdMap(Vec<Extent>);

/// A map that the kernel would refuse (with a bare EINVAL).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MapError {
    /// More than [`MAX_LINES`].
    #[error("the map has {lines} lines, the kernel takes 340")]
    TooManyLines {
        /// How many there are.
        lines: usize,
    },
    /// The text does not fit into one write.
    #[error("the map is {bytes} bytes long, the kernel takes {most}")]
    TooLong {
        /// Length of the text.
        bytes: usize,
        /// The most that the kernel takes: a page less one.
        most: usize,
    },
    /// Two lines for one inside id.
    #[error("inner id {id} is mapped twice, by '{first}' and '{second}'")]
    InsideTwice {
        /// The lowest inside id that both have.
        id: InsideId,
        /// The earlier line.
        first: Extent,
        /// The later line.
        second: Extent,
    },
    /// Two lines for one outside id.
    #[error("outer id {id} is mapped twice, by '{first}' and '{second}'")]
    OutsideTwice {
        /// The lowest outside id that both have.
        id: OutsideId,
        /// The earlier line.
        first: Extent,
        /// The later line.
        second: Extent,
    },
}

impl IdMap {
    /// The lines in their order.
    #[must_use]
    pub fn extents(&self) -> &[Extent] {
        &self.0
    }

    /// No id is mapped: nothing is to be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All numbers, line by line: what newuidmap(1) and newgidmap(1) take after the PID.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(|e| [e.inside.get(), e.outside.get(), e.count.get()])
    }

    /// Whether the inside id stands for somebody.
    #[must_use]
    pub fn contains(&self, inside: InsideId) -> bool {
        self.outside_of(inside).is_some()
    }

    /// Who the inside id is outside.
    #[must_use]
    pub fn outside_of(&self, inside: InsideId) -> Option<OutsideId> {
        self.0.iter().find_map(|e| {
            let offset = e.offset(e.inside.get(), inside.get())?;
            OutsideId::new(e.outside.get().checked_add(offset)?)
        })
    }

    /// What the outside id is called inside.
    #[must_use]
    pub fn inside_of(&self, outside: OutsideId) -> Option<InsideId> {
        self.0.iter().find_map(|e| {
            let offset = e.offset(e.outside.get(), outside.get())?;
            InsideId::new(e.inside.get().checked_add(offset)?)
        })
    }

    /// How many ids are mapped (lines that overlap count twice).
    #[must_use]
    pub fn id_count(&self) -> u64 {
        self.0.iter().map(|e| u64::from(e.count.get())).sum()
    }

    /// Of the own map: every id that exists here, for a child namespace under the same number. What `all` means.
    pub fn identities(&self) -> impl Iterator<Item = Extent> + '_ {
        self.0.iter().map(|e| Extent { outside: e.inside.outside_for_child(), ..*e })
    }

    /// The text to be written to the file, in one write.
    #[must_use]
    pub fn to_file_text(&self) -> String {
        let mut text = String::with_capacity(self.text_len());
        // Writing into a String cannot fail.
        let _ = write!(text, "{self}");
        text
    }

    fn text_len(&self) -> usize {
        self.0.iter().map(|e| e.line_len()).sum()
    }

    /// Whether the kernel would take the map; `page_size` in bytes (sysconf `_SC_PAGESIZE`).
    ///
    /// Overflow is no matter here: an [`Extent`] cannot have it.
    ///
    /// # Errors
    /// The first reason for which it would not.
    pub fn check(&self, page_size: usize) -> Result<(), MapError> {
        // First, since it bounds the quadratic search below.
        if self.0.len() > MAX_LINES {
            return Err(MapError::TooManyLines { lines: self.0.len() });
        }
        for (i, second) in self.0.iter().enumerate() {
            for first in &self.0[..i] {
                overlap(*first, *second)?;
            }
        }
        let (bytes, most) = (self.text_len(), page_size.saturating_sub(1));
        if bytes > most { Err(MapError::TooLong { bytes, most }) } else { Ok(()) }
    }
}

fn overlap(first: Extent, second: Extent) -> Result<(), MapError> {
    let inside = Extent::common(first.inside.get(), first.count, second.inside.get(), second.count);
    if let Some(id) = inside.and_then(InsideId::new) {
        return Err(MapError::InsideTwice { id, first, second });
    }
    let outside = Extent::common(first.outside.get(), first.count, second.outside.get(), second.count);
    if let Some(id) = outside.and_then(OutsideId::new) {
        return Err(MapError::OutsideTwice { id, first, second });
    }
    Ok(())
}

impl From<Vec<Extent>> for IdMap {
    fn from(extents: Vec<Extent>) -> Self {
        Self(extents)
    }
}

impl FromIterator<Extent> for IdMap {
    fn from_iter<I: IntoIterator<Item = Extent>>(extents: I) -> Self {
        Self(extents.into_iter().collect())
    }
}

/// One `INSIDE OUTSIDE COUNT` line each.
impl fmt::Display for IdMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|e| writeln!(f, "{e}"))
    }
}

#[cfg(test)]
mod tests;
