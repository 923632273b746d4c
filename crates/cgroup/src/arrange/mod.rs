//! Where a group is to be in each hierarchy, and the steps that bring it there: made, its controllers enabled down the path, its
//! cpusets filled, its values set. Pure: the machine comes in as facts.

mod cpusets;
mod error;
mod unified;

pub use error::ArrangeError;

use crate::device::{AttachDevices, Rules};
use crate::limits::{IfMissing, Setting};
use crate::stat::Part;
use crate::{GroupPath, Hierarchy, LEAF, Layout, Make, Op, Set, Tree, Version};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use xns_core::Facts;

/// What the name of a group for one run begins with; the number of the process that runs it follows.
pub const RUN_PREFIX: &str = "xcgexec-";

/// The group that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Its name, below the base.
    pub name: &'a GroupPath,
    /// What the name counts from.
    pub base: Base<'a>,
    /// What is written into its files.
    pub settings: &'a [Setting],
    /// Which devices its processes may have; by version 1 that is among the settings.
    pub devices: Option<&'a Rules>,
    /// Hierarchies in which it is wanted though nothing is set there.
    pub also: &'a [Hierarchy],
    /// Controllers of version 2 that are enabled where that needs no more than a write: for what they count.
    pub wishes: &'a [&'static str],
    /// Is it for one run, and must be new?
    pub transient: bool,
}

/// What a group's name counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base<'a> {
    /// The mount point.
    Point,
    /// The caller's own group in each hierarchy, which binds what is below it.
    Own,
    /// These directories, and in other hierarchies the caller's own group.
    Below(&'a [(Hierarchy, PathBuf)]),
}

/// A group in one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The hierarchy.
    pub tree: Tree,
    /// The group's directory.
    pub directory: PathBuf,
}

/// The steps, and where the group is after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// The group's directories.
    pub placed: Vec<Placed>,
    /// What is done, in order, each with its reason.
    pub steps: Vec<(Op, Cow<'static, str>)>,
    /// What a person is told: that something else is set than was asked for, or that processes are moved.
    pub told: Vec<String>,
}

/// The directory of a group in a hierarchy, whether it is there or not; `None` where it is out of sight.
pub fn directory(layout: &Layout, tree: &Tree, base: Base<'_>, name: &GroupPath) -> Option<PathBuf> {
    let above = above(layout, tree, base).ok()?;
    Some(if name.is_root() { above } else { above.join(name.as_path()) })
}

/// Lays out the steps.
///
/// # Errors
/// What makes it impossible, as far as the machine shows that beforehand.
pub fn arrange(layout: &Layout, wanted: &Wanted<'_>, facts: &Facts) -> Result<Arrangement, ArrangeError> {
    if layout.trees.is_empty() {
        return Err(ArrangeError::NoHierarchy);
    }
    let set_in = |tree: &Tree| wanted.settings.iter().any(|setting| setting.hierarchy == tree.hierarchy);
    let program = wanted.devices.filter(|_| layout.find("devices").is_none());
    let limits_devices = |tree: &Tree| program.is_some() && tree.version() == Version::V2;
    let is_wanted =
        |tree: &&Tree| set_in(tree) || wanted.also.contains(&tree.hierarchy) || limits_devices(tree);
    let mut arrangement = Arrangement::default();
    for tree in layout.trees.iter().filter(is_wanted) {
        let above = above(layout, tree, wanted.base)?;
        if tree.read_only {
            return Err(ArrangeError::ReadOnly(tree.point.clone()));
        }
        arrangement.place(tree, &above, wanted, facts)?;
        if let (Some(rules), true, Some(placed)) = (program, limits_devices(tree), arrangement.placed.last())
        {
            let attach = AttachDevices { directory: placed.directory.clone(), rules: rules.clone() };
            arrangement.push(Op::Devices(attach), "version 2 has no file for devices");
        }
    }
    Ok(arrangement)
}

/// The directory that names count from.
fn above(layout: &Layout, tree: &Tree, base: Base<'_>) -> Result<PathBuf, ArrangeError> {
    let given = match base {
        Base::Point => return Ok(tree.point.clone()),
        Base::Own => None,
        Base::Below(groups) => groups.iter().find(|(hierarchy, _)| *hierarchy == tree.hierarchy),
    };
    if let Some((_, directory)) = given {
        return Ok(directory.clone());
    }
    let own = layout.own_directory(tree).ok_or_else(|| ArrangeError::Outside(tree.hierarchy.clone()))?;
    Ok(without_leaf(own))
}

