//! The form for people: columns with a blank between.

use super::encode::{Cut, width};
use super::layout::widths;
use super::store::Lines;
use super::style::RESET;
use super::tree::{Art, Tree, Walk};
use super::{Look, Style, Table};

/// The table, or nothing when it has no rows.
pub(super) fn render(table: &Table<'_>, look: &Look) -> String {
    if table.rows() == 0 || table.columns().is_empty() {
        return String::new();
    }
    let tree = Tree::of(table);
    let widths = widths(table, tree.as_ref(), look);
    let line = widths.iter().sum::<usize>() + widths.len();
    // A few long commands do not make all the others cost as much.
    let mut out = String::with_capacity((line * table.rows()).min(table.text_len() + 160 * table.rows()));
    if !look.no_headings {
        headings(table, look, &widths, &mut out);
    }
    let mut page = Page { table, look, widths: &widths, art: Art::new(tree.as_ref(), look.charset), out };
    for (row, depth) in Walk::new(table, tree.as_ref()) {
        page.art.go(row, depth);
        page.row(row);
    }
    page.out
}

fn headings(table: &Table<'_>, look: &Look, widths: &[usize], out: &mut String) {
    let last = widths.len() - 1;
    for (at, (column, &room)) in table.columns().iter().zip(widths).enumerate() {
        let name = column.name.as_bytes();
        let padding = room.saturating_sub(width(name, look.charset));
        if column.right {
            blanks(out, padding);
        }
        Cut::at(out, room).bytes(name, look.charset);
        if !column.right && at != last {
            blanks(out, padding);
        }
        out.push(if at == last { '\n' } else { ' ' });
    }
}

fn blanks(out: &mut String, count: usize) {
    indent(out, out.len(), count);
}

/// Moves what begins at `start` to the right.
fn indent(out: &mut String, start: usize, mut count: usize) {
    const BLANKS: &str = "                                ";
    while count > 0 {
        let some = count.min(BLANKS.len());
        out.insert_str(start, &BLANKS[..some]);
        count -= some;
    }
}

struct Page<'t> {
    table: &'t Table<'t>,
    look: &'t Look,
    widths: &'t [usize],
    art: Art<'t>,
    out: String,
}

impl Page<'_> {
    /// The row, with as many lines as its highest cell has.
    fn row(&mut self, row: usize) {
        let mut lines = 1;
        let mut line = 0;
        while line < lines {
            for column in 0..self.widths.len() {
                if line == 0 && !self.look.no_wrap {
                    lines = lines.max(self.table.cell(row, column).len());
                }
                self.cell(row, column, line);
            }
            line += 1;
        }
    }

    /// One line of a cell, and what follows it. The last column is not filled with blanks, nor is it at the right edge when
    /// there is nothing in it.
    fn cell(&mut self, row: usize, column: usize, line: usize) {
        let room = self.widths[column];
        let last = column + 1 == self.widths.len();
        let start = self.out.len();
        let unused = self.content(row, column, line);
        let empty = unused == room;
        if empty {
            // Characters without width alone are no content either.
            self.out.truncate(start);
        }
        if self.table.columns()[column].right && !(last && empty) {
            indent(&mut self.out, start, unused);
        } else if !last {
            blanks(&mut self.out, unused);
        }
        self.out.push(if last { '\n' } else { ' ' });
    }

    /// Writes what is in the cell at this line, and answers how much of its room is left.
    fn content(&mut self, row: usize, column: usize, line: usize) -> usize {
        let lines = self.table.cell(row, column);
        let tree = self.table.columns()[column].tree;
        let style = self.table.style(row, column).filter(|_| self.look.colour);
        let mut cut = Cut::at(&mut self.out, self.widths[column]);
        if line == 0 && tree {
            self.art.before(&mut cut);
        }
        match lines.get(line) {
            _ if self.look.no_wrap => styled(&mut cut, style, |cut| joined(cut, lines, self.look)),
            Some(text) => styled(&mut cut, style, |cut| cut.bytes(text, self.look.charset)),
            None if line > 0 && tree => {
                let more = (0..self.widths.len())
                    .any(|at| self.table.cell(row, at).len() > line + usize::from(at < column));
                self.art.beside(more, &mut cut);
            }
            None => {}
        }
        cut.left()
    }
}

