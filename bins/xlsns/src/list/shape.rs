//! A list in its order, or in that of a tree.

use xns_core::NsKind;
use xns_lsns::row::Row;
use xns_lsns::tree::{Node, Placed, Tree, arrange, below_processes, flat};

/// The rows' places. A tree that is not `drawn` has its order only.
pub(super) fn places(rows: &[Row<'_>], tree: Option<Tree>, drawn: bool, of_processes: bool) -> Vec<Placed> {
    match tree {
        None => (0..rows.len()).map(|row| Placed { row, parent: None }).collect(),
        Some(_) if of_processes => arrange(&processes(rows)),
        Some(Tree::Process) => arrange(&below_processes(rows.iter().map(|row| {
            let process = row.process.as_ref().map(|process| (process.pid, process.ppid));
            (ino(row), process)
        }))),
        Some(tree) => {
            let nodes: Vec<_> = rows.iter().map(|row| related(row, tree)).collect();
            if drawn { arrange(&nodes) } else { flat(&nodes) }
        }
    }
}

fn ino(row: &Row<'_>) -> u64 {
    row.namespace.map(|namespace| namespace.ino).unwrap_or_default()
}

/// The tree of processes.
fn processes(rows: &[Row<'_>]) -> Vec<Node> {
    let node = |row: &Row<'_>| {
        let process = row.process.as_ref();
        Node {
            id: row.pid().unwrap_or_default().into(),
            above: process.map(|process| process.ppid.into()),
            ..Node::default()
        }
    };
    rows.iter().map(node).collect()
}

/// The tree of namespaces. What has no parent stands behind the one that owns it.
fn related(row: &Row<'_>, tree: Tree) -> Node {
    let Some(namespace) = row.namespace else { return Node::default() };
    let (owner, parent) = (namespace.owner.ino(), namespace.parent.ino());
    let has_parent = matches!(namespace.kind, NsKind::Pid | NsKind::User);
    let (above, after) = match tree {
        Tree::Parent if has_parent => (parent, owner.filter(|_| parent.is_none())),
        Tree::Parent => (None, owner),
        Tree::Owner | Tree::Process => (owner, None),
    };
    Node { id: namespace.ino, above, after, late: namespace.only_above }
}
