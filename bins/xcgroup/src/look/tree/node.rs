//! What is known of each group.

use super::super::bound::{Binding, bindings};
use super::super::group::Group;
use super::super::limits::{Limit, limits};
use super::super::quick::Quick;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use xns_cgroup::stat::{Bounds, Part, Source, Stats};
use xns_cgroup::walk::Listing;
use xns_cgroup::{Placed, Processes};

/// A group.
pub(super) struct Node {
    /// Its whole name.
    pub(super) name: PathBuf,
    /// The group above it, by its place in the list, and what the group is called there.
    pub(super) above: Option<usize>,
    /// The hierarchies that have it.
    pub(super) hierarchies: Vec<String>,
    /// Those that are in it, each once.
    pub(super) processes: Vec<Process>,
    /// How many more have no PID here.
    pub(super) unseen: usize,
    pub(super) stats: Stats,
    /// Its own limits that are set.
    pub(super) limits: Vec<Limit>,
    pub(super) bounds: Bounds,
    /// Limits of groups above it that bind it.
    pub(super) bound: Vec<Binding>,
}

/// A process of a group, in these of its hierarchies; none: in all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) only_in: Vec<String>,
}

/// What is shown of the statistics.
const FILES: &[&str] = &[
    "memory.current",
    "memory.usage_in_bytes",
    "cpu.stat",
    "cpuacct.usage",
    "pids.current",
    "cgroup.events",
    "freezer.state",
];

/// All groups, each after the one above it.
pub(super) fn all(top: &Group, listing: &Listing, source: &dyn Source) -> Vec<Node> {
    let mut places: BTreeMap<&Path, usize> = BTreeMap::new();
    let mut nodes: Vec<Node> = Vec::with_capacity(listing.groups.len());
    for (at, listed) in listing.groups.iter().enumerate() {
        let above = listed.path.parent().and_then(|above| places.get(above)).copied();
        places.insert(&listed.path, at);
        let place = |tree: &usize| {
            let Placed { tree, directory } = top.placed.get(*tree)?;
            Some(Placed { tree: tree.clone(), directory: directory.join(&listed.path) })
        };
        let group =
            Group { name: top.name_of(listed), placed: listed.trees.iter().filter_map(place).collect() };
        nodes.push(node(group, above, source));
    }
    root_has_the_rest(&mut nodes);
    nodes
}

fn node(group: Group, above: Option<usize>, source: &dyn Source) -> Node {
    let parts: Vec<Part> = group.parts();
    let bounds = Bounds::of(&group.below_points(), source);
    let (processes, unseen) = processes(&group, source);
    Node {
        above,
        hierarchies: group.placed.iter().map(|placed| placed.tree.hierarchy.to_string()).collect(),
        processes,
        unseen,
        stats: Stats::of(&parts, &Quick { files: FILES, source }),
        limits: limits(&parts, source)
            .into_iter()
            .filter(|limit| limit.is_set && !is_whole(limit, &group))
            .collect(),
        bound: bindings(&bounds).into_iter().filter(|binding| !binding.is_own).collect(),
        bounds,
        name: group.name,
    }
}

/// The CPUs and memory nodes of the root are the machine's.
fn is_whole(limit: &Limit, group: &Group) -> bool {
    limit.name.starts_with("cpuset") && group.name == Path::new("/")
}

fn processes(group: &Group, source: &dyn Source) -> (Vec<Process>, usize) {
    let mut found: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut unseen = 0;
    for (at, placed) in group.placed.iter().enumerate() {
        // A group that has gone has none.
        let own = Processes::of(&placed.directory, source).unwrap_or_default();
        unseen = unseen.max(own.unseen);
        // Those of a threaded group are threads.
        for pid in own.ids.into_iter().filter(|_| !own.threaded) {
            found.entry(pid).or_default().push(at);
        }
    }
    let only_in = |trees: Vec<usize>| -> Vec<String> {
        if trees.len() == group.placed.len() {
            return Vec::new();
        }
        trees.into_iter().map(|tree| group.placed[tree].tree.hierarchy.to_string()).collect()
    };
    let process = |(pid, trees)| Process { pid, only_in: only_in(trees) };
    (found.into_iter().map(process).collect(), unseen)
}

/// Every process is in some group of each hierarchy: in the root it is shown only when it is in no other.
fn root_has_the_rest(nodes: &mut [Node]) {
    let Some((root, others)) = nodes.split_first_mut() else { return };
    if root.name != Path::new("/") {
        return;
    }
    let elsewhere: BTreeSet<u32> =
        others.iter().flat_map(|node| &node.processes).map(|process| process.pid).collect();
    root.processes.retain(|process| !elsewhere.contains(&process.pid));
    // In the root it is not by anybody's doing.
    root.processes.iter_mut().for_each(|process| process.only_in.clear());
}
