#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

pub(super) fn extent(inside: u32, outside: u32, count: u32) -> Extent {
    Extent::new(
        InsideId::new(inside).unwrap(),
        OutsideId::new(outside).unwrap(),
        NonZeroU32::new(count).unwrap(),
    )
    .unwrap()
}

pub(super) fn any_extent() -> impl Strategy<Value = Extent> {
    // Small numbers make overlaps likely, large ones try the edges.
    let start = || prop_oneof![0..40_u32, 0..u32::MAX, u32::MAX - 40..u32::MAX];
    let count = prop_oneof![1..20_u32, 1..=u32::MAX];
    (start(), start(), count).prop_map(|(inside, outside, count)| {
        let most = (u32::MAX - inside).min(u32::MAX - outside);
        extent(inside, outside, count.min(most))
    })
}

#[test]
fn extents_end_before_the_reserved_id() {
    let new = |i, o, c| {
        Extent::new(InsideId::new(i).unwrap(), OutsideId::new(o).unwrap(), NonZeroU32::new(c).unwrap())
            .map_err(|e| e.to_string())
    };
    // All four tried on a kernel: the first two are taken, the others are EINVAL.
    assert!(new(0, 0, u32::MAX).is_ok());
    assert!(new(u32::MAX - 1, 0, 1).is_ok());
    assert_eq!(
        new(1, 0, u32::MAX),
        Err("4294967295 ids from inner id 1 go beyond 4294967294, the last id".to_owned())
    );
    assert_eq!(
        new(0, 4_294_967_290, 10),
        Err("10 ids from outer id 4294967290 go beyond 4294967294, the last id".to_owned())
    );
    assert_eq!(InsideId::new(NO_ID), None);
    assert_eq!(OutsideId::new(NO_ID), None);
}

#[test]
fn text_and_numbers() {
    let map = IdMap::from(vec![extent(0, 1000, 1), extent(1, 100_000, 65536)]);
    assert_eq!(map.to_file_text(), "0 1000 1\n1 100000 65536\n");
    assert_eq!(map.numbers().collect::<Vec<_>>(), [0, 1000, 1, 1, 100_000, 65536]);
    assert_eq!(map.id_count(), 65537);
    assert!(!map.is_empty() && IdMap::default().is_empty());
    let own = map.identities().collect::<IdMap>();
    assert_eq!(own.to_file_text(), "0 0 1\n1 1 65536\n");
}

#[test]
fn look_ups() {
    let map = IdMap::from(vec![extent(0, 1000, 1), extent(1, 100_000, 10)]);
    let out = |id| map.outside_of(InsideId::new(id).unwrap()).map(OutsideId::get);
    let inn = |id| map.inside_of(OutsideId::new(id).unwrap()).map(InsideId::get);
    assert_eq!([out(0), out(1), out(10), out(11)], [Some(1000), Some(100_000), Some(100_009), None]);
    assert_eq!(
        [inn(0), inn(1000), inn(99_999), inn(100_009), inn(100_010)],
        [None, Some(0), None, Some(10), None]
    );
    assert!(map.contains(InsideId::new(10).unwrap()) && !map.contains(InsideId::new(11).unwrap()));
}

#[test]
fn check_names_both_lines() {
    let say = |lines: &[Extent]| IdMap::from(lines.to_vec()).check(4096).map_err(|e| e.to_string());
    assert_eq!(say(&[]), Ok(()));
    assert_eq!(say(&[extent(0, 0, 5), extent(5, 5, 5)]), Ok(()));
    assert_eq!(
        say(&[extent(0, 0, 5), extent(9, 9, 1), extent(4, 100, 5)]),
        Err("inner id 4 is mapped twice, by '0 0 5' and '4 100 5'".to_owned())
    );
    assert_eq!(
        say(&[extent(50, 100, 5), extent(0, 90, 20)]),
        Err("outer id 100 is mapped twice, by '50 100 5' and '0 90 20'".to_owned())
    );
}

#[test]
fn check_counts_lines_and_bytes() {
    let short = |lines| (0..lines).map(|i| extent(i * 2, i * 2, 1)).collect::<IdMap>();
    assert_eq!(short(340).check(4096), Ok(()));
    assert_eq!(short(341).check(4096), Err(MapError::TooManyLines { lines: 341 }));
    let long = (0..200).map(|i| extent(i * 2, 1_000_000_000 + i, 1)).collect::<IdMap>();
    assert_eq!(long.to_file_text().len(), long.text_len());
    assert!(long.check(long.text_len() + 1).is_ok());
    let (bytes, most) = (long.text_len(), long.text_len() - 1);
    assert_eq!(long.check(bytes), Err(MapError::TooLong { bytes, most }));
}

proptest! {
    #[test]
    fn text_is_read_back(extents in prop::collection::vec(any_extent(), 0..20)) {
        let map = IdMap::from(extents);
        let text = map.to_file_text();
        prop_assert_eq!(text.len(), map.text_len());
        prop_assert_eq!(IdMap::parse_proc(text.as_bytes()), Ok(map));
    }

    #[test]
    fn check_agrees_with_counting(extents in prop::collection::vec((0..60_u32, 0..60_u32, 1..8_u32), 0..6)) {
        let map = extents.iter().map(|(i, o, c)| extent(*i, *o, *c)).collect::<IdMap>();
        let mut seen = ([0_u8; 80], [0_u8; 80]);
        for e in map.extents() {
            for k in 0..e.count().get() {
                seen.0[(e.inside().get() + k) as usize] += 1;
                seen.1[(e.outside().get() + k) as usize] += 1;
            }
        }
        let once = seen.0.iter().chain(&seen.1).all(|n| *n < 2);
        prop_assert_eq!(map.check(4096).is_ok(), once);
    }

    #[test]
    fn look_ups_are_inverse(e in any_extent(), id in 0..u32::MAX) {
        let map = IdMap::from(vec![e]);
        let id = InsideId::new(id).unwrap();
        if let Some(outside) = map.outside_of(id) {
            prop_assert_eq!(map.inside_of(outside), Some(id));
        }
    }
}
