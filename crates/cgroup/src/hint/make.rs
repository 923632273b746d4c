//! A group that cannot be made.

use super::attach::no_group;
use super::group::{Group, counted, some_names};
use super::permission::{as_root, denied, inside_user_namespace, write};
use super::systemd;
use std::os::unix::ffi::OsStrExt;
use xns_core::{Errno, Hint};

/// mkdir(2) was refused.
pub(super) fn refused(group: &Group<'_>, errno: Errno) -> Option<Hint> {
    let parent = group.parent()?;
    match errno {
        Errno::ENOENT | Errno::ENODEV | Errno::ENOTDIR => no_parent(&parent),
        Errno::EEXIST => exists(group),
        Errno::EAGAIN => full(&parent),
        Errno::ENOSPC | Errno::ENOMEM => too_many(group),
        Errno::EINVAL | Errno::ENAMETOOLONG => bad_name(group),
        Errno::EACCES | Errno::EPERM => not_allowed(&parent),
        errno => denied(&parent, &parent.directory.display().to_string(), "make groups there", errno),
    }
}

/// Without rights: a user of a machine that systemd runs asks that, if it can be asked.
fn not_allowed(parent: &Group<'_>) -> Option<Hint> {
    let path = parent.directory.display().to_string();
    let asks = parent.facts.euid() != 0 && inside_user_namespace(parent.facts).is_none();
    match systemd::no_bus(parent.facts) {
        Some(hint) if asks && hint.id == "XNS-E56-no-bus" => {
            let owner = parent.facts.owner(&path)?;
            Some(hint.because(format!("{path} belongs to uid {owner}, who alone may make groups there")))
        }
        _ => denied(parent, &path, &format!("make groups in {}", parent.name()), Errno::EACCES),
    }
}

fn no_parent(parent: &Group<'_>) -> Option<Hint> {
    no_group(parent)
}

/// C3: something of that name is there: a group, or a file of the kernel's.
fn exists(group: &Group<'_>) -> Option<Hint> {
    let (name, facts) = (group.name(), group.facts);
    let hint = Hint::new("XNS-C3-exists", format!("there is something called {name} already"));
    if facts.is_directory(&group.directory) {
        return Some(
            hint.because(format!(
                "{} is a group, with {} in it and below",
                group.directory.display(),
                counted(group.members().len())
            ))
            .cure(as_root(&format!("xcgroup delete {name}"), facts), "removes it, when it is empty")
            .cure(format!("xcgroup get {name}"), "shows its limits, which xcgroup set changes"),
        );
    }
    group.exists().then(|| {
        hint.because(format!("{} is a file of the kernel's", group.directory.display()))
            .cure("another name", "without a dot: the kernel's files have one")
    })
}

/// C1: `cgroup.max.depth` and `cgroup.max.descendants` of this group or of one above it.
fn full(parent: &Group<'_>) -> Option<Hint> {
    for (depth, up) in (1..).zip(parent.with_above()) {
        let count = up.field("cgroup.stat", "nr_descendants");
        if let (Some(most), Some(count)) = (up.number("cgroup.max.descendants"), count)
            && count >= most
        {
            let dying = up.field("cgroup.stat", "nr_dying_descendants").unwrap_or(0);
            return Some(
                Hint::new(
                    "XNS-C1-descendants",
                    format!("there may be no more than {most} groups below {}", up.name()),
                )
                .because(format!(
                    "{} is {most}; cgroup.stat counts {count}, and {dying} that are removed but still used",
                    up.file("cgroup.max.descendants")
                ))
                .cure(raised(&up, "cgroup.max.descendants", most), "")
                .cure(format!("xcgroup list {}", up.name()), "shows them"),
            );
        }
        if let Some(most) = up.number("cgroup.max.depth").filter(|most| depth > *most) {
            return Some(
                Hint::new(
                    "XNS-C1-depth",
                    format!("groups below {} may be no more than {most} deep", up.name()),
                )
                .because(format!(
                    "{} is {most}, and this one would be {depth} below",
                    up.file("cgroup.max.depth")
                ))
                .cure(raised(&up, "cgroup.max.depth", most.max(depth - 1)), ""),
            );
        }
    }
    None
}

fn raised(group: &Group<'_>, file: &str, most: u64) -> String {
    write(&(most + 1).to_string(), &[group.file(file)], group.facts)
}

/// C1: the controller memory numbers its groups with 16 bits, and one that is removed keeps its number while pages are charged to it.
fn too_many(group: &Group<'_>) -> Option<Hint> {
    const MOST: u64 = 65_535;
    let text = group.facts.line("/proc/cgroups")?;
    let count: u64 = text
        .lines()
        .find_map(|line| {
            let mut fields = line.split_whitespace();
            (fields.next()? == "memory").then(|| fields.nth(1))?
        })?
        .parse()
        .ok()?;
    (count >= MOST - 1).then(|| {
        Hint::new("XNS-C1-memory-groups", "the machine has as many memory groups as it can number")
            .because(format!(
                "/proc/cgroups counts {count}, of at most {MOST}; those that are removed but still used count"
            ))
            .cure(as_root("sysctl -w vm.drop_caches=3", group.facts), "lets go of removed ones")
            .cure("xcgroup list", "shows those that can be removed")
    })
}

/// C3: what the kernel takes for no name.
fn bad_name(group: &Group<'_>) -> Option<Hint> {
    let name = group.directory.file_name()?;
    let why = match name.as_bytes() {
        bytes if bytes.contains(&b'\n') => "it has a line end in it".to_owned(),
        bytes if bytes.len() > 255 => format!("it has {} bytes, and may have 255", bytes.len()),
        _ => return None,
    };
    let below = group.parent()?.below();
    let hint = Hint::new("XNS-C3-name", "that is no name for a group").because(why);
    Some(match below.as_slice() {
        [] => hint.cure("another name", ""),
        names => hint.cure("another name", "").because(format!("names there are {}", some_names(names))),
    })
}
