//! What an expression makes of a row.

use super::token::{decimal, integer};
use super::{Column, Filter, Index, Literal, Node, Value};
use std::borrow::Cow;
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::AtLeast => order.is_ge(),
        }
    }
}

/// Of two, the later one decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Type {
    Text,
    Number,
    Decimal,
    Truth,
}

enum Operand<'a> {
    Literal(Cow<'a, Literal>),
    Cell { value: Value<'a>, is_number: bool },
}

impl<C: Column> Filter<C> {
    /// Recursion ends after [`super::MAX_NODES`] nodes.
    pub(super) fn is_true<'v>(&self, node: Index, cell: &mut impl FnMut(C) -> Value<'v>) -> bool {
        match &self.nodes[node] {
            Node::Not(operand) => !self.is_true(*operand, cell),
            Node::And(left, right) => self.is_true(*left, cell) && self.is_true(*right, cell),
            Node::Or(left, right) => self.is_true(*left, cell) || self.is_true(*right, cell),
            Node::Compare(comparison, left, right) => {
                let left = self.operand(*left, cell);
                compare(*comparison, &left, &self.operand(*right, cell))
            }
            Node::Matches { subject, pattern, negated } => {
                pattern.is_match(&self.operand(*subject, cell).text()) != *negated
            }
            Node::Column(column) => is_true(&cell(*column)),
            Node::Literal(literal) => literal.is_true(),
        }
    }

    fn operand<'a, 'v: 'a>(&'a self, node: Index, cell: &mut impl FnMut(C) -> Value<'v>) -> Operand<'a> {
        match &self.nodes[node] {
            Node::Column(column) => Operand::Cell { value: cell(*column), is_number: column.is_number() },
            Node::Literal(literal) => Operand::Literal(Cow::Borrowed(literal)),
            _ => Operand::Literal(Cow::Owned(Literal::Truth(self.is_true(node, cell)))),
        }
    }
}

fn compare(comparison: Comparison, left: &Operand<'_>, right: &Operand<'_>) -> bool {
    let (_, kind) = left.rank().max(right.rank());
    let order = match kind {
        Type::Text => Some(left.text().cmp(&right.text())),
        Type::Number => left.number().zip(right.number()).map(|(left, right)| left.cmp(&right)),
        Type::Decimal => {
            left.decimal().zip(right.decimal()).and_then(|(left, right)| left.partial_cmp(&right))
        }
        Type::Truth => Some(left.is_true().cmp(&right.is_true())),
    };
    order.is_some_and(|order| comparison.holds(order))
}

fn is_true(value: &Value<'_>) -> bool {
    match value {
        Value::Empty => false,
        Value::Number(number) => *number != 0,
        Value::Text(text) => !text.is_empty(),
    }
}

impl Literal {
    fn is_true(&self) -> bool {
        match self {
            Literal::Truth(truth) => *truth,
            Literal::Number(number) => *number != 0,
            Literal::Decimal(number) => *number != 0.0,
            Literal::Text(text) => !text.is_empty(),
        }
    }
}

impl Operand<'_> {
    /// Is it a literal, and its type: the greater of two decides about a comparison.
    fn rank(&self) -> (bool, Type) {
        match self {
            Operand::Cell { is_number: false, .. } => (false, Type::Text),
            Operand::Cell { is_number: true, .. } => (false, Type::Number),
            Operand::Literal(literal) => (
                true,
                match **literal {
                    Literal::Text(_) => Type::Text,
                    Literal::Number(_) => Type::Number,
                    Literal::Decimal(_) => Type::Decimal,
                    Literal::Truth(_) => Type::Truth,
                },
            ),
        }
    }

    fn is_true(&self) -> bool {
        match self {
            Operand::Literal(literal) => literal.is_true(),
            Operand::Cell { value, .. } => is_true(value),
        }
    }

    fn text(&self) -> Cow<'_, [u8]> {
        let printed = |text: String| Cow::Owned(text.into_bytes());
        match self {
            Operand::Literal(literal) => match &**literal {
                Literal::Truth(truth) => printed(truth.to_string()),
                Literal::Number(number) => printed(number.to_string()),
                Literal::Decimal(number) => printed(number.to_string()),
                Literal::Text(text) => Cow::Borrowed(text),
            },
            Operand::Cell { value, .. } => match value {
                Value::Empty => Cow::Borrowed(b""),
                Value::Number(number) => printed(number.to_string()),
                Value::Text(text) => Cow::Borrowed(text),
            },
        }
    }

    /// `None` unless it is an integer, or text of digits.
    fn number(&self) -> Option<u64> {
        match self {
            Operand::Literal(literal) => match &**literal {
                Literal::Number(number) => Some(*number),
                Literal::Text(text) => integer(std::str::from_utf8(text).ok()?),
                Literal::Truth(_) | Literal::Decimal(_) => None,
            },
            Operand::Cell { value, .. } => match value {
                Value::Empty => None,
                Value::Number(number) => Some(*number),
                Value::Text(text) => integer(std::str::from_utf8(text).ok()?),
            },
        }
    }

    /// `None` unless it is a number, or text of digits with perhaps a point and more digits.
    fn decimal(&self) -> Option<f64> {
        match self {
            Operand::Literal(literal) => match &**literal {
                Literal::Decimal(number) => Some(*number),
                Literal::Number(number) => Some(*number as f64),
                Literal::Text(text) => decimal(std::str::from_utf8(text).ok()?),
                Literal::Truth(_) => None,
            },
            Operand::Cell { value, .. } => match value {
                Value::Empty => None,
                Value::Number(number) => Some(*number as f64),
                Value::Text(text) => decimal(std::str::from_utf8(text).ok()?),
            },
        }
    }
}
