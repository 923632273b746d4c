//! Weights of input and output, of which there are several files and none at all.

use super::ground::{Ground, Home};
use super::{LimitError, LimitKey, NoIoWeight, Setting};
use crate::Version;
use crate::device::{Disk, Weighed, weight_scheduler};
use crate::quantity::Weight;
use std::path::Path;

/// BFQ's own range ends here (block/bfq-iosched.h, `BFQ_MAX_WEIGHT`).
pub(super) const BFQ_MOST: u64 = 1000;
/// What is said of a weight above that.
pub(super) const CUT: &str = "BFQ knows no weight above 1000";

pub(super) fn settings(weight: Weight, ground: &Ground<'_>) -> Result<Vec<Setting>, LimitError> {
    let home = ground.disks(LimitKey::IoWeight)?;
    let (own, bfq, none) = match home.tree.version() {
        Version::V1 => ("blkio.weight", "blkio.bfq.weight", NoIoWeight::Version1),
        Version::V2 => ("io.weight", "io.bfq.weight", NoIoWeight::Version2),
    };
    let mut settings = Vec::new();
    if has_file(own, &home, ground) {
        settings.push(match home.tree.version() {
            Version::V1 => cfq(weight, own, &home),
            Version::V2 => home.setting(own, format!("default {weight}")).telling(effect_of_cost(ground)),
        });
    }
    if has_file(bfq, &home, ground) {
        let value = weight.0.min(BFQ_MOST);
        let cut = (value < weight.0).then(|| CUT.to_owned());
        settings.push(home.setting(bfq, value).telling(cut).telling(effect_of_bfq(ground)));
    }
    if settings.is_empty() { Err(LimitError::NoIoWeight(none)) } else { Ok(settings) }
}

/// The scheduler CFQ of kernels before 5.0 had 10 to 1000, and 500 for everybody.
fn cfq(weight: Weight, file: &str, home: &Home<'_>) -> Setting {
    let value = (weight.0 * 5).clamp(10, 1000);
    home.setting(file, value)
        .telling(format!("a weight of {weight} is {value} of CFQ's, of which everybody has 500"))
}

/// Has a group here this file? The root has none of them, so that other things tell it there.
fn has_file(file: &str, home: &Home<'_>, ground: &Ground<'_>) -> bool {
    let tree = home.tree;
    let there = |directory: &Path| ground.line(directory, file).is_some();
    let Some(directory) = (ground.group)(tree) else { return at_root(file, home, ground) };
    let above = directory.parent().filter(|above| above.starts_with(&tree.point) && *above != tree.point);
    there(&directory) || above.is_some_and(there) || at_root(file, home, ground)
}

fn at_root(file: &str, home: &Home<'_>, ground: &Ground<'_>) -> bool {
    let root = |file: &str| ground.line(&home.tree.point, file).is_some();
    match file {
        "blkio.bfq.weight" => root("blkio.bfq.io_service_bytes"),
        "io.weight" => root("io.cost.qos"),
        "io.bfq.weight" => schedulers(ground).iter().any(|line| line.contains("bfq")),
        _ => false,
    }
}

/// The schedulers of each disk: `none [mq-deadline] bfq`.
fn schedulers(ground: &Ground<'_>) -> Vec<String> {
    let disks = ground.facts.names_in("/sys/block");
    disks.iter().filter_map(|disk| ground.facts.line(&format!("/sys/block/{disk}/queue/scheduler"))).collect()
}

fn effect_of_bfq(ground: &Ground<'_>) -> Option<String> {
    let none = "no disk has the scheduler BFQ now, and any other ignores this weight (echo bfq > /sys/block/DISK/queue/scheduler)";
    effect(Weighed::Bfq, none, ground)
}

fn effect_of_cost(ground: &Ground<'_>) -> Option<String> {
    let none = "the cost model is enabled for no disk (io.cost.qos of the root), and without it this weight is ignored";
    effect(Weighed::IoCost, none, ground)
}

/// What is said when no disk heeds a weight in this way, or only some do.
fn effect(way: Weighed, none: &str, ground: &Ground<'_>) -> Option<String> {
    let disk = |name: String| {
        let number = ground.facts.line(&format!("/sys/block/{name}/dev"))?;
        let (major, minor) = number.split_once(':')?;
        Some(Disk { major: major.parse().ok()?, minor: minor.parse().ok()?, name, note: None })
    };
    // What has no disk below it has nothing to share out.
    let is_memory = |name: &String| ["loop", "ram", "zram"].iter().any(|kind| name.starts_with(kind));
    let disks = ground.facts.names_in("/sys/block").into_iter().filter_map(disk);
    let known = disks.map(|disk| (weight_scheduler(&disk, ground.facts), disk.name));
    let (heeding, others): (Vec<_>, Vec<_>) = known.partition(|(answer, _)| answer.weighed == Some(way));
    if heeding.is_empty() {
        return Some(none.to_owned());
    }
    let others: Vec<String> =
        others.into_iter().map(|(_, name)| name).filter(|name| !is_memory(name)).collect();
    (!others.is_empty()).then(|| {
        let heeding: Vec<String> = heeding.into_iter().map(|(_, name)| name).collect();
        format!("this weight counts on {}, and is ignored on {}", heeding.join(", "), others.join(", "))
    })
}
