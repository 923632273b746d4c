//! E55, E56: systemd as the owner of the tree, and the way to ask it.

use super::group::Group;
use super::permission::{typed, who};
use crate::Layout;
use std::path::Path;
use xns_core::{Facts, Hint, SeenKind};

/// Is systemd the first process (sd_booted(3))?
fn is_booted(facts: &Facts) -> bool {
    facts.look(None, Path::new("/run/systemd/system")).is_ok_and(|seen| seen.kind == SeenKind::Directory)
}

/// E55: systemd runs here, and the directory is neither below this process's own group nor in what systemd has delegated: it may
/// move its processes, and take controllers away.
pub fn systemd_owns(directory: &Path, facts: &Facts) -> Option<Hint> {
    if !is_booted(facts) {
        return None;
    }
    let group = Group::of(directory, facts);
    let layout = Layout::of(facts);
    let own = layout.own_directory(group.tree.as_ref()?);
    // The root is above all, and a process is often in it by version 1; that does not make the tree its own.
    let is_top = own.as_ref() == group.tree.as_ref().map(|tree| &tree.point);
    if (!is_top && own.is_some_and(|own| directory.starts_with(own))) || delegated(&group).is_some() {
        return None;
    }
    let hint = Hint::new(
        "XNS-E55-systemd",
        format!(
            "systemd owns the groups here, and {} is not delegated: it may change or remove it",
            group.name()
        ),
    )
    .because("/run/systemd/system is there: systemd is the first process")
    .because(format!("{} has no user.delegate, and none above has", directory.display()));
    Some(with_scope(hint, facts).cure("below your own group", "/proc/self/cgroup tells it"))
}

/// The nearest group, from this one up, that systemd has delegated (systemd.resource-control(5), Delegate=).
fn delegated(group: &Group<'_>) -> Option<String> {
    let marked = |group: &Group<'_>| {
        let directory = group.directory.display().to_string();
        let marks = ["user.delegate", "trusted.delegate"];
        marks.iter().any(|mark| group.facts.attribute(&directory, mark).as_deref() == Some("1"))
    };
    group.with_above().into_iter().find(marked).map(|group| group.directory.display().to_string())
}

/// E56: a user without a bus to ask systemd on, as after `su` and `sudo`.
pub fn no_bus(facts: &Facts) -> Option<Hint> {
    if facts.euid() == 0 {
        return None;
    }
    if !is_booted(facts) {
        return Some(
            Hint::new("XNS-E56-no-systemd", "systemd-run cannot help here: systemd is not the first process")
                .because("/run/systemd/system is not there")
                .cure(typed(&["sudo"], facts), "makes the groups itself"),
        );
    }
    let (evidence, directory) = (missing_bus(facts)?, run_directory(facts));
    let hint = Hint::new("XNS-E56-no-bus", "systemd-run --user finds no bus of yours, as after su and sudo")
        .because(evidence)
        .because(who(facts));
    Some(if is_directory(&directory, facts) {
        hint.cure(format!("XDG_RUNTIME_DIR={directory} {}", scope(facts)), "")
    } else {
        hint.because(format!("{directory} is not there: you have no session"))
            .cure(format!("sudo loginctl enable-linger {}", facts.euid()), "starts your user manager")
            .cure(typed(&["sudo"], facts), "")
    })
}

/// Adds the way by systemd, for a user on a machine that it runs.
pub(super) fn with_scope(hint: Hint, facts: &Facts) -> Hint {
    if !is_booted(facts) {
        return hint;
    }
    const NOTE: &str = "in a group that systemd delegates to you";
    if facts.euid() == 0 {
        return hint.cure(typed(&["systemd-run", "--scope", "-p", "Delegate=yes"], facts), NOTE);
    }
    match missing_bus(facts) {
        None => hint.cure(scope(facts), NOTE),
        Some(evidence) => {
            let directory = run_directory(facts);
            let hint = hint.because(evidence);
            match is_directory(&directory, facts) {
                true => hint.cure(format!("XDG_RUNTIME_DIR={directory} {}", scope(facts)), NOTE),
                false => hint,
            }
        }
    }
}

fn scope(facts: &Facts) -> String {
    typed(&["systemd-run", "--user", "--scope", "-p", "Delegate=yes"], facts)
}

/// Where the user's bus is, when the session says it.
fn missing_bus(facts: &Facts) -> Option<String> {
    let unset = |name: &str| facts.variable(name).is_none_or(|value| value.is_empty());
    (unset("XDG_RUNTIME_DIR") && unset("DBUS_SESSION_BUS_ADDRESS"))
        .then(|| "neither XDG_RUNTIME_DIR nor DBUS_SESSION_BUS_ADDRESS is set".to_owned())
}

fn run_directory(facts: &Facts) -> String {
    format!("/run/user/{}", facts.euid())
}

fn is_directory(path: &str, facts: &Facts) -> bool {
    facts.is_directory(Path::new(path))
}