fn joined(cut: &mut Cut<'_>, lines: Lines<'_>, look: &Look) {
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            cut.plain(",");
        }
        cut.bytes(line, look.charset);
    }
}

fn styled(cut: &mut Cut<'_>, style: Option<Style>, write: impl FnOnce(&mut Cut<'_>)) {
    if let Some(style) = style {
        cut.sequence(style.start());
    }
    write(cut);
    if style.is_some() {
        cut.sequence(RESET);
    }
}

#[cfg(test)]
mod tests {
    use crate::table::sample::{COLUMNS, family};
    use crate::table::{Charset, Column, Form, Look, Style, Table};

    fn shown(table: &Table<'_>, look: Look) -> String {
        table.render(Form::Human, &look)
    }

    fn one_row(columns: &[Column], cells: &[&str], look: Look) -> String {
        let mut table = Table::new(columns);
        cells.iter().fold(table.row(None), |row, cell| row.text(cell));
        shown(&table, look)
    }

    #[test]
    fn a_tree_beside_cells_of_several_lines() {
        let utf8 = "        NS TYPE  CMD          NSFS
4026531834 net   init         /a
                 │            /bb
        12 user  ├─child long /a
                 │ │          /bbbb
                 │ │          /c
        12 user  │ └─         /a
                 │            /bbbb
                 │            /c
        12       └─xx         
         1       root         /y
                              /z
";
        let table = family(&COLUMNS);
        assert_eq!(shown(&table, Look::default()), utf8);
        assert_eq!(shown(&table, Look { width: Some(100), ..Look::default() }), utf8);
        let ascii = utf8.replace("├─", "|-").replace("└─", "`-").replace('│', "|");
        assert_eq!(shown(&table, Look { charset: Charset::Ascii, ..Look::default() }), ascii);
        let body = utf8.split_once('\n').map(|(_, body)| body.to_owned());
        assert_eq!(Some(shown(&table, Look { no_headings: true, ..Look::default() })), body);
    }

    #[test]
    fn lines_share_one_with_commas() {
        let columns = [Column::new("A"), Column::new("FILES"), Column::new("B").right()];
        let mut table = Table::new(&columns);
        table.row(None).text("a").lines(["/a", "/bb", "/c"]).number(1);
        table.row(None).text("a").empty().number(22);
        let look = Look { no_wrap: true, ..Look::default() };
        assert_eq!(shown(&table, look), "A FILES      B\na /a,/bb,/c  1\na           22\n");
        assert_eq!(
            shown(&table, Look::default()),
            "A FILES  B\na /a     1\n  /bb   \n  /c    \na       22\n"
        );
    }

    #[test]
    fn truncatable_columns_are_cut_to_the_terminal() {
        let narrow = "        NS TYPE  CMD     NSFS
4026531834 net   init    /a
                 │       /bb
        12 user  ├─child /a
                 │ │     /bbbb
                 │ │     /c
        12 user  │ └─    /a
                 │       /bbbb
                 │       /c
        12       └─xx    
         1       root    /y
                         /z
";
        assert_eq!(shown(&family(&COLUMNS), Look { width: Some(30), ..Look::default() }), narrow);
        let columns = [Column::new("A"), Column::new("COMMAND").truncatable(), Column::new("C")];
        let cut = |width| {
            let text =
                one_row(&columns, &["aaaa", "xxxxxxxxxxxxxxxxxxxx", "cc"], Look { width, ..Look::default() });
            text.lines().map(|line| line.chars().filter(|&c| c == 'x').count()).max()
        };
        // In all 28 columns; not below the heading, and nothing else is cut.
        let widths = [None, Some(28), Some(27), Some(15), Some(14), Some(1), Some(0)];
        assert_eq!(widths.map(|width| cut(width).unwrap_or(0)), [20, 20, 19, 7, 7, 7, 7]);
    }

    #[test]
    fn several_are_cut_in_turn() {
        let columns =
            [Column::new("A").truncatable(), Column::new("B").truncatable().right(), Column::new("C")];
        let text = |width| one_row(&columns, &["aaaaa", "bbbbbbbb", "c"], Look { width, ..Look::default() });
        assert_eq!(text(Some(15)), "A           B C\naaaa bbbbbbbb c\n");
        assert_eq!(text(Some(14)), "A          B C\naaaa bbbbbbb c\n");
        assert_eq!(text(Some(8)), "A    B C\na bbbb c\n");
        assert_eq!(text(Some(3)), "A B C\na b c\n");
    }

