//! Rows as text.

use super::{List, columns, shape};
use crate::cli::{Cli, Color, Format};
use crate::users::Users;
use xns_cli::table::{Form, Look, RowBuilder, Style, Table};
use xns_cli::terminal;
use xns_core::Facts;
use xns_lsns::column::Column;
use xns_lsns::row::{Cell, Row};
use xns_lsns::tree::Tree;
use xns_sys::fd;

/// The table as it is printed.
pub(super) fn text(
    list: &List<'_>,
    rows: Vec<Row<'_>>,
    columns: &[Column],
    users: &Users,
    facts: &Facts,
) -> String {
    let cli = list.cli;
    let of_processes = cli.namespace.is_some();
    let drawn_in = list.tree.and_then(|tree| {
        let of_commands = tree == Tree::Process || (of_processes && !list.original);
        let column = if of_commands { Column::Command } else { Column::Ns };
        columns.contains(&column).then_some(column)
    });
    // What cannot be drawn is a list, though one of namespaces has some of the order. Of processes the original has no other tree.
    let tree = list.tree.filter(|tree| match drawn_in {
        Some(column) => !of_processes || column == Column::Command,
        None => !of_processes && *tree != Tree::Process,
    });
    let shown: Vec<_> = columns.iter().map(|column| columns::shown(*column, drawn_in)).collect();
    let places = shape::places(&rows, tree, drawn_in.is_some(), of_processes);
    let mut table = Table::with_capacity(&shown, rows.len(), rows.len() * 64);
    let mut ids = Vec::with_capacity(rows.len());
    for placed in &places {
        let row = &rows[placed.row];
        let mut cells = table.row(placed.parent.map(|place| ids[place]));
        ids.push(cells.id());
        for column in columns {
            cells = fill(cells, row.cell(*column, |uid| users.name(uid)));
            if let Some(style) = style(row, *column) {
                cells = cells.style(style);
            }
        }
    }
    // The text takes as much again.
    drop((rows, places, ids));
    let form = match cli.format {
        Format::Table => Form::Human,
        Format::Raw => Form::Raw,
        Format::Json => Form::Json { name: "namespaces" },
    };
    table.render(form, &look(cli, facts))
}

fn fill<'t, 'c>(cells: RowBuilder<'t, 'c>, cell: Cell<'_>) -> RowBuilder<'t, 'c> {
    match cell {
        Cell::Empty => cells.empty(),
        Cell::Number(number) => cells.number(number),
        Cell::Text(text) => cells.text(text),
        Cell::Lines(lines) => cells.lines(lines),
    }
}

/// A namespace that no process is in stands back; the kinds can be told apart.
fn style(row: &Row<'_>, column: Column) -> Option<Style> {
    let namespace = row.namespace?;
    match column {
        Column::Ns => Some(Style::Bold),
        Column::Type => Some(Style::Cyan),
        Column::Nprocs if namespace.processes == 0 => Some(Style::Yellow),
        Column::Pins => Some(Style::Yellow),
        _ => None,
    }
}

/// How a table is shown here.
fn look(cli: &Cli, facts: &Facts) -> Look {
    let variable = |name: &str| facts.variable(name);
    let width = terminal::width(fd::stdout(), variable);
    Look {
        no_headings: cli.no_headings,
        collapse_empty: true,
        no_wrap: cli.no_wrap,
        width: width.filter(|_| !cli.no_truncate),
        colour: cli.format == Format::Table && wants_colour(cli.color, width.is_some(), facts),
        charset: terminal::charset(variable),
    }
}

/// `--color`, else on a terminal unless NO_COLOR is set (no-color.org).
pub(crate) fn wants_colour(color: Color, on_terminal: bool, facts: &Facts) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            on_terminal
                && facts.variable("NO_COLOR").is_none_or(|value| value.is_empty())
                && facts.variable("TERM").is_none_or(|term| term != "dumb")
        }
    }
}
