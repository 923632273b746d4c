//! The rules of version 2: controllers are enabled one level after the other, in groups that have no processes of their own
//! (cgroup-v2.rst).

use super::{ArrangeError, Arrangement};
use crate::hint::THREADED;
use crate::{Enable, LEAF, Leaf, Op, Set};
use std::path::Path;
use xns_core::Facts;

impl Arrangement {
    /// Lets the groups below `group` have these controllers.
    pub(super) fn enable(
        &mut self,
        group: &Path,
        existed: bool,
        controllers: &[String],
        wishes: &[&'static str],
        facts: &Facts,
    ) -> Result<(), ArrangeError> {
        let words = |file: &str| words(group, file, existed, facts);
        let (enabled, mut available) = (words("cgroup.subtree_control"), words("cgroup.controllers"));
        available.extend(self.passed_on_to(group));
        let is_missing = |name: &&String| !enabled.contains(name);
        let mut missing: Vec<String> = controllers.iter().filter(is_missing).cloned().collect();
        // A new group has what the one above it passes on.
        if let Some(controller) = missing.iter().find(|name| existed && !available.contains(name)) {
            let (controller, directory) = (controller.clone(), group.to_owned());
            return Err(ArrangeError::NotAvailable { controller, directory });
        }
        let threaded = existed && is_threaded(group, facts);
        let fits = |name: &str| !threaded || THREADED.contains(&name);
        if let Some(controller) = missing.iter().find(|name| !fits(name)) {
            let (controller, directory) = (controller.clone(), group.to_owned());
            return Err(ArrangeError::Threaded { controller, directory });
        }
        // Groups of threads may have both.
        let populated = existed && !threaded && is_populated(group, facts);
        if !missing.is_empty() && populated {
            let why = "a group has either processes or controllers for those below it: its processes go into a leaf";
            self.told.push(format!("the processes of {} are moved to {LEAF} below it: a group of version 2 has either processes or controllers for those below it", group.display()));
            self.push(Op::Leaf(Leaf { group: group.to_owned() }), why);
        }
        if !populated || !missing.is_empty() {
            let wished = wishes.iter().map(|name| (*name).to_owned());
            let known = |name: &String| fits(name) && (!existed || available.contains(name));
            missing.extend(wished.filter(|name| {
                existed && known(name) && !enabled.contains(name) && !controllers.contains(name)
            }));
        }
        if !missing.is_empty() {
            let directory = group.to_owned();
            self.push(
                Op::Enable(Enable { directory, controllers: missing }),
                "a group has the controllers that the one above it enables",
            );
        }
        Ok(())
    }
}

impl Arrangement {
    /// What the steps so far let a group have that it has not yet.
    fn passed_on_to(&self, group: &Path) -> Vec<String> {
        let passed = self.steps.iter().filter_map(|(op, _)| match op {
            Op::Enable(enable) if group.parent() == Some(&enable.directory) => Some(&enable.controllers),
            _ => None,
        });
        passed.flatten().cloned().collect()
    }
}

/// Below groups of threads only groups of threads take processes. What is new is a domain, and so is made one of them.
pub(super) fn type_of_new(group: &Path, facts: &Facts) -> Option<Op> {
    let above = group.ancestors().skip(1).find(|above| facts.is_directory(above))?;
    is_threaded(above, facts).then(|| {
        Op::Set(Set {
            asked: None,
            file: group.join("cgroup.type"),
            controller: "cgroup".to_owned(),
            value: "threaded".to_owned(),
            optional: None,
            before: None,
        })
    })
}

/// Is it of a threaded subtree, its root included?
fn is_threaded(group: &Path, facts: &Facts) -> bool {
    let kind = group.join("cgroup.type").to_str().and_then(|file| facts.line(file));
    kind.is_some_and(|kind| ["threaded", "domain threaded"].contains(&kind.as_str()))
}

pub(super) fn words(group: &Path, file: &str, existed: bool, facts: &Facts) -> Vec<String> {
    let path = group.join(file);
    let text = path.to_str().filter(|_| existed).and_then(|path| facts.line(path)).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

/// Are there processes in it, and is it not the root, which alone may have both? Only the root has no type.
fn is_populated(group: &Path, facts: &Facts) -> bool {
    let line = |file: &str| facts.line(group.join(file).to_str()?);
    line("cgroup.type").is_some() && line("cgroup.procs").is_some_and(|text| !text.is_empty())
}
