//! E41, E42, E49: a controller that is not where it is wanted.

use super::group::Group;
use super::known::{CONTROLLERS, Known, ONLY_VERSION_1, other_name};
use super::permission::{as_root, write};
use crate::{Hierarchy, Layout, Mode, Place, Tree, Version};
use std::path::Path;
use xns_core::{Facts, Hint, nearest, shell};

/// For a controller that a user names, and that is nowhere, or in version 2 without being passed on to this process's group.
pub fn no_controller(controller: &str, place: &Place<'_>, facts: &Facts) -> Hint {
    let layout = Layout::of(facts);
    if controller == "ns" {
        return ns();
    }
    if layout.mode() == Mode::None {
        return nothing_mounted(facts);
    }
    let renamed = || under_another_name(controller, &layout);
    match place {
        Place::In(tree) => not_passed_on(controller, tree, &layout, facts),
        Place::Disabled => disabled(controller, facts),
        Place::Unmounted(number) => unmounted(controller, *number, &layout, facts),
        Place::NotHere => renamed().unwrap_or_else(|| not_here(controller, &layout, facts)),
        Place::Unknown => renamed().unwrap_or_else(|| unknown(controller, &layout, facts)),
    }
}

fn ns() -> Hint {
    Hint::new("XNS-E49-ns", "the controller ns has been gone since Linux 3.0, from every kernel")
        .because("it made a group for each new namespace; /proc/cgroups has no such line")
        .cure("xunshare", "makes namespaces, by themselves")
        .cure("cgroup.clone_children", "where a new group is to take the values of the one above (version 1)")
}

fn nothing_mounted(facts: &Facts) -> Hint {
    Hint::new("XNS-E49-not-mounted", "no hierarchy of control groups is mounted here")
        .because("/proc/self/mountinfo has no mount of the types cgroup and cgroup2")
        .cure(as_root("mount -t cgroup2 cgroup2 /sys/fs/cgroup", facts), "version 2")
}

/// The same controller is there, but called as the other version calls it.
fn under_another_name(controller: &str, layout: &Layout) -> Option<Hint> {
    let other = other_name(controller)?;
    let tree = layout.find(other)?;
    let version = tree.version();
    let cause = match (controller, version) {
        ("cpuacct", Version::V2) => {
            "version 2 has no cpuacct: every group counts its CPU time itself".to_owned()
        }
        ("cpuacct", _) => return None,
        _ => format!("{controller} is the other version's name; here it is called {other} ({version})"),
    };
    let hint = Hint::new("XNS-E49-other-name", cause)
        .because(format!("{other} is in the hierarchy at {}", tree.point.display()));
    Some(match controller {
        "cpuacct" => hint.cure("cpu.stat", "of the group; xcgroup stat shows it"),
        _ => hint.cure(other, "instead of the name that you gave"),
    })
}

/// It is in a hierarchy of version 1 that is mounted nowhere, or where it cannot be seen.
fn unmounted(controller: &str, number: u32, layout: &Layout, facts: &Facts) -> Hint {
    let together = together_with(number, facts).unwrap_or_else(|| controller.to_owned());
    mountable(controller, &together, layout, facts)
        .because(format!("/proc/cgroups gives it the hierarchy {number}, which no mount shows"))
}

/// The controllers of a hierarchy of version 1: they are mounted together or not at all.
fn together_with(number: u32, facts: &Facts) -> Option<String> {
    let text = facts.line("/proc/self/cgroup")?;
    let start = format!("{number}:");
    let names = text.lines().find_map(|line| line.strip_prefix(&start))?.split(':').next()?;
    Some(names.to_owned())
}

fn mountable(controller: &str, together: &str, layout: &Layout, facts: &Facts) -> Hint {
    Hint::new("XNS-E41-unmounted", format!("the controller {controller} is mounted nowhere here"))
        .cure(mounting(&format!("cgroup -o {together}"), "cgroup", &beside(together, layout), facts), "")
}

/// Where nothing has been mounted yet there is no directory for it.
fn mounting(of_type: &str, source: &str, directory: &str, facts: &Facts) -> String {
    let mount = as_root(&format!("mount -t {of_type} {source} {directory}"), facts);
    if facts.is_directory(Path::new(directory)) {
        return mount;
    }
    format!("{} && {mount}", as_root(&format!("mkdir -p {directory}"), facts))
}

/// A place for a mount beside the others of version 1.
fn beside(names: &str, layout: &Layout) -> String {
    let first = layout.trees.iter().find(|tree| tree.version() == Version::V1);
    let above = first.and_then(|tree| tree.point.parent()).unwrap_or(Path::new("/sys/fs/cgroup"));
    // On a pure version 2 that would be a group.
    let above = if layout.mode() == Mode::V2 { Path::new("/mnt") } else { above };
    shell::quote(above.join(names.trim_start_matches("name=")))
}

