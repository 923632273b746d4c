//! What happened between two samples.

use super::sample::{Sample, Sampled};
use crate::cli::Sort;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use xns_cgroup::stat::{Disk, Stats};

/// A group in an interval. `None` is what is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) path: PathBuf,
    /// Of one CPU.
    pub(super) cpu_percent: Option<f64>,
    /// The share of the limit's periods in which it was throttled.
    pub(super) throttled_percent: Option<f64>,
    pub(super) memory_bytes: Option<u64>,
    /// The smallest of its own limit and those of the groups above it.
    pub(super) memory_limit_bytes: Option<u64>,
    /// In a second.
    pub(super) read_bytes: Option<u64>,
    pub(super) write_bytes: Option<u64>,
    /// In it and below it.
    pub(super) processes: Option<u64>,
    /// The same with threads, where they are counted.
    pub(super) pids: Option<u64>,
    pub(super) pids_limit: Option<u64>,
    /// The share of the last ten seconds in which some waited: for a CPU, memory, I/O.
    pub(super) pressure: [Option<f64>; 3],
    pub(super) frozen: bool,
}

/// Of each group that is there now. `limit` binds the topmost.
pub(super) fn rows(before: Option<&Sample>, now: &Sample, limit: Option<u64>) -> Vec<Row> {
    let known: BTreeMap<&Path, &Stats> =
        before.iter().flat_map(|sample| &sample.groups).map(|group| (&*group.path, &group.stats)).collect();
    let passed = before.map_or(Duration::ZERO, |before| now.at.saturating_duration_since(before.at));
    let mut limits: BTreeMap<&Path, u64> = BTreeMap::new();
    let mut rows = Vec::with_capacity(now.groups.len());
    for group in &now.groups {
        let above = group.path.parent().map_or(limit, |above| limits.get(above).copied());
        let own = group.stats.memory.limit_bytes;
        let smallest = own.into_iter().chain(above).min();
        limits.extend(smallest.map(|bytes| (&*group.path, bytes)));
        rows.push(row(group, known.get(&*group.path).copied(), passed, smallest));
    }
    rows
}

fn row(group: &Sampled, before: Option<&Stats>, passed: Duration, limit: Option<u64>) -> Row {
    let stats = &group.stats;
    let seconds = passed.as_secs_f64();
    // A group that was removed and made again begins at 0.
    let grown = |get: &dyn Fn(&Stats) -> Option<u64>| {
        let (now, then) = (get(stats)?, get(before?)?);
        (seconds > 0.0).then(|| now.saturating_sub(then))
    };
    let rate = |bytes: u64| (bytes as f64 / seconds).round() as u64;
    let cpu = grown(&|stats| stats.cpu.usage_usec);
    let periods = grown(&|stats| stats.cpu.periods).filter(|periods| *periods > 0);
    let throttled = grown(&|stats| stats.cpu.throttled_periods);
    let pressure = &stats.pressure;
    Row {
        path: group.path.clone(),
        cpu_percent: cpu.map(|usec| usec as f64 / seconds / 10_000.0),
        throttled_percent: throttled
            .zip(periods)
            .map(|(some, all)| (some as f64 * 100.0 / all as f64).min(100.0)),
        memory_bytes: stats.memory.current_bytes,
        memory_limit_bytes: limit,
        read_bytes: grown(&|stats| bytes(stats, |disk| disk.read_bytes)).map(rate),
        write_bytes: grown(&|stats| bytes(stats, |disk| disk.write_bytes)).map(rate),
        processes: group.processes,
        pids: stats.pids.current,
        pids_limit: stats.pids.limit,
        pressure: [&pressure.cpu, &pressure.memory, &pressure.io].map(|stall| stall.some_avg10_percent),
        frozen: stats.frozen == Some(true),
    }
}

fn bytes(stats: &Stats, of: fn(&Disk) -> u64) -> Option<u64> {
    Some(stats.io.as_ref()?.iter().map(of).fold(0, u64::saturating_add))
}

