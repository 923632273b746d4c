//! Which groups are an ordinary user's own.

use serde::Serialize;
use std::path::{Path, PathBuf};
use xns_cgroup::{Layout, Tree};
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
}

impl Delegated {
    pub(super) fn of(layout: &Layout, facts: &Facts) -> Self {
        let is_ordinary = facts.euid() != 0;
        let group = |tree| is_ordinary.then(|| Group::of(tree, layout, facts)).flatten();
        let groups = layout.trees.iter().filter_map(group).collect();
        Delegated { is_ordinary, is_seen: !layout.trees.is_empty(), groups }
    }

    /// For people.
    pub(super) fn words(&self) -> Vec<String> {
        if !self.is_ordinary || !self.is_seen {
            return Vec::new();
        }
        let words = |group: &Group| {
            let controllers = match &*group.controllers {
                [] => "no controllers".to_owned(),
                names => format!("controllers: {}", names.join(" ")),
            };
            let outside = if group.holds_us {
                ""
            } else {
                "; you are not in it: systemd-run --user --scope COMMAND starts a command there"
            };
            format!("Delegated to you: {} in {} ({controllers}){outside}", group.group, group.hierarchy)
        };
        if self.groups.is_empty() {
            let nothing =
                "Nothing is delegated to you: your groups are others', and you can make none below them.";
            return vec![nothing.to_owned()];
        }
        self.groups.iter().map(words).collect()
    }
}

impl Group {
    /// The topmost of the groups above our own, and itself, that is ours; else where systemd gives each user a group.
    fn of(tree: &Tree, layout: &Layout, facts: &Facts) -> Option<Group> {
        let own = layout.own_directory(tree);
        let is_ours = |directory: &Path| {
            let owner = |path: &Path| path.to_str().and_then(|path| facts.owner(path));
            [directory.to_owned(), directory.join("cgroup.procs")]
                .iter()
                .all(|path| owner(path) == Some(facts.euid()))
        };
        let above = own
            .iter()
            .flat_map(|own| own.ancestors())
            .take_while(|directory| directory.starts_with(&tree.point));
        let holds_us = above.filter(|directory| is_ours(directory)).last().map(Path::to_owned);
        let uid = facts.euid();
        let managers = || tree.point.join(format!("user.slice/user-{uid}.slice/user@{uid}.service"));
        let directory =
            holds_us.clone().or_else(|| Some(managers()).filter(|directory| is_ours(directory)))?;
        Some(Group {
            hierarchy: tree.hierarchy.to_string(),
            group: super::text(Path::new("/").join(directory.strip_prefix(&tree.point).ok()?)),
            controllers: controllers(tree, &directory, facts),
            directory: super::text(&directory),
            holds_us: holds_us.is_some(),
        })
    }
}

fn controllers(tree: &Tree, directory: &Path, facts: &Facts) -> Vec<String> {
    let file: PathBuf = directory.join("cgroup.controllers");
    match file.to_str().and_then(|file| facts.line(file)) {
        Some(names) => names.split_whitespace().map(str::to_owned).collect(),
        None => tree.controllers.iter().filter(|name| !name.starts_with("name=")).cloned().collect(),
    }
}
