//! The form for programs that split lines at blanks.

use super::encode::raw;
use super::tree::{Art, Tree, Walk};
use super::{Look, Table};

/// The table, or nothing when it has no rows. An empty cell is an empty string between two separators.
pub(super) fn render(table: &Table<'_>, look: &Look) -> String {
    let columns = table.columns();
    if table.rows() == 0 || columns.is_empty() {
        return String::new();
    }
    let mut out =
        String::with_capacity(table.text_len() + table.text_len() / 4 + columns.len() * (table.rows() + 16));
    if !look.no_headings {
        for (at, column) in columns.iter().enumerate() {
            raw(&mut out, column.name.as_bytes());
            end(&mut out, at, columns.len());
        }
    }
    let tree = Tree::of(table);
    let mut art = Art::new(tree.as_ref(), look.charset);
    for (row, depth) in Walk::new(table, tree.as_ref()) {
        art.go(row, depth);
        for (at, column) in columns.iter().enumerate() {
            if column.tree && art.width() > 0 {
                raw(&mut out, art.text().as_bytes());
            }
            for (number, line) in table.cell(row, at).iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                raw(&mut out, line);
            }
            end(&mut out, at, columns.len());
        }
    }
    out
}

fn end(out: &mut String, at: usize, columns: usize) {
    out.push(if at + 1 == columns { '\n' } else { ' ' });
}

#[cfg(test)]
mod tests {
    use crate::table::{Charset, Column, Form, Look, Table};

    const COLUMNS: [Column; 4] =
        [Column::new("NS").right(), Column::new("A B"), Column::new("C").tree(), Column::new("D").right()];

    #[test]
    fn cells_are_escaped_and_empty_ones_stay_empty() {
        let mut table = Table::new(&COLUMNS);
        table.row(None).number(12).text("a b").text("x\\\u{e9}\n").empty();
        table.row(None).empty().lines(["/a", "/b c"]).empty().number(1);
        table.row(None);
        let expected = "NS A\\x20B C D\n12 a\\x20b x\\x5c\\xc3\\xa9\\x0a \n /a,/b\\x20c  1\n   \n";
        assert_eq!(table.render(Form::Raw, &Look::default()), expected);
        let body = expected.split_once('\n').map(|(_, body)| body);
        let look = Look { no_headings: true, width: Some(3), ..Look::default() };
        assert_eq!(Some(table.render(Form::Raw, &look).as_str()), body);
    }

    #[test]
    fn the_tree_is_there_and_escaped() {
        let mut table = Table::new(&COLUMNS);
        table.row(None).number(1).empty().text("a");
        table.row(Some(0)).number(2).empty().text("b");
        let utf8 = "NS A\\x20B C D\n1  a \n2  \\xe2\\x94\\x94\\xe2\\x94\\x80b \n";
        assert_eq!(table.render(Form::Raw, &Look::default()), utf8);
        let look = Look { charset: Charset::Ascii, no_headings: true, ..Look::default() };
        assert_eq!(table.render(Form::Raw, &look), "1  a \n2  `-b \n");
    }
}