/// The most first; what is the same by name.
pub(super) fn sort(rows: &mut [Row], by: Sort) {
    let io = |row: &Row| row.read_bytes.zip(row.write_bytes).map(|(read, write)| read.saturating_add(write));
    let order = |one: &Row, other: &Row| match by {
        Sort::Cpu => most(one.cpu_percent, other.cpu_percent),
        Sort::Memory => most(one.memory_bytes, other.memory_bytes),
        Sort::Io => most(io(one), io(other)),
        Sort::Pids => most(one.pids.or(one.processes), other.pids.or(other.processes)),
        Sort::Name => Ordering::Equal,
    };
    // It keeps the order of what is the same, and that is the names'.
    rows.sort_by(order);
}

fn most<T: PartialOrd>(one: Option<T>, other: Option<T>) -> Ordering {
    other.partial_cmp(&one).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;
    use xns_cgroup::stat::{Cpu, Memory};

    fn sample(at: Instant, groups: &[(&str, Stats)]) -> Sample {
        let group = |(path, stats): &(&str, Stats)| Sampled {
            path: path.into(),
            stats: stats.clone(),
            processes: None,
        };
        Sample { at, groups: groups.iter().map(group).collect() }
    }

    fn stats(usage: u64, periods: u64, throttled: u64, limit: Option<u64>, read: u64) -> Stats {
        let cpu = Cpu {
            usage_usec: Some(usage),
            periods: Some(periods),
            throttled_periods: Some(throttled),
            ..Cpu::default()
        };
        let memory = Memory { current_bytes: Some(usage), limit_bytes: limit, ..Memory::default() };
        let disk = |read_bytes| Disk { device: "254:0".to_owned(), read_bytes, ..Disk::default() };
        Stats { cpu, memory, io: Some(vec![disk(read), disk(read)]), ..Stats::default() }
    }

    #[test]
    fn rates_and_the_limit_above() {
        let start = Instant::now();
        let before = sample(
            start,
            &[
                ("", stats(0, 0, 0, None, 0)),
                ("a", stats(1_000_000, 10, 5, Some(200), 100)),
                ("a/b", stats(5, 0, 0, Some(500), 0)),
            ],
        );
        let now = sample(
            start + Duration::from_secs(2),
            &[
                ("", stats(4_000_000, 0, 0, None, 0)),
                ("a", stats(2_000_000, 30, 10, Some(200), 1124)),
                ("a/b", stats(1, 0, 0, Some(500), 0)),
                ("a/c", stats(9, 0, 0, None, 0)),
            ],
        );
        let found = rows(Some(&before), &now, None);
        let cpu: Vec<_> = found.iter().map(|row| row.cpu_percent).collect();
        assert_eq!(cpu, [Some(200.0), Some(50.0), Some(0.0), None]);
        assert_eq!(found[1].throttled_percent, Some(25.0));
        assert_eq!(
            (found[0].throttled_percent, found[1].read_bytes, found[1].write_bytes),
            (None, Some(1024), Some(0))
        );
        let limits: Vec<_> = found.iter().map(|row| row.memory_limit_bytes).collect();
        assert_eq!(limits, [None, Some(200), Some(200), Some(200)]);
        let limits: Vec<_> = rows(None, &now, Some(100)).iter().map(|row| row.memory_limit_bytes).collect();
        assert_eq!(limits, [Some(100); 4]);
        assert_eq!(rows(None, &now, None)[0].cpu_percent, None);
    }

    #[test]
    fn the_most_is_first_and_what_is_not_known_last() {
        let row = |path: &str, cpu, memory| Row {
            path: path.into(),
            cpu_percent: cpu,
            memory_bytes: memory,
            ..Row::default()
        };
        let mut rows = [
            row("a", None, Some(1)),
            row("b", Some(1.0), None),
            row("c", Some(2.0), Some(3)),
            row("d", Some(1.0), Some(2)),
        ];
        let mut order = |by| {
            sort(&mut rows, by);
            rows.iter().map(|row| row.path.display().to_string()).collect::<String>()
        };
        assert_eq!(order(Sort::Cpu), "cbda");
        assert_eq!(order(Sort::Memory), "cdab");
    }
}
