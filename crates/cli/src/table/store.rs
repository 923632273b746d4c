//! The cells. All text lies in one buffer: a row costs no allocation of its own.

use super::{Column, Style};

/// Rows of cells under columns.
///
/// ```
/// use xns_cli::table::{Column, Form, JsonKind, Look, Table};
/// let columns = [Column::new("PID").right().json(JsonKind::Number), Column::new("COMMAND").tree()];
/// let mut table = Table::new(&columns);
/// let init = table.row(None).number(1).text("init").id();
/// table.row(Some(init)).number(20).text("sh");
/// assert_eq!(table.render(Form::Human, &Look::default()), "PID COMMAND\n  1 init\n 20 └─sh\n");
/// ```
#[derive(Clone, Debug)]
pub struct Table<'c> {
    columns: &'c [Column],
    text: Vec<u8>,
    /// Where each line of a cell ends in the text; it starts where the one before ends.
    lines: Vec<u32>,
    cells: Vec<Cell>,
    parents: Vec<Option<u32>>,
}

/// One cell: the lines between the end of the cell before and its own.
#[derive(Clone, Copy, Debug)]
struct Cell {
    end: u32,
    style: Option<Style>,
}

impl<'c> Table<'c> {
    /// A table without rows.
    pub fn new(columns: &'c [Column]) -> Self {
        Table { columns, text: Vec::new(), lines: Vec::new(), cells: Vec::new(), parents: Vec::new() }
    }

    /// A table for that many rows with that many bytes of text in them; more may come.
    pub fn with_capacity(columns: &'c [Column], rows: usize, text: usize) -> Self {
        let cells = rows.saturating_mul(columns.len());
        Table {
            columns,
            text: Vec::with_capacity(text),
            lines: Vec::with_capacity(cells),
            cells: Vec::with_capacity(cells),
            parents: Vec::with_capacity(rows),
        }
    }

    /// Adds a row; its cells follow, in the order of the columns, and those not given stay empty. The parent is the id of an
    /// earlier row; another number counts as none.
    pub fn row(&mut self, parent: Option<usize>) -> RowBuilder<'_, 'c> {
        let id = self.parents.len();
        self.parents.push(parent.filter(|&parent| parent < id).and_then(|parent| u32::try_from(parent).ok()));
        let first = self.cells.len();
        let empty = Cell { end: self.line_count(), style: None };
        self.cells.resize(first + self.columns.len(), empty);
        RowBuilder { table: self, id, next: 0 }
    }

    /// The columns.
    pub fn columns(&self) -> &'c [Column] {
        self.columns
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.parents.len()
    }

    pub(super) fn parent(&self, row: usize) -> Option<usize> {
        self.parents[row].map(|parent| parent as usize)
    }

    /// The lines of a cell; those of an empty one are none.
    pub(super) fn cell(&self, row: usize, column: usize) -> Lines<'_> {
        let at = row * self.columns.len() + column;
        let start = at.checked_sub(1).map_or(0, |before| self.cells[before].end);
        let ends = &self.lines[start as usize..self.cells[at].end as usize];
        let from = start.checked_sub(1).map_or(0, |before| self.lines[before as usize]);
        Lines { text: &self.text, from, ends }
    }

    pub(super) fn style(&self, row: usize, column: usize) -> Option<Style> {
        self.cells[row * self.columns.len() + column].style
    }

    /// Bytes of text in all cells.
    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    fn line_count(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }
}

/// A row that is being filled.
#[derive(Debug)]
pub struct RowBuilder<'t, 'c> {
    table: &'t mut Table<'c>,
    id: usize,
    next: usize,
}

impl RowBuilder<'_, '_> {
    /// A cell with this text, whatever its bytes are. No text is an empty cell, null in JSON.
    pub fn text(self, text: impl AsRef<[u8]>) -> Self {
        self.lines([text])
    }

