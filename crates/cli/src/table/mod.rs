//! Tables as libsmartcols writes them, the library under lsns, lsblk and findmnt: for people, for `cut` and as JSON.
//!
//! The rules were taken from what util-linux 2.38.1 prints, and are compared with it by tests/tests/tables.rs. What is
//! different on purpose:
//!
//! - JSON is always JSON: bytes that are no UTF-8 become the text `\xHH` (the original prints them raw), a number column's
//!   text that is no number is a string, an array without lines is `[]` (the original's has a null in it).
//! - Characters that turn the direction of text are escaped like control characters; in JSON both are `\uHHHH`.
//! - The lines of a cell are never a single line with `\x0a`: where they share a line they are separated by commas.
//! - A column keeps its width whatever is in it: lines with escapes are as wide as they are shown, and a tree is cut beside a
//!   cell's further lines and before an empty cell, too.

mod encode;
mod human;
mod json;
mod layout;
mod raw;
mod store;
mod style;
mod tree;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod sample;

pub use store::{RowBuilder, Table};
pub use style::Style;

/// A column: what it is called and how its cells are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The heading; in lower case the key in JSON.
    pub name: &'static str,
    /// Are the cells at the right edge?
    pub right: bool,
    /// The width that the column gets when its data is at least as wide as the heading, but not as wide as this; 0: none.
    pub hint: usize,
    /// May cells be cut to fit the terminal, down to the heading's width?
    pub truncatable: bool,
    /// Is the tree drawn in this column, when there is one? A table of which no column says so is flat.
    pub tree: bool,
    /// What JSON makes of the cells.
    pub json: JsonKind,
}

impl Column {
    /// A column of text at the left edge; the other methods add to it.
    pub const fn new(name: &'static str) -> Self {
        Column { name, right: false, hint: 0, truncatable: false, tree: false, json: JsonKind::Text }
    }

    /// At the right edge.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// With a width it would like to have.
    #[must_use]
    pub const fn hint(mut self, width: usize) -> Self {
        self.hint = width;
        self
    }

    /// May be cut.
    #[must_use]
    pub const fn truncatable(mut self) -> Self {
        self.truncatable = true;
        self
    }

    /// With the tree in it.
    #[must_use]
    pub const fn tree(mut self) -> Self {
        self.tree = true;
        self
    }

    /// Something else than a string in JSON.
    #[must_use]
    pub const fn json(mut self, kind: JsonKind) -> Self {
        self.json = kind;
        self
    }
}

/// What JSON makes of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JsonKind {
    /// A string, or null. Several lines are one string with line ends in it, as util-linux 2.38 has it.
    #[default]
    Text,
    /// A number, or null.
    Number,
    /// `false` when the cell is empty or starts with `0`, `n` or `N`, else `true`.
    Bool,
    /// An array of strings, one for each line.
    Lines,
}

/// Which characters the reader's locale has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// All of them.
    #[default]
    Utf8,
    /// ASCII: other bytes are escaped, the tree is of `|`, `` ` `` and `-`. JSON is UTF-8 all the same.
    Ascii,
}

/// The form of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'n> {
    /// Columns with blanks between.
    Human,
    /// Cells with one blank between, and none in them.
    Raw,
    /// An object with one array of this name.
    Json {
        /// The key of the array.
        name: &'n str,
    },
}

/// How a table is shown. The default: with headings, as wide as it is, one line per line of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Without the line of headings (`--noheadings`).
    pub no_headings: bool,
    /// A column without any data has no width when there are no headings. util-linux 2.38 keeps the heading's width; its head
    /// does not.
    pub collapse_empty: bool,
    /// All lines of a cell in one, with commas between (`--nowrap`). The raw form does so always.
    pub no_wrap: bool,
    /// The terminal's width in columns, into which truncatable columns are cut; `None`: nothing is cut.
    pub width: Option<usize>,
    /// With the cells' styles.
    pub colour: bool,
    /// The locale's characters.
    pub charset: Charset,
}

impl Table<'_> {
    /// The table as text, which ends with a line end unless it is empty. A table without rows has no headings either.
    ///
    /// Of control characters there are only line ends, and the styles' sequences when colour is asked for.
    pub fn render(&self, form: Form<'_>, look: &Look) -> String {
        match form {
            Form::Human => human::render(self, look),
            Form::Raw => raw::render(self, look),
            Form::Json { name } => json::render(self, name, look),
        }
    }
}
