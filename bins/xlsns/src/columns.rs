//! `--list-columns`: which columns there are.

use crate::cli::{Cli, Format};
use xns_cli::table::{Column, Form, Look, Table};
use xns_cli::{Diagnostic, print, terminal};
use xns_core::Facts;
use xns_lsns::column;

/// Prints them.
#[inline(never)] // .cargo/launch.ld
pub(crate) fn run(cli: &Cli, facts: &Facts, original: bool) -> Result<u8, Box<Diagnostic>> {
    let columns = [Column::new("HOLDER"), Column::new("TYPE"), Column::new("DESCRIPTION")];
    let known = if original { column::Column::of_original() } else { &column::Column::ALL };
    let mut table = Table::new(&columns);
    for column in known {
        let kind = match column {
            _ if column.is_number() => "<number>",
            _ => "<string>",
        };
        table.row(None).text(column.name()).text(kind).text(column.about());
    }
    let form = match cli.format {
        Format::Table => Form::Human,
        Format::Raw => Form::Raw,
        Format::Json => Form::Json { name: "lsns-columns" },
    };
    let charset = terminal::charset(|name| facts.variable(name));
    print(&table.render(form, &Look { no_headings: cli.no_headings, charset, ..Look::default() })).map(|()| 0)
}
