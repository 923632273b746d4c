//! `create`.

use super::{ChangeError, Steps};
use crate::CliError;
use std::path::Path;
use xns_cgroup::{
    Base, GroupPath, Hierarchy, Placed, Tree, Version, Wanted, arrange, base, device, directory_of_group,
    hint, locate,
};

/// Controllers of version 2 that a new group has where that needs no more than a write: for what they count.
const WISHES: [&str; 4] = ["memory", "cpu", "pids", "io"];

impl Steps<'_> {
    pub(super) fn create(&mut self) -> Result<(), ChangeError> {
        let rules = self.cli.options.devices.rules()?;
        for name in self.cli.names()? {
            // One that is there gets its limits, whoever has made it, and whatever it is called.
            if locate(&name, self.layout, self.facts).is_empty() {
                name.check_new().map_err(CliError::from)?;
            }
            let base = base(&name, self.facts);
            let group = |tree: &Tree| directory_of_group(self.layout, tree, base, &name);
            let mut settings = self.cli.options.limits.settings(self.layout, &group, self.facts)?;
            if let Some(rules) = &rules {
                settings.extend(device::settings(rules, self.layout, &group, self.facts)?);
            }
            // One name in all hierarchies: so the group can be frozen, and any limit set later.
            let also = self.makeable(&name, base);
            if also.is_empty() && settings.is_empty() {
                return Err(ChangeError::NotAllowed(name));
            }
            let wanted = Wanted {
                name: &name,
                base,
                settings: &settings,
                devices: rules.as_ref(),
                also: &also,
                wishes: &WISHES,
                transient: false,
            };
            let arranged = arrange(self.layout, &wanted, self.facts)?;
            self.respect_systemd(&arranged.placed)?;
            self.told.extend(arranged.told);
            self.told.extend(outside(&name, &arranged.placed));
            for (op, why) in arranged.steps {
                self.push(op, why);
            }
        }
        Ok(())
    }

    /// systemd may change or remove what is made in its tree, unless it has delegated that.
    fn respect_systemd(&self, placed: &[Placed]) -> Result<(), ChangeError> {
        let owned = |placed: &&Placed| {
            placed.tree.version() == Version::V2
                && hint::systemd_owns(&placed.directory, self.facts).is_some()
        };
        match placed.iter().find(owned) {
            Some(placed) => Err(ChangeError::Systemds(placed.directory.clone())),
            None => Ok(()),
        }
    }

    /// The hierarchies of controllers in which the caller may make it.
    fn makeable(&self, name: &GroupPath, base: Base<'_>) -> Vec<Hierarchy> {
        let has_controllers = |tree: &Tree| match &tree.hierarchy {
            Hierarchy::Unified => true,
            Hierarchy::Version1(names) => names.iter().any(|name| !name.starts_with("name=")),
        };
        let may = |tree: &&Tree| {
            let above = match base {
                Base::Own => self.layout.own_directory(tree),
                _ => Some(tree.point.clone()),
            };
            has_controllers(tree) && !tree.read_only && above.is_some_and(|above| self.may_make(&above, name))
        };
        self.layout.trees.iter().filter(may).map(|tree| tree.hierarchy.clone()).collect()
    }

    /// Root may, and the owner of the nearest directory that is there.
    fn may_make(&self, above: &Path, name: &GroupPath) -> bool {
        if self.facts.euid() == 0 {
            return true;
        }
        let group = above.join(name.as_path());
        let there = group.ancestors().find(|dir| self.facts.is_directory(dir));
        there.and_then(|dir| self.facts.owner(dir.to_str()?)) == Some(self.facts.euid())
    }
}

/// Of a mount that was made outside of our cgroup namespace: what is made in it, but not below the namespace's root, has none of our
/// limits.
fn outside(name: &GroupPath, placed: &[Placed]) -> Option<String> {
    let root = |placed: &Placed| {
        let root = placed.tree.namespace_root().filter(|_| placed.tree.is_of_outside())?;
        (!placed.directory.starts_with(&root)).then_some(root)
    };
    let root = placed.iter().find_map(root)?;
    Some(format!(
        "{name} is outside of your cgroup namespace: names count from the mount point, and your root is {}",
        root.display()
    ))
}

/// Which version has to be asked for what is done to all processes at once.
pub(super) fn freezes(tree: &Tree) -> bool {
    tree.version() == Version::V2 || tree.controllers.iter().any(|name| name == "freezer")
}
