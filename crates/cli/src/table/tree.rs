//! The order of rows in a tree, and what is drawn before them.

use super::encode::Cut;
use super::{Charset, Table};

const NONE: u32 = u32::MAX;

/// Who is whose child, in the order in which the rows were added.
pub(super) struct Tree {
    /// By row: the first child and the next sibling.
    links: Vec<Link>,
    first_root: u32,
}

#[derive(Clone, Copy)]
struct Link {
    child: u32,
    sibling: u32,
}

/// The rows of a table in the order in which they are shown, with their depth.
pub(super) struct Walk<'t> {
    table: &'t Table<'t>,
    tree: Option<&'t Tree>,
    next: Option<usize>,
    depth: usize,
}

impl Tree {
    /// `None` when the table is flat: no column has the tree, or no row has a parent.
    pub(super) fn of(table: &Table<'_>) -> Option<Self> {
        let wanted = table.columns().iter().any(|column| column.tree);
        if !wanted || (0..table.rows()).all(|row| table.parent(row).is_none()) {
            return None;
        }
        let mut tree =
            Tree { links: vec![Link { child: NONE, sibling: NONE }; table.rows()], first_root: NONE };
        // From the last to the first, so that each goes before those that are there.
        for row in (0..table.rows()).rev() {
            let number = u32::try_from(row).unwrap_or(NONE);
            let first = match table.parent(row) {
                Some(parent) => &mut tree.links[parent].child,
                None => &mut tree.first_root,
            };
            let sibling = std::mem::replace(first, number);
            tree.links[row].sibling = sibling;
        }
        Some(tree)
    }

    pub(super) fn has_children(&self, row: usize) -> bool {
        self.links[row].child != NONE
    }

    fn child(&self, row: usize) -> Option<usize> {
        index(self.links[row].child)
    }

    fn sibling(&self, row: usize) -> Option<usize> {
        index(self.links[row].sibling)
    }
}

fn index(link: u32) -> Option<usize> {
    (link != NONE).then_some(link as usize)
}

impl<'t> Walk<'t> {
    pub(super) fn new(table: &'t Table<'t>, tree: Option<&'t Tree>) -> Self {
        let first = tree.map_or(Some(0), |tree| index(tree.first_root));
        Walk { table, tree, next: first.filter(|&row| row < table.rows()), depth: 0 }
    }
}

impl Iterator for Walk<'_> {
    /// The row and its depth.
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let row = self.next?;
        let depth = self.depth;
        self.next = match self.tree {
            None => (row + 1 < self.table.rows()).then_some(row + 1),
            Some(tree) => tree.child(row).inspect(|_| self.depth += 1).or_else(|| {
                let mut at = row;
                loop {
                    if let Some(sibling) = tree.sibling(at) {
                        break Some(sibling);
                    }
                    at = self.table.parent(at)?;
                    self.depth -= 1;
                }
            }),
        };
        Some((row, depth))
    }
}

/// What is drawn: each is two columns wide.
struct Symbols {
    branch: &'static str,
    last: &'static str,
    vertical: &'static str,
}

fn symbols(charset: Charset) -> Symbols {
    match charset {
        Charset::Utf8 => Symbols { branch: "├─", last: "└─", vertical: "│ " },
        Charset::Ascii => Symbols { branch: "|-", last: "`-", vertical: "| " },
    }
}

/// The lines of a tree beside its rows. Rows are passed in the order of the walk.
pub(super) struct Art<'t> {
    tree: Option<&'t Tree>,
    symbols: Symbols,
    /// For the row and each of its ancestors but the root: is there a sibling below?
    siblings: Vec<bool>,
    row: usize,
}

impl<'t> Art<'t> {
    pub(super) fn new(tree: Option<&'t Tree>, charset: Charset) -> Self {
        Art { tree, symbols: symbols(charset), siblings: Vec::new(), row: 0 }
    }

    /// Goes to the row.
    pub(super) fn go(&mut self, row: usize, depth: usize) {
        self.row = row;
        if let (Some(tree), Some(before)) = (self.tree, depth.checked_sub(1)) {
            self.siblings.truncate(before);
            self.siblings.push(tree.sibling(row).is_some());
        } else {
            self.siblings.clear();
        }
    }

    /// The width of what is drawn before the row's text.
    pub(super) fn width(&self) -> usize {
        2 * self.siblings.len()
    }

    /// Draws what is before the row's text.
    pub(super) fn before(&self, cut: &mut Cut<'_>) {
        if let Some((&more, ancestors)) = self.siblings.split_last() {
            self.verticals(ancestors, cut);
            cut.plain(if more { self.symbols.branch } else { self.symbols.last });
        }
    }

    /// Draws what is beside a further line of the row. `more`: others follow, in this cell or to the right of it, for so long
    /// the original draws the line down to the row's own children.
    pub(super) fn beside(&self, more: bool, cut: &mut Cut<'_>) {
        self.verticals(&self.siblings, cut);
        if more && self.tree.is_some_and(|tree| tree.has_children(self.row)) {
            cut.plain(self.symbols.vertical);
        }
    }

    fn verticals(&self, levels: &[bool], cut: &mut Cut<'_>) {
        for &more in levels {
            cut.plain(if more { self.symbols.vertical } else { "  " });
        }
    }

    /// The raw form of what is before the row's text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.before(&mut Cut::at(&mut text, self.width()));
        text
    }
}
