//! `set`.

use super::{ChangeError, Steps};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use xns_cgroup::limits::{LimitKey, Setting};
use xns_cgroup::quantity::Bytes;
use xns_cgroup::{
    Base, GroupPath, Hierarchy, Move, Op, Placed, Tree, Wanted, arrange, device, directory_of_group,
    processes,
};

impl Steps<'_> {
    pub(super) fn set(&mut self) -> Result<(), ChangeError> {
        let (name, values) = self.cli.operands.split_first().ok_or(ChangeError::NothingToSet)?;
        let name = GroupPath::parse(name).map_err(crate::CliError::from)?;
        let mut limits = self.cli.options.limits.clone();
        for value in values {
            if !value.as_bytes().contains(&b'=') {
                return Err(ChangeError::NoValue(value.clone()));
            }
            limits.take(LimitKey::Set, value)?;
        }
        let rules = self.cli.options.devices.rules()?;
        if limits.is_empty() && rules.is_none() {
            return Err(ChangeError::NothingToSet);
        }
        let placed = self.found(&name)?;
        let places: Vec<(Hierarchy, PathBuf)> =
            placed.iter().map(|placed| (placed.tree.hierarchy.clone(), placed.directory.clone())).collect();
        let base = xns_cgroup::base(&name, self.facts);
        let group = |tree: &Tree| {
            let there = places.iter().find(|(hierarchy, _)| *hierarchy == tree.hierarchy);
            there
                .map(|(_, directory)| directory.clone())
                .or_else(|| directory_of_group(self.layout, tree, base, &name))
        };
        let mut settings = limits.settings(self.layout, &group, self.facts)?;
        if let Some(rules) = &rules {
            settings.extend(device::settings(rules, self.layout, &group, self.facts)?);
        }
        self.refuse_what_kills(&name, &settings, &places)?;
        let root = GroupPath::default();
        // Where it is, it is the base; where it is not, it is made.
        let there: Vec<_> =
            settings.iter().filter(|s| places.iter().any(|(h, _)| *h == s.hierarchy)).cloned().collect();
        let new: Vec<_> = settings.iter().filter(|s| !there.contains(s)).cloned().collect();
        let wanted = Wanted {
            name: &root,
            base: Base::Below(&places),
            settings: &there,
            devices: rules.as_ref(),
            also: &[],
            wishes: &[],
            transient: false,
        };
        let mut arranged = arrange(self.layout, &wanted, self.facts)?;
        let elsewhere = Wanted { name: &name, base, settings: &new, devices: None, ..wanted };
        let made = arrange(self.layout, &elsewhere, self.facts)?;
        arranged.steps.extend(made.steps);
        self.told.extend(arranged.told.into_iter().chain(made.told));
        for (op, why) in arranged.steps {
            self.push(op, why);
        }
        self.bring(&placed, &made.placed);
        Ok(())
    }

    /// By version 1 the kernel refuses a limit of memory below what cannot be given back (EBUSY). By version 2 it takes the limit, and
    /// ends processes until it holds.
    fn refuse_what_kills(
        &self,
        name: &GroupPath,
        settings: &[Setting],
        places: &[(Hierarchy, PathBuf)],
    ) -> Result<(), ChangeError> {
        let of_unified = |file: &str| {
            let mut set = settings.iter().filter(|set| set.hierarchy == Hierarchy::Unified);
            set.find(|set| set.file == file).map(|set| set.value.clone())
        };
        let Some((_, directory)) = places.iter().find(|(hierarchy, _)| *hierarchy == Hierarchy::Unified)
        else {
            return Ok(());
        };
        let line = |file: &str| self.facts.line(directory.join(file).to_str()?);
        let limit = of_unified("memory.max").and_then(|value| Bytes::parse(value.as_ref()).ok()?.0.number());
        // The root has no limit, and only then no usage of its own.
        let Some(limit) = limit.filter(|_| line("memory.current").is_some()) else { return Ok(()) };
        let field = |text: &str, key: &str| -> Option<u64> {
            let value = text.lines().find_map(|line| line.strip_prefix(key))?;
            value.split_whitespace().next()?.parse().ok()
        };
        let swap = of_unified("memory.swap.max").or_else(|| line("memory.swap.max"));
        let machine = self.facts.line("/proc/meminfo").unwrap_or_default();
        let swaps = swap.as_deref() != Some("0") && field(&machine, "SwapTotal:").is_some_and(|kib| kib > 0);
        let stat = line("memory.stat").unwrap_or_default();
        let kept: u64 = ["anon ", "shmem "].iter().filter_map(|key| field(&stat, key)).sum();
        if kept > limit && !swaps {
            let file = directory.join("memory.stat");
            return Err(ChangeError::BelowUsage { name: name.clone(), kept, limit, file });
        }
        Ok(())
    }

    /// A limit in a hierarchy in which the group was not holds for its processes when they are in it there, too.
    fn bring(&mut self, from: &[Placed], to: &[Placed]) {
        let mut pids: Vec<u32> =
            from.iter().filter_map(|placed| processes(&placed.directory).ok()).flatten().collect();
        pids.sort_unstable();
        pids.dedup();
        for placed in to {
            for &pid in &pids {
                let directory = placed.directory.clone();
                let step = Move {
                    directory,
                    version: placed.tree.version(),
                    pid,
                    before: self.group_of(pid, placed),
                };
                self.push(Op::Move(step), "it is in the group already, in another hierarchy");
            }
        }
    }
}
