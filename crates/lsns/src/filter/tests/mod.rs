//! util-linux 2.38 has no `-Q`: the rules are the reference's, one line of a table each.

mod errors;
mod language;
mod patterns;
mod random;

use super::{Column, Filter, Value};

/// Those of lsns that the tables need. What there is in the row of the tests, stands with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// 4026531840
    Ns,
    /// net
    Type,
    /// 42
    Pid,
    /// 1000
    Uid,
    /// A number column, and 0.
    Ons,
    /// A number column, and empty.
    Pns,
    /// Text: unassigned
    Netnsid,
    /// Text: 0
    User,
    /// Text: `/sbin/init splash`, a line end, `x`
    Command,
    /// Text, and empty.
    Nsfs,
    /// `/run/`, a byte that is not UTF-8, `/é`
    Path,
}

const NAMES: [(&str, Of); 11] = [
    ("NS", Of::Ns),
    ("TYPE", Of::Type),
    ("PID", Of::Pid),
    ("UID", Of::Uid),
    ("ONS", Of::Ons),
    ("PNS", Of::Pns),
    ("NETNSID", Of::Netnsid),
    ("USER", Of::User),
    ("COMMAND", Of::Command),
    ("NSFS", Of::Nsfs),
    ("PATH", Of::Path),
];

impl Column for Of {
    fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, column)| *column)
    }

    fn is_number(self) -> bool {
        matches!(self, Of::Ns | Of::Pid | Of::Uid | Of::Ons | Of::Pns)
    }
}

fn cell(column: Of) -> Value<'static> {
    match column {
        Of::Ns => Value::Number(4_026_531_840),
        Of::Type => Value::text("net"),
        Of::Pid => Value::Number(42),
        Of::Uid => Value::Number(1000),
        Of::Ons => Value::Number(0),
        Of::Pns => Value::Empty,
        Of::Netnsid => Value::text("unassigned"),
        Of::User => Value::text("0"),
        Of::Command => Value::text("/sbin/init splash\nx"),
        Of::Nsfs => Value::Empty,
        Of::Path => Value::text(b"/run/\xff/\xc3\xa9"),
    }
}

fn parse(expression: impl AsRef<[u8]>) -> Filter<Of> {
    Filter::parse(expression).unwrap_or_else(|error| panic!("{error}"))
}

fn accepts(expression: impl AsRef<[u8]>) -> bool {
    parse(expression).accepts(cell)
}

/// Each line is an expression, of which this comes out, and the opposite of its opposite.
fn all(expected: bool, expressions: &str) {
    for expression in expressions.lines().map(str::trim).filter(|line| !line.is_empty()) {
        assert_eq!(accepts(expression), expected, "{expression}");
        assert_eq!(accepts(format!("!({expression})")), !expected, "!({expression})");
    }
}
