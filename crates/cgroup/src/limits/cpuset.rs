//! Which CPUs and which memory nodes.

use super::ground::Ground;
use super::{LimitError, LimitKey, Limits, Setting};
use crate::{Tree, Version};
use std::path::{Path, PathBuf};
use xns_core::Facts;

const CPUS: &str = "cpuset.cpus";
const MEMS: &str = "cpuset.mems";

pub(super) fn settings(limits: &Limits, ground: &Ground<'_>) -> Result<Vec<Setting>, LimitError> {
    let mut settings = Vec::new();
    for (key, file, list) in
        [(LimitKey::Cpuset, CPUS, &limits.cpuset), (LimitKey::CpusetMems, MEMS, &limits.cpuset_mems)]
    {
        let Some(list) = list else { continue };
        let home = ground.home(key, "cpuset")?;
        settings.push(home.setting(file, &list.value).noted(list.exactly()));
    }
    Ok(settings)
}

/// What a group of version 1 needs beside what is set: it starts without CPUs and without memory nodes, and takes no process
/// before it has both (ENOSPC).
pub(super) fn completing(settings: &[Setting], ground: &Ground<'_>) -> Vec<Setting> {
    let is_cpuset =
        |setting: &&Setting| setting.file.starts_with("cpuset.") && setting.version() == Version::V1;
    let Some(tree) = settings.iter().find(is_cpuset).and_then(|set| ground.layout.tree(&set.hierarchy))
    else {
        return Vec::new();
    };
    let Some(directory) = (ground.group)(tree) else { return Vec::new() };
    let home = super::ground::Home { key: LimitKey::Cpuset, tree, controller: "cpuset" };
    let missing = inherited(tree, &directory, ground.facts).into_iter();
    let missing = missing.filter(|(file, _, _)| !settings.iter().any(|setting| setting.file == *file));
    missing
        .map(|(file, value, from)| {
            let note = format!("a new group of version 1 has none: as in {}", from.display());
            home.setting(file, value).noted(note)
        })
        .collect()
}

/// The files of a group of version 1 that are empty, or of a group that is not there yet, each with the value of the nearest
/// group above that has one, and that group's directory.
pub fn inherited(tree: &Tree, directory: &Path, facts: &Facts) -> Vec<(&'static str, String, PathBuf)> {
    let read = |directory: &Path, file: &str| {
        let text = facts.line(directory.join(file).to_str()?)?;
        (!text.is_empty()).then_some(text)
    };
    let mut found = Vec::new();
    for file in [CPUS, MEMS] {
        if read(directory, file).is_some() {
            continue;
        }
        let mut above = directory.ancestors().skip(1).take_while(|above| above.starts_with(&tree.point));
        found.extend(above.find_map(|above| Some((file, read(above, file)?, above.to_owned()))));
    }
    found
}
