//! What the forms of text mean that the files have.

use super::Files;
use xns_cgroup::Version;
use xns_cgroup::stat::words::{percent, size};

/// What is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// What is added to the limit's name: of one disk.
    pub(super) name: Option<String>,
    pub(super) words: String,
    pub(super) number: Option<u64>,
    pub(super) is_set: bool,
    /// The line that says it; `None`: the whole file.
    pub(super) line: Option<String>,
}

fn one(words: impl Into<String>, number: Option<u64>, is_set: bool) -> Vec<Value> {
    vec![Value { words: words.into(), number, is_set, ..Value::default() }]
}

fn none() -> Vec<Value> {
    one("none", None, false)
}

/// A number of bytes. Version 1 shows no limit as the largest number of whole pages, of hugetlb of huge ones.
fn bytes(text: &str) -> Option<u64> {
    const LARGEST_PAGE: u64 = 1 << 34;
    const NO_LIMIT: u64 = i64::MAX as u64 / LARGEST_PAGE * LARGEST_PAGE;
    text.trim().parse().ok().filter(|bytes| *bytes < NO_LIMIT)
}

/// `500M (524288000)`
fn sized(bytes: u64) -> String {
    let words = size(bytes);
    if words == bytes.to_string() { words } else { format!("{words} ({bytes})") }
}

/// `1M/s (1048576)`
fn rate(bytes: u64) -> String {
    let words = size(bytes);
    if words == bytes.to_string() { format!("{words}/s") } else { format!("{words}/s ({bytes})") }
}

/// At most so many bytes.
pub(super) fn most(files: &Files<'_>) -> Vec<Value> {
    bytes(&files.contents).map_or_else(none, |bytes| one(sized(bytes), Some(bytes), true))
}

/// At least so many: nothing is kept from being reclaimed in a new group.
pub(super) fn least(files: &Files<'_>) -> Vec<Value> {
    match (&*files.contents, bytes(&files.contents)) {
        ("max", _) => one("all that it has", None, true),
        (_, Some(bytes @ 1..)) => one(sized(bytes), Some(bytes), true),
        _ => none(),
    }
}

/// Version 1's soft limit, of which there is none in a new group, and version 2's `memory.low`.
pub(super) fn request(files: &Files<'_>) -> Vec<Value> {
    match files.part.version {
        Version::V1 => most(files),
        Version::V2 => least(files),
    }
}

/// A part of a period.
pub(super) fn cpu(files: &Files<'_>) -> Vec<Value> {
    let (quota, period) = match files.part.version {
        Version::V1 => (files.contents.clone(), files.other("cpu.cfs_period_us").unwrap_or_default()),
        Version::V2 => {
            let (quota, period) = files.contents.split_once(' ').unwrap_or((&files.contents, ""));
            (quota.to_owned(), period.to_owned())
        }
    };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (number(&quota), number(&period)) {
        (Some(quota), Some(period @ 1..)) => {
            let share = percent(quota as f64 * 100.0 / period as f64);
            one(format!("{share} of one CPU ({quota} of every {period} us)"), Some(quota), true)
        }
        _ => none(),
    }
}

/// Of which everybody has 100, or 1024 shares.
pub(super) fn weight(files: &Files<'_>) -> Vec<Value> {
    let Ok(number) = files.contents.parse::<u64>() else { return Vec::new() };
    match files.part.version {
        Version::V1 => {
            // The kernel's own rule.
            let weight = (number.saturating_mul(100).saturating_add(512) / 1024).max(1);
            one(format!("{weight} ({number} shares)"), Some(number), number != 1024)
        }
        Version::V2 => one(number.to_string(), Some(number), number != 100),
    }
}

/// 1: it runs only when nobody else wants to.
pub(super) fn idle(files: &Files<'_>) -> Vec<Value> {
    match &*files.contents {
        "1" => one("only when no other group wants to run", Some(1), true),
        _ => Vec::new(),
    }
}

/// A list of CPUs or memory nodes.
pub(super) fn list(files: &Files<'_>) -> Vec<Value> {
    match (&*files.contents, files.part.version) {
        ("", Version::V1) => one("empty: no process can enter", None, false),
        ("", Version::V2) => one("all that the group above has", None, false),
        // By version 1 each group has a list, and a new one is given what is above.
        (list, Version::V1) => one(list, None, files.above().as_deref() != Some(list)),
        (list, Version::V2) => one(list, None, true),
    }
}

