//! A new cpuset of version 1 is empty, and takes no process (cpuset(7)): it is filled from above.

use super::{Arrangement, Wanted};
use crate::{Op, Set, Tree, Version};
use std::path::Path;
use xns_core::Facts;

/// The files that must not be empty.
const FILES: [&str; 2] = ["cpuset.cpus", "cpuset.mems"];

impl Arrangement {
    /// Fills what no setting fills.
    pub(super) fn fill_cpusets(&mut self, tree: &Tree, group: &Path, wanted: &Wanted<'_>, facts: &Facts) {
        if tree.version() != Version::V1 || !tree.controllers.iter().any(|name| name == "cpuset") {
            return;
        }
        for file in FILES {
            let set = |name: &str| {
                wanted
                    .settings
                    .iter()
                    .any(|setting| setting.hierarchy == tree.hierarchy && setting.file == name)
            };
            let is_last = group.ends_with(wanted.name.as_path());
            if is_last && set(file) {
                continue;
            }
            let Some(value) = above(tree, group, file, facts) else { continue };
            self.push(
                Op::Set(Set {
                    file: group.join(file),
                    controller: "cpuset".to_owned(),
                    value,
                    optional: None,
                    before: None,
                }),
                "a new cpuset is empty, and takes no process: as above it",
            );
        }
    }
}

/// The value of the nearest group above that has one.
fn above(tree: &Tree, group: &Path, file: &str, facts: &Facts) -> Option<String> {
    let above = group.ancestors().skip(1).take_while(|dir| dir.starts_with(&tree.point));
    above.filter_map(|dir| facts.line(dir.join(file).to_str()?)).find(|value| !value.is_empty())
}
