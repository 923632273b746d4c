//! Control groups: the layout, groups made and joined, and each controller with a limit set. What stays would be enabling a controller
//! for the groups below the caller's own: that is judged by the files' owners, not tried.

use crate::check::Walk::{W8, W10};
use crate::check::{Check, Found, Group, Outcome, Said, Walk, refused};
use std::path::{Path, PathBuf};
use xns_cgroup::trial::{self, Deed};
use xns_cgroup::{Base, GroupPath, Layout, Place, Tree, Version, device, directory_of_group, hint};
use xns_core::{Facts, Hint, Tried};

const fn row(
    id: &'static str,
    what: &'static str,
    question: &'static str,
    needed_by: &'static [Walk],
    ask: fn(&Facts) -> Found,
) -> Check {
    Check { id, group: Group::ControlGroups, what, question, needed_by, ask }
}

pub(super) static CHECKS: [Check; 11] = [
    row("cgroup-layout", "layout", "Which hierarchies of control groups are there?", &[W8, W10], layout),
    row("cgroup-make", "groups made", "Can the user make a group below its own?", &[W8, W10], make),
    row("cgroup-join", "groups joined", "Can a process be moved into such a group?", &[W8, W10], join),
    row("cgroup-memory", "memory", "Can memory be limited?", &[W8, W10], |f| limit(&MEMORY, f)),
    row("cgroup-cpu", "cpu", "Can CPU time be limited?", &[W8, W10], |f| limit(&CPU, f)),
    row("cgroup-pids", "pids", "Can the number of processes be limited?", &[W8, W10], |f| limit(&PIDS, f)),
    row("cgroup-cpuset", "cpuset", "Can CPUs be chosen?", &[W8], |f| limit(&CPUSET, f)),
    row("cgroup-io", "io", "Can reads and writes be limited?", &[W8], |f| limit(&IO, f)),
    row("cgroup-freezer", "freezer", "Can a group be stopped and let go on?", &[W8], freezer),
    row("cgroup-devices", "devices", "Can devices be limited?", &[W8], devices),
    row("cgroup-net_cls", "net_cls", "Can packets be marked with a class?", &[], net_class),
];

