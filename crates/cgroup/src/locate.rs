//! Where a group of a name is: in every hierarchy that has a directory for it, whoever made it.

use crate::arrange::without_leaf;
use crate::{Base, GroupPath, Layout, Placed, Tree};
use std::path::PathBuf;
use xns_core::Facts;

/// The directories of the group, in the order of the hierarchies; none when there is no such group.
pub fn locate(name: &GroupPath, layout: &Layout, facts: &Facts) -> Vec<Placed> {
    let found = |tree: &Tree| {
        let directory = places(name, layout, tree, facts).into_iter().find(|dir| facts.is_directory(dir))?;
        Some(Placed { tree: tree.clone(), directory })
    };
    layout.trees.iter().filter_map(found).collect()
}

/// What the name of a group that is to be made counts from. systemd owns the tree that it has made (systemd's
/// CGROUP_DELEGATION.md): there it is our own group, unless a slash at the start says otherwise.
pub fn base(name: &GroupPath, facts: &Facts) -> Base<'static> {
    if !name.is_absolute() && is_systemds(facts) { Base::Own } else { Base::Point }
}

/// Is systemd the owner of the tree (sd_booted(3))?
pub fn is_systemds(facts: &Facts) -> bool {
    facts.is_directory("/run/systemd/system".as_ref())
}

/// Where a group of this name may be, best first.
fn places(name: &GroupPath, layout: &Layout, tree: &Tree, facts: &Facts) -> Vec<PathBuf> {
    let own = || layout.own_directory(tree).map(|own| without_leaf(own).join(name.as_path()));
    let below_own = if base(name, facts) == Base::Own { own() } else { None };
    below_own.into_iter().chain([tree.directory(name)]).collect()
}