    /// A cell with a number.
    pub fn number(self, number: u64) -> Self {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = number;
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            if rest == 0 {
                return self.text(&digits[at..]);
            }
        }
    }

    /// A cell with these lines; empty ones are left out.
    pub fn lines<L: AsRef<[u8]>>(mut self, lines: impl IntoIterator<Item = L>) -> Self {
        let columns = self.table.columns.len();
        if self.next < columns {
            for line in lines {
                self.push(line.as_ref());
            }
            let end = self.table.line_count();
            let first = self.id * columns;
            for cell in &mut self.table.cells[first + self.next..first + columns] {
                cell.end = end;
            }
        }
        self.next += 1;
        self
    }

    /// An empty cell, null in JSON.
    pub fn empty(mut self) -> Self {
        self.next += 1;
        self
    }

    /// The style of the cell given last.
    pub fn style(self, style: Style) -> Self {
        let columns = self.table.columns.len();
        if (1..=columns).contains(&self.next) {
            self.table.cells[self.id * columns + self.next - 1].style = Some(style);
        }
        self
    }

    /// The row's id, to be the parent of later ones.
    pub fn id(&self) -> usize {
        self.id
    }

    /// A table holds 4 GiB of text at most; what would go beyond is left out.
    fn push(&mut self, line: &[u8]) {
        let end = u32::try_from(self.table.text.len() + line.len());
        if let (false, Ok(end)) = (line.is_empty(), end) {
            self.table.text.extend_from_slice(line);
            self.table.lines.push(end);
        }
    }
}

/// The lines of a cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines<'t> {
    text: &'t [u8],
    from: u32,
    ends: &'t [u32],
}

impl<'t> Lines<'t> {
    pub(super) fn is_empty(self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn len(self) -> usize {
        self.ends.len()
    }

    /// One line, counted from 0.
    pub(super) fn get(self, line: usize) -> Option<&'t [u8]> {
        let end = *self.ends.get(line)?;
        let start = line.checked_sub(1).map_or(self.from, |before| self.ends[before]);
        self.text.get(start as usize..end as usize)
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'t [u8]> {
        (0..self.len()).filter_map(move |line| self.get(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [Column::new("A"), Column::new("B"), Column::new("C")];

    fn cells(table: &Table<'_>, row: usize) -> Vec<Vec<String>> {
        let text = |line| String::from_utf8_lossy(line).into_owned();
        (0..table.columns().len()).map(|column| table.cell(row, column).iter().map(text).collect()).collect()
    }

    #[test]
    fn cells_are_found_again() {
        let mut table = Table::with_capacity(&COLUMNS, 3, 20);
        table.row(None).empty().text("b").number(0);
        table.row(None).lines(["x", "", "yy"]);
        table.row(Some(0)).number(u64::MAX).empty().text("").text("one too many").style(Style::Red);
        table.row(None).text("a").style(Style::Bold).lines(["", ""]).text("c");
        assert_eq!(cells(&table, 0), [vec![], vec!["b"], vec!["0"]]);
        assert_eq!(cells(&table, 1), [vec!["x", "yy"], vec![], vec![]]);
        assert_eq!(cells(&table, 2), [vec!["18446744073709551615"], vec![], vec![]]);
        assert_eq!(cells(&table, 3), [vec!["a"], vec![], vec!["c"]]);
        let styles = [0, 1, 2].map(|column| (table.style(2, column), table.style(3, column)));
        assert_eq!(styles, [(None, Some(Style::Bold)), (None, None), (None, None)]);
        assert_eq!(table.rows(), 4);
    }

    #[test]
    fn a_parent_is_an_earlier_row() {
        let mut table = Table::new(&COLUMNS);
        assert_eq!(table.row(Some(0)).id(), 0);
        assert_eq!(table.row(Some(0)).id(), 1);
        table.row(Some(7));
        table.row(Some(usize::MAX));
        let parents: Vec<_> = (0..4).map(|row| table.parent(row)).collect();
        assert_eq!(parents, [None, Some(0), None, None]);
    }

    #[test]
    fn no_columns_are_no_trouble() {
        let mut table = Table::new(&[]);
        table.row(None).text("x").style(Style::Red);
        assert_eq!((table.rows(), table.text_len()), (1, 0));
    }
}
