//! E44: no mount shows the group of this process, and so nothing can be made below it.

use super::permission::as_root;
use crate::namespace::{below, is_removed};
use crate::{Hierarchy, Layout, Tree};
use xns_core::{Facts, Hint};

/// Why the directory of our own group in a hierarchy is not known; `None` when it is.
pub fn not_shown(hierarchy: &Hierarchy, facts: &Facts) -> Option<Hint> {
    let layout = Layout::of(facts);
    let tree = layout.tree(hierarchy)?;
    let own = layout.own.iter().find(|own| own.hierarchy == *hierarchy)?;
    if layout.own_directory(tree).is_some() {
        return None;
    }
    let cause = if is_removed(&own.path) {
        format!("your group in the hierarchy {hierarchy} has been removed")
    } else if below(&tree.root, &own.path).is_some() {
        format!(
            "what is mounted at {} begins above your cgroup namespace, and no group there was found to have this process",
            tree.point.display()
        )
    } else if own.path.starts_with("/..") {
        format!("your group in the hierarchy {hierarchy} is outside of your cgroup namespace")
    } else {
        format!("what is mounted at {} is another group, and not above yours", tree.point.display())
    };
    let hint = Hint::new("XNS-E44-not-shown", cause)
        .because(format!("/proc/self/cgroup says {}", own.path.display()))
        .because(format!(
            "/proc/self/mountinfo says that {} is mounted at {}",
            tree.root.display(),
            tree.point.display()
        ));
    let hint = if own.is_reachable() {
        hint.cure(
            as_root(&mount(tree), facts),
            "shows your cgroup namespace; in a mount namespace of your own",
        )
    } else {
        hint
    };
    Some(hint.cure("from outside that namespace", "where the hierarchies are mounted whole"))
}

fn mount(tree: &Tree) -> String {
    match &tree.hierarchy {
        Hierarchy::Unified => "mount -t cgroup2 none DIR".to_owned(),
        Hierarchy::Version1(names) => {
            // Without controllers a hierarchy is mounted by its name alone.
            let none = if names.iter().all(|name| name.starts_with("name=")) { "none," } else { "" };
            format!("mount -t cgroup -o {none}{} none DIR", names.join(","))
        }
    }
}
