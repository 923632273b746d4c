//! JSON, indented by three blanks a level.

use super::encode;
use super::store::Lines;
use super::tree::{Tree, Walk};
use super::{Column, JsonKind, Look, Table};

/// An object with one array of objects; a tree's children are an array in their parent.
pub(super) fn render(table: &Table<'_>, name: &str, look: &Look) -> String {
    let columns = table.columns();
    let keys: usize = columns.iter().map(|column| column.name.len() + 20).sum();
    let mut out = String::with_capacity(table.text_len() + table.rows() * (keys + 16) + 64);
    let tree = Tree::of(table);
    out.push_str("{\n   ");
    encode::json(&mut out, std::iter::once(name), ',');
    out.push_str(": [\n");
    let mut before = None;
    for (row, depth) in Walk::new(table, tree.as_ref()) {
        between(&mut out, before, depth);
        for (at, column) in columns.iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            key(&mut out, level(depth) + 1, column.name);
            value(&mut out, column, table.cell(row, at), depth, look);
        }
        before = Some(depth);
    }
    match before {
        Some(depth) => close(&mut out, depth, 0),
        // As the original writes it.
        None => out.push('\n'),
    }
    if before.is_some() {
        out.push('\n');
    }
    out.push_str("   ]\n}\n");
    out
}

/// What is between the values of two objects: the first one's end unless the second is its child, and the second one's start.
fn between(out: &mut String, before: Option<usize>, depth: usize) {
    match before {
        None => indent(out, level(0)),
        Some(parent) if parent < depth => {
            out.push_str(",\n");
            key(out, level(parent) + 1, "children");
            out.push_str("[\n");
            indent(out, level(depth));
        }
        Some(sibling) => {
            close(out, sibling, depth);
            out.push(',');
        }
    }
    out.push('{');
}

/// The ends of the object at this depth and of its ancestors down to the other.
fn close(out: &mut String, from: usize, to: usize) {
    for depth in (to..=from).rev() {
        out.push('\n');
        if depth < from {
            indent(out, level(depth) + 1);
            out.push_str("]\n");
        }
        indent(out, level(depth));
        out.push('}');
    }
}

/// The indentation of an object's braces, in levels.
fn level(depth: usize) -> usize {
    2 + 2 * depth
}

fn indent(out: &mut String, levels: usize) {
    out.extend(std::iter::repeat_n("   ", levels));
}

fn key(out: &mut String, levels: usize, name: &str) {
    indent(out, levels);
    let start = out.len();
    encode::json(out, std::iter::once(name), ',');
    out[start..].make_ascii_lowercase();
    out.push_str(": ");
}

fn value(out: &mut String, column: &Column, lines: Lines<'_>, depth: usize, look: &Look) {
    let first = lines.get(0);
    match column.json {
        JsonKind::Bool => out.push_str(if is_true(first) { "true" } else { "false" }),
        JsonKind::Lines => array(out, lines, depth),
        JsonKind::Number | JsonKind::Text if lines.is_empty() => out.push_str("null"),
        JsonKind::Number if lines.len() == 1 && first.is_some_and(is_number) => {
            out.extend(first.into_iter().flatten().map(|&digit| char::from(digit)));
        }
        JsonKind::Number | JsonKind::Text => {
            encode::json(out, lines.iter(), if look.no_wrap { ',' } else { '\n' });
        }
    }
}

/// The strings in one line, which has one blank more than its level, as lsblk has it.
fn array(out: &mut String, lines: Lines<'_>, depth: usize) {
    out.push('[');
    for (at, line) in lines.iter().enumerate() {
        if at == 0 {
            out.push('\n');
            indent(out, level(depth) + 2);
            out.push(' ');
        } else {
            out.push_str(", ");
        }
        encode::json(out, std::iter::once(line), ',');
    }
    if !lines.is_empty() {
        out.push('\n');
        indent(out, level(depth) + 1);
    }
    out.push(']');
}

fn is_true(text: Option<&[u8]>) -> bool {
    !matches!(text.and_then(<[u8]>::first), None | Some(b'0' | b'n' | b'N'))
}

/// Is it a number of JSON, without exponent?
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let mut parts = text.splitn(2, |&byte| byte == b'.');
    let whole = parts.next().unwrap_or_default();
    digits(whole) && (whole.len() == 1 || !whole.starts_with(b"0")) && parts.next().is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::is_number;
    use crate::table::sample::{COLUMNS, family};
    use crate::table::{Column, Form, JsonKind, Look, Table};

    const FORM: Form<'_> = Form::Json { name: "namespaces" };

    #[test]
    fn a_tree_as_the_original_writes_it() {
        let expected = r#"{
   "namespaces": [
      {
         "ns": 4026531834,
         "type": "net",
         "cmd": "init",
         "nsfs": "/a\n/bb",
         "children": [
            {
               "ns": 12,
               "type": "user",
               "cmd": "child long",
               "nsfs": "/a\n/bbbb\n/c",
               "children": [
                  {
                     "ns": 12,
                     "type": "user",
                     "cmd": null,
                     "nsfs": "/a\n/bbbb\n/c"
                  }
               ]
            },{
               "ns": 12,
               "type": null,
               "cmd": "xx",
               "nsfs": null
            }
         ]
      },{
         "ns": 1,
         "type": null,
         "cmd": "root",
         "nsfs": "/y\n/z"
      }
   ]
}
"#;
        assert_eq!(family(&COLUMNS).render(FORM, &Look::default()), expected);
        let one_line = family(&COLUMNS).render(FORM, &Look { no_wrap: true, ..Look::default() });
        assert_eq!(one_line, expected.replace(r"\n", ","));
    }

    #[test]
    fn no_rows_are_an_empty_line() {
        let expected = "{\n   \"namespaces\": [\n\n   ]\n}\n";
        assert_eq!(Table::new(&COLUMNS).render(FORM, &Look::default()), expected);
    }

    #[test]
    fn kinds() {
        let columns = [
            Column::new("MAJ:MIN").json(JsonKind::Number),
            Column::new("RO").json(JsonKind::Bool),
            Column::new("MOUNTS").json(JsonKind::Lines),
            Column::new("A\"b"),
        ];
        let mut table = Table::new(&columns);
        table.row(None).text("-5").text("1").lines(["/", "/b\"c", "\u{e9}"]).text("x");
        table.row(None).text("unassigned").text("no").empty().text(b"a\xff\x01");
        let expected = r#"{
   "devices": [
      {
         "maj:min": -5,
         "ro": true,
         "mounts": [
             "/", "/b\"c", "é"
         ],
         "a\"b": "x"
      },{
         "maj:min": "unassigned",
         "ro": false,
         "mounts": [],
         "a\"b": "a\\xff\u0001"
      }
   ]
}
"#;
        assert_eq!(table.render(Form::Json { name: "devices" }, &Look::default()), expected);
    }

    #[test]
    fn numbers_are_those_of_json() {
        for number in ["0", "-0", "12", "-5", "0.5", "1.50", "18446744073709551616"] {
            assert!(is_number(number.as_bytes()), "{number}");
        }
        for text in ["", "-", "01", "1.", ".5", "1e5", "+1", " 1", "1 ", "0x1", "1.2.3", "\u{661}"] {
            assert!(!is_number(text.as_bytes()), "{text}");
        }
    }
}