    #[test]
    fn a_hint_counts_from_the_width_of_the_heading_on() {
        let columns = [Column::new("TYPE").hint(6), Column::new("N")];
        let text = |data: &str| one_row(&columns, &[data, "1"], Look::default());
        assert_eq!(text("net"), "TYPE N\nnet  1\n");
        assert_eq!(text("user"), "TYPE   N\nuser   1\n");
        assert_eq!(text("cgroup-2"), "TYPE     N\ncgroup-2 1\n");
    }

    #[test]
    fn what_is_last_and_what_is_empty() {
        let columns = [Column::new("A"), Column::new("B").right(), Column::new("C")];
        let mut table = Table::new(&columns);
        table.row(None).text("a").text("b").text("c");
        table.row(None).text("aa").text("bb");
        table.row(None);
        assert_eq!(shown(&table, Look::default()), "A   B C\na   b c\naa bb \n      \n");
        let columns = [Column::new("A"), Column::new("SIZE").right()];
        let mut table = Table::new(&columns);
        table.row(None).text("a").text("1");
        table.row(None).text("a");
        table.row(None).text("a").text("\u{301}");
        assert_eq!(shown(&table, Look::default()), "A SIZE\na    1\na \na \n");
    }

    #[test]
    fn a_column_without_data() {
        let columns = [Column::new("A"), Column::new("NETNSID").right(), Column::new("C")];
        let look = Look { no_headings: true, ..Look::default() };
        assert_eq!(one_row(&columns, &["a", "", "c"], Look::default()), "A NETNSID C\na         c\n");
        assert_eq!(one_row(&columns, &["a", "", "c"], look), "a         c\n");
        let look = Look { collapse_empty: true, ..look };
        assert_eq!(one_row(&columns, &["a", "", "c"], look), "a  c\n");
        assert_eq!(one_row(&columns, &["a", "1", "c"], look), "a       1 c\n");
    }

    #[test]
    fn no_rows_no_headings() {
        for form in [Form::Human, Form::Raw] {
            assert_eq!(Table::new(&COLUMNS).render(form, &Look::default()), "");
        }
        let mut table = Table::new(&[]);
        table.row(None);
        assert_eq!(shown(&table, Look::default()), "");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let columns = [Column::new("A").truncatable(), Column::new("B")];
        let text =
            |width| one_row(&columns, &["\u{4e2d}e\u{301}\u{4e2d}", "b"], Look { width, ..Look::default() });
        assert_eq!(text(None), "A     B\n\u{4e2d}e\u{301}\u{4e2d} b\n");
        assert_eq!(text(Some(6)), "A    B\n\u{4e2d}e\u{301}  b\n");
        assert_eq!(text(Some(3)), "A B\n  b\n");
    }

    #[test]
    fn styles_take_no_room() {
        let columns = [Column::new("N").right(), Column::new("T").tree(), Column::new("C")];
        let mut table = Table::new(&columns);
        table.row(None).number(10).style(Style::Cyan).text("a").text("c").style(Style::Bold);
        table
            .row(Some(0))
            .number(1)
            .style(Style::Red)
            .text("b")
            .style(Style::Green)
            .empty()
            .style(Style::Dim);
        let plain = " N T   C\n10 a   c\n 1 └─b \n";
        assert_eq!(shown(&table, Look::default()), plain);
        let coloured = shown(&table, Look { colour: true, ..Look::default() });
        let expected =
            " N T   C\n\x1b[36m10\x1b[0m a   \x1b[1mc\x1b[0m\n \x1b[31m1\x1b[0m └─\x1b[32mb\x1b[0m \n";
        assert_eq!(coloured, expected);
    }

    #[test]
    fn without_a_column_for_it_there_is_no_tree() {
        let columns = [Column::new("A")];
        let mut table = Table::new(&columns);
        table.row(None).text("a");
        table.row(None).text("b");
        table.row(Some(0)).text("c");
        assert_eq!(shown(&table, Look::default()), "A\na\nb\nc\n");
        let columns = columns.map(Column::tree);
        let mut table = Table::new(&columns);
        table.row(None).text("a");
        table.row(None).text("b");
        table.row(Some(0)).text("c");
        assert_eq!(shown(&table, Look::default()), "A\na\n└─c\nb\n");
    }
}