/// Who is in a leaf is there for the sake of the group above it.
pub(crate) fn without_leaf(group: PathBuf) -> PathBuf {
    match (group.file_name(), group.parent()) {
        (Some(name), Some(above)) if name == LEAF => above.to_owned(),
        _ => group,
    }
}

/// Does the group right above have these controllers enabled by now, which those above it have to have, too?
fn passes_on(
    tree: &Tree,
    path: &[&Path],
    controllers: &[String],
    wanted: &Wanted<'_>,
    facts: &Facts,
) -> bool {
    let all = |above: &&Path| {
        let enabled = unified::words(above, "cgroup.subtree_control", true, facts);
        controllers.iter().all(|name| enabled.contains(name))
    };
    let asked = tree.version() == Version::V2 && !controllers.is_empty() && wanted.wishes.is_empty();
    asked && path.last().is_some_and(all)
}

impl Placed {
    /// As statistics are read from it.
    pub fn part(&self) -> Part {
        let controllers = self.tree.controllers.clone();
        Part { version: self.tree.version(), controllers, directory: self.directory.clone() }
    }
}

impl Arrangement {
    fn push(&mut self, op: Op, why: impl Into<Cow<'static, str>>) {
        self.steps.push((op, why.into()));
    }

    fn place(
        &mut self,
        tree: &Tree,
        above: &Path,
        wanted: &Wanted<'_>,
        facts: &Facts,
    ) -> Result<(), ArrangeError> {
        let directory =
            if wanted.name.is_root() { above.to_owned() } else { above.join(wanted.name.as_path()) };
        let controllers = self.controllers(tree, wanted);
        // Above it in this hierarchy, the root first.
        let mut path: Vec<&Path> =
            directory.ancestors().skip(1).take_while(|dir| dir.starts_with(&tree.point)).collect();
        path.reverse();
        if passes_on(tree, &path, &controllers, wanted, facts) {
            path.clear();
        }
        let mut existed = true;
        for group in path {
            existed = self.make(tree, group, facts, true, wanted);
            if tree.version() == Version::V2 {
                self.enable(group, existed, &controllers, wanted.wishes, facts)?;
            }
        }
        // One for a run is new.
        let there = !wanted.transient && existed && facts.is_directory(&directory);
        if !there {
            self.make(tree, &directory, facts, !wanted.transient, wanted);
        }
        for setting in wanted.settings.iter().filter(|setting| setting.hierarchy == tree.hierarchy) {
            self.set(&directory, setting, there, facts);
        }
        self.placed.push(Placed { tree: tree.clone(), directory });
        Ok(())
    }

    /// The controllers that settings need in this hierarchy.
    #[expect(clippy::unused_self, reason = "one of the steps of placing")]
    fn controllers(&self, tree: &Tree, wanted: &Wanted<'_>) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for setting in wanted.settings.iter().filter(|setting| setting.hierarchy == tree.hierarchy) {
            // Files of the core (cgroup.freeze) need none.
            if setting.controller != "cgroup" && !names.contains(&setting.controller) {
                names.push(setting.controller.clone());
            }
        }
        names
    }

    /// A group that is not there yet; answers whether it is there already.
    fn make(
        &mut self,
        tree: &Tree,
        group: &Path,
        facts: &Facts,
        may_exist: bool,
        wanted: &Wanted<'_>,
    ) -> bool {
        if may_exist && facts.is_directory(group) {
            return true;
        }
        let why = if wanted.transient { "a group for this run" } else { "the group" };
        self.push(Op::Make(Make { directory: group.to_owned(), may_exist }), why);
        if tree.version() == Version::V2 {
            self.make_threaded(group, facts);
        }
        self.fill_cpusets(tree, group, wanted, facts);
        false
    }

    fn set(&mut self, directory: &Path, setting: &Setting, is_there: bool, facts: &Facts) {
        let file = directory.join(&setting.file);
        let before = if is_there { file.to_str().and_then(|path| facts.line(path)) } else { None };
        let optional = match setting.if_missing {
            IfMissing::Fail => None,
            IfMissing::Pass(why) => Some(why),
        };
        let (controller, value) = (setting.controller.clone(), setting.value.clone());
        self.told.extend(setting.told.clone());
        let why = setting.note.clone().map_or(Cow::Borrowed("asked for"), Cow::Owned);
        self.push(Op::Set(Set { asked: setting.asked, file, controller, value, optional, before }), why);
    }
}