/// A number, or `max`.
pub(super) fn count(files: &Files<'_>) -> Vec<Value> {
    files.contents.parse().map_or_else(|_| none(), |number: u64| one(number.to_string(), Some(number), true))
}

/// Lines `254:0 1048576` of bytes per second.
pub(super) fn rates(files: &Files<'_>) -> Vec<Value> {
    each_disk(files, rate)
}

/// The same of requests.
pub(super) fn requests(files: &Files<'_>) -> Vec<Value> {
    each_disk(files, |number| format!("{number}/s"))
}

fn each_disk(files: &Files<'_>, words: impl Fn(u64) -> String) -> Vec<Value> {
    let value = |line: &str| {
        let (device, number) = line.split_once(' ')?;
        let number = number.trim().parse().ok()?;
        Some(disk(files, "", device, words(number), number, line))
    };
    let found: Vec<Value> = files.contents.lines().filter_map(value).collect();
    if found.is_empty() { none() } else { found }
}

fn disk(files: &Files<'_>, kind: &str, device: &str, words: String, number: u64, line: &str) -> Value {
    let name = files.source.disk(device).unwrap_or_else(|| device.to_owned());
    Value {
        name: Some(format!("{kind} {name}")),
        words,
        number: Some(number),
        is_set: true,
        line: Some(line.to_owned()),
    }
}

/// Lines `254:0 rbps=1048576 wbps=max riops=max wiops=max`.
pub(super) fn io(files: &Files<'_>) -> Vec<Value> {
    let mut found = Vec::new();
    for line in files.contents.lines() {
        let mut words = line.split_whitespace();
        let Some(device) = words.next() else { continue };
        for (key, number) in words.filter_map(|word| word.split_once('=')) {
            let kind = match key {
                "rbps" => "-read",
                "wbps" => "-write",
                "riops" => "-read-iops",
                "wiops" => "-write-iops",
                _ => continue,
            };
            let Ok(number) = number.parse() else { continue };
            let words = if key.ends_with("bps") { rate(number) } else { format!("{number}/s") };
            found.push(disk(files, kind, device, words, number, line));
        }
    }
    if found.is_empty() { none() } else { found }
}

/// `default 100`, or the number alone; and lines for single disks.
pub(super) fn io_weight(files: &Files<'_>) -> Vec<Value> {
    let value = |line: &str| {
        let (device, number) = line.split_once(' ').unwrap_or(("default", line));
        let number: u64 = number.trim().parse().ok()?;
        Some(match device {
            "default" => Value {
                words: number.to_string(),
                number: Some(number),
                is_set: number != 100,
                line: Some(line.to_owned()),
                ..Value::default()
            },
            device => disk(files, "", device, number.to_string(), number, line),
        })
    };
    files.contents.lines().filter_map(value).collect()
}

/// `a *:* rwm` allows everything.
pub(super) fn devices(files: &Files<'_>) -> Vec<Value> {
    match &*files.contents {
        "a *:* rwm" => one("all", None, false),
        "" => one("no device at all", None, true),
        rules => one(format!("only {}", rules.lines().collect::<Vec<_>>().join(", ")), None, true),
    }
}

/// The number that tc(8) knows as major and minor.
pub(super) fn class(files: &Files<'_>) -> Vec<Value> {
    match files.contents.parse::<u32>() {
        Ok(0) | Err(_) => none(),
        Ok(class) => {
            one(format!("{:x}:{:x} (0x{class:08x})", class >> 16, class & 0xffff), Some(class.into()), true)
        }
    }
}

/// Lines of an interface and its priority, of which 0 is none.
pub(super) fn priorities(files: &Files<'_>) -> Vec<Value> {
    let set: Vec<&str> = files.contents.lines().filter(|line| !line.ends_with(" 0")).collect();
    if set.is_empty() { none() } else { one(set.join(", "), None, true) }
}

/// Lines as they are.
pub(super) fn lines(files: &Files<'_>) -> Vec<Value> {
    match &*files.contents {
        "" => none(),
        text => one(
            text.lines().collect::<Vec<_>>().join(", "),
            None,
            text.split(['=', ' ', '\n']).any(|word| word.parse::<u64>().is_ok()),
        ),
    }
}
