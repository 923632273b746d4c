//! Generated expressions, rows and text.

use super::super::{Column, Filter, Value};
use proptest::prelude::*;

/// A cell of the row: a number column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell(usize);

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

impl Column for Cell {
    fn named(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)).map(Cell)
    }

    fn is_number(self) -> bool {
        true
    }
}

/// How an expression is written: parentheses everywhere, or where it needs them.
#[derive(Clone, Copy, PartialEq)]
enum Parentheses {
    All,
    Needed,
}

#[derive(Clone, Debug)]
enum Tree {
    Cell(usize),
    /// A cell, an operator of [`COMPARISONS`], a number.
    Compare(usize, usize, u64),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
    /// Are both as true?
    Same(Box<Tree>, Box<Tree>),
}

type Comparison = (&'static str, &'static str, fn(&u64, &u64) -> bool);

const COMPARISONS: [Comparison; 6] = [
    ("==", " eq ", u64::eq),
    ("!=", " NE ", u64::ne),
    ("<", " lt ", u64::lt),
    ("<=", " LE ", u64::le),
    (">", " gt ", u64::gt),
    (">=", " GE ", u64::ge),
];

impl Tree {
    /// What Rust makes of it.
    fn holds(&self, row: &[u64; 4]) -> bool {
        match self {
            Tree::Cell(cell) => row[*cell] != 0,
            Tree::Compare(cell, comparison, number) => COMPARISONS[*comparison].2(&row[*cell], number),
            Tree::Not(operand) => !operand.holds(row),
            Tree::And(left, right) => left.holds(row) && right.holds(row),
            Tree::Or(left, right) => left.holds(row) || right.holds(row),
            Tree::Same(left, right) => left.holds(row) == right.holds(row),
        }
    }

    /// The larger, the tighter.
    fn strength(&self) -> u8 {
        match self {
            Tree::Or(..) => 1,
            Tree::And(..) => 2,
            Tree::Not(_) => 3,
            Tree::Same(..) | Tree::Compare(..) => 4,
            Tree::Cell(_) => 5,
        }
    }

