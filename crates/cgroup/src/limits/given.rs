//! Files by their own names: `--set FILE=VALUE`.

use super::ground::{Ground, Home};
use super::names::convert::{self, Converted, Inconvertible};
use super::names::{self, Found};
use super::{LimitError, LimitKey, Setting, cpu, memory};
use crate::quantity::{Bytes, QuantityError, Reason, Typed};
use crate::{Tree, Version};
use std::ffi::OsStr;

/// A file and its value, of either version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The file's name.
    pub file: String,
    /// Its value.
    pub value: String,
}

const KEY: LimitKey = LimitKey::Set;
const MEMBERSHIP: &str = "who is in a group is no limit of it; xcgroup add moves processes";

/// Files of the core through which something else is done.
const ELSEWHERE: [(&str, &str); 8] = [
    ("tasks", MEMBERSHIP),
    ("cgroup.procs", MEMBERSHIP),
    ("cgroup.threads", MEMBERSHIP),
    ("cgroup.kill", "xcgroup kill ends processes"),
    ("cgroup.subtree_control", "controllers are enabled where they are needed"),
    ("cgroup.type", "a threaded group cannot be turned back"),
    ("release_agent", "it is one file of the whole hierarchy, in its root"),
    // Linux 6.1 and 6.18 take it, and throw it away.
    ("memory.kmem.limit_in_bytes", "the kernel has given it up: a limit of memory counts its memory too"),
];

/// The one file of every group of version 1 whose name has no controller.
const NOTIFY: &str = "notify_on_release";
/// Of version 1, though it is called as files of version 2 are.
const CLONE: &str = "cgroup.clone_children";

