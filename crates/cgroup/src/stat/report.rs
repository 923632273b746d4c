//! What is said at the end of a run.

use super::model::{Cpu, Disk, Memory, Pids, Pressure};
use super::{Bounds, Lost, Reached, Stats, words};
use serde::{Serialize, Serializer};
use xns_sys::signal::Signal;

/// How the program ended (wait(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal.
    Killed(i32),
}

/// What happened. As JSON the keys of [`Stats`] follow `status`, `wall_usec`, `groups` and `bounds`.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How the program ended.
    pub ending: Ending,
    /// From its start to its end, in µs.
    pub wall_usec: u64,
    /// The directories of its group.
    pub groups: Vec<String>,
    /// Of its group, read when it had ended.
    pub stats: Stats,
    /// The limits that bind it.
    pub bounds: Bounds,
    /// The limit of a group above that the OOM killer came for.
    pub above: Option<Reached>,
    /// What is not known, since groups below have gone.
    pub lost: Lost,
}

impl Ending {
    /// `exited with 0`, `killed by signal 9 (SIGKILL)`, and what the OOM killer has to do with it.
    pub fn words(self, stats: &Stats, above: Option<&Reached>) -> String {
        match (self, kills(stats)) {
            (_, None) => self.plainly(),
            (Ending::Killed(SIGKILL), Some(_)) => killed(stats, above, true),
            (_, Some(number)) => {
                let processes = words::count(number, "process of it was", "processes of it were");
                format!("{}; {processes} {}", self.plainly(), killed(stats, above, false))
            }
        }
    }

    fn plainly(self) -> String {
        match self {
            Ending::Exited(status) => format!("exited with {status}"),
            Ending::Killed(number) => match name(number) {
                Some(name) => format!("killed by signal {number} ({name})"),
                None => format!("killed by signal {number}"),
            },
        }
    }
}

/// What a terminal is told without asking, when the OOM killer has killed the program or one of its processes.
pub fn oom_line(program: &str, ending: Ending, stats: &Stats, above: Option<&Reached>) -> Option<String> {
    let number = kills(stats)?;
    Some(match ending {
        Ending::Killed(SIGKILL) => format!("{program} was {}", killed(stats, above, true)),
        _ => {
            let processes = words::count(number, "process", "processes");
            let were = if number == 1 { "was" } else { "were" };
            format!("{processes} of {program} {were} {}", killed(stats, above, false))
        }
    })
}

const SIGKILL: i32 = Signal::KILL.number();

/// A signal that has a name.
fn name(number: i32) -> Option<String> {
    Signal::from_number(number).map(|signal| signal.to_string()).filter(|name| name.starts_with("SIG"))
}

fn kills(stats: &Stats) -> Option<u64> {
    stats.memory.oom_kills.filter(|kills| *kills > 0)
}

/// A group's own limit is the cause if it was reached; otherwise a group above it, or the machine, had no memory left.
fn killed(stats: &Stats, above: Option<&Reached>, with_number: bool) -> String {
    let memory = &stats.memory;
    let limit = memory.limit_bytes.map(words::size);
    let cause = match (limit, memory.is_limit_reached()) {
        _ if above.is_some() => above.map(|above| above.words(memory)).unwrap_or_default(),
        (Some(limit), Some(true)) => format!("memory limit {limit} reached"),
        (Some(limit), None) => format!("memory limit {limit}"),
        (Some(limit), Some(false)) => {
            format!(
                "a group above its own, or the machine, had no memory left; its own limit {limit} was not reached"
            )
        }
        (None, _) => "a group above its own, or the machine, had no memory left".to_owned(),
    };
    let peak = memory.peak_bytes.map(|peak| format!("peak {}", words::size(peak)));
    let number = kills(stats).filter(|_| with_number);
    let number = number.map(|number| format!("{} killed", words::count(number, "process", "processes")));
    let details: Vec<String> = [peak, number].into_iter().flatten().collect();
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("killed by the kernel's OOM killer: {cause}{details}")
}

impl Report {
    /// For people: a line for each subject of which something is known, and one that names the others.
    pub fn text(&self) -> String {
        let stats = &self.stats;
        let rows = [
            ("status", Some(self.ending.words(stats, self.above.as_ref()))),
            ("time", Some(time(self.wall_usec, &stats.cpu))),
            ("throttled", throttled(&stats.cpu)),
            ("memory", memory(&stats.memory, self.lost)),
            ("pids", pids(&stats.pids, self.lost)),
            ("I/O", stats.io.as_deref().map(io)),
            ("pressure", pressure(&stats.pressure)),
        ];
        let mut text = String::new();
        let mut unknown = Vec::new();
        for (name, words) in rows {
            match words {
                Some(words) => row(&mut text, name, &words),
                None => unknown.push(name),
            }
        }
        // Without a limit there is no throttling to be known.
        unknown.retain(|name| *name != "throttled");
        for bound in self.bounds.words() {
            row(&mut text, "limit", &bound);
        }
        if !unknown.is_empty() {
            row(&mut text, "not known", &unknown.join(", "));
        }
        for group in &self.groups {
            row(&mut text, "group", group);
        }
        text
    }
}

