//! Where a group of a name is: in every hierarchy that has a directory for it, whoever made it.

use crate::arrange::without_leaf;
use crate::{Base, GroupPath, Layout, Placed, Tree};
use std::path::PathBuf;
use xns_core::Facts;

/// The directories of the group, in the order of the hierarchies; none when there is no such group.
///
/// Where the name may count from our own group, and some hierarchy has it there, it is that group: another of the same name below
/// the mount points is not mixed with it.
pub fn locate(name: &GroupPath, layout: &Layout, facts: &Facts) -> Vec<Placed> {
    let placed = |from: fn(&GroupPath, &Layout, &Tree) -> Option<PathBuf>| -> Vec<Placed> {
        let found = |tree: &Tree| {
            let directory = from(name, layout, tree).filter(|directory| facts.is_directory(directory))?;
            Some(Placed { tree: tree.clone(), directory })
        };
        layout.trees.iter().filter_map(found).collect()
    };
    let own = if base(name, facts) == Base::Own { placed(below_own) } else { Vec::new() };
    if own.is_empty() { placed(below_point) } else { own }
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

/// Where a group of this name may be in a hierarchy, best first.
pub(crate) fn places(name: &GroupPath, layout: &Layout, tree: &Tree, facts: &Facts) -> Vec<PathBuf> {
    let own = if base(name, facts) == Base::Own { below_own(name, layout, tree) } else { None };
    own.into_iter().chain(below_point(name, layout, tree)).collect()
}

fn below_own(name: &GroupPath, layout: &Layout, tree: &Tree) -> Option<PathBuf> {
    layout.own_directory(tree).map(|own| without_leaf(own).join(name.as_path()))
}

fn below_point(name: &GroupPath, _: &Layout, tree: &Tree) -> Option<PathBuf> {
    Some(tree.directory(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::{Format, Recorded, Seen, SeenKind};

    const MOUNTS: &str = "31 2 0:1 / /cg/memory rw - cgroup cgroup rw,memory\n\
        32 2 0:2 / /cg/pids rw - cgroup cgroup rw,pids\n\
        33 2 0:3 / /cg/unified rw - cgroup2 cgroup2 rw\n";

    fn found(name: &str, directories: &[&str]) -> Vec<String> {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        let seen = |path: &&str| {
            let kind = SeenKind::Directory;
            let (owner, group, noexec, nosuid, mount) = (0, 0, false, false, None);
            let seen =
                Seen { kind, mode: 0o755, owner, group, noexec, nosuid, mount, format: Format::Unread };
            (path.into(), seen)
        };
        let facts = Facts::recorded(Recorded {
            files: vec![
                file("/proc/self/mountinfo", MOUNTS),
                file("/proc/self/cgroup", "2:memory:/\n1:pids:/me/xns.leaf\n0::/me\n"),
            ],
            seen: directories.iter().map(seen).collect(),
            ..Recorded::default()
        });
        let name = GroupPath::parse(name.as_ref()).unwrap();
        let placed = locate(&name, &Layout::of(&facts), &facts);
        placed.iter().map(|placed| placed.directory.display().to_string()).collect()
    }

    #[test]
    fn a_group_is_where_it_has_a_directory() {
        let groups = ["/cg/memory/a", "/cg/unified/a", "/cg/unified/me/a"];
        assert_eq!(found("a", &groups), ["/cg/memory/a", "/cg/unified/a"]);
        assert_eq!(found("a/b", &groups), [""; 0]);
    }

    #[test]
    fn under_systemd_our_own_group_comes_first() {
        let groups = [
            "/run/systemd/system",
            "/cg/pids/a",
            "/cg/unified/me/a",
            "/cg/pids/b",
            "/cg/memory/c",
            "/cg/unified/c",
        ];
        assert_eq!(found("a", &groups), ["/cg/unified/me/a"]);
        assert_eq!(found("/a", &groups), ["/cg/pids/a"]);
        assert_eq!(found("b", &groups), ["/cg/pids/b"]);
        // Our own group in that hierarchy is the root.
        assert_eq!(found("c", &groups), ["/cg/memory/c"]);
    }
}
