//! How wide the columns are.

use super::encode::width;
use super::store::Lines;
use super::tree::{Art, Tree, Walk};
use super::{Look, Table};

/// The widths of the columns, in their order.
pub(super) fn widths(table: &Table<'_>, tree: Option<&Tree>, look: &Look) -> Vec<usize> {
    let (data, deepest) = data(table, tree, look);
    let mut widths: Vec<usize> = table
        .columns()
        .iter()
        .zip(data)
        .map(|(column, data)| match heading(column.name, look) {
            _ if data == 0 && look.no_headings && look.collapse_empty => 0,
            heading if data < heading => heading,
            // So a table looks the same tomorrow, when the PIDs have a digit more.
            _ => data.max(column.hint),
        })
        .collect();
    if let Some(width) = look.width {
        // The original takes no terminal to be narrower than the tree without its texts.
        fit(table, look, &mut widths, width.max(deepest));
    }
    widths
}

/// The widest cell of each column, and the width of the tree at its deepest row.
fn data(table: &Table<'_>, tree: Option<&Tree>, look: &Look) -> (Vec<usize>, usize) {
    let columns = table.columns();
    let mut widest = vec![0; columns.len()];
    let mut deepest = 0;
    let mut art = Art::new(tree, look.charset);
    for (row, depth) in Walk::new(table, tree) {
        art.go(row, depth);
        deepest = deepest.max(art.width());
        for (at, column) in columns.iter().enumerate() {
            let own = cell(table.cell(row, at), look);
            let before = if column.tree { art.width() } else { 0 };
            widest[at] = widest[at].max(before + own);
        }
    }
    (widest, deepest)
}

/// The width of a cell: of its widest line, or of all with commas between.
pub(super) fn cell(lines: Lines<'_>, look: &Look) -> usize {
    let each = lines.iter().map(|line| width(line, look.charset));
    if look.no_wrap { each.sum::<usize>() + lines.len().saturating_sub(1) } else { each.max().unwrap_or(0) }
}

fn heading(name: &str, look: &Look) -> usize {
    width(name.as_bytes(), look.charset)
}

/// Takes from the truncatable columns what the table is too wide, a column of the terminal from each in turn, until only
/// their headings have room. What is too wide then stays so.
fn fit(table: &Table<'_>, look: &Look, widths: &mut [usize], terminal: usize) {
    let separators = widths.len().saturating_sub(1);
    let mut excess = (widths.iter().sum::<usize>() + separators).saturating_sub(terminal);
    let mut going = true;
    while excess > 0 && going {
        going = false;
        for (column, width) in table.columns().iter().zip(widths.iter_mut()) {
            if column.truncatable && *width > heading(column.name, look) && excess > 0 {
                *width -= 1;
                excess -= 1;
                going = true;
            }
        }
    }
}