/// A controller: its names, and by each version a file with a value that does no harm, or none: then it is only opened.
struct Controller {
    v1: (&'static str, &'static str, &'static str),
    v2: (&'static str, &'static str, &'static str),
}

const MEMORY: Controller = Controller {
    v1: ("memory", "memory.limit_in_bytes", "67108864"),
    v2: ("memory", "memory.max", "67108864"),
};
const CPU: Controller =
    Controller { v1: ("cpu", "cpu.cfs_quota_us", "50000"), v2: ("cpu", "cpu.max", "50000 100000") };
const PIDS: Controller = Controller { v1: ("pids", "pids.max", "20"), v2: ("pids", "pids.max", "20") };
const CPUSET: Controller =
    Controller { v1: ("cpuset", "cpuset.cpus", ""), v2: ("cpuset", "cpuset.cpus", "") };
const IO: Controller =
    Controller { v1: ("blkio", "blkio.throttle.read_bps_device", ""), v2: ("io", "io.max", "") };
const FREEZER: Controller =
    Controller { v1: ("freezer", "freezer.state", "THAWED"), v2: ("freezer", "cgroup.freeze", "0") };
const DEVICES: Controller =
    Controller { v1: ("devices", "devices.deny", "c 1:3 rwm"), v2: ("devices", "", "") };
const NET_CLASS: Controller =
    Controller { v1: ("net_cls", "net_cls.classid", "1"), v2: ("net_cls", "net_cls.classid", "1") };

/// The caller's own group, below which its groups are made.
fn parent(layout: &Layout, tree: &Tree) -> Option<PathBuf> {
    directory_of_group(layout, tree, Base::Own, &GroupPath::default())
}

fn layout(facts: &Facts) -> Found {
    let layout = Layout::of(facts);
    if layout.trees.is_empty() {
        return Found::missing(hint::no_controller("memory", &Place::NotHere, facts), Vec::new());
    }
    let first = layout.trees.iter().filter(|tree| tree.version() == Version::V1);
    let first: Vec<_> = first.map(|tree| tree.hierarchy.to_string()).collect();
    let mut evidence = vec![format!("{}; xcgroup layout tells more", layout.mode())];
    if !first.is_empty() {
        evidence.push(format!("v1: {}", first.join(" ")));
    }
    if let Some(tree) = layout.unified() {
        evidence.push(
            format!("v2: {} ({})", tree.point.display(), tree.controllers.join(" ")).replace(" ()", ""),
        );
    }
    Found { outcome: Outcome::Works, evidence }
}

/// Where a limit can be set one needs a group; where it cannot, the first refusal is told.
fn make(facts: &Facts) -> Found {
    deed(Deed::Make, "mkdir", facts)
}

fn join(facts: &Facts) -> Found {
    deed(Deed::Join, "a process moved into it", facts)
}

fn deed(deed: Deed<'_>, say: &str, facts: &Facts) -> Found {
    let layout = Layout::of(facts);
    // Nobody can enter a group of version 1 without CPUs, which a new one is: the tools give it some first.
    let empty =
        |tree: &Tree| tree.version() == Version::V1 && tree.controllers.iter().any(|name| name == "cpuset");
    let tried = layout.trees.iter().filter(|tree| deed != Deed::Join || !empty(tree)).filter_map(|tree| {
        let parent = parent(&layout, tree)?;
        let tried = trial::group(&parent, deed, facts)?;
        Some((tree, parent, tried))
    });
    let tried: Vec<_> = tried.collect();
    let (done, not): (Vec<_>, Vec<_>) = tried.iter().partition(|(.., tried)| *tried == Tried::Done);
    let names = |all: &[&(&Tree, PathBuf, Tried)]| {
        all.iter().map(|(tree, ..)| tree.hierarchy.to_string()).collect::<Vec<_>>().join(" ")
    };
    let mut evidence = Vec::new();
    if !done.is_empty() {
        evidence.push(format!("{say}, in {}: ok", names(&done)));
    }
    if let Some((_, parent, tried)) = not.first() {
        evidence.push(format!("{say}, in {}: {} ({})", names(&not), Said(*tried), parent.display()));
    }
    match (done.is_empty(), not.first()) {
        (false, _) => Found { outcome: Outcome::Works, evidence },
        (true, Some((_, parent, tried))) => Found::missing(not_done(parent, deed, *tried, facts), evidence),
        (true, None) => Found::missing(nowhere(&layout, facts), evidence),
    }
}

/// No hierarchy, or none that shows the caller's own group.
fn nowhere(layout: &Layout, facts: &Facts) -> Hint {
    let unseen = layout.trees.first().and_then(|tree| hint::not_shown(&tree.hierarchy, facts));
    unseen.unwrap_or_else(|| match layout.trees.first() {
        Some(tree) => refused(&format!("your group in {}", tree.hierarchy)),
        None => hint::no_controller("memory", &Place::NotHere, facts),
    })
}

fn not_done(parent: &Path, deed: Deed<'_>, tried: Tried, facts: &Facts) -> Hint {
    let group = parent.join("xnscheck");
    let cause = match (tried, deed) {
        (Tried::Refused(errno), Deed::Make) => hint::not_made(&group, errno, facts),
        // The group is gone by now: the one above it tells.
        (Tried::Refused(errno), Deed::Join) => hint::not_joined(parent, Version::V2, true, errno, facts),
        _ => None,
    };
    cause.unwrap_or_else(|| refused(&parent.display().to_string()))
}

/// A group is made in the controller's hierarchy, and its file written.
fn limit(controller: &Controller, facts: &Facts) -> Found {
    let layout = Layout::of(facts);
    let tree = layout.find(controller.v1.0).filter(|tree| tree.version() == Version::V1);
    if let Some(tree) = tree {
        return written(&layout, tree, controller.v1, facts);
    }
    let (name, file, value) = controller.v2;
    let Some(tree) = layout.find(name) else {
        let hint = hint::no_controller(name, &layout.place(controller.v1.0, facts), facts);
        return Found::missing(hint, Vec::new());
    };
    let Some(parent) = parent(&layout, tree) else {
        return Found::missing(nowhere(&layout, facts), Vec::new());
    };
    let lists = |file: &str| {
        let text = parent.join(file).to_str().and_then(|path| facts.line(path)).unwrap_or_default();
        text.split_whitespace().any(|word| word == name)
    };
    if !lists("cgroup.controllers") {
        return Found::missing(hint::not_available(name, &parent, facts), Vec::new());
    }
    if lists("cgroup.subtree_control") {
        return written(&layout, tree, (name, file, value), facts);
    }
    let made = trial::group(&parent, Deed::Make, facts);
    match made {
        Some(Tried::Done) => Found::works(format!(
            "v2: {}/cgroup.controllers has it, so it can be enabled (not tried: that would stay)",
            parent.display()
        )),
        Some(tried) => {
            Found::missing(not_done(&parent, Deed::Make, tried, facts), vec![said("mkdir", &parent, tried)])
        }
        None => Found::unknown("no process could be started to try it"),
    }
}

fn said(what: &str, parent: &Path, tried: Tried) -> String {
    format!("{what} in {}: {}", parent.display(), Said(tried))
}

fn written(layout: &Layout, tree: &Tree, (_, file, value): (&str, &str, &str), facts: &Facts) -> Found {
    let Some(parent) = parent(layout, tree) else {
        let hint = hint::not_shown(&tree.hierarchy, facts);
        return Found::missing(hint.unwrap_or_else(|| nowhere(layout, facts)), Vec::new());
    };
    let version = tree.version();
    match trial::group(&parent, Deed::Make, facts) {
        None => return Found::unknown("no process could be started to try it"),
        Some(Tried::Done) => {}
        Some(tried) => {
            let evidence = vec![said("mkdir", &parent, tried)];
            return Found::missing(not_done(&parent, Deed::Make, tried, facts), evidence);
        }
    }
    let words = if value.is_empty() { format!("{file} opened") } else { format!("{file} = {value}") };
    match trial::group(&parent, Deed::Write { file, value }, facts) {
        None => Found::unknown("no process could be started to try it"),
        Some(Tried::Done) => {
            Found::works(format!("{version}: {words} in a new group in {}: ok", parent.display()))
        }
        Some(tried) => Found::missing(
            match tried {
                Tried::Refused(errno) if file == DEVICES.v1.1 => {
                    device::line_refused(&parent.join("xnscheck"), value, errno, facts)
                }
                _ => None,
            }
            .unwrap_or_else(|| refused(&format!("{file} of a new group"))),
            vec![said(&format!("{words} of a new group"), &parent, tried)],
        ),
    }
}

/// Version 2 freezes without a controller (Linux 5.2).
fn freezer(facts: &Facts) -> Found {
    let layout = Layout::of(facts);
    match layout.unified().filter(|_| layout.find("freezer").is_none()) {
        Some(tree) => written(&layout, tree, FREEZER.v2, facts),
        None => limit(&FREEZER, facts),
    }
}

/// Version 2 has programs instead.
fn devices(facts: &Facts) -> Found {
    let layout = Layout::of(facts);
    if layout.unified().is_none() || layout.find("devices").is_some() {
        return limit(&DEVICES, facts);
    }
    match trial::device_program(facts) {
        None => Found::unknown("no process could be started to try it"),
        Some(Tried::Done) => Found::works("v2: bpf(BPF_PROG_LOAD) of a program for devices: ok"),
        Some(tried) => {
            let evidence = vec![format!("v2: bpf(BPF_PROG_LOAD) of a program for devices: {}", Said(tried))];
            let hint = match tried {
                Tried::Refused(errno) => device::not_loaded(errno, facts),
                _ => None,
            };
            Found::missing(hint.unwrap_or_else(|| refused("a program for devices")), evidence)
        }
    }
}

fn net_class(facts: &Facts) -> Found {
    match Layout::of(facts).find("net_cls") {
        Some(_) => limit(&NET_CLASS, facts),
        None => Found::not_asked("only version 1 has it, and it is mounted nowhere here"),
    }
}
