//! Which groups are an ordinary user's own.

use serde::Serialize;
use std::path::{Path, PathBuf};
use xns_cgroup::{Layout, Tree, Version};
use xns_core::Facts;

/// What is delegated to the caller.
pub(super) struct Delegated {
    /// Is it anybody but root, who needs nothing to be delegated?
    is_ordinary: bool,
    is_seen: bool,
    pub(super) groups: Vec<Group>,
}

/// A group that belongs to the caller. The names of its fields are the keys of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Group {
    hierarchy: String,
    /// Below the mount point.
    group: String,
    directory: String,
    /// Those that groups below it can have.
    controllers: Vec<String>,
    /// Is our own group in it? If not, whoever owns the group above both has to move processes there.
    holds_us: bool,
    #[serde(skip)]
    is_of_systemd: bool,
    #[serde(skip)]
    version: Version,
}

impl Delegated {
    pub(super) fn of(layout: &Layout, facts: &Facts) -> Self {
        let is_ordinary = facts.euid() != 0;
        let trees = layout.trees.iter().filter(|_| is_ordinary);
        let groups = trees.flat_map(|tree| Group::all(tree, layout, facts)).collect();
        Delegated { is_ordinary, is_seen: !layout.trees.is_empty(), groups }
    }

    /// For people.
    pub(super) fn words(&self) -> Vec<String> {
        if !self.is_ordinary || !self.is_seen {
            return Vec::new();
        }
        if self.groups.is_empty() {
            let nothing =
                "Nothing is delegated to you: your groups are others', and you can make none below them.";
            return vec![nothing.to_owned()];
        }
        // A group of the same name in several hierarchies is one.
        let mut named: Vec<Vec<&Group>> = Vec::new();
        for group in &self.groups {
            let same = |known: &&mut Vec<&Group>| known[0].is_told_as(group);
            match named.iter_mut().find(same) {
                Some(known) => known.push(group),
                None => named.push(vec![group]),
            }
        }
        named.iter().map(|groups| words(groups)).collect()
    }
}

fn words(groups: &[&Group]) -> String {
    let Some(first) = groups.first() else { return String::new() };
    let names: Vec<&str> = groups.iter().map(|group| &*group.hierarchy).collect();
    let controllers: Vec<&str> =
        groups.iter().flat_map(|group| &group.controllers).map(String::as_str).collect();
    let controllers = match &*controllers {
        [] => "no controllers".to_owned(),
        names => format!("controllers: {}", names.join(" ")),
    };
    // By version 2 only who may write to a group above both moves a process.
    let sudo = if groups.iter().any(|group| group.version == Version::V2) { "sudo " } else { "" };
    let outside = match first {
        Group { holds_us: true, .. } => String::new(),
        Group { is_of_systemd: true, .. } => {
            "; you are not in it: systemd-run --user --scope COMMAND starts a command there".to_owned()
        }
        Group { group, .. } => format!("; you are not in it: {sudo}xcgroup add {group} PID"),
    };
    format!("Delegated to you: {} in {} ({controllers}){outside}", first.group, names.join(" "))
}

impl Group {
    fn is_told_as(&self, other: &Group) -> bool {
        (&self.group, self.holds_us) == (&other.group, other.holds_us)
    }

    /// The topmost of the groups above our own, and itself, that is ours; where systemd gives each user a group; and what else is
    /// found near the top.
    fn all(tree: &Tree, layout: &Layout, facts: &Facts) -> Vec<Group> {
        let own = layout.own_directory(tree);
        let above = own
            .iter()
            .flat_map(|own| own.ancestors())
            .take_while(|directory| directory.starts_with(&tree.point));
        let holds_us = above.filter(|directory| is_ours(directory, facts)).last().map(Path::to_owned);
        let uid = facts.euid();
        let managers = tree.point.join(format!("user.slice/user-{uid}.slice/user@{uid}.service"));
        let mut directories: Vec<PathBuf> = holds_us.iter().cloned().collect();
        if holds_us.is_none() && is_ours(&managers, facts) {
            directories.push(managers.clone());
        }
        for found in near_the_top(tree, facts) {
            if !directories.iter().any(|known| found.starts_with(known) || known.starts_with(&found)) {
                directories.push(found);
            }
        }
        let group = |directory: PathBuf| Group {
            hierarchy: tree.hierarchy.to_string(),
            group: super::text(
                Path::new("/").join(directory.strip_prefix(&tree.point).unwrap_or(&directory)),
            ),
            controllers: controllers(tree, &directory, facts),
            directory: super::text(&directory),
            holds_us: holds_us.as_ref() == Some(&directory),
            is_of_systemd: directory == managers,
            version: tree.version(),
        };
        directories.into_iter().map(group).collect()
    }
}

fn is_ours(directory: &Path, facts: &Facts) -> bool {
    let owner = |path: &Path| path.to_str().and_then(|path| facts.owner(path));
    [directory.to_owned(), directory.join("cgroup.procs")]
        .iter()
        .all(|path| owner(path) == Some(facts.euid()))
}

/// The topmost groups that are ours, as far as they are found without a walk through all there are: a machine may have any number.
fn near_the_top(tree: &Tree, facts: &Facts) -> Vec<PathBuf> {
    const LEVELS: usize = 3;
    const MOST: usize = 1000;
    let (mut level, mut found, mut left) = (vec![tree.point.clone()], Vec::new(), MOST);
    for _ in 0..LEVELS {
        let mut next = Vec::new();
        for above in &level {
            let names = above.to_str().map(|path| facts.directories_in(path)).unwrap_or_default();
            for group in names.into_iter().take(left).map(|name| above.join(name)) {
                left -= 1;
                if is_ours(&group, facts) { found.push(group) } else { next.push(group) }
            }
        }
        level = next;
    }
    found
}

fn controllers(tree: &Tree, directory: &Path, facts: &Facts) -> Vec<String> {
    let file: PathBuf = directory.join("cgroup.controllers");
    match file.to_str().and_then(|file| facts.line(file)) {
        Some(names) => names.split_whitespace().map(str::to_owned).collect(),
        None => tree.controllers.iter().filter(|name| !name.starts_with("name=")).cloned().collect(),
    }
}
