//! `add`, `freeze`, `thaw`, `kill`: what is done to processes.

use super::create::freezes;
use super::{ChangeError, Steps};
use crate::CliError;
use std::path::PathBuf;
use xns_cgroup::{
    Freeze, GroupPath, Kill, Make, Move, Op, Placed, Version, WHY_LEAF, leaf_for, leaf_told, memberships,
};

impl Steps<'_> {
    pub(super) fn add(&mut self) -> Result<(), ChangeError> {
        let (name, pids) = self.cli.operands.split_first().ok_or(ChangeError::NothingToSet)?;
        let name = GroupPath::parse(name).map_err(CliError::from)?;
        let pid = |word: &std::ffi::OsString| {
            let number = word.to_str().and_then(|text| text.parse().ok()).filter(|pid| *pid > 0);
            number.ok_or_else(|| CliError::Pid(word.clone()))
        };
        let pids: Vec<u32> = pids.iter().map(pid).collect::<Result<_, _>>()?;
        for placed in self.found(&name)? {
            let directory = self.for_processes(&placed);
            for &pid in &pids {
                let before = self.group_of(pid, &placed);
                let step = Move { directory: directory.clone(), version: placed.tree.version(), pid, before };
                self.push(Op::Move(step), "asked for");
            }
        }
        Ok(())
    }

    /// A group that has controllers for those below it takes no processes: its leaf does.
    fn for_processes(&mut self, placed: &Placed) -> PathBuf {
        let Some(leaf) = leaf_for(&placed.directory, placed.tree.version(), self.facts) else {
            return placed.directory.clone();
        };
        self.told.push(leaf_told(&placed.directory, &leaf));
        self.push(Op::Make(Make { directory: leaf.clone(), may_exist: true }), WHY_LEAF);
        leaf
    }

    /// The group that a process is in now, in the same hierarchy.
    pub(super) fn group_of(&self, pid: u32, placed: &Placed) -> Option<PathBuf> {
        let text = self.facts.file(&format!("/proc/{pid}/cgroup"))?;
        memberships(&text).iter().find_map(|membership| placed.tree.directory_of(membership))
    }

    pub(super) fn freeze(&mut self, frozen: bool) -> Result<(), ChangeError> {
        for name in self.cli.names()? {
            let placed: Vec<_> =
                self.found(&name)?.into_iter().filter(|placed| freezes(&placed.tree)).collect();
            if placed.is_empty() {
                return Err(ChangeError::NoFreezer(name));
            }
            // Whatever has frozen it.
            let which = if frozen { self.freezing(&name, placed)? } else { placed };
            for Placed { tree, directory } in which {
                let step = Freeze { directory, version: tree.version(), frozen };
                self.push(Op::Freeze(step), "asked for");
            }
        }
        Ok(())
    }

    /// Where the group is frozen: by version 2, in which the frozen can still be killed; and by the freezer, if somebody is only there. Who
    /// is in neither goes on, which is told.
    fn freezing(&mut self, name: &GroupPath, placed: Vec<Placed>) -> Result<Vec<Placed>, ChangeError> {
        let members = |placed: &Placed| xns_cgroup::members(&placed.directory).unwrap_or_default();
        let (unified, freezer): (Vec<_>, Vec<_>) =
            placed.into_iter().partition(|placed| placed.tree.version() == Version::V2);
        let mut stopped: Vec<u32> = unified.iter().flat_map(members).collect();
        let others = freezer.iter().flat_map(members).any(|pid| !stopped.contains(&pid));
        stopped.extend(freezer.iter().flat_map(members));
        for pid in self.found(name)?.iter().flat_map(members) {
            if pid != 0 && !stopped.contains(&pid) {
                stopped.push(pid);
                self.told.push(format!(
                    "process {pid} goes on: it is in {name} neither of version 2 nor of the freezer"
                ));
            }
        }
        let by_freezer = others || unified.is_empty();
        Ok(if by_freezer { unified.into_iter().chain(freezer).collect() } else { unified })
    }

    pub(super) fn kill(&mut self) -> Result<(), ChangeError> {
        for name in self.cli.names()? {
            if name.is_root() {
                return Err(ChangeError::KillAll);
            }
            let placed = self.found(&name)?;
            self.end(&placed);
        }
        Ok(())
    }

    /// In each hierarchy, since there may be others in it; first where one write ends all.
    pub(super) fn end(&mut self, placed: &[Placed]) {
        let freezer =
            placed.iter().find(|placed| placed.tree.controllers.iter().any(|name| name == "freezer"));
        let freezer = freezer.map(|placed| placed.directory.clone());
        let mut order: Vec<&Placed> = placed.iter().collect();
        order.sort_by_key(|placed| placed.tree.version() != Version::V2);
        for Placed { tree, directory } in order {
            let version = tree.version();
            let freezer = match version {
                Version::V1 => freezer.clone(),
                Version::V2 => Some(directory.clone()),
            };
            let kill = Kill { directory: directory.clone(), version, freezer, afterwards: false };
            self.push(Op::Kill(kill), "asked for");
        }
    }
}