    /// In words, or in marks.
    fn print(&self, parentheses: Parentheses, words: bool) -> String {
        let own = self.strength();
        let within = |tree: &Tree, least: u8| {
            let text = tree.print(parentheses, words);
            let needed = parentheses == Parentheses::All || tree.strength() < least;
            if needed { format!("({text})") } else { text }
        };
        let binary = |left: &Tree, operator: &str, right: &Tree| {
            format!("{}{operator}{}", within(left, own), within(right, own + 1))
        };
        match self {
            Tree::Cell(cell) => NAMES[*cell].to_owned(),
            Tree::Compare(cell, comparison, number) => {
                let (mark, word, _) = COMPARISONS[*comparison];
                format!("{}{}{number}", NAMES[*cell], if words { word } else { mark })
            }
            Tree::Not(operand) => format!("{}{}", if words { "not " } else { "!" }, within(operand, own)),
            Tree::And(left, right) => binary(left, if words { " and " } else { "&&" }, right),
            Tree::Or(left, right) => binary(left, if words { " OR " } else { "||" }, right),
            Tree::Same(left, right) => {
                // Two cells would be compared as numbers.
                let right = Tree::Not(Box::new(Tree::Not(right.clone())));
                binary(left, if words { " eq " } else { "==" }, &right)
            }
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (0..4_usize).prop_map(Tree::Cell),
        (0..4_usize, 0..6_usize, 0..3_u64)
            .prop_map(|(cell, operator, number)| Tree::Compare(cell, operator, number)),
    ];
    leaf.prop_recursive(6, 24, 2, |tree| {
        let two = || (tree.clone().prop_map(Box::new), tree.clone().prop_map(Box::new));
        prop_oneof![
            tree.clone().prop_map(|operand| Tree::Not(Box::new(operand))),
            two().prop_map(|(left, right)| Tree::And(left, right)),
            two().prop_map(|(left, right)| Tree::Or(left, right)),
            two().prop_map(|(left, right)| Tree::Same(left, right)),
        ]
    })
}

/// Text of what expressions are made of.
fn nearly_an_expression() -> impl Strategy<Value = String> {
    let words = [
        "a",
        "b",
        "x",
        "(",
        ")",
        "!",
        "not",
        "and",
        "or",
        "&&",
        "||",
        "==",
        "!=",
        "<",
        ">=",
        "eq",
        "=~",
        "!~",
        "1",
        "2K",
        "1.5",
        "9Z",
        "true",
        "'a'",
        "\"1\"",
        "'(a|b)*[[:alpha:]]{2}'",
        "'[a'",
        "=",
        "'",
        "-",
        "é",
        "",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_bytes(expression: Vec<u8>, cell: Vec<u8>) {
        if let Ok(filter) = Filter::<Cell>::parse(&expression) {
            filter.accepts(|_| Value::text(&cell));
        }
    }

    #[test]
    fn any_words(expression in nearly_an_expression(), text: Vec<u8>, number: u64) {
        match Filter::<Cell>::parse(&expression) {
            Ok(filter) => {
                for value in [Value::Empty, Value::Number(number), Value::text(&text)] {
                    filter.accepts(|_| value.clone());
                }
            }
            Err(error) => prop_assert!(error.to_string().contains(&expression)),
        }
    }

    #[test]
    fn any_pattern(pattern: Vec<u8>, text: Vec<u8>) {
        if let Ok(pattern) = super::super::pattern::Pattern::new(&pattern) {
            pattern.is_match(&text);
        }
    }

    #[test]
    fn any_pattern_of_such_characters(pattern in r"[]ab()|*+?{},0-9\[\\.:=^$-]{0,40}", text in "[ab.]{0,20}") {
        if let Ok(pattern) = super::super::pattern::Pattern::new(pattern.as_bytes()) {
            pattern.is_match(text.as_bytes());
        }
    }

    /// Escaped, any text matches itself and nothing that is longer.
    #[test]
    fn any_text_matches_itself(text in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut pattern = b"^".to_vec();
        for byte in &text {
            // GNU's \< \> \` \' are anchors; without a backslash they stand for themselves.
            let special = byte.is_ascii_punctuation() && !b"<>`'".contains(byte);
            pattern.extend(special.then_some(b'\\'));
            pattern.push(*byte);
        }
        pattern.push(b'$');
        let pattern = super::super::pattern::Pattern::new(&pattern);
        let pattern = pattern.map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        prop_assert!(pattern.is_match(&text));
        prop_assert!(!pattern.is_match(&[&text[..], b"a"].concat()));
    }

    #[test]
    fn only_needed_parentheses_and_all_of_them_say_the_same(tree in tree()) {
        let [all, needed, words] = [(Parentheses::All, false), (Parentheses::Needed, false), (Parentheses::Needed, true)]
            .map(|(parentheses, words)| Filter::<Cell>::parse(tree.print(parentheses, words)))
            .map(|filter| filter.map(|filter| format!("{filter:?}")).map_err(|error| error.to_string()));
        // Too long a one is another matter.
        prop_assume!(all.is_ok());
        prop_assert_eq!(&needed, &all);
        prop_assert_eq!(&words, &all);
    }

    #[test]
    fn operators_are_those_of_rust(tree in tree(), rows in prop::collection::vec([0..3_u64, 0..3, 0..3, 0..3], 8)) {
        let expression = tree.print(Parentheses::Needed, false);
        prop_assume!(expression.len() <= super::super::MAX_LENGTH);
        let filter = Filter::<Cell>::parse(&expression).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for row in rows {
            prop_assert_eq!(filter.accepts(|cell| Value::Number(row[cell.0])), tree.holds(&row), "{} {:?}", expression, row);
        }
    }
}
