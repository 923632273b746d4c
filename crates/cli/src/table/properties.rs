//! Any bytes in any cells: what holds for every table.

use super::{Charset, Column, Form, JsonKind, Look, Style, Table};
use proptest::prelude::*;
use serde_json::Value;

const COLUMNS: [Column; 5] = [
    Column::new("NUMBER").right().hint(10).json(JsonKind::Number),
    Column::new("TEXT").truncatable(),
    Column::new("LINES").json(JsonKind::Lines),
    Column::new("FLAG").json(JsonKind::Bool).hint(6),
    Column::new("TREE").truncatable().tree(),
];

type Row = (Option<usize>, Vec<Vec<Vec<u8>>>);

fn text() -> impl Strategy<Value = Vec<u8>> {
    let printable = any::<String>().prop_map(String::into_bytes);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..12),
        printable,
        Just(Vec::new()),
        Just(b"\\x1b".to_vec())
    ]
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let cell = prop::collection::vec(text(), 0..3);
    // Sometimes fewer or more cells than columns, and parents that are none.
    prop::collection::vec((prop::option::of(0..8_usize), prop::collection::vec(cell, 3..7)), 0..8)
}

fn look() -> impl Strategy<Value = Look> {
    (any::<[bool; 4]>(), prop::option::of(0..60_usize)).prop_map(
        |([no_headings, collapse_empty, no_wrap, ascii], width)| {
            let charset = if ascii { Charset::Ascii } else { Charset::Utf8 };
            Look { no_headings, collapse_empty, no_wrap, width, charset, colour: false }
        },
    )
}

fn table(rows: &[Row]) -> Table<'static> {
    let mut table = Table::new(&COLUMNS);
    for (parent, cells) in rows {
        cells.iter().fold(table.row(*parent), |row, lines| row.lines(lines).style(Style::Blue));
    }
    table
}

/// The lines of a cell, as JSON says them.
fn said(lines: &[Vec<u8>]) -> Vec<String> {
    let chunk = |text: &mut String, chunk: std::str::Utf8Chunk<'_>| {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    };
    let line = |line: &Vec<u8>| {
        line.utf8_chunks().fold(String::new(), |mut text, part| {
            chunk(&mut text, part);
            text
        })
    };
    lines.iter().filter(|line| !line.is_empty()).map(line).collect()
}

/// All objects: parents before their children.
fn objects<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    for object in value.as_array().into_iter().flatten() {
        found.push(object);
        objects(&object["children"], found);
    }
}

/// The rows in the order of the tree.
fn in_order(rows: &[Row]) -> Vec<usize> {
    fn add(rows: &[Row], parent: Option<usize>, order: &mut Vec<usize>) {
        for (at, (given, _)) in rows.iter().enumerate() {
            if given.filter(|&up| up < at) == parent {
                order.push(at);
                add(rows, Some(at), order);
            }
        }
    }
    let mut order = Vec::new();
    add(rows, None, &mut order);
    order
}

proptest! {
    #[test]
    fn output_is_printable(rows in rows(), look in look()) {
        let table = table(&rows);
        for form in [Form::Human, Form::Raw] {
            let printed = table.render(form, &look);
            let odd = printed.chars().find(|&c| c != '\n' && xns_core::shell::is_unsafe_to_print(c));
            prop_assert_eq!(odd, None);
            prop_assert!(printed.is_empty() || printed.ends_with('\n'));
            if form == Form::Raw || look.charset == Charset::Ascii {
                prop_assert!(printed.is_ascii());
            }
            if form == Form::Raw && !rows.is_empty() {
                prop_assert_eq!(printed.lines().count(), rows.len() + usize::from(!look.no_headings));
                prop_assert!(printed.lines().all(|line| line.matches(' ').count() == COLUMNS.len() - 1));
            }
        }
    }

    #[test]
    fn colours_are_all_that_they_add(rows in rows(), look in look()) {
        let table = table(&rows);
        let plain = table.render(Form::Human, &look);
        let coloured = table.render(Form::Human, &Look { colour: true, ..look });
        prop_assert_eq!(coloured.replace("\x1b[34m", "").replace("\x1b[0m", ""), plain);
    }

    #[test]
    fn columns_begin_below_each_other(rows in rows(), look in look()) {
        // A mark in the last column of every row, and nothing wider than ASCII: the marks are below each other.
        let columns = [COLUMNS[0], COLUMNS[1], COLUMNS[4], Column::new("#")];
        let mut table = Table::new(&columns);
        for (parent, cells) in &rows {
            let cells = cells.iter().map(|lines| lines.concat()).take(3);
            let row = cells.fold(table.row(*parent), |row, cell| row.text(cell));
            row.text("#");
        }
        let look = Look { charset: Charset::Ascii, ..look };
        let printed = table.render(Form::Human, &look);
        let mut ends: Vec<usize> = printed.lines().map(str::len).collect();
        ends.dedup();
        prop_assert!(ends.len() <= 1, "{}", printed);
    }

    #[test]
    fn json_gives_everything_back(rows in rows(), look in look()) {
        let printed = table(&rows).render(Form::Json { name: "rows" }, &look);
        let value: Value = serde_json::from_str(&printed).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut found = Vec::new();
        objects(&value["rows"], &mut found);
        prop_assert_eq!(found.len(), rows.len());
        let between = if look.no_wrap { "," } else { "\n" };
        for (at, object) in in_order(&rows).into_iter().zip(found) {
            let cell = |column: usize| rows[at].1.get(column).map(|lines| said(lines)).unwrap_or_default();
            let text = |lines: Vec<String>| {
                if lines.is_empty() { Value::Null } else { Value::from(lines.join(between)) }
            };
            prop_assert_eq!(&object["text"], &text(cell(1)));
            prop_assert_eq!(&object["lines"], &Value::from(cell(2)));
            prop_assert!(object["flag"].is_boolean());
            prop_assert_eq!(&object["tree"], &text(cell(4)));
            let number = match &object["number"] {
                Value::Number(_) => cell(0),
                other => { prop_assert_eq!(other, &text(cell(0))); continue }
            };
            prop_assert!(number.concat().parse::<f64>().is_ok());
        }
    }

    #[test]
    fn numbers_are_written_as_they_are(number: u64) {
        let mut table = Table::new(&COLUMNS);
        table.row(None).number(number);
        let printed = table.render(Form::Raw, &Look { no_headings: true, ..Look::default() });
        prop_assert_eq!(printed.trim_end(), number.to_string());
    }
}

/// A tree as deep as it has rows is walked, not recursed into, and many rows take linear time: a quadratic one would not end.
#[test]
fn deep_and_long_tables() {
    let columns = [Column::new("N"), Column::new("C")];
    let deep = columns.map(Column::tree);
    let mut table = Table::new(&deep[..1]);
    let chain = (0..2_000).fold(None, |parent, number| Some(table.row(parent).number(number).id()));
    assert_eq!(chain, Some(1_999));
    let printed = table.render(Form::Human, &Look::default());
    assert_eq!(printed.lines().last().map(|line| line.chars().count()), Some(2 * 1_999 + 4));
    assert!(table.render(Form::Json { name: "rows" }, &Look::default()).ends_with("\n   ]\n}\n"));

    let mut table = Table::with_capacity(&columns, 200_000, 0);
    for number in 0..200_000_u64 {
        table.row(None).number(number).text("command");
    }
    for form in [Form::Human, Form::Raw, Form::Json { name: "rows" }] {
        assert!(table.render(form, &Look { width: Some(10), ..Look::default() }).lines().count() > 200_000);
    }
}
