//! Where the other ends are. The kernel tells the index of the other end and a number for its namespace; asked by that number, it tells
//! the other end's hardware address, too. So it is looked up among all interfaces that were read, and no namespace is compared with
//! each other one.

use super::space::{End, Space, is_pair};
use crate::visitor::Visitor;
use std::os::fd::AsFd;
use xns_net::{Interface, Network};

/// An interface that was read: its index, its hardware address, its namespace.
type Row<'s> = (u32, &'s [u8], usize, &'s Interface);

/// For each space the places of its ends, in their order.
type Found = Vec<Vec<Option<usize>>>;

/// Says for each end in which of the spaces it is; `unread` says whether those that were not read are asked for, too, each for each end.
/// Answers how many were not found.
pub(super) fn resolve(spaces: &mut [Space], visitor: &Visitor, unread: bool) -> usize {
    let found = {
        let table = table(spaces);
        let of_space = |(at, space): (usize, &Space)| {
            let ends = space.known().map(|contents| contents.ends.as_slice()).unwrap_or_default();
            ends.iter().map(|end| place(at, end, spaces, &table, visitor, unread)).collect()
        };
        spaces.iter().enumerate().map(of_space).collect::<Found>()
    };
    let mut missing = 0;
    for (space, places) in spaces.iter_mut().zip(found) {
        if let Some(Ok(contents)) = &mut space.contents {
            for (end, place) in contents.ends.iter_mut().zip(places) {
                end.space = place;
                missing += usize::from(place.is_none());
            }
        }
    }
    missing
}

fn table(spaces: &[Space]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (at, space) in spaces.iter().enumerate() {
        let interfaces = space.known().map(|contents| contents.interfaces.as_slice()).unwrap_or_default();
        rows.extend(interfaces.iter().map(|one| (one.index, one.hardware.as_slice(), at, one)));
    }
    rows.sort_unstable_by_key(|(index, hardware, at, _)| (*index, *hardware, *at));
    rows
}

fn place(
    at: usize,
    end: &End,
    spaces: &[Space],
    table: &[Row<'_>],
    visitor: &Visitor,
    unread: bool,
) -> Option<usize> {
    let Some(id) = end.id else { return Some(at) };
    if end.space.is_some() {
        return end.space;
    }
    let own = spaces.get(at)?.known()?.interface(end.of)?;
    let candidates = end.seen.as_ref().map(|seen| candidates(end.of, own, seen, table)).unwrap_or_default();
    if let [one] = candidates.as_slice() {
        return Some(*one);
    }
    // Several that look the same; or it is in one that may not be entered, or be asked about.
    let is_unread = |at: &usize| spaces[*at].known().is_none();
    let asked: Vec<usize> = match candidates.is_empty() {
        false => candidates,
        true if !unread => return None,
        true if end.seen.is_some() => (0..spaces.len()).filter(is_unread).collect(),
        true => (0..spaces.len()).collect(),
    };
    by_number(at, id, &asked, spaces, visitor)
}

/// The spaces with an interface that looks like this one, as the other end of our own.
fn candidates(of: u32, own: &Interface, seen: &Interface, table: &[Row<'_>]) -> Vec<usize> {
    let key = (seen.index, seen.hardware.as_slice());
    let start = table.partition_point(|(index, hardware, ..)| (*index, *hardware) < key);
    let same = table[start..].iter().take_while(|(index, hardware, ..)| (*index, *hardware) == key);
    let fits = |other: &Interface| {
        let points_back = !is_pair(own) || other.link.is_some_and(|link| link.index == of);
        points_back && other.name == seen.name
    };
    same.filter(|(.., other)| fits(other)).map(|(_, _, at, _)| *at).collect()
}

/// Which of them has this number in the namespace.
fn by_number(at: usize, id: i32, asked: &[usize], spaces: &[Space], visitor: &Visitor) -> Option<usize> {
    if asked.is_empty() {
        return None;
    }
    let network = network_of(spaces.get(at)?, visitor)?;
    asked.iter().copied().find(|other| {
        let file = spaces.get(*other).and_then(|space| xns_net::open(&space.path, space.follow()).ok());
        file.is_some_and(|file| network.id_of(file.as_fd()) == Ok(Some(id)))
    })
}

fn network_of(space: &Space, visitor: &Visitor) -> Option<Network> {
    if space.is_here {
        return Network::own().ok();
    }
    visitor.network(xns_net::open(&space.path, space.follow()).ok()?.as_fd()).ok()
}
