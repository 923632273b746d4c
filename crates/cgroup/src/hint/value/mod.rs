//! A value that a file of a group did not take.

mod cpu;
mod cpuset;
mod io;
mod memory;
mod range;

pub(super) use cpuset::no_partition;
pub(super) use range::{known_files, not_translated};

use super::attach;
use super::enable;
use super::group::Group;
use super::missing;
use super::permission::{denied, inside_user_namespace, not_yours, removed, write};
use crate::device;
use crate::op::Set;
use xns_core::{Errno, Hint};

/// What was to be written where.
pub(super) struct Value<'g> {
    pub(super) file: &'g str,
    pub(super) text: &'g str,
    pub(super) group: &'g Group<'g>,
}

impl Value<'_> {
    /// The command that gives another value: written, or typed again where the group has been taken back.
    fn instead(&self, other: &str) -> String {
        let facts = self.group.facts;
        if self.group.exists() {
            return write(other, &[self.group.file(self.file)], facts);
        }
        let typed = facts.command().iter().any(|word| {
            word.to_str().is_some_and(|word| word == self.text || word.ends_with(&format!("={}", self.text)))
        });
        if typed { facts.command_instead(self.text, other) } else { format!("--set {}={other}", self.file) }
    }
}

/// A set was refused.
pub(super) fn refused(set: &Set, at_open: bool, errno: Errno, group: &Group<'_>) -> Option<Hint> {
    let file = set.file.file_name()?.to_str()?;
    if at_open {
        return not_opened(file, &set.controller, group, errno);
    }
    let value = Value { file, text: set.value.trim(), group };
    match file {
        "cgroup.procs" | "cgroup.threads" | "tasks" => {
            let pid = value.text.parse().ok().filter(|pid| *pid != 0);
            return attach::refused(pid, group, errno).or_else(|| {
                matches!(errno, Errno::EINVAL | Errno::ERANGE).then(|| range::syntax(&value)).flatten()
            });
        }
        "cgroup.subtree_control" => return of_subtree_control(&value, errno),
        _ => {}
    }
    let special = match file.split('.').next()? {
        "memory" => memory::refused(&value, errno),
        "cpu" => cpu::refused(&value, errno),
        "cpuset" => cpuset::refused(&value, errno),
        "io" | "blkio" => io::refused(&value, errno),
        "devices" => device::line_refused(&group.directory, value.text, errno, group.facts),
        _ => None,
    };
    special.or_else(|| in_general(&value, errno))
}

fn not_opened(file: &str, controller: &str, group: &Group<'_>, errno: Errno) -> Option<Hint> {
    let path = group.file(file);
    match errno {
        Errno::ENOENT => missing::file(file, controller, group),
        Errno::ENODEV => removed(group),
        Errno::EACCES | Errno::EPERM if is_only_read(group, file) => only_read(group, file),
        errno => denied(group, &path, &format!("write to {path}"), errno),
    }
}

fn mode(group: &Group<'_>, file: &str) -> Option<u32> {
    Some(group.facts.look(None, &group.directory.join(file)).ok()?.mode)
}

fn is_only_read(group: &Group<'_>, file: &str) -> bool {
    mode(group, file).is_some_and(|mode| mode & 0o222 == 0)
}

fn only_read(group: &Group<'_>, file: &str) -> Option<Hint> {
    let mode = mode(group, file)?;
    is_only_read(group, file).then(|| {
        Hint::new("XNS-C6-only-read", format!("{file} tells something, and takes nothing"))
            .because(format!("the mode of {} is {:04o}", group.file(file), mode & 0o7777))
            .cure(format!("xcgroup get {} {file}", group.name()), "reads it")
    })
}

/// `+NAME -NAME`, by hand.
fn of_subtree_control(value: &Value<'_>, errno: Errno) -> Option<Hint> {
    let words = |sign: char| -> Vec<String> {
        value.text.split_whitespace().filter_map(|word| word.strip_prefix(sign)).map(str::to_owned).collect()
    };
    let (more, less) = (words('+'), words('-'));
    if errno == Errno::EINVAL && more.len() + less.len() != value.text.split_whitespace().count() {
        return range::syntax(value);
    }
    let used = || (errno == Errno::EBUSY).then(|| enable::still_used(&less, value.group)).flatten();
    used().or_else(|| enable::refused(&more, value.group, errno))
}

/// What any file may answer.
fn in_general(value: &Value<'_>, errno: Errno) -> Option<Hint> {
    let group = value.group;
    let path = group.file(value.file);
    match errno {
        Errno::EPERM => boundary(value.file, group),
        Errno::EACCES => not_yours("XNS-C2-not-yours", &path, &format!("write to {path}"), group.facts),
        Errno::ENODEV => removed(group),
        Errno::EOPNOTSUPP => kill_threads(value).or_else(|| attach::threaded(group)),
        Errno::EINVAL if is_only_read(group, value.file) => only_read(group, value.file),
        Errno::EINVAL if group.is_root() => {
            Some(group.of_root(format!("the root group is the whole machine: its {} is not set", value.file)))
        }
        Errno::EINVAL | Errno::ERANGE => range::syntax(value),
        _ => None,
    }
}

/// `cgroup.kill` is for whole processes.
fn kill_threads(value: &Value<'_>) -> Option<Hint> {
    if value.file != "cgroup.kill" {
        return None;
    }
    let domain = value
        .group
        .above()
        .into_iter()
        .find(|up| up.line("cgroup.type").is_some_and(|kind| kind == "domain threaded"))?;
    Some(
        Hint::new("XNS-E45-thread", "a threaded group has threads, and processes are ended as a whole")
            .because(value.group.says("cgroup.type"))
            .cure(write("1", &[domain.file("cgroup.kill")], value.group.facts), "ends all of its domain"),
    )
}

/// E44: the limits of a cgroup namespace's root belong to whoever is outside (cgroup-v2.rst, "nsdelegate").
pub(super) fn boundary(file: &str, group: &Group<'_>) -> Option<Hint> {
    if !group.is_version_2() || !is_namespace_root(group) {
        return None;
    }
    let mounts = group.facts.mounts()?;
    let delegating = mounts.iter().any(|mount| mount.fs_type == b"cgroup2" && mount.fs_has("nsdelegate"));
    let hint = Hint::new(
        "XNS-E44-boundary",
        format!("{file} of the group that is the root of your cgroup namespace belongs to who made it"),
    )
    .because(format!("{} is where version 2 is mounted, and has a cgroup.type", group.directory.display()));
    let hint = if delegating { hint.because("it is mounted with nsdelegate") } else { hint };
    let hint = match inside_user_namespace(group.facts) {
        Some(evidence) => hint.because(evidence),
        None => hint,
    };
    Some(hint.cure("a group below it", "whose limits are yours").cure("from outside that namespace", ""))
}

/// Where the namespace's own mount is; in one that was made outside, where the group `/` is.
fn is_namespace_root(group: &Group<'_>) -> bool {
    let Some(tree) = &group.tree else { return false };
    if !tree.is_of_outside() {
        return group.is_top() && !group.is_root();
    }
    tree.namespace_root().as_deref() == Some(group.directory.as_path())
}
