//! E51, E54: what a limit will not do.

use super::group::Group;
use super::permission::write;
use crate::quantity::{Amount, Bytes};
use std::path::Path;
use xns_core::{Facts, Hint};

/// E51: memory will be limited to this, by this file, but it may be swapped out instead, and nobody is killed.
pub fn swap_not_bounded(file: &Path, value: &str, facts: &Facts) -> Option<Hint> {
    let group = Group::of(file.parent()?, facts);
    let text = facts.line("/proc/meminfo")?;
    let row = text.lines().find_map(|line| line.strip_prefix("SwapTotal:"))?;
    let kib: u64 = row.split_whitespace().next()?.parse().ok()?;
    let swap = swap_file(file)?;
    // Of a group that is new nothing is bounded.
    let free = match (group.line(swap), group.is_version_2()) {
        (None, _) => true,
        (Some(_), true) => group.number(swap).is_none(),
        (Some(_), false) => group.number(swap).is_none_or(|both| both >= 1 << 60),
    };
    if kib == 0 || !free || ["max", "-1"].contains(&value) {
        return None;
    }
    Some(
        Hint::new(
            "XNS-E51-swap",
            format!("{} may be swapped out beyond {value}: it gets slow, and nobody is killed", group.name()),
        )
        .because(format!("only {} is set, and SwapTotal of /proc/meminfo is {kib} kB", file.display()))
        .cure(format!("--memory {value}"), "in its place: it bounds swap as well"),
    )
}

/// The file by which swap is bounded beside this one.
pub fn swap_file(limit: &Path) -> Option<&'static str> {
    match limit.file_name()?.to_str()? {
        "memory.max" => Some("memory.swap.max"),
        "memory.limit_in_bytes" => Some("memory.memsw.limit_in_bytes"),
        _ => None,
    }
}

/// E54: a group above has a lower limit than this value will be, by the same file, and that is the one that counts.
pub fn lower_above(file: &Path, value: &str, facts: &Facts) -> Option<Hint> {
    let name = file.file_name()?.to_str()?;
    let group = Group::of(file.parent()?, facts);
    let own = amount(name, value)?;
    let (up, least) = group
        .above()
        .into_iter()
        .filter_map(|up| amount(name, &up.line(name)?).map(|amount| (up, amount)))
        .min_by(|(_, one), (_, other)| one.total_cmp(other))?;
    (least < own).then(|| {
        Hint::new(
            "XNS-E54-lower-above",
            format!("the limit of {} above it is lower, and the one that counts", up.name()),
        )
        .because(up.says(name))
        .because(format!("{} is to be {value}", file.display()))
        .cure(write(value, &[up.file(name)], facts), "raises that one")
    })
}

/// A limit as a number that can be compared; none is infinite. `cpu.max` is a share.
fn amount(file: &str, text: &str) -> Option<f64> {
    const LIMITS: [&str; 5] =
        ["memory.max", "memory.swap.max", "memory.limit_in_bytes", "pids.max", "cpu.max"];
    if !LIMITS.contains(&file) {
        return None;
    }
    let mut words = text.split_whitespace();
    let number = |word: Option<&str>| -> Option<f64> {
        let word = word?;
        match Bytes::parse(word.as_ref()).map(|bytes| bytes.0) {
            _ if word == "max" || word == "-1" => Some(f64::INFINITY),
            // As it may be typed.
            // So version 1 shows that there is none.
            Ok(Amount::Of(bytes)) if file.starts_with("memory.") && bytes > Bytes::LIMITLESS => {
                Some(f64::INFINITY)
            }
            Ok(Amount::Of(bytes)) if file.starts_with("memory.") => word.parse().ok().or(Some(bytes as f64)),
            _ => word.parse().ok(),
        }
    };
    let first = number(words.next())?;
    Some(if file == "cpu.max" { first / number(words.next()).unwrap_or(100_000.0) } else { first })
}
