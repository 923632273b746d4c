//! E50: no hierarchy has a group of the name that was typed.

use super::group::some_names;
use super::permission::as_root;
use crate::locate::places;
use crate::{GroupPath, Layout, is_systemds};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use xns_core::{Facts, Hint, nearest, shell};

/// Where it was looked for, and groups that may be meant.
pub(super) fn no_group(name: &GroupPath, layout: &Layout, facts: &Facts) -> Option<Hint> {
    let looked = layout.trees.iter().flat_map(|tree| places(name, layout, tree, facts));
    let above = |directory: PathBuf| {
        directory.ancestors().nth(name.as_path().components().count()).map(Path::to_owned)
    };
    let looked: Vec<String> =
        looked.filter_map(above).map(|directory| directory.display().to_string()).collect();
    if looked.is_empty() {
        return None;
    }
    let hint = Hint::new("XNS-E50-no-group", format!("no hierarchy has a group {name}"))
        .because(format!("looked below {}", looked.join(", ")));
    let hint = if is_systemds(facts) && !name.is_absolute() {
        hint.because("under systemd a name counts from your own group first, unless it begins with a slash")
    } else {
        hint
    };
    let similar = similar(name, &groups(layout, facts));
    let hint = match similar.first() {
        None => hint,
        Some(first) => hint
            .because(format!("there is {}", some_names(&similar)))
            .cure(instead(name, first, facts), "what may be meant"),
    };
    Some(hint.cure(as_root(&format!("xcgroup create {}", shell::quote(name.to_string())), facts), "makes it"))
}

/// The typed command with the other name, where the name is a word of it.
fn instead(name: &GroupPath, meant: &str, facts: &Facts) -> String {
    let typed = [name.to_string(), name.as_path().display().to_string()];
    let is_typed = |word: &&String| facts.command().iter().any(|known| known.to_str() == Some(word));
    match typed.iter().find(is_typed) {
        Some(word) => facts.command_instead(word, meant),
        None => meant.to_owned(),
    }
}

/// The names of groups, in all hierarchies: not more than can be looked through without being noticed.
fn groups(layout: &Layout, facts: &Facts) -> BTreeSet<String> {
    const MOST: usize = 2000;
    let mut found = BTreeSet::new();
    let mut left = MOST;
    for tree in &layout.trees {
        let mut level = vec![String::new()];
        while !level.is_empty() && left > 0 {
            left = left.saturating_sub(level.len());
            let below = |above: &String| {
                let directory = format!("{}{above}", tree.point.display());
                let names = facts.directories_in(&directory).into_iter();
                names.map(move |name| format!("{above}/{name}")).collect::<Vec<_>>()
            };
            level = level.iter().flat_map(below).collect();
            found.extend(level.iter().cloned());
        }
    }
    found
}

/// Those of the same name elsewhere; those that differ in a few letters; those that begin so.
fn similar(name: &GroupPath, groups: &BTreeSet<String>) -> Vec<String> {
    let whole = name.to_string();
    let last = name.as_path().file_name();
    let mut found: Vec<String> = Vec::new();
    let mut add = |more: Vec<&String>| {
        for group in more {
            if !found.contains(group) {
                found.push(group.clone());
            }
        }
    };
    add(groups.iter().filter(|group| Path::new(group).file_name() == last).collect());
    // Of a few letters nearly every other name differs in a few.
    if whole.len() > 3 {
        add(near(&whole, groups));
    }
    let goes_on = |group: &&String| group.strip_prefix(&whole).is_some_and(|rest| !rest.contains('/'));
    add(groups.iter().filter(goes_on).collect());
    found
}

/// Of those as deep as it is the nearest few, the nearest first.
fn near<'g>(whole: &str, groups: &'g BTreeSet<String>) -> Vec<&'g String> {
    const MOST: usize = 5;
    let depth = |name: &str| name.matches('/').count();
    let mut left: BTreeSet<&str> =
        groups.iter().map(String::as_str).filter(|group| depth(group) == depth(whole)).collect();
    let mut found = Vec::new();
    while let Some(next) = nearest(whole, left.iter().copied()).filter(|_| found.len() < MOST) {
        left.remove(next);
        found.extend(groups.get(next));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::Machine;
    use super::*;

    fn name(text: &str) -> GroupPath {
        GroupPath::parse(text.as_ref()).unwrap()
    }

    #[test]
    fn what_may_be_meant() {
        let groups: BTreeSet<String> =
            ["/my_group", "/students/my_grp", "/students/mine", "/my_grup"].map(str::to_owned).into();
        assert_eq!(similar(&name("my_grp"), &groups), ["/students/my_grp", "/my_grup", "/my_group"]);
        assert_eq!(similar(&name("students/m"), &groups), ["/students/mine", "/students/my_grp"]);
        assert_eq!(similar(&name("other"), &groups), [""; 0]);
    }

    #[test]
    fn every_hierarchy_is_looked_through() {
        let hint = |word: &str| {
            let machine = Machine::hybrid()
                .file("directories:/cg/cpu", "mine\n")
                .file("directories:/cg/memory", "a\n")
                .file("directories:/cg/memory/a", "x\n");
            let facts = machine.facts();
            no_group(&name(word), &Layout::of(&facts), &facts).unwrap()
        };
        let found = hint("x");
        assert_eq!(found.cause, "no hierarchy has a group /x");
        assert!(found.because[0].starts_with("looked below /cg/memory, /cg/cpuset, "), "{found:?}");
        assert_eq!(found.because[1], "there is /a/x");
        // The recorded command is xcgexec -g x.
        assert_eq!(
            (&*found.cures[0].action, &*found.cures[1].action),
            ("xcgexec -g /a/x", "xcgroup create /x")
        );
        let found = hint("miner");
        assert_eq!((&*found.because[1], &*found.cures[0].action), ("there is /mine", "/mine"));
        assert_eq!(hint("nothing-like-it").because.len(), 1);
    }
}
