//! The filter language of `lsns -Q`: which rows are shown.
//!
//! ```text
//! expression  operand | ( expression ) | expression operator expression | prefix expression
//! operand     a column's name, in any case; 42, 16K, 2GiB (1024-based: K M G T P E Z Y, with or without iB); 1.5;
//!             "text" or 'text', without escapes; true, false
//! tightest    == != < <= > >=   eq ne lt le gt ge    comparison
//!             =~ !~                                  POSIX extended regular expression, a string literal
//!             !   not                                prefix
//!             &&  and
//! loosest     ||  or
//! ```
//!
//! Operators of one line have the same strength and group from the left: `A == B == C` is `(A == B) == C`. Words are
//! operators in any case. Nothing but blanks accepts every row. An expression has at most [`MAX_LENGTH`] bytes and
//! [`MAX_NODES`] operands and operators, a regular expression [`MAX_PATTERN`] bytes.
//!
//! # Types
//! * An operand alone is true when it is not empty, not zero and not `false`. The text `0` is not empty.
//! * A comparison is made in the type of the literal, if there is one, else in the column's. Of two, truth values come
//!   before decimals, those before integers, and text last. The outcome of an operator is a truth value, and counts as a
//!   literal.
//! * Integers compare as `u64`. A number column is an integer, every other is text, which compares by its bytes.
//! * An empty cell, and text that is not a number, makes every comparison of numbers false, `!=` as well.
//! * As text, an empty cell is `""` and a number has its decimal digits. So for `=~` and `!~`, which always see text.
//!
//! # Differences from util-linux
//! * AND binds tighter than OR; there they are equally strong, and `A or B and C` is `(A or B) and C`.
//! * `not` and `!` apply to a whole comparison; there to its left operand, so that `not TYPE == "net"` is true for every row.
//! * Text that is not a number makes a comparison false; there `NETNSID == 77` ends the program at an `unassigned`.
//! * An error tells its reason and place; there some have `(null)`.
//! * A number that does not fit into 64 bits is an error.
//! * Operators and truth values may be written `And`, `True`; there in upper or lower case only.
//! * Regular expressions have no back-references, and never take more than linear time. The locale does not matter: text is
//!   UTF-8, `[[:alpha:]]` and `\w` are ASCII, and a byte that is not UTF-8 is a character of its own, which `.` matches.

mod error;
mod evaluate;
mod parse;
mod pattern;
mod token;

#[cfg(test)]
mod tests;

pub use error::{FilterError, PatternFault, Reason};

use evaluate::Comparison;
use pattern::Pattern;
use std::borrow::Cow;

/// The longest expression, in bytes.
pub const MAX_LENGTH: usize = 1024;

/// The most operands and operators in an expression; a regular expression is one with its operator.
pub const MAX_NODES: usize = 256;

/// The longest regular expression, in bytes.
pub const MAX_PATTERN: usize = 256;

/// A column of the table whose rows are filtered.
pub trait Column: Copy + PartialEq {
    /// The column of this name, in upper or lower case or both.
    fn named(name: &str) -> Option<Self>;

    /// Are its cells [`Value::Number`] or [`Value::Empty`]?
    fn is_number(self) -> bool;
}

/// What is in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing.
    Empty,
    /// A number.
    Number(u64),
    /// Any bytes.
    Text(Cow<'a, [u8]>),
}

impl<'a> Value<'a> {
    /// Text that lives elsewhere. None at all is an empty cell.
    pub fn text(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Value::Text(Cow::Borrowed(text.as_ref()))
    }
}

/// An expression that has been parsed.
#[derive(Clone, Debug)]
pub struct Filter<C> {
    /// Operands before their operator.
    nodes: Vec<Node<C>>,
    /// `None` accepts everything.
    root: Option<Index>,
}

/// A place in [`Filter::nodes`], before the node that has it.
type Index = usize;

#[derive(Clone, Debug)]
enum Node<C> {
    Column(C),
    Literal(Literal),
    Compare(Comparison, Index, Index),
    Matches { subject: Index, pattern: Pattern, negated: bool },
    Not(Index),
    And(Index, Index),
    Or(Index, Index),
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Truth(bool),
    Number(u64),
    Decimal(f64),
    Text(Box<[u8]>),
}

impl<C: Column> Filter<C> {
    /// Reads an expression; any bytes are possible.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(expression: impl AsRef<[u8]>) -> Result<Self, FilterError> {
        let text = expression.as_ref();
        parse::parse(text).map_err(|fault| FilterError::new(text, fault))
    }

    /// The columns that it asks about, each once: a row needs no others.
    pub fn columns(&self) -> impl Iterator<Item = C> + '_ {
        let column = |node: &Node<C>| match node {
            Node::Column(column) => Some(*column),
            _ => None,
        };
        self.nodes.iter().enumerate().filter_map(move |(at, node)| {
            let asked = column(node)?;
            (!self.nodes[..at].iter().any(|before| column(before) == Some(asked))).then_some(asked)
        })
    }

    /// Is the row shown whose cells are these? Only those cells are asked for on which the outcome depends; some more than
    /// once.
    pub fn accepts<'v>(&self, mut cell: impl FnMut(C) -> Value<'v>) -> bool {
        self.root.is_none_or(|root| self.is_true(root, &mut cell))
    }
}
