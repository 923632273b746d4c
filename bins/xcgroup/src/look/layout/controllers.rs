//! Each controller that the kernel knows, and where it is.

use serde::Serialize;
use std::path::PathBuf;
use xns_cgroup::{Layout, Place, Version};
use xns_cli::table::{Column, Form, Look, Table};
use xns_core::Facts;

/// A controller. The names of its fields are the keys of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Controller {
    name: String,
    #[serde(rename = "where")]
    place: Where,
    /// Of the hierarchy.
    #[serde(serialize_with = "path")]
    mount_point: Option<PathBuf>,
    /// Those in the same hierarchy of version 1.
    with: Vec<String>,
    /// By version 2: have the groups below the root its files?
    enabled_below_root: Option<bool>,
    /// Of a hierarchy that is not mounted here.
    hierarchy_id: Option<u32>,
    /// What there is instead.
    note: Option<&'static str>,
}

/// Where it is, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Where {
    V1,
    V2,
    Unmounted,
    Disabled,
    Nowhere,
}

/// Those of `/proc/cgroups`, then those that version 2 or a mount has besides.
pub(super) fn all(layout: &Layout, facts: &Facts) -> Vec<Controller> {
    let known = facts.line("/proc/cgroups").unwrap_or_default();
    let mut names: Vec<&str> = known
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for name in layout.trees.iter().flat_map(|tree| &tree.controllers) {
        if !name.starts_with("name=") && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.into_iter().map(|name| one(name, layout, facts)).collect()
}

fn one(name: &str, layout: &Layout, facts: &Facts) -> Controller {
    let mut controller = Controller {
        name: name.to_owned(),
        place: Where::Nowhere,
        mount_point: None,
        with: Vec::new(),
        enabled_below_root: None,
        hierarchy_id: None,
        note: None,
    };
    match layout.place(name, facts) {
        Place::In(tree) => {
            controller.mount_point = Some(tree.point.clone());
            if tree.version() == Version::V1 {
                controller.place = Where::V1;
                controller.with = tree.controllers.iter().filter(|other| *other != name).cloned().collect();
            } else {
                controller.place = Where::V2;
                let file = tree.point.join("cgroup.subtree_control");
                let enabled = file.to_str().and_then(|file| facts.line(file));
                controller.enabled_below_root =
                    enabled.map(|names| names.split_whitespace().any(|on| on == name));
            }
            return controller;
        }
        Place::Unmounted(id) => (controller.place, controller.hierarchy_id) = (Where::Unmounted, Some(id)),
        Place::Disabled => controller.place = Where::Disabled,
        Place::NotHere | Place::Unknown => {}
    }
    if controller.place != Where::Disabled {
        controller.note = instead(name, layout.unified().is_some());
    }
    controller
}

/// What a controller of version 1 became.
fn instead(name: &str, has_version2: bool) -> Option<&'static str> {
    match name {
        "net_cls" | "net_prio" => Some("v1 only"),
        _ if !has_version2 => None,
        "freezer" => Some("v2 freezes any group, without a controller (cgroup.freeze)"),
        "devices" => Some("v2 has an eBPF program instead, attached to the group"),
        "cpuacct" => Some("v2 has it in every group (cpu.stat)"),
        "blkio" => Some("io is v2's name of it"),
        "perf_event" => Some("v2 has it in every group, without a file"),
        _ => None,
    }
}

impl Controller {
    fn words(&self) -> String {
        let point = self.mount_point.as_ref().map(|point| point.to_string_lossy()).unwrap_or_default();
        let mut text = match self.place {
            Where::V1 => format!("v1 at {point}"),
            Where::V2 => format!("v2 at {point}"),
            Where::Unmounted => {
                format!("v1, mounted nowhere here (hierarchy {})", self.hierarchy_id.unwrap_or_default())
            }
            Where::Disabled => format!("disabled at boot (cgroup_disable={})", self.name),
            Where::Nowhere => "in no hierarchy".to_owned(),
        };
        if !self.with.is_empty() {
            text += &format!(", with {}", self.with.join(" "));
        }
        match self.enabled_below_root {
            Some(true) => text += ", enabled for the groups below its root",
            Some(false) => text += ", not enabled for the groups below its root",
            None => {}
        }
        if let Some(note) = self.note {
            text += &format!("; {note}");
        }
        text
    }
}

pub(super) fn table(controllers: &[Controller], look: &Look) -> String {
    const COLUMNS: [Column; 2] = [Column::new("CONTROLLER"), Column::new("WHERE")];
    let mut table = Table::new(&COLUMNS);
    for controller in controllers {
        table.row(None).text(&controller.name).text(controller.words());
    }
    table.render(Form::Human, &Look { width: None, ..*look })
}

fn path<S: serde::Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(super::text).serialize(serializer)
}