fn disabled(controller: &str, facts: &Facts) -> Hint {
    let hint = Hint::new("XNS-E41-disabled", format!("the controller {controller} was disabled at boot"))
        .because(format!("/proc/cgroups says 0 in the last column of {controller}"));
    let words = facts.line("/proc/cmdline").unwrap_or_default();
    let word = words.split_whitespace().find(|word| {
        let list = word.strip_prefix("cgroup_disable=");
        list.is_some_and(|list| list.split(',').any(|name| name == controller))
    });
    match word {
        Some(word) => hint
            .because(format!("/proc/cmdline has {word}"))
            .cure(format!("boot without {word}"), "a parameter of the kernel, as in /etc/default/grub"),
        None => hint.cure(format!("boot with cgroup_enable={controller}"), "a parameter of the kernel"),
    }
}

/// The kernel has it, in no hierarchy of version 1, and the root of version 2 that is seen here does not.
fn not_here(controller: &str, layout: &Layout, facts: &Facts) -> Hint {
    let unbound = format!("/proc/cgroups gives {controller} no hierarchy of version 1 (0)");
    if let Some((_, instead)) = ONLY_VERSION_1.iter().find(|(name, _)| *name == controller)
        && layout.mode() == Mode::V2
    {
        let of_type = format!("cgroup -o {controller}");
        let mount = mounting(&of_type, "cgroup", &beside(controller, layout), facts);
        return Hint::new("XNS-E41-only-version-1", format!("version 2 has no controller {controller}"))
            .because(unbound)
            .cure(*instead, "what takes its place")
            .cure(mount, "beside version 2, for what cannot do without");
    }
    if controller == "perf_event" && layout.unified().is_some() {
        return Hint::new(
            "XNS-E41-implicit",
            "version 2 needs no controller perf_event: it is in every group",
        )
        .because(unbound)
        .cure("perf record -G NAME", "takes the group's path");
    }
    let Some(unified) = layout.unified() else {
        let hint = may_lack_version_1(controller, layout, facts);
        return hint.unwrap_or_else(|| mountable(controller, controller, layout, facts)).because(unbound);
    };
    let root = Group::of(&unified.point, facts);
    if !root.is_root() {
        return not_delegated(controller, &root).because(unbound);
    }
    mountable(controller, controller, layout, facts)
        .because(unbound)
        .because(format!("{} lacks it", root.file("cgroup.controllers")))
}

/// A kernel may have these by version 2 alone: since which Linux, and the configuration that brings version 1.
static MAY_LACK_VERSION_1: [(&str, (u32, u32), &str); 2] =
    [("memory", (6, 11), "CONFIG_MEMCG_V1"), ("cpuset", (6, 12), "CONFIG_CPUSETS_V1")];

/// Only version 1 is mounted, and a mount of the controller there would be refused by a kernel without its version 1.
fn may_lack_version_1(controller: &str, layout: &Layout, facts: &Facts) -> Option<Hint> {
    let (_, since, config) = MAY_LACK_VERSION_1.iter().find(|(name, ..)| *name == controller)?;
    let (version, release) = facts.kernel()?;
    let built = facts.line(&format!("/boot/config-{release}")).unwrap_or_default();
    if layout.unified().is_some() || version < *since || built.contains(&format!("\n{config}=y")) {
        return None;
    }
    let mount = mounting("cgroup2", "cgroup2", &beside("unified", layout), facts);
    let cause = format!("this kernel is one that may have {controller} by version 2 alone, as Debian's do");
    Some(
        Hint::new("XNS-E41-no-version-1", cause)
            .because(format!(
                "since Linux {}.{} version 1 of it takes {config}; this is {release}",
                since.0, since.1
            ))
            .cure(mount, "version 2, beside version 1")
            .cure("an older kernel", "as Debian's 6.1, which has it by version 1"),
    )
}

/// What is the root here is a group of somebody else, who has not passed the controller on.
fn not_delegated(controller: &str, root: &Group<'_>) -> Hint {
    Hint::new(
        "XNS-E41-not-delegated",
        format!("{controller} was not passed on to the group that is the root of what you see"),
    )
    .because(root.says("cgroup.controllers"))
    .cure(format!("+{controller} in the cgroup.subtree_control above"), "outside of this container")
}

/// No controller of this kernel has that name.
fn unknown(controller: &str, layout: &Layout, facts: &Facts) -> Hint {
    if let Some(name) = controller.strip_prefix("name=") {
        let of_type = format!("cgroup -o none,{controller}");
        let mount = mounting(&of_type, "cgroup", &beside(name, layout), facts);
        return Hint::new("XNS-E41-named", format!("there is no hierarchy of the name {name} here"))
            .because(format!("no line of /proc/self/cgroup has {controller}"))
            .cure(mount, "makes one of version 1, without controllers");
    }
    if let Some(known) = CONTROLLERS.iter().find(|known| known.name == controller) {
        return not_in_kernel(known, layout, facts);
    }
    let here = names_here(layout, facts);
    let hint = Hint::new("XNS-E49-unknown", format!("Linux has no controller of the name {controller}"))
        .because(format!("here are {}", here.join(", ")));
    match nearest(controller, here.iter().map(String::as_str)) {
        Some(meant) => hint.cure(meant, "which is the nearest name"),
        None => hint.cure("xcgroup layout", "shows where each controller is"),
    }
}

