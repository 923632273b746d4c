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
            // By version 2 the frozen can still be killed. Who is not in there is frozen by the other.
            let populated =
                |placed: &&Placed| xns_cgroup::members(&placed.directory).is_ok_and(|pids| !pids.is_empty());
            let best = |placed: &Placed| placed.tree.version() == Version::V2;
            let chosen = placed.iter().filter(populated).find(|placed| best(placed));
            let chosen =
                chosen.or_else(|| placed.iter().find(populated)).or_else(|| placed.iter().find(|p| best(p)));
            let chosen = chosen.unwrap_or(&placed[0]).clone();
            // Whatever has frozen it.
            let which = if frozen { vec![chosen] } else { placed };
            for Placed { tree, directory } in which {
                let step = Freeze { directory, version: tree.version(), frozen };
                self.push(Op::Freeze(step), "asked for");
            }
        }
        Ok(())
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
