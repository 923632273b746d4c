//! A single map (`-r`, `-c`, `--map-user`) together with ranges (`--map-users`).

use std::num::NonZeroU32;

use super::{Block, Extent, IdMap, InsideId, OutsideId};

/// A single map: the caller's own id and what it is to be inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Single {
    /// What was asked for.
    pub inside: InsideId,
    /// The caller's effective id.
    pub outside: OutsideId,
}

impl Single {
    /// Its line.
    #[must_use]
    pub const fn extent(self) -> Extent {
        Extent { inside: self.inside, outside: self.outside, count: NonZeroU32::MIN }
    }
}

/// A range of ids to be mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Both starts are given.
    Fixed(Extent),
    /// From inner id 0 upwards, wherever there is room: `auto`.
    Auto(Block),
}

/// The whole map: the single line first, then the ranges in their order, each cut so that the single map's two ids do
/// not occur again.
///
/// A fixed range that holds the one, the other or both keeps its bounds and loses one id, its topmost, since the rest
/// moves up by one. An `auto` range has no upper bound inside: it loses nothing, but for the caller's own id when that
/// is in the block. Ranges that overlap each other stay as they are: [`IdMap::check`] finds them.
///
/// Unlike util-linux, a range that ends just before one of the two ids loses nothing.
#[must_use]
pub fn merge(single: Option<Single>, ranges: &[Range]) -> IdMap {
    let mut extents = Vec::with_capacity(1 + 3 * ranges.len());
    extents.extend(single.map(Single::extent));
    for range in ranges {
        push(&mut extents, single, *range);
    }
    IdMap(extents)
}

/// 64 bits: no sum of two 32-bit numbers overflows.
fn push(extents: &mut Vec<Extent>, single: Option<Single>, range: Range) {
    let (inside, outside, count, room) = match range {
        Range::Fixed(e) => (e.inside.get(), e.outside.get(), e.count.get(), u64::from(e.count.get())),
        // The block ends below NO_ID, so one id more than it has is always there from 0 upwards.
        Range::Auto(b) => (0, b.first.get(), b.count.get(), u64::from(b.count.get()) + 1),
    };
    let (inside, outside, count) = (u64::from(inside), u64::from(outside), u64::from(count));
    // Where the two ids are, counted from the start of the range.
    let hole = |id: u32, first: u64, count: u64| u64::from(id).checked_sub(first).filter(|at| *at < count);
    let inside_hole = single.and_then(|s| hole(s.inside.get(), inside, room));
    let outside_hole = single.and_then(|s| hole(s.outside.get(), outside, count));
    let left = |count: u64, hole: Option<u64>| count.saturating_sub(u64::from(hole.is_some()));
    let total = left(room, inside_hole).min(left(count, outside_hole));

    let cut = |hole: Option<u64>| hole.unwrap_or(total).min(total);
    let (a, b) = (cut(inside_hole), cut(outside_hole));
    for (from, to) in [(0, a.min(b)), (a.min(b), a.max(b)), (a.max(b), total)] {
        // From a hole on, everything is one higher.
        let at =
            |first: u64, hole: Option<u64>| first + from + u64::from(hole.is_some_and(|hole| from >= hole));
        extents.extend(piece(at(inside, inside_hole), at(outside, outside_hole), to.saturating_sub(from)));
    }
}

