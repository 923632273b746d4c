//! What a file takes.

use super::Value;
use xns_core::Hint;

/// What a file takes.
struct Row {
    /// The file's name; its end, when this starts with no letter.
    file: &'static str,
    takes: &'static str,
    example: &'static str,
}

const fn row(file: &'static str, takes: &'static str, example: &'static str) -> Row {
    Row { file, takes, example }
}

/// The first that fits counts (cgroup-v2.rst; cgroup-v1/*.rst).
static ROWS: &[Row] = &[
    row("memory.swappiness", "0 to 200", "60"),
    row("memory.oom_control", "0, or 1 for no OOM killer", "0"),
    row("memory.use_hierarchy", "1", "1"),
    row("memory.oom.group", "0 or 1", "1"),
    row("memory.move_charge_at_immigrate", "0", "0"),
    row(".limit_in_bytes", "bytes, with K, M, G or T; -1 for none", "64M"),
    row("memory.reclaim", "bytes, with K, M, G or T", "64M"),
    row("memory.min", "bytes, with K, M, G or T; max", "64M"),
    row("memory.low", "bytes, with K, M, G or T; max", "64M"),
    row("memory.high", "bytes, with K, M, G or T; max for none", "64M"),
    row("memory.max", "bytes, with K, M, G or T; max for none", "64M"),
    row("memory.swap.high", "bytes, with K, M, G or T; max for none", "64M"),
    row("memory.swap.max", "bytes, with K, M, G or T; max for none", "64M"),
    row("memory.zswap.max", "bytes, with K, M, G or T; max for none", "64M"),
    row("cpu.shares", "2 to 262144; 1024 is the usual", "1024"),
    row("cpu.weight.nice", "-20 to 19", "0"),
    row("cpu.weight", "1 to 10000; 100 is the usual", "100"),
    row("cpu.idle", "0 or 1", "0"),
    row("cpu.cfs_quota_us", "1000 and more microseconds; -1 for none", "50000"),
    row("cpu.cfs_period_us", "1000 to 1000000 microseconds", "100000"),
    row("cpu.cfs_burst_us", "microseconds, no more than cpu.cfs_quota_us", "0"),
    row(
        "cpu.rt_runtime_us",
        "microseconds, no more than cpu.rt_period_us, and than the group above has left",
        "0",
    ),
    row("cpu.rt_period_us", "microseconds, at least cpu.rt_runtime_us", "1000000"),
    row("cpu.max.burst", "microseconds, no more than the quota in cpu.max", "0"),
    row("cpu.max", "QUOTA PERIOD in microseconds, of at least 1000; max for no quota", "'50000 100000'"),
    row("cpuset.cpus.partition", "member, root or isolated", "member"),
    row("cpuset.cpus.exclusive", "a list as 0-3,7", "0"),
    row("cpuset.cpus", "a list as 0-3,7", "0"),
    row("cpuset.mems", "a list as 0-1", "0"),
    row("cpuset.cpu_exclusive", "0 or 1", "0"),
    row("cpuset.mem_exclusive", "0 or 1", "0"),
    row("cpuset.mem_hardwall", "0 or 1", "0"),
    row("cpuset.sched_load_balance", "0 or 1", "1"),
    row("io.bfq.weight", "1 to 1000, with MAJOR:MINOR before it for one disk", "100"),
    row("io.weight", "1 to 10000, with MAJOR:MINOR or default before it", "100"),
    row(
        "io.max",
        "MAJOR:MINOR rbps=N wbps=N riops=N wiops=N, plain numbers above 0; max for none",
        "'8:0 rbps=1048576'",
    ),
    row("io.latency", "MAJOR:MINOR target=MICROSECONDS", "'8:0 target=10000'"),
    row("blkio.bfq.weight", "1 to 1000", "100"),
    row("blkio.bfq.weight_device", "MAJOR:MINOR, and 1 to 1000", "'8:0 100'"),
    row("_bps_device", "MAJOR:MINOR and bytes a second, without a letter; 0 for none", "'8:0 1048576'"),
    row("_iops_device", "MAJOR:MINOR and operations a second; 0 for none", "'8:0 100'"),
    row("pids.max", "0 to 4194304; max for none", "100"),
    row("freezer.state", "FROZEN or THAWED", "FROZEN"),
    row("cgroup.procs", "one PID in each write; 0 is who writes", "$$"),
    row("cgroup.threads", "one thread's number in each write; 0 is who writes", "0"),
    row("tasks", "one thread's number in each write; 0 is who writes", "0"),
    row("cgroup.freeze", "0 or 1", "1"),
    row("cgroup.kill", "1", "1"),
    row("cgroup.type", "threaded, which cannot be taken back", "threaded"),
    row("cgroup.max.depth", "a number from 0 on; max for none", "max"),
    row("cgroup.max.descendants", "a number from 0 on; max for none", "max"),
    row("cgroup.pressure", "0 or 1", "1"),
    row("cgroup.subtree_control", "+NAME or -NAME, with blanks between", "'+memory +pids'"),
    row("net_cls.classid", "a number: 0x00100001 is 10:1", "0x00100001"),
    row("devices.allow", "TYPE MAJOR:MINOR ACCESS; a for all", "'c 1:3 rw'"),
    row("devices.deny", "TYPE MAJOR:MINOR ACCESS; a for all", "'c 1:3 rw'"),
    row(".max", "a number; max for none", "max"),
];

/// The kernel says that a value is none, or is too large or small: what would be one.
pub(super) fn syntax(value: &Value<'_>) -> Option<Hint> {
    let row = ROWS.iter().find(|row| row.fits(value.file))?;
    let hint = Hint::new("XNS-C6-value", format!("{} takes {}", value.file, row.takes))
        .because(format!("'{}' was refused", value.text));
    let hint = match value.group.line(value.file) {
        Some(text) if !text.is_empty() && text.lines().count() == 1 => {
            hint.because(format!("{} says {text}", value.group.file(value.file)))
        }
        _ => hint,
    };
    Some(by_path(value.file, hint.cure(row.example, "for instance")))
}

/// The same of a value for which there is none in the other version.
pub(in crate::hint) fn not_translated(file: &str, text: &str) -> Option<Hint> {
    let row = ROWS.iter().find(|row| row.fits(file))?;
    let hint = Hint::new("XNS-C6-value", format!("{file} takes {}", row.takes))
        .because(format!("'{text}' is nothing of that kind"));
    Some(by_path(file, hint.cure(format!("--set {file}={}", row.example), "for instance")))
}

/// Rates are typed without the numbers of disks.
fn by_path(file: &str, hint: Hint) -> Hint {
    if file != "io.max" && !file.starts_with("blkio.throttle.") {
        return hint;
    }
    hint.cure(
        "--io-read PATH=1M",
        "finds the disk below a path, and takes letters; so do the other --io options",
    )
}

impl Row {
    fn fits(&self, file: &str) -> bool {
        let is_end = !self.file.starts_with(char::is_alphabetic);
        file == self.file || (is_end && file.ends_with(self.file))
    }
}

/// The names of files whose values are known.
pub(in crate::hint) fn known_files() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.file).filter(|file| file.starts_with(char::is_alphabetic))
}
