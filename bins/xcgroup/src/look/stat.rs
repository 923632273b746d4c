//! `stat`: what groups have used.

use super::group::Group;
use super::{LookError, answer, json, screen, text};
use crate::cli::Cli;
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;
use xns_cgroup::stat::words::{count, percent, size, time};
use xns_cgroup::stat::{Cpu, Disk, Machine, Memory, Pids, Pressure, Stats};
use xns_cli::table::Charset;
use xns_cli::{Diagnostic, shown};
use xns_core::Facts;

/// Prints the statistics of each group.
pub(crate) fn stat(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    answer(made(cli, facts), facts)
}

fn made(cli: &Cli, facts: &Facts) -> Result<String, LookError> {
    let groups = Group::all(cli, facts)?;
    let found: Vec<(Group, Stats)> = groups
        .into_iter()
        .map(|group| (group.parts(), group))
        .map(|(parts, group)| (group, Stats::of(&parts, &Machine)))
        .collect();
    if cli.options.json {
        return Ok(as_json(&found));
    }
    let charset = screen::look(cli, facts).charset;
    let each = found.iter().map(|(group, stats)| human(group, stats, charset));
    Ok(each.collect::<Vec<_>>().join("\n"))
}

#[derive(Serialize)]
struct Json<'s> {
    name: String,
    hierarchies: Vec<String>,
    #[serde(flatten)]
    stats: &'s Stats,
}

fn as_json(found: &[(Group, Stats)]) -> String {
    let each = found.iter().map(|(group, stats)| Json {
        name: text(&group.name),
        hierarchies: group.placed.iter().map(|placed| placed.tree.hierarchy.to_string()).collect(),
        stats,
    });
    json(&each.collect::<Vec<_>>())
}

/// A line for each subject of which something is known, and one that names the others.
fn human(group: &Group, stats: &Stats, charset: Charset) -> String {
    let rows = [
        ("state", state(stats)),
        ("cpu", cpu(&stats.cpu)),
        ("throttled", throttled(&stats.cpu)),
        ("memory", memory(&stats.memory)),
        ("swap", swap(&stats.memory)),
        ("pids", pids(&stats.pids)),
        ("I/O", stats.io.as_deref().map(io)),
        ("pressure", pressure(&stats.pressure)),
    ];
    let hierarchies: Vec<String> =
        group.placed.iter().map(|placed| placed.tree.hierarchy.to_string()).collect();
    let mut text = shown::shown(group.name.as_os_str().as_bytes(), charset);
    text += &format!(" ({})\n", hierarchies.join(" "));
    let mut unknown = Vec::new();
    for (name, words) in rows {
        match words {
            Some(words) => text += &format!("  {name:<10} {words}\n"),
            // Without a limit there is no throttling, and without swap accounting nothing to be missed.
            None if ["throttled", "swap"].contains(&name) => {}
            None => unknown.push(name),
        }
    }
    if !unknown.is_empty() {
        text += &format!("  {:<10} {}\n", "not known", unknown.join(", "));
    }
    text
}

fn state(stats: &Stats) -> Option<String> {
    let number = stats.processes.map(|number| count(number, "process", "processes"));
    let number = number
        .or_else(|| Some(if stats.populated? { "has processes" } else { "no processes" }.to_owned()))?;
    Some(if stats.frozen == Some(true) { format!("{number}, frozen") } else { number })
}

fn cpu(cpu: &Cpu) -> Option<String> {
    let mut text = time(cpu.usage_usec?);
    if let Some((user, system)) = cpu.user_usec.zip(cpu.system_usec) {
        text += &format!(" (user {}, system {})", time(user), time(system));
    }
    if let Some(weight) = cpu.weight {
        text += &format!(", weight {weight}");
    }
    Some(text)
}

fn throttled(cpu: &Cpu) -> Option<String> {
    let limit = percent(cpu.limit_percent?);
    let (throttled, periods) = (cpu.throttled_periods?, cpu.periods?);
    let share = percent(cpu.throttled_percent?);
    let waited = cpu.throttled_usec.map(|usec| format!(", waited {}", time(usec))).unwrap_or_default();
    Some(format!(
        "in {throttled} of {} ({share}){waited}, limit {limit} of one CPU",
        count(periods, "period", "periods")
    ))
}

fn memory(memory: &Memory) -> Option<String> {
    let mut text = size(memory.current_bytes?);
    match memory.limit_bytes {
        Some(limit) => text += &format!(" of {}", size(limit)),
        None => text += ", no limit",
    }
    if let Some(peak) = memory.peak_bytes {
        text += &format!(", peak {}", size(peak));
    }
    if let Some((anon, file)) = memory.anon_bytes.zip(memory.file_bytes) {
        text += &format!(" (anonymous {}, files {})", size(anon), size(file));
    }
    if let Some(hits) = memory.limit_hits.filter(|_| memory.limit_bytes.is_some()) {
        text += &format!(", limit reached {}", count(hits, "time", "times"));
    }
    if let Some(kills) = memory.oom_kills {
        text += &format!(", {}", count(kills, "OOM kill", "OOM kills"));
    }
    Some(text)
}

fn swap(memory: &Memory) -> Option<String> {
    let limit = memory.swap_limit_bytes.map(|limit| format!(" of {}", size(limit)));
    Some(format!("{}{}", size(memory.swap_current_bytes?), limit.unwrap_or_else(|| ", no limit".to_owned())))
}

fn pids(pids: &Pids) -> Option<String> {
    let mut text = pids.current?.to_string();
    match pids.limit {
        Some(limit) => text += &format!(" of {limit}"),
        None => text += ", no limit",
    }
    if let Some(peak) = pids.peak {
        text += &format!(", peak {peak}");
    }
    if let Some(forks) = pids.refused_forks {
        text += &format!(", {} refused", count(forks, "fork", "forks"));
    }
    Some(text)
}

fn io(disks: &[Disk]) -> String {
    let disk = |disk: &Disk| {
        format!(
            "{}: read {} in {}, wrote {} in {}",
            disk.name.as_ref().unwrap_or(&disk.device),
            size(disk.read_bytes),
            count(disk.reads, "request", "requests"),
            size(disk.write_bytes),
            count(disk.writes, "request", "requests")
        )
    };
    let disks: Vec<String> = disks.iter().map(disk).collect();
    if disks.is_empty() { "none".to_owned() } else { disks.join("; ") }
}

fn pressure(pressure: &Pressure) -> Option<String> {
    let stalls = [("CPU", &pressure.cpu), ("memory", &pressure.memory), ("I/O", &pressure.io)];
    let words = stalls.into_iter().filter_map(|(name, stall)| {
        let total =
            stall.some_total_usec.map(|usec| format!(", {} altogether", time(usec))).unwrap_or_default();
        Some(format!("{name} {}{total}", percent(stall.some_avg10_percent?)))
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| format!("waiting in the last 10 s: {}", words.join("; ")))
}
