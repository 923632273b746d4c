//! The table: of namespaces, or of the processes in one.

mod columns;
mod net;
mod output;
mod shape;

use crate::cli::{Cli, Shape};
use crate::notices;
use crate::trouble;
use crate::users::Users;
use std::os::unix::ffi::OsStrExt;
use xns_cli::{Diagnostic, print};
use xns_core::{Facts, NsKind, NsSet, SingleThreaded};
use xns_lsns::column::Column;
use xns_lsns::filter::{Filter, Value};
use xns_lsns::row::{Cell, Row, Rows};
use xns_lsns::scan::{Members, Relations};
use xns_lsns::tree::Tree;
use xns_lsns::{Found, ScanError, Want, scan};

/// Prints it.
#[inline(never)] // .cargo/launch.ld
pub(crate) fn run(
    cli: &Cli,
    facts: &Facts,
    original: bool,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let filter = Filter::parse(cli.filter.as_deref().unwrap_or_default().as_bytes());
    let filter = filter.map_err(trouble::filter)?;
    let list = List { cli, original, filter, tree: tree(cli, original) };
    let mut found = list.found(single).map_err(|error| trouble::scan(&error, facts))?;
    let unread = found.unread;
    if let Some(ino) = cli.namespace.filter(|ino| found.by_inode(*ino).is_none()) {
        return Ok(trouble::tell_not_found(cli, facts, &unread, ino));
    }
    let deserted = cli.namespace.and_then(|ino| found.by_inode(ino)).filter(|of| of.processes == 0).cloned();
    let kept = cli.namespace.is_none() && found.namespaces.iter().any(|namespace| namespace.processes == 0);
    if cli.persistent {
        found.namespaces.retain(|namespace| namespace.processes == 0);
    }
    let mut rows = list.rows(&found, &columns::chosen(cli, original, kept))?;
    let users = Users::default();
    rows.retain(|row| list.shows(row, &users));
    let columns = columns::chosen(cli, original, kept && rows.iter().any(Row::is_kept));
    let text = output::text(&list, rows, &columns, &users, facts);
    print(&text)?;
    notices::tell(cli, facts, original, &unread, text.is_empty());
    if let Some(namespace) = deserted {
        notices::nobody_there(cli, facts, &namespace);
    }
    Ok(0)
}

/// The tree that is wanted. Under the original's name it is one of processes unless something else is said.
fn tree(cli: &Cli, original: bool) -> Option<Tree> {
    match cli.shape {
        Some(Shape::Tree(tree)) => Some(tree),
        Some(Shape::List) => None,
        None if original && (!cli.output_all || cli.namespace.is_some()) => Some(Tree::Process),
        None => None,
    }
}

/// A list that is wanted.
struct List<'c> {
    cli: &'c Cli,
    original: bool,
    filter: Filter<Column>,
    tree: Option<Tree>,
}

impl List<'_> {
    /// What has to be found out for it.
    fn want(&self) -> Want {
        // Before anything is found, what may be in the list counts.
        let columns = columns::chosen(self.cli, self.original, true);
        let has = |wanted: &[Column]| {
            columns.iter().copied().chain(self.filter.columns()).any(|column| wanted.contains(&column))
        };
        let above = NsSet::EMPTY.with(NsKind::User).with(NsKind::Pid);
        let kinds = self.cli.wanted_kinds();
        let of_process = self.cli.task.is_some();
        let of_namespace = self.cli.namespace.is_some();
        let drawn = matches!(self.tree, Some(Tree::Owner | Tree::Parent)) && !of_namespace;
        let relations = if drawn || has(&[Column::Pns, Column::Ons]) {
            Relations::All
        } else if of_process || of_namespace {
            Relations::None
        } else if kinds.iter().any(|kind| above.contains(kind)) {
            Relations::All
        } else {
            Relations::OfKept
        };
        Want {
            kinds,
            process: self.cli.task,
            above: self.tree.filter(|_| of_process && drawn),
            counts: !of_process
                || drawn
                || has(&[
                    Column::Nprocs,
                    Column::Pid,
                    Column::Ppid,
                    Column::Command,
                    Column::Uid,
                    Column::User,
                    Column::Path,
                ]),
            kept: !of_process && !of_namespace,
            mounts: (of_process || of_namespace) && has(&[Column::Nsfs]),
            relations,
            deep: self.cli.deep,
            members: self.cli.namespace.map_or(Members::None, Members::Of),
        }
    }

    /// What there is to be listed. For what keeps a namespace it is looked only when no process is in the one that is wanted.
    fn found(&self, single: SingleThreaded) -> Result<Found, ScanError> {
        let want = self.want();
        let found = scan(&want, single)?;
        match self.cli.namespace {
            Some(ino) if found.by_inode(ino).is_none() => {
                scan(&Want { kept: true, relations: Relations::All, ..want }, single)
            }
            _ => Ok(found),
        }
    }

    /// The rows before the filter.
    fn rows<'f>(&self, found: &'f Found, columns: &[Column]) -> Result<Vec<Row<'f>>, Box<Diagnostic>> {
        let asked = || columns.iter().copied().chain(self.filter.columns());
        let proc = xns_lsns::proc().map_err(trouble::proc)?;
        let mut rows = Rows::new(&proc, asked(), self.tree == Some(Tree::Process));
        let mut rows = match self.cli.namespace {
            None => rows.of_namespaces(&found.namespaces),
            Some(ino) => {
                let namespace = found.by_inode(ino).ok_or_else(|| trouble::not_found(ino))?;
                rows.of_processes(&found.members, namespace)
            }
        };
        if asked().any(|column| column == Column::NetnsId) {
            net::number(&proc, &mut rows);
        }
        Ok(rows)
    }

    fn shows(&self, row: &Row<'_>, users: &Users) -> bool {
        self.filter.accepts(|column| match row.cell(column, |uid| users.name(uid)) {
            Cell::Empty => Value::Empty,
            Cell::Number(number) => Value::Number(number),
            Cell::Text(text) => Value::Text(text),
            Cell::Lines(lines) => Value::Text(lines.join(&b","[..]).into()),
        })
    }
}
