//! `delete`: never moves processes out of their limits, and removes nothing before it is known that all can be removed.

use super::{ChangeError, Steps};
use std::path::{Path, PathBuf};
use xns_cgroup::{GroupPath, LEAF, Op, Placed, Remove, members, walk};

impl Steps<'_> {
    pub(super) fn delete(&mut self) -> Result<(), ChangeError> {
        for name in self.cli.names()? {
            if name.is_root() {
                return Err(ChangeError::Root);
            }
            let placed = self.found(&name)?;
            let groups = groups_of(&placed)?;
            if !self.cli.options.recursive {
                refuse_groups(&name, &placed, &groups)?;
            }
            if self.cli.options.kill {
                self.end(&placed);
            } else {
                refuse_processes(&name, &placed)?;
            }
            for directory in groups {
                let step = Remove { directory, afterwards: false };
                self.push(Op::Remove(step), "asked for; a group with processes is not removed");
            }
        }
        Ok(())
    }
}

/// The group and those below it in each hierarchy, the deepest first.
fn groups_of(placed: &[Placed]) -> Result<Vec<PathBuf>, ChangeError> {
    let mut all = Vec::new();
    for Placed { directory, .. } in placed {
        let mut groups = Vec::new();
        let whole =
            |path: &Path| if path == Path::new("") { directory.clone() } else { directory.join(path) };
        walk::walk(directory, |group| groups.push(whole(group.path)))
            .map_err(|errno| ChangeError::Unread { directory: directory.clone(), errno })?;
        groups.reverse();
        all.extend(groups);
    }
    Ok(all)
}

/// A leaf that we have made goes with its group.
fn refuse_groups(name: &GroupPath, placed: &[Placed], groups: &[PathBuf]) -> Result<(), ChangeError> {
    let own = |directory: &PathBuf| placed.iter().any(|placed| placed.directory == *directory);
    let is_leaf = |directory: &PathBuf| directory.file_name().is_some_and(|name| name == LEAF);
    let others = groups.iter().filter(|directory| !own(directory) && !is_leaf(directory));
    let mut groups: Vec<String> =
        others.filter_map(|directory| Some(directory.file_name()?.to_string_lossy().into_owned())).collect();
    groups.sort();
    groups.dedup();
    if groups.is_empty() { Ok(()) } else { Err(ChangeError::HasGroups { name: name.clone(), groups }) }
}

fn refuse_processes(name: &GroupPath, placed: &[Placed]) -> Result<(), ChangeError> {
    let mut pids = Vec::new();
    for Placed { directory, .. } in placed {
        let unread = |errno| ChangeError::Unread { directory: directory.clone(), errno };
        pids.extend(members(directory).map_err(unread)?);
    }
    pids.sort_unstable();
    pids.dedup();
    if pids.is_empty() { Ok(()) } else { Err(ChangeError::Busy { name: name.clone(), pids }) }
}
