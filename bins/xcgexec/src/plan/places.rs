//! The groups that `-g` names, in the hierarchies where their controllers are.

use super::PlanError;
use crate::cli::{Controllers, Spec};
use std::path::{Path, PathBuf};
use xns_cgroup::{Hierarchy, Layout, Place, Tree, Version};
use xns_core::Facts;

/// Every group, in the order in which they are joined; each once.
pub(super) fn of<'l>(
    specs: &[Spec],
    layout: &'l Layout,
    facts: &Facts,
) -> Result<Vec<(&'l Tree, PathBuf)>, PlanError> {
    let mut places: Vec<(&Tree, PathBuf)> = Vec::new();
    for spec in specs {
        for tree in trees(spec, layout, facts)? {
            let place = (tree, tree.directory(&spec.path));
            // The last one of a hierarchy counts; those before it are joined on the way, as in the original.
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    Ok(places)
}

fn trees<'l>(spec: &Spec, layout: &'l Layout, facts: &Facts) -> Result<Vec<&'l Tree>, PlanError> {
    match &spec.controllers {
        // Named hierarchies (name=systemd) have no controllers, and are left alone by the original, too.
        Controllers::All => Ok(layout.trees.iter().filter(|tree| !is_named(tree)).collect()),
        Controllers::Unified => layout.unified().map(|tree| vec![tree]).ok_or(PlanError::NoUnified),
        Controllers::Named(names) => names.iter().map(|name| tree(name, spec, layout, facts)).collect(),
    }
}

fn tree<'l>(name: &str, spec: &Spec, layout: &'l Layout, facts: &Facts) -> Result<&'l Tree, PlanError> {
    let Place::In(tree) = layout.place(name, facts) else {
        return Err(PlanError::NoController { name: name.to_owned() });
    };
    let directory = tree.directory(&spec.path);
    if tree.version() == Version::V2 && !has_controller(tree, &directory, name, facts) {
        return Err(PlanError::NotEnabled { controller: name.to_owned(), directory });
    }
    Ok(tree)
}

fn is_named(tree: &Tree) -> bool {
    matches!(&tree.hierarchy, Hierarchy::Version1(names) if names.iter().all(|name| name.starts_with("name=")))
}

/// Has the group the controller? The root has all; of a group that is not there the step that joins it tells.
fn has_controller(tree: &Tree, directory: &Path, name: &str, facts: &Facts) -> bool {
    let file = directory.join("cgroup.controllers");
    let text = file.to_str().and_then(|path| facts.line(path));
    directory == tree.point || text.is_none_or(|text| text.split_whitespace().any(|word| word == name))
}

/// The same as hierarchies and directories, for a group that is made below them.
pub(super) fn below(
    specs: &[Spec],
    layout: &Layout,
    facts: &Facts,
) -> Result<Vec<(Hierarchy, PathBuf)>, PlanError> {
    let places = of(specs, layout, facts)?;
    Ok(places.into_iter().rev().map(|(tree, directory)| (tree.hierarchy.clone(), directory)).collect())
}

/// What is made for the run is removed after it, and so is not to begin with a group that nobody has made.
pub(super) fn are_there(groups: &[(Hierarchy, PathBuf)], facts: &Facts) -> Result<(), PlanError> {
    let missing = groups.iter().find(|(_, directory)| !facts.is_directory(directory));
    missing.map_or(Ok(()), |(_, directory)| Err(PlanError::NoGroup(directory.clone())))
}