/// `None` for an empty piece.
fn piece(inside: u64, outside: u64, count: u64) -> Option<Extent> {
    let narrow = |n: u64| u32::try_from(n).ok();
    let count = NonZeroU32::new(narrow(count)?)?;
    Extent::new(InsideId::new(narrow(inside)?)?, OutsideId::new(narrow(outside)?)?, count).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::idmap::MapSpec;
    use crate::idmap::tests::{any_extent, extent};
    use proptest::prelude::*;

    fn single(inside: u32, outside: u32) -> Option<Single> {
        Some(Single { inside: InsideId::new(inside).unwrap(), outside: OutsideId::new(outside).unwrap() })
    }

    fn fixed(value: &str) -> Range {
        match MapSpec::parse(value.as_bytes()) {
            Ok(MapSpec::Range(extent)) => Range::Fixed(extent),
            other => unreachable!("{other:?}"),
        }
    }

    fn auto(first: u32, count: u32) -> Range {
        let (first, count) = (OutsideId::new(first).unwrap(), NonZeroU32::new(count).unwrap());
        Range::Auto(Block::new(first, count).unwrap())
    }

    #[test]
    fn examples() {
        let cases: &[(Option<Single>, &[Range], &[&str])] = &[
            // Seen with the original.
            (single(0, 0), &[fixed("0:100000:1000")], &["0 0 1", "1 100000 999"]),
            (single(5, 0), &[fixed("0:100000:1000")], &["5 0 1", "0 100000 5", "6 100005 994"]),
            (
                single(1000, 1000),
                &[auto(300_000, 65536)],
                &["1000 1000 1", "0 300000 1000", "1001 301000 64536"],
            ),
            (single(0, 1000), &[auto(100_000, 65536)], &["0 1000 1", "1 100000 65536"]),
            // W-8: nothing overlaps, nothing is lost.
            (single(10, 0), &[fixed("0:100000:10")], &["10 0 1", "0 100000 10"]),
            (single(70, 10), &[fixed("0:0:10")], &["70 10 1", "0 0 10"]),
            // No single map.
            (None, &[auto(7, 3), fixed("9:99:1")], &["0 7 3", "9 99 1"]),
            (None, &[], &[]),
            (single(0, 1000), &[], &["0 1000 1"]),
            // The outer id in the range, alone and with the inner one, before and behind it.
            (single(99, 5), &[fixed("0:0:10")], &["99 5 1", "0 0 5", "5 6 4"]),
            (single(2, 5), &[fixed("0:0:10")], &["2 5 1", "0 0 2", "3 2 3", "6 6 4"]),
            (single(5, 2), &[fixed("0:0:10")], &["5 2 1", "0 0 2", "2 3 3", "6 6 4"]),
            (single(5, 5), &[fixed("0:0:10")], &["5 5 1", "0 0 5", "6 6 4"]),
            // At the ends of the range; a range of one id.
            (single(9, 77), &[fixed("0:0:10")], &["9 77 1", "0 0 9"]),
            (single(0, 9), &[fixed("0:0:10")], &["0 9 1", "1 0 9"]),
            (single(0, 0), &[fixed("0:0:1")], &["0 0 1"]),
            // The block above the inner id, and the caller's id in the block: the inner ids stay without a gap.
            (single(10, 0), &[auto(100, 10)], &["10 0 1", "0 100 10"]),
            (single(11, 0), &[auto(100, 10)], &["11 0 1", "0 100 10"]),
            (single(0, 105), &[auto(100, 10)], &["0 105 1", "1 100 5", "6 106 4"]),
            // All ids there are.
            (single(0, 0), &[auto(1, u32::MAX - 1)], &["0 0 1", "1 1 4294967294"]),
            (single(7, 3), &[auto(0, u32::MAX)], &["7 3 1", "0 0 3", "3 4 4", "8 8 4294967287"]),
        ];
        for (single, ranges, want) in cases {
            let map = merge(*single, ranges);
            let got = map.extents().iter().map(Extent::to_string).collect::<Vec<_>>();
            assert_eq!(got, *want, "{single:?} {ranges:?}");
            assert_eq!(map.check(4096), Ok(()));
        }
    }

    fn any_range() -> impl Strategy<Value = Range> {
        any_extent().prop_flat_map(|e| {
            let block = Range::Auto(Block::new(e.outside(), e.count()).unwrap());
            prop_oneof![Just(Range::Fixed(e)), Just(block)]
        })
    }

    fn any_single() -> impl Strategy<Value = Single> {
        any_extent().prop_map(|e| Single { inside: e.inside(), outside: e.outside() })
    }

    /// How many ids a range must keep, and whether it holds the single map's ids.
    fn kept(single: Single, range: Range) -> u64 {
        let holds = |first: u32, count: NonZeroU32, id: u32| id >= first && id - first < count.get();
        let outer = |first: OutsideId, count| holds(first.get(), count, single.outside.get());
        let (count, lost) = match range {
            Range::Fixed(e) => {
                let inner = holds(e.inside().get(), e.count(), single.inside.get());
                (e.count(), inner || outer(e.outside(), e.count()))
            }
            Range::Auto(b) => (b.count(), outer(b.first(), b.count())),
        };
        u64::from(count.get()) - u64::from(lost)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn one_range(single in any_single(), range in any_range()) {
            let map = merge(Some(single), &[range]);
            prop_assert_eq!(map.check(4096), Ok(()));
            prop_assert!(map.extents().len() <= 4);
            prop_assert_eq!(map.extents()[0], single.extent());
            prop_assert_eq!(map.id_count(), 1 + kept(single, range));
            // What moved stays within the bounds of the range.
            for e in &map.extents()[1..] {
                let (first, count) = match range {
                    Range::Fixed(r) => (r.outside(), r.count()),
                    Range::Auto(b) => (b.first(), b.count()),
                };
                prop_assert!(e.outside() >= first);
                let end = |first: OutsideId, count: NonZeroU32| u64::from(first.get()) + u64::from(count.get());
                prop_assert!(end(e.outside(), e.count()) <= end(first, count));
            }
        }

        #[test]
        fn ranges_do_not_touch_each_other(single in any_single(), ranges in prop::collection::vec(any_range(), 0..6)) {
            let map = merge(Some(single), &ranges);
            let mut want = vec![single.extent()];
            for range in &ranges {
                want.extend(&merge(Some(single), &[*range]).extents()[1..]);
            }
            prop_assert_eq!(map.extents(), want);
        }

        #[test]
        fn disjoint_ranges_stay_disjoint(
            single in any_single(),
            gaps in prop::collection::vec((0..9_u32, 0..9_u32, 1..9_u32), 0..6),
        ) {
            let (mut inside, mut outside) = (0, 0);
            let mut ranges = Vec::new();
            for (i, o, count) in gaps {
                ranges.push(Range::Fixed(extent(inside + i, outside + o, count)));
                (inside, outside) = (inside + i + count, outside + o + count);
            }
            prop_assert_eq!(merge(Some(single), &ranges).check(4096), Ok(()));
        }

        #[test]
        fn without_single_map_nothing_changes(extents in prop::collection::vec(any_extent(), 0..6)) {
            let ranges = extents.iter().copied().map(Range::Fixed).collect::<Vec<_>>();
            let map = merge(None, &ranges);
            prop_assert_eq!(map.extents(), extents);
        }
    }
}
