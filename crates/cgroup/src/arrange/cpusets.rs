//! A new cpuset of version 1 is empty, and takes no process (cpuset(7)): it is filled from above.

use super::{Arrangement, Wanted};
use crate::limits::inherited_cpuset;
use crate::{Op, Set, Tree, Version};
use std::path::Path;
use xns_core::Facts;

impl Arrangement {
    /// Fills what no setting fills.
    pub(super) fn fill_cpusets(&mut self, tree: &Tree, group: &Path, wanted: &Wanted<'_>, facts: &Facts) {
        if tree.version() != Version::V1 || !tree.controllers.iter().any(|name| name == "cpuset") {
            return;
        }
        let is_last = group.ends_with(wanted.name.as_path());
        let set = |name: &str| {
            let mut own = wanted.settings.iter().filter(|setting| setting.hierarchy == tree.hierarchy);
            is_last && own.any(|setting| setting.file == name)
        };
        for (file, value, from) in inherited_cpuset(tree, group, facts) {
            if !set(file) {
                let file = group.join(file);
                let set = Set {
                    asked: None,
                    file,
                    controller: "cpuset".to_owned(),
                    value,
                    optional: None,
                    before: None,
                };
                let why = format!("a new group of version 1 has none: as in {}", from.display());
                self.push(Op::Set(set), why);
            }
        }
    }
}
