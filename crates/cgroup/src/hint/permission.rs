//! Who may write where, and what to type instead.

use super::group::Group;
use super::systemd;
use std::path::Path;
use xns_core::{Errno, Facts, Hint, shell};

/// "you are uid 1000".
pub(super) fn who(facts: &Facts) -> String {
    format!("you are uid {}", facts.euid())
}

/// May the caller write to this file, as far as owner and mode tell?
pub(super) fn may_write(path: &str, facts: &Facts) -> bool {
    if facts.euid() == 0 || facts.owner(path) == Some(facts.euid()) {
        return true;
    }
    facts.look(None, path.as_ref()).is_ok_and(|seen| {
        let bit = if seen.group == facts.egid() { 0o020 } else { 0o002 };
        seen.owner != facts.euid() && seen.mode & bit != 0
    })
}

/// The command that writes a value to files, in this order.
pub(super) fn write(value: &str, paths: &[String], facts: &Facts) -> String {
    if let [path] = paths
        && let Some(command) = set(value, Path::new(path), facts)
    {
        return command;
    }
    let quoted: Vec<_> = paths.iter().map(shell::path).collect();
    let value = shell::quote(value);
    match (&quoted[..], paths.iter().all(|path| may_write(path, facts))) {
        ([path], true) => format!("echo {value} > {path}"),
        (_, true) => format!("echo {value} | tee {}", quoted.join(" ")),
        (_, false) => format!("echo {value} | sudo tee {}", quoted.join(" ")),
    }
}

/// Our verb for it; `None` for a file that is no limit of a group, and for the root.
fn set(value: &str, path: &Path, facts: &Facts) -> Option<String> {
    let file = path.file_name()?.to_str()?;
    let group = Group::of(path.parent()?, facts);
    if group.tree.is_none() || group.is_top() || file.starts_with("cgroup.") || file == "tasks" {
        return None;
    }
    let command = format!("xcgroup set {} {}", group.name(), shell::quote(format!("{file}={value}")));
    Some(if may_write(path.to_str()?, facts) { command } else { format!("sudo {command}") })
}

/// A command of ours, as root.
pub(super) fn as_root(command: &str, facts: &Facts) -> String {
    if facts.euid() == 0 { command.to_owned() } else { format!("sudo {command}") }
}

/// The typed command, in front of which these words come.
pub(super) fn typed(words: &[&str], facts: &Facts) -> String {
    facts.command_with(words, &[] as &[&str])
}

/// Adds the cure of more rights: sudo, or for a root that is none to the files' owner, where to go.
pub(super) fn with_rights(hint: Hint, facts: &Facts) -> Hint {
    if facts.euid() != 0 {
        return hint.cure(typed(&["sudo"], facts), "");
    }
    match inside_user_namespace(facts) {
        Some(evidence) => {
            hint.because(evidence).cure("from outside your user namespace", "you are root only inside it")
        }
        None => hint,
    }
}

/// The caller's user namespace is not the first one: what shows it.
pub(super) fn inside_user_namespace(facts: &Facts) -> Option<String> {
    let map = facts.line("/proc/self/uid_map")?;
    let words: Vec<_> = map.split_whitespace().collect();
    let whole = words == ["0", "0", "4294967295"];
    (!whole).then(|| format!("/proc/self/uid_map says {}", words.join(" ")))
}

/// What stands for an id that is not mapped, unless /proc/sys/kernel/overflowuid says otherwise (user_namespaces(7)).
const NOBODY_HERE: u32 = 65534;

/// A file or directory of a group that belongs to somebody else. `what` is what its owner may do.
pub(super) fn not_yours(id: &'static str, path: &str, what: &str, facts: &Facts) -> Option<Hint> {
    let owner = facts.owner(path)?;
    let cause = match facts.look(None, path.as_ref()) {
        Ok(seen) if owner == facts.euid() && seen.mode & 0o200 == 0 => {
            format!("nobody may write to {path}")
        }
        _ if owner == facts.euid() => format!("something else than the owner of {path} keeps you from it"),
        _ if owner == NOBODY_HERE && inside_user_namespace(facts).is_some() => {
            format!("only its owner may {what}, who is nobody in your user namespace")
        }
        _ => format!("only uid {owner} may {what}"),
    };
    let hint = Hint::new(id, cause).because(format!("{path} belongs to uid {owner}; {}", who(facts)));
    Some(with_rights(systemd::with_scope(hint, facts), facts))
}

/// A hierarchy that is mounted read-only, as in most containers.
pub(super) fn read_only(group: &Group<'_>) -> Option<Hint> {
    let tree = group.tree.as_ref().filter(|tree| tree.read_only)?;
    let point = tree.point.display();
    let facts = group.facts;
    let remount = as_root(&format!("mount -o remount,bind,rw {}", shell::path(&tree.point)), facts);
    Some(
        Hint::new("XNS-C2-read-only", format!("{point} is mounted read-only, as containers do it"))
            .because(format!("/proc/self/mountinfo has {point} with the option ro"))
            .cure(remount, "where you may mount: as root of the machine")
            .cure(
                "docker run --cgroupns=private --privileged IMAGE",
                "or any other way that mounts it writable",
            ),
    )
}

/// What is the same for every file and directory of a group: rights and read-only mounts.
pub(super) fn denied(group: &Group<'_>, path: &str, what: &str, errno: Errno) -> Option<Hint> {
    match errno {
        Errno::EROFS => read_only(group),
        Errno::EACCES | Errno::EPERM => not_yours("XNS-C2-not-yours", path, what, group.facts),
        _ => None,
    }
}

/// The group has been removed since its directory or file was opened.
pub(super) fn removed(group: &Group<'_>) -> Option<Hint> {
    (!group.exists()).then(|| {
        Hint::new("XNS-E50-removed", format!("the group {} has been removed meanwhile", group.name()))
            .because(format!("{} is not there any more", group.directory.display()))
            .cure(as_root(&format!("xcgroup create {}", group.name()), group.facts), "makes it again")
    })
}