fn not_in_kernel(known: &Known, layout: &Layout, facts: &Facts) -> Hint {
    let Known { name, config, since } = known;
    // Newer ones leave it out of /proc/cgroups, too.
    if let Some(hint) = may_lack_version_1(name, layout, facts) {
        return hint;
    }
    let release = facts.line("/proc/sys/kernel/osrelease").unwrap_or_else(|| "this one".to_owned());
    let hint = Hint::new(
        "XNS-E41-not-in-kernel",
        format!("this kernel ({release}) was built without the controller {name}"),
    )
    .because(format!("neither /proc/cgroups nor cgroup.controllers has it; it takes {config}"));
    let hint = match since {
        Some(since) => hint.because(format!("Linux has it since {since}")),
        None => hint,
    };
    match other_name(name).filter(|other| layout.find(other).is_some()) {
        Some(other) => hint.cure(other, "the other version's name of it"),
        None => hint.cure(format!("a kernel with {config}"), ""),
    }
}

/// All controllers that the kernel or a hierarchy shows.
fn names_here(layout: &Layout, facts: &Facts) -> Vec<String> {
    let text = facts.line("/proc/cgroups").unwrap_or_default();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let mut names: Vec<_> =
        rows.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    for name in layout.trees.iter().flat_map(|tree| &tree.controllers) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// It is in a hierarchy; of version 2 it is to come to this process's group.
fn not_passed_on(controller: &str, tree: &Tree, layout: &Layout, facts: &Facts) -> Hint {
    let directory = layout.own_directory(tree).unwrap_or_else(|| tree.point.clone());
    match tree.hierarchy {
        Hierarchy::Unified => unavailable(controller, &Group::of(&directory, facts)),
        Hierarchy::Version1(_) => in_version_1(controller, tree, facts),
    }
}

/// E41, E42: a group of version 2 has not got the controller: who has not passed it on.
pub(super) fn unavailable(controller: &str, group: &Group<'_>) -> Hint {
    let facts = group.facts;
    let layout = Layout::of(facts);
    if let Some(tree) = layout.find(controller)
        && tree.version() == Version::V1
    {
        return in_version_1(controller, tree, facts);
    }
    let mut above = group.above();
    above.reverse();
    let lacks = |group: &Group<'_>| !group.has_word("cgroup.subtree_control", controller);
    let Some(first) = above.iter().position(lacks) else {
        return match layout.place(controller, facts) {
            Place::In(_) => for_those_below(controller, group),
            place => no_controller(controller, &place, facts),
        };
    };
    if !above[first].has_word("cgroup.controllers", controller) {
        return match layout.place(controller, facts) {
            Place::In(_) => not_delegated(controller, &above[first]),
            place => no_controller(controller, &place, facts),
        };
    }
    let files: Vec<_> =
        above[first..].iter().filter(|up| lacks(up)).map(|up| up.file("cgroup.subtree_control")).collect();
    let hint = Hint::new(
        "XNS-E42-not-enabled",
        format!("{} does not pass {controller} on to the groups below it", above[first].directory.display()),
    )
    .because(above[first].says("cgroup.controllers"))
    .because(above[first].says("cgroup.subtree_control"));
    let hint = of_user_manager(hint, group);
    hint.cure(write(&format!("+{controller}"), &files, facts), "from the top down")
}

/// The group has it, and is to pass it on.
fn for_those_below(controller: &str, group: &Group<'_>) -> Hint {
    let file = group.file("cgroup.subtree_control");
    Hint::new(
        "XNS-E42-not-enabled",
        format!("{} has {controller}; groups below it have it when it passes it on", group.name()),
    )
    .because(group.says("cgroup.subtree_control"))
    .cure(write(&format!("+{controller}"), &[file], group.facts), "")
}

/// The groups of a user's services, whose controllers systemd chooses.
fn of_user_manager(hint: Hint, group: &Group<'_>) -> Hint {
    let directory = group.directory.display().to_string();
    if !directory.contains("/user@") {
        return hint;
    }
    let drop_in = "/etc/systemd/system/user@.service.d/delegate.conf";
    hint.cure(
        format!(
            "sudo install -D /dev/stdin {drop_in} <<< $'[Service]\\nDelegate=cpu cpuset io memory pids' && sudo systemctl daemon-reload"
        ),
        "systemd passes on what Delegate= lists; from the next login on",
    )
}

/// A controller is in one hierarchy only.
fn in_version_1(controller: &str, tree: &Tree, facts: &Facts) -> Hint {
    let point = tree.point.display();
    Hint::new(
        "XNS-E41-version-1",
        format!("{controller} is in a hierarchy of version 1 here, and in no group of version 2"),
    )
    .because(format!("{controller} is mounted at {point}"))
    .cure(as_root("xcgroup create NAME", facts), "makes the group in each hierarchy that its limits need")
    .cure("boot with systemd.unified_cgroup_hierarchy=1", "for version 2 alone, where systemd mounts them")
}
