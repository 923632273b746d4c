//! Rows in the order of a tree.

use std::collections::HashMap;

/// What a tree follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tree {
    /// A namespace stands below the user namespace that owns it.
    Owner,
    /// A PID or user namespace stands below its parent; others belong to nobody.
    Parent,
    /// A namespace stands below the one that was listed last for the parent of its process.
    Process,
}

/// What a tree has to know of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The number by which others name it.
    pub id: u64,
    /// The number of the one above it.
    pub above: Option<u64>,
    /// One that is to come first, though it is not above it.
    pub after: Option<u64>,
    /// Does it come only with what is below it?
    pub late: bool,
}

/// A row in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which one, of those that were given.
    pub row: usize,
    /// Which place is above it.
    pub parent: Option<usize>,
}

/// Each row below the one that it names as above it, in the order of [`flat`] otherwise: what is above others comes where the first
/// of them would. Of a circle, which no kernel makes, one row is a root.
pub fn arrange(nodes: &[Node]) -> Vec<Placed> {
    let rows: HashMap<u64, usize> = nodes.iter().enumerate().map(|(row, node)| (node.id, row)).collect();
    let above =
        |row: usize| nodes[row].above.and_then(|id| rows.get(&id).copied()).filter(|other| *other != row);
    let mut below = vec![Vec::new(); nodes.len()];
    let mut roots = Vec::new();
    for Placed { row, .. } in flat(nodes) {
        match above(row) {
            Some(parent) => below[parent].push(row),
            None => roots.push(row),
        }
    }
    let mut arranged =
        Arranged { below, placed: Vec::with_capacity(nodes.len()), done: vec![false; nodes.len()] };
    for root in roots.into_iter().chain(0..nodes.len()) {
        arranged.with_all_below(root);
    }
    arranged.placed
}

/// The rows of a tree that is not drawn: each behind the ones that it names, in the given order otherwise.
pub fn flat(nodes: &[Node]) -> Vec<Placed> {
    let rows: HashMap<u64, usize> = nodes.iter().enumerate().map(|(row, node)| (node.id, row)).collect();
    let mut done = vec![false; nodes.len()];
    let mut placed = Vec::with_capacity(nodes.len());
    let early = (0..nodes.len()).filter(|row| !nodes[*row].late);
    for row in early.chain(0..nodes.len()) {
        let mut first = Vec::new();
        let mut next = Some(row);
        while let Some(row) = next.filter(|row| !std::mem::replace(&mut done[*row], true)) {
            first.push(row);
            next = nodes[row].above.or(nodes[row].after).and_then(|id| rows.get(&id).copied());
        }
        placed.extend(first.into_iter().rev().map(|row| Placed { row, parent: None }));
    }
    placed
}

struct Arranged {
    below: Vec<Vec<usize>>,
    placed: Vec<Placed>,
    done: Vec<bool>,
}

impl Arranged {
    /// Not by recursion: processes can be nested as deep as one likes.
    fn with_all_below(&mut self, root: usize) {
        let mut waiting = vec![(root, None)];
        while let Some((row, parent)) = waiting.pop() {
            if std::mem::replace(&mut self.done[row], true) {
                continue;
            }
            let place = self.placed.len();
            self.placed.push(Placed { row, parent });
            waiting.extend(self.below[row].iter().rev().map(|child| (*child, Some(place))));
        }
    }
}

/// For [`Tree::Process`]: rows with their process and that one's parent, in the order in which they would be listed. Each goes below
/// the row before it that was the last of its parent process.
pub fn below_processes(rows: impl Iterator<Item = (u64, Option<(u32, u32)>)>) -> Vec<Node> {
    let mut last: HashMap<u32, u64> = HashMap::new();
    let node = |(id, process): (u64, Option<(u32, u32)>)| {
        let above = process.and_then(|(_, parent)| last.get(&parent).copied());
        if let Some((pid, _)) = process {
            last.insert(pid, id);
        }
        Node { id, above, ..Node::default() }
    };
    rows.map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(nodes: &[Node]) -> Vec<(u64, Option<u64>)> {
        let placed = arrange(nodes);
        placed
            .iter()
            .map(|here| (nodes[here.row].id, here.parent.map(|place| nodes[placed[place].row].id)))
            .collect()
    }

    fn node(id: u64, above: u64, after: u64) -> Node {
        let some = |id: u64| (id != 0).then_some(id);
        Node { id, above: some(above), after: some(after), late: false }
    }

    #[test]
    fn children_follow_their_parent() {
        let nodes =
            [node(1, 3, 0), node(2, 0, 0), node(3, 0, 0), node(4, 1, 0), node(5, 3, 0), node(6, 99, 0)];
        let expected = [(3, None), (1, Some(3)), (4, Some(1)), (5, Some(3)), (2, None), (6, None)];
        assert_eq!(shape(&nodes), expected);
    }

    #[test]
    fn an_owner_comes_first_with_what_is_above_it() {
        let nodes = [node(1, 0, 3), node(2, 0, 0), node(3, 4, 0), node(4, 0, 0)];
        assert_eq!(shape(&nodes), [(4, None), (3, Some(4)), (1, None), (2, None)]);
    }

    #[test]
    fn what_is_not_drawn_keeps_its_order_behind_what_it_belongs_to() {
        let nodes = [node(1, 3, 0), node(2, 0, 0), node(3, 0, 5), node(4, 1, 0), node(5, 0, 0)];
        let rows: Vec<_> = flat(&nodes).iter().map(|placed| nodes[placed.row].id).collect();
        assert_eq!(rows, [5, 3, 1, 2, 4]);
    }

    #[test]
    fn below_the_row_of_the_parent_process_that_came_last() {
        let rows = [(1, Some((2, 0))), (2, Some((2, 0))), (3, Some((9, 2))), (4, Some((2, 0))), (5, None)];
        let above: Vec<_> = below_processes(rows.into_iter()).iter().map(|node| node.above).collect();
        assert_eq!(above, [None, None, Some(2), None, None]);
    }

    proptest! {
        #[test]
        fn every_row_is_there_once(links in prop::collection::vec((0..12u64, 0..12u64), 0..12)) {
            let nodes: Vec<_> = links.iter().enumerate().map(|(i, link)| node(i as u64 + 1, link.0, link.1)).collect();
            let mut rows: Vec<_> = arrange(&nodes).iter().map(|placed| placed.row).collect();
            rows.sort_unstable();
            prop_assert_eq!(&rows, &(0..nodes.len()).collect::<Vec<_>>());
            let mut flat: Vec<_> = flat(&nodes).iter().map(|placed| placed.row).collect();
            flat.sort_unstable();
            prop_assert_eq!(&flat, &rows);
        }
    }
}
