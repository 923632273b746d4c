//! Which columns a table has, and how each is shown.

use crate::cli::{Cli, Format};
use xns_cli::table::{self, JsonKind};
use xns_core::NsKind;
use xns_lsns::column::Column;

/// The columns of this list. `kept`: is there a namespace in it that no process is in?
pub(super) fn chosen(cli: &Cli, original: bool, kept: bool) -> Vec<Column> {
    let mut columns = match &cli.output {
        Some(output) if !output.add => return output.columns.clone(),
        _ if cli.output_all && original => Column::of_original().to_vec(),
        _ if cli.output_all => Column::ALL.to_vec(),
        _ => usual(cli, original, kept),
    };
    columns.extend(cli.output.iter().flat_map(|output| &output.columns));
    columns
}

/// Those that nobody has to ask for. Under our own name what keeps a namespace is told where that is not plain, and to programs always.
fn usual(cli: &Cli, original: bool, kept: bool) -> Vec<Column> {
    if cli.namespace.is_some() {
        return vec![Column::Pid, Column::Ppid, Column::User, Column::Command];
    }
    let mut columns = vec![Column::Ns, Column::Type, Column::Nprocs, Column::Pid, Column::User];
    if cli.kinds.contains(NsKind::Net) {
        columns.extend([Column::NetnsId, Column::Nsfs]);
    }
    if !original && (cli.format == Format::Json || (cli.format == Format::Table && kept)) {
        columns.push(Column::Pins);
    }
    columns.push(Column::Command);
    columns
}

/// How it is shown. `tree`: the column in which the tree is drawn.
pub(super) fn shown(column: Column, tree: Option<Column>) -> table::Column {
    let shown = table::Column::new(column.name());
    let shown = match column {
        Column::Ns if tree == Some(Column::Ns) => shown.hint(10),
        Column::Ns | Column::Pns | Column::Ons => shown.right().hint(10),
        Column::Nprocs | Column::Pid | Column::Ppid => shown.right().hint(5),
        Column::Uid | Column::NetnsId => shown.right(),
        Column::Type => shown.hint(5),
        Column::Command => shown.truncatable(),
        Column::Path | Column::User | Column::Nsfs | Column::Pins => shown,
    };
    let shown = match column {
        _ if column.is_number() => shown.json(JsonKind::Number),
        Column::Pins => shown.json(JsonKind::Lines),
        _ => shown,
    };
    if tree == Some(column) { shown.tree() } else { shown }
}