fn row(text: &mut String, name: &str, words: &str) {
    text.push_str(&format!("{name:<10} {words}\n"));
}

fn time(wall_usec: u64, cpu: &Cpu) -> String {
    let mut text = words::time(wall_usec);
    if let Some(usage) = cpu.usage_usec {
        text += &format!(", CPU {}", words::time(usage));
        if let Some((user, system)) = cpu.user_usec.zip(cpu.system_usec) {
            text += &format!(" (user {}, system {})", words::time(user), words::time(system));
        }
        if wall_usec > 0 {
            text += &format!(": {} of one CPU", words::percent(super::cpu::percent(usage, wall_usec)));
        }
    }
    text
}

fn throttled(cpu: &Cpu) -> Option<String> {
    let limit = words::percent(cpu.limit_percent?);
    let (throttled, periods) = (cpu.throttled_periods?, cpu.periods?);
    let share = words::percent(cpu.throttled_percent?);
    let waited = cpu.throttled_usec.map(|usec| format!(", waited {}", words::time(usec)));
    let periods = words::count(periods, "period", "periods");
    Some(format!(
        "in {throttled} of {periods} ({share}){}, limit {limit} of one CPU",
        waited.unwrap_or_default()
    ))
}

/// Why a count that the kernel keeps is not known.
const GONE: &str = "not known: groups below have gone with their counts";

fn memory(memory: &Memory, lost: Lost) -> Option<String> {
    let (word, bytes) = match (memory.peak_bytes, memory.current_bytes) {
        (Some(peak), _) => ("peak", peak),
        (None, current) => ("at the end", current?),
    };
    let limit = memory.limit_bytes.map(|limit| format!(" of {}", words::size(limit)));
    let mut text = format!("{word} {}{}", words::size(bytes), limit.as_deref().unwrap_or(", no limit"));
    if let Some(hits) = memory.limit_hits.filter(|_| limit.is_some()) {
        text += &format!(", limit reached {}", words::count(hits, "time", "times"));
    }
    if let Some(kills) = memory.oom_kills {
        text += &format!(", {}", words::count(kills, "OOM kill", "OOM kills"));
    } else if lost.oom_kills {
        text += &format!(", OOM kills {GONE}");
    }
    Some(text)
}

fn pids(pids: &Pids, lost: Lost) -> Option<String> {
    let (word, number) = match (pids.peak, pids.current) {
        (Some(peak), _) => ("peak", peak),
        (None, current) => ("at the end", current?),
    };
    let limit = pids.limit.map(|limit| format!(" of {limit}"));
    let refused = match pids.refused_forks {
        Some(forks) => format!(", {} refused", words::count(forks, "fork", "forks")),
        None if lost.refused_forks => format!(", refused forks {GONE}"),
        None => String::new(),
    };
    let limit = limit.unwrap_or_else(|| ", no limit".to_owned());
    Some(format!("{word} {number}{limit}{refused}"))
}

fn io(disks: &[Disk]) -> String {
    let disk = |disk: &Disk| {
        let requests = |number| words::count(number, "request", "requests");
        format!(
            "{}: read {} in {}, wrote {} in {}",
            disk.name.as_ref().unwrap_or(&disk.device),
            words::size(disk.read_bytes),
            requests(disk.reads),
            words::size(disk.write_bytes),
            requests(disk.writes)
        )
    };
    let disks: Vec<String> = disks.iter().map(disk).collect();
    if disks.is_empty() { "none".to_owned() } else { disks.join("; ") }
}

/// The whole run's, not the last ten seconds'.
fn pressure(pressure: &Pressure) -> Option<String> {
    let stalls = [("CPU", &pressure.cpu), ("memory", &pressure.memory), ("I/O", &pressure.io)];
    let waited = stalls.into_iter().filter_map(|(name, stall)| {
        stall.some_total_usec.map(|usec| format!("for {name} {}", words::time(usec)))
    });
    let waited: Vec<String> = waited.collect();
    (!waited.is_empty()).then(|| format!("waited {}", waited.join(", ")))
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Status {
            words: String,
            exited: Option<i32>,
            signal: Option<i32>,
            signal_name: Option<String>,
            oom_killed: Option<bool>,
        }
        #[derive(Serialize)]
        struct Json<'r> {
            status: Status,
            wall_usec: u64,
            groups: &'r [String],
            bounds: &'r Bounds,
            #[serde(flatten)]
            stats: &'r Stats,
        }
        let (exited, signal) = match self.ending {
            Ending::Exited(status) => (Some(status), None),
            Ending::Killed(number) => (None, Some(number)),
        };
        let status = Status {
            words: self.ending.words(&self.stats, self.above.as_ref()),
            exited,
            signal,
            signal_name: signal.and_then(name),
            oom_killed: self.stats.memory.oom_kills.map(|kills| kills > 0),
        };
        let Report { wall_usec, groups, stats, bounds, .. } = self;
        Json { status, wall_usec: *wall_usec, groups, bounds, stats }.serialize(serializer)
    }
}
