//! Our tables are libsmartcols' tables, byte for byte: the installed library is the oracle, for any columns and any cells.
#![cfg(target_env = "gnu")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up fails with the reason")]

mod libsmartcols;
mod on_a_terminal;

use libsmartcols::Library;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use xns_cli::table::{Charset, Column, Form, JsonKind, Look, Table};
use xns_tests::{Need, need};

/// Names of different widths; none holds another.
const NAMES: [&str; 6] = ["A", "PID", "TYPE", "NPROCS", "Maj:Min", "A b\\x"];

/// What cells are made of: text, escapes, wide and combining characters, what is no UTF-8 and what cannot be printed.
const PIECES: [&[u8]; 22] = [
    b"x",
    b"yyy",
    b"/a/long/path/that/may/be/cut",
    b" ",
    b"\\",
    b"\\x41",
    b"\"",
    b"\t",
    b"\x1b[1m",
    b"\x7f",
    "\u{e9}".as_bytes(),
    "\u{4e2d}\u{6587}".as_bytes(),
    "e\u{301}".as_bytes(),
    "\u{301}".as_bytes(),
    "\u{200b}".as_bytes(),
    "\u{ad}".as_bytes(),
    "\u{85}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{ffff}".as_bytes(),
    "\u{1f600}".as_bytes(),
    b"\xff",
    b"\xe2\x82",
];

/// Pieces that the original's JSON passes as they are and that are no JSON, or are obeyed by terminals.
const NOT_IN_JSON: [&[u8]; 4] = [b"\x7f", "\u{85}".as_bytes(), b"\xff", b"\xe2\x82"];

/// Pieces without width: what is cut behind them is something to the original, and nothing to us.
const NO_WIDTH: [&[u8]; 2] = ["\u{301}".as_bytes(), "\u{200b}".as_bytes()];

/// A column, and whether its cells have several lines.
#[derive(Clone, Debug)]
struct Spec {
    column: Column,
    lines: bool,
}

/// The parent, and the lines of each cell.
type Row = (Option<usize>, Vec<Vec<Vec<u8>>>);

#[derive(Clone, Debug)]
struct Case {
    specs: Vec<Spec>,
    rows: Vec<Row>,
    look: Look,
}

fn columns() -> impl Strategy<Value = Vec<Spec>> {
    let one = (0..NAMES.len(), any::<[bool; 3]>(), prop_oneof![Just(0), 1..12_usize], 0..3);
    (prop::collection::vec(one, 1..6), prop::option::of(0..6_usize)).prop_map(|(all, tree)| {
        let spec =
            |(at, (name, [right, truncatable, lines], hint, kind)): (usize, (_, [bool; 3], _, i32))| {
                let tree = tree == Some(at);
                let json =
                    [JsonKind::Text, JsonKind::Number, JsonKind::Bool][if tree { 0 } else { kind as usize }];
                // Nobody has a column with several lines in a cell that may be cut, is at the right edge or has the tree, and the
                // original breaks the lines of the first and moves those of the others.
                let lines = lines && kind == 0 && !tree;
                let (truncatable, right) = (truncatable && !lines, right && !lines);
                Spec {
                    column: Column {
                        name: NAMES[name],
                        right: right && !tree,
                        hint,
                        truncatable,
                        tree,
                        json,
                    },
                    lines,
                }
            };
        let mut specs: Vec<Spec> = all.into_iter().enumerate().map(spec).collect();
        if specs.iter().any(|spec| spec.lines) {
            // Beside a cell's further lines the original does not cut a tree that is too deep: what follows is out of line.
            specs.iter_mut().filter(|spec| spec.column.tree).for_each(|spec| spec.column.truncatable = false);
        }
        specs
    })
}

/// Is it shown as it is in every locale? Of several lines the original measures each before it escapes it, and breaks it then.
fn is_simple(piece: &[u8]) -> bool {
    piece.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'/')
}

fn cell(spec: Spec, json: bool) -> BoxedStrategy<Vec<Vec<u8>>> {
    if spec.column.json == JsonKind::Number {
        return prop::option::of(0..1_000_000_u64)
            .prop_map(|number| number.map(|number| number.to_string().into_bytes()).into_iter().collect())
            .boxed();
    }
    let wanted = |piece: &&[u8]| {
        let alone = !spec.column.truncatable || !NO_WIDTH.contains(piece);
        if spec.lines { is_simple(piece) } else { alone && (!json || !NOT_IN_JSON.contains(piece)) }
    };
    let pieces: Vec<&[u8]> = PIECES.into_iter().filter(wanted).collect();
    let line = prop::collection::vec(prop::sample::select(pieces), 0..5).prop_map(|all| all.concat());
    if spec.lines {
        let path = line.prop_map(|line| [b"/", &line[..]].concat());
        prop::collection::vec(path, 0..4).boxed()
    } else if spec.column.tree && spec.column.truncatable {
        // Nor does the original cut the tree before an empty cell.
        line.prop_map(|line| vec![[b"x", &line[..]].concat()]).boxed()
    } else {
        line.prop_map(|line| vec![line]).boxed()
    }
}

fn cases(json: bool) -> impl Strategy<Value = Case> {
    let look = (any::<[bool; 3]>(), prop::option::of(0..100_usize));
    (columns(), look).prop_flat_map(move |(specs, ([no_headings, no_wrap, ascii], width))| {
        let charset = if ascii { Charset::Ascii } else { Charset::Utf8 };
        let look = Look { no_headings, no_wrap, width, charset, ..Look::default() };
        let cells: Vec<_> = specs.iter().map(|spec| cell(spec.clone(), json)).collect();
        let row = (prop::option::of(any::<prop::sample::Index>()), cells);
        prop::collection::vec(row, 0..8).prop_map(move |rows| {
            let parent = |(at, parent): (usize, Option<prop::sample::Index>)| {
                parent.filter(|_| at > 0).map(|parent| parent.index(at))
            };
            let rows =
                rows.into_iter().enumerate().map(|(at, (up, cells))| (parent((at, up)), cells)).collect();
            Case { specs: specs.clone(), rows, look }
        })
    })
}

fn ours(case: &Case, form: Form<'_>) -> String {
    let columns: Vec<Column> = case.specs.iter().map(|spec| spec.column).collect();
    let mut table = Table::new(&columns);
    for (parent, cells) in &case.rows {
        cells.iter().fold(table.row(*parent), |row, lines| row.lines(lines));
    }
    table.render(form, &case.look)
}

fn same(library: &Library, form: Form<'_>) {
    let mut runner = TestRunner::new(Config { cases: 3000, failure_persistence: None, ..Config::default() });
    let json = matches!(form, Form::Json { .. });
    let result = runner.run(&cases(json), |case| {
        let expected = library.render(&case, form);
        let printed = ours(&case, form);
        prop_assert_eq!(printed, String::from_utf8_lossy(&expected), "{:?}", case);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{form:?}: {error}"));
}

/// One test: the library reads the locale of the process.
#[test]
fn tables_are_those_of_the_library() {
    if !need("tables_are_those_of_the_library", &[Need::Version("lsblk", "2.38")]) {
        return;
    }
    let library = Library::load();
    same(&library, Form::Human);
    same(&library, Form::Raw);
    same(&library, Form::Json { name: "namespaces" });
}
