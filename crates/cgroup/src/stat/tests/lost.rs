//! What has gone with groups below is not taken for nothing.

use super::report::report;
use super::{Record, v1, v2};
use crate::stat::{Lost, Report};

/// A run by version 1 that has counted so much.
fn run(kills: u64, forks: u64, machine: &str) -> Record {
    Record::parse("--- /m/r/memory.usage_in_bytes\n4096\n--- /p/r/pids.current\n1\n--- /p/r/pids.max\nmax\n")
        .with("/m/r/memory.oom_control", &format!("under_oom 0\noom_kill {kills}\n"))
        .with("/p/r/pids.events", &format!("max {forks}\n"))
        .with("/proc/vmstat", machine)
}

#[test]
fn version_1_loses_what_groups_below_have_counted() {
    let parts = [v1("memory", "/m/r"), v1("pids", "/p/r")];
    let after = |record: Record, before| {
        let mut stats = record.stats(&parts);
        let lost = stats.forget_lost(&parts, before, &record);
        (stats.memory.oom_kills, stats.pids.refused_forks, lost)
    };
    let lost = |oom_kills, refused_forks| Lost { oom_kills, refused_forks };
    let both = |record: Record| record.had_groups("/m/r").had_groups("/p/r");
    // Nobody has been below it.
    assert_eq!(after(run(0, 0, "oom_kill 9\n"), Some(7)), (Some(0), Some(0), lost(false, false)));
    assert_eq!(after(both(run(0, 0, "oom_kill 9\n")), Some(7)), (None, None, lost(true, true)));
    // What is counted has been.
    assert_eq!(after(both(run(1, 2, "oom_kill 9\n")), Some(7)), (Some(1), Some(2), lost(false, false)));
    // Nobody was killed on the whole machine.
    assert_eq!(after(both(run(0, 0, "oom_kill 7\n")), Some(7)), (Some(0), None, lost(false, true)));
    // Before Linux 4.13 nothing tells that.
    assert_eq!(after(both(run(0, 0, "pgfault 7\n")), None), (None, None, lost(true, true)));
    assert_eq!(after(run(0, 0, "").had_groups("/m/r"), None), (None, Some(0), lost(true, false)));
}

#[test]
fn version_2_counts_what_is_below() {
    let parts = [v2("/u/r")];
    let record = |local: bool| {
        let record = Record::parse("--- /u/r/memory.events\noom_kill 0\n--- /u/r/pids.events\nmax 0\n");
        let record = record.had_groups("/u/r").with("/proc/vmstat", "oom_kill 9\n");
        if local { record.with("/u/r/pids.events.local", "max 0\n") } else { record }
    };
    for (local, refused) in [(true, Some(0)), (false, None)] {
        let record = record(local);
        let mut stats = record.stats(&parts);
        let lost = stats.forget_lost(&parts, Some(7), &record);
        assert_eq!((stats.memory.oom_kills, stats.pids.refused_forks), (Some(0), refused));
        assert_eq!(lost, Lost { oom_kills: false, refused_forks: !local });
    }
}

#[test]
fn it_is_said() {
    let parts = [v1("memory", "/m/r"), v1("pids", "/p/r")];
    let record = run(0, 0, "").had_groups("/m/r").had_groups("/p/r");
    let mut stats = record.stats(&parts);
    let lost = stats.forget_lost(&parts, None, &record);
    let report = Report { stats, lost, ..report() };
    let gone = "not known: groups below have gone with their counts";
    let text = report.text();
    assert!(text.contains(&format!("memory     at the end 4K, no limit, OOM kills {gone}\n")), "{text}");
    assert!(text.contains(&format!("pids       at the end 1, no limit, refused forks {gone}\n")), "{text}");
}
