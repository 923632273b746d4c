//! A group of version 2 that has controllers enabled for those below it takes no process (cgroup-v2.rst, "No Internal Process
//! Constraint"): a leaf below it does.

use crate::{LEAF, Version};
use std::path::{Path, PathBuf};
use xns_core::Facts;

/// The group that takes processes in place of this one; `None` where this one does. The root, which has no type, may have both, and
/// so may groups of threads.
pub fn leaf_for(group: &Path, version: Version, facts: &Facts) -> Option<PathBuf> {
    let line = |file: &str| facts.line(group.join(file).to_str()?);
    let is_inner = version == Version::V2
        && line("cgroup.subtree_control").is_some_and(|text| !text.is_empty())
        && line("cgroup.type").is_some_and(|text| text == "domain");
    is_inner.then(|| group.join(LEAF))
}

/// What a person is told of it.
pub fn leaf_told(group: &Path, leaf: &Path) -> String {
    format!(
        "{} has controllers enabled for its children, so no process may be in it: in {}",
        group.display(),
        leaf.display()
    )
}

/// Why there is a leaf.
pub const WHY_LEAF: &str =
    "a group has either processes or controllers for those below it: they go into a leaf";

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    #[test]
    fn only_an_inner_group_has_a_leaf() {
        let leaf = |kind: Option<&str>, enabled: &str, version| {
            let mut files = vec![("/cg/a/cgroup.subtree_control".to_owned(), enabled.as_bytes().to_vec())];
            files.extend(kind.map(|kind| ("/cg/a/cgroup.type".to_owned(), kind.as_bytes().to_vec())));
            let facts = Facts::recorded(Recorded { files, ..Recorded::default() });
            leaf_for(Path::new("/cg/a"), version, &facts)
        };
        let expected = Some(PathBuf::from("/cg/a/xns.leaf"));
        assert_eq!(leaf(Some("domain\n"), "pids\n", Version::V2), expected);
        assert_eq!(leaf(Some("domain\n"), "\n", Version::V2), None);
        assert_eq!(leaf(Some("domain threaded\n"), "pids\n", Version::V2), None);
        assert_eq!(leaf(None, "pids\n", Version::V2), None);
        assert_eq!(leaf(Some("domain\n"), "pids\n", Version::V1), None);
    }
}