impl Given {
    /// Reads `FILE=VALUE`. The file is named without directories, and begins with its controller.
    pub(super) fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        let wrong = |at, reason| QuantityError { text: text.to_owned(), at, reason };
        let whole = text.to_str().ok_or_else(|| wrong(0, Reason::NoText))?;
        let (file, value) = whole.split_once('=').ok_or_else(|| wrong(text.len(), Reason::NoValue))?;
        // The kernel takes nothing for 0, and for a list of CPUs as none of its own.
        if value.trim().is_empty() && !file.starts_with("cpuset.") {
            return Err(wrong(text.len(), Reason::Nothing));
        }
        let odd = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        match (file.find(odd), file.find('.')) {
            (Some(at), _) => Err(wrong(at, Reason::NoFile)),
            (None, None) if file == NOTIFY || ELSEWHERE.iter().any(|(name, _)| *name == file) => {
                Ok(Given { file: file.to_owned(), value: value.to_owned() })
            }
            (None, None | Some(0)) => Err(wrong(0, Reason::NoFile)),
            (None, Some(_)) => Ok(Given { file: file.to_owned(), value: value.to_owned() }),
        }
    }

    /// Is the error about it?
    pub(super) fn is_of(&self, error: &LimitError) -> bool {
        match error {
            LimitError::NoCounterpart { name, .. }
            | LimitError::NotSet { name, .. }
            | LimitError::NoTranslation { name, .. } => *name == self.file,
            LimitError::NoController { controller, .. } => {
                let prefix = self.file.split('.').next().unwrap_or_default();
                prefix == controller || (prefix == "io" && controller == "blkio")
            }
            // Of which of them it is, it does not say.
            _ => true,
        }
    }

    /// `before` are the settings that come before it.
    pub(super) fn settings(
        &self,
        ground: &Ground<'_>,
        before: &[Setting],
    ) -> Result<Vec<Setting>, LimitError> {
        if let Some((name, instead)) = ELSEWHERE.iter().find(|(name, _)| *name == self.file) {
            return Err(LimitError::NotSet { key: KEY, name: (*name).to_owned(), instead });
        }
        if [NOTIFY, CLONE].contains(&&*self.file) {
            return self.of_core(ground);
        }
        let home = self.home(ground)?;
        let version = home.tree.version();
        let mut settings = match names::find(&self.file, version) {
            Found::Own => vec![home.setting(&self.file, written(&self.value))],
            Found::Without(instead) => return Err(self.without(other(version), instead)),
            Found::Pair { file, unit } => {
                let holds = |file: &str| {
                    let mut about = before.iter().rev().filter(|set| set.hierarchy == home.tree.hierarchy);
                    let about = about.find(|set| set.file == file).map(|set| set.value.clone());
                    about.or_else(|| ground.current(home.tree, file))
                };
                let converted = match version {
                    Version::V1 => convert::to_v1(&file, unit, &self.value, &holds),
                    Version::V2 => convert::to_v2(&file, unit, &self.value, &holds),
                };
                let converted = converted.map_err(|error| self.inconvertible(error, file))?;
                self.translated(converted, &home, ground)
            }
        };
        for setting in &mut settings {
            self.check(setting, ground)?;
            let bytes = names::check::is_bytes(&setting.file)
                .then(|| Typed::read(OsStr::new(&setting.value), Bytes::parse).ok())
                .flatten();
            if let Some(bytes) = bytes {
                *setting = setting.clone().noted(memory::exact(KEY, &bytes, ground)?);
            }
        }
        Ok(settings)
    }

    /// Is it a value that the kernel takes as it is?
    fn check(&self, setting: &Setting, ground: &Ground<'_>) -> Result<(), LimitError> {
        names::check::mangled(&setting.file, &setting.value, ground.page()).map_err(|error| self.wrong(error))
    }

    /// Where the value is another one than the typed, its own text is shown.
    fn wrong(&self, error: QuantityError) -> LimitError {
        let typed = format!("{}={}", self.file, self.value);
        let is_end = error.text.to_str().is_some_and(|text| self.value.ends_with(text));
        let error = if is_end { error.within(OsStr::new(&typed)) } else { error };
        LimitError::Value { key: KEY, error }
    }

    /// A file of the core of version 1, which each of its hierarchies has: it is set where the group is, or will be. New groups take
    /// their values from above in the hierarchy of cpuset only.
    fn of_core(&self, ground: &Ground<'_>) -> Result<Vec<Setting>, LimitError> {
        let has = |tree: &Tree, wanted: &dyn Fn(&str) -> bool| {
            let name = tree.controllers.iter().find(|name| wanted(name))?;
            (tree.version() == Version::V1).then(|| name.clone())
        };
        let of = |tree| match &*self.file {
            CLONE => has(tree, &|name| name == "cpuset"),
            _ => has(tree, &|name| !name.starts_with("name=")),
        };
        let mut homes: Vec<(&Tree, String)> =
            ground.layout.trees.iter().filter_map(|tree| Some((tree, of(tree)?))).collect();
        let is_there =
            |tree: &Tree| (ground.group)(tree).is_some_and(|group| ground.facts.is_directory(&group));
        if homes.iter().any(|(tree, _)| is_there(tree)) {
            homes.retain(|(tree, _)| is_there(tree));
        }
        let instead = match names::find(&self.file, Version::V2) {
            Found::Without(instead) => instead,
            Found::Own | Found::Pair { .. } => "",
        };
        if homes.is_empty() {
            return Err(self.without(Version::V1, instead));
        }
        let setting = |(tree, controller): &(&Tree, String)| {
            Home { key: KEY, tree, controller }.setting(&self.file, &self.value)
        };
        let settings: Vec<Setting> = homes.iter().map(setting).collect();
        settings.iter().try_for_each(|setting| self.check(setting, ground)).map(|()| settings)
    }

    fn translated(&self, converted: Converted, home: &Home<'_>, ground: &Ground<'_>) -> Vec<Setting> {
        let said = |setting: Setting| {
            let said = names::translation(&self.file, &setting.file, home.tree.version());
            setting.telling(said).telling(converted.note.clone())
        };
        let number = |file: &str| {
            let (_, value) = converted.values.iter().find(|(known, _)| known == file)?;
            value.parse().ok()
        };
        if let (Some(quota), Some(period)) = (number(cpu::QUOTA), number(cpu::PERIOD)) {
            return cpu::quota_and_period(quota, period, home, ground).into_iter().map(said).collect();
        }
        converted.values.iter().map(|(file, value)| said(home.setting(file, value))).collect()
    }

    /// Which hierarchy has the file, by the controller in its name.
    fn home<'g>(&'g self, ground: &Ground<'g>) -> Result<Home<'g>, LimitError> {
        let prefix = self.file.split('.').next().unwrap_or_default();
        let candidates: &[&str] = match prefix {
            "io" | "blkio" => &["blkio", "io"],
            "cpuacct" => &["cpuacct", "cpu"],
            other => &[other],
        };
        let found = candidates.iter().find_map(|name| {
            let tree = ground.layout.find(name)?;
            let controller = tree.controllers.iter().find(|known| known == name)?;
            Some(Home { key: KEY, tree, controller })
        });
        let core = || Some(Home { key: KEY, tree: ground.layout.unified()?, controller: Setting::CORE });
        let freezer = || Some(Home { key: KEY, tree: ground.layout.find("freezer")?, controller: "freezer" });
        let found = match prefix {
            "cgroup" => core().or_else(freezer),
            "freezer" => found.or_else(core),
            _ => found,
        };
        if let Some(home) = found {
            return Ok(home);
        }
        // What only version 1 has, on a machine with version 2: not missing by mistake.
        match names::find(&self.file, Version::V2) {
            Found::Without(instead) if ground.layout.unified().is_some() && is_gone(prefix) => {
                Err(self.without(Version::V1, instead))
            }
            _ => Err(ground.nowhere(KEY, if prefix == "io" { "blkio" } else { prefix })),
        }
    }

    fn without(&self, version: Version, instead: &'static str) -> LimitError {
        LimitError::NoCounterpart { key: KEY, name: self.file.clone(), version, instead }
    }

    fn inconvertible(&self, error: Inconvertible, file: String) -> LimitError {
        let name = self.file.clone();
        match error {
            Inconvertible::Value => {
                LimitError::NoTranslation { key: KEY, name, value: (&self.value).into(), file }
            }
            Inconvertible::Quantity(error) => self.wrong(error),
            Inconvertible::SwapAlone => LimitError::SwapAlone { key: KEY },
            Inconvertible::SumBelow { sum, memory } => LimitError::SumBelow { key: KEY, sum, memory },
            Inconvertible::SumLarge => LimitError::SumLarge { key: KEY },
            Inconvertible::Read => LimitError::NotSet {
                key: KEY,
                name,
                instead: "it tells what was counted, and what it is called here is only read",
            },
        }
    }
}

/// Controllers that version 2 has not taken over.
fn is_gone(prefix: &str) -> bool {
    matches!(prefix, "devices" | "net_cls" | "net_prio")
}

/// An empty write(2) does nothing: a line end clears a file.
fn written(value: &str) -> &str {
    if value.is_empty() { "\n" } else { value }
}

fn other(version: Version) -> Version {
    match version {
        Version::V1 => Version::V2,
        Version::V2 => Version::V1,
    }
}
