//! The model. Its names are the keys of JSON: the same on both versions, with the unit at their ends. `None`, null in JSON, is what
//! the kernel does not know, or has not: no controller, an older kernel, and of limits that there is none.

use serde::Serialize;

/// The statistics of a group and of what is below it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Time on CPUs.
    pub cpu: Cpu,
    /// Memory.
    pub memory: Memory,
    /// Processes and threads, as the pids controller counts them.
    pub pids: Pids,
    /// Reads and writes of whole disks, in the order of their numbers; `None` where they are not counted.
    pub io: Option<Vec<Disk>>,
    /// Pressure stall information: version 2's, in hybrid mode too.
    pub pressure: Pressure,
    /// Is there a process in it or below it?
    pub populated: Option<bool>,
    /// Are all of its processes frozen?
    pub frozen: Option<bool>,
    /// How many processes are in it and below it.
    pub processes: Option<u64>,
}

/// Time on CPUs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cpu {
    /// User and system time in µs.
    pub usage_usec: Option<u64>,
    /// In the program's own code.
    pub user_usec: Option<u64>,
    /// In the kernel.
    pub system_usec: Option<u64>,
    /// How many periods of the limit it wanted to run in.
    pub periods: Option<u64>,
    /// In how many of them it used up the quota.
    pub throttled_periods: Option<u64>,
    /// How long it had to wait for new quota, on all CPUs together.
    pub throttled_usec: Option<u64>,
    /// The share of periods in which it was throttled, 0 to 100.
    pub throttled_percent: Option<f64>,
    /// The limit: how much CPU time it gets in each period.
    pub quota_usec: Option<u64>,
    /// The period.
    pub period_usec: Option<u64>,
    /// Quota by period, in per cent of one CPU: 250 is two and a half.
    pub limit_percent: Option<f64>,
    /// The weight among its siblings, where 100 is normal. Version 1's shares are 10.24 times that.
    pub weight: Option<u64>,
}

/// Memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Memory {
    /// What is charged to the group now, page cache included.
    pub current_bytes: Option<u64>,
    /// The most that was (version 2: Linux 5.19).
    pub peak_bytes: Option<u64>,
    /// The hard limit; `None` also where there is none.
    pub limit_bytes: Option<u64>,
    /// Swapped out now.
    pub swap_current_bytes: Option<u64>,
    /// How much may be swapped out: by version 1 its limit of both less that of memory.
    pub swap_limit_bytes: Option<u64>,
    /// How many processes in it or below it the OOM killer has killed. By version 1 what removed groups had counted is lost;
    /// of a run of which that may be so, a 0 is `None`.
    pub oom_kills: Option<u64>,
    /// How often its own limit, of memory or by version 1 of memory and swap, was reached and memory had to be reclaimed. `None` where
    /// both limits of version 1 are the same and the kernel has counted neither: newer ones do not.
    pub limit_hits: Option<u64>,
    /// Memory that no file is behind.
    pub anon_bytes: Option<u64>,
    /// Page cache, with what is in tmpfs and shared memory.
    pub file_bytes: Option<u64>,
}

/// What each CPU has charged and not used yet: 64 pages of 4 KiB.
pub(super) const SLACK: u64 = 256 << 10;

impl Memory {
    /// Was its own limit reached? `None` where nothing tells.
    pub fn is_limit_reached(&self) -> Option<bool> {
        let near = |limit: u64| self.peak_bytes.is_some_and(|peak| peak.saturating_add(SLACK) >= limit);
        match (self.limit_bytes, self.limit_hits) {
            // There is none; or there is no controller.
            (None, _) => self.current_bytes.map(|_| false),
            (Some(_), Some(hits)) => Some(hits > 0),
            (Some(limit), None) => near(limit).then_some(true),
        }
    }
}

/// What the pids controller counts: threads are counted like processes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pids {
    /// There are so many now.
    pub current: Option<u64>,
    /// There were so many at most (Linux 6.1).
    pub peak: Option<u64>,
    /// There may be so many; `None` also where there is no limit.
    pub limit: Option<u64>,
    /// How many forks were refused for a limit, in it or below it.
    pub refused_forks: Option<u64>,
}

/// I/O of one disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Disk {
    /// `MAJOR:MINOR`.
    pub device: String,
    /// Its name in /dev, where the kernel tells it.
    pub name: Option<String>,
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes written.
    pub write_bytes: u64,
    /// Requests that read.
    pub reads: u64,
    /// Requests that write.
    pub writes: u64,
}

/// Pressure stall information (Documentation/accounting/psi.rst).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Pressure {
    /// Waiting for a CPU.
    pub cpu: Stall,
    /// Waiting for memory.
    pub memory: Stall,
    /// Waiting for I/O.
    pub io: Stall,
}

/// How much time was lost by waiting.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stall {
    /// The share of the last ten seconds in which at least one task waited, 0 to 100.
    pub some_avg10_percent: Option<f64>,
    /// How long at least one has waited altogether.
    pub some_total_usec: Option<u64>,
    /// The share of the last ten seconds in which none that was there could go on.
    pub full_avg10_percent: Option<f64>,
    /// How long none could altogether.
    pub full_total_usec: Option<u64>,
}
