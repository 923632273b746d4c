//! Whose limit it was.

use super::report::report;
use super::{Record, v1, v2};
use crate::Version;
use crate::stat::{Bounds, Ending, Part, Reached, Report, Stats, oom_line};
use std::path::PathBuf;

const NO_LIMIT: &str = "9223372036854771712\n";

fn machine(version: Version) -> Record {
    let files = match version {
        Version::V1 => ["memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.usage_in_bytes"],
        Version::V2 => ["memory.max", "memory.peak", "memory.current"],
    };
    // In MiB: the limit, and the most that was used.
    let groups = [("/cg/a", 30, 30), ("/cg/a/b", 100, 30), ("/cg/a/b/run", 60, 30)];
    let mut record = Record::parse("");
    for (group, limit, peak) in groups {
        for (file, mebibytes) in files.iter().zip([limit, peak, 1]) {
            record = record.with(&format!("{group}/{file}"), &format!("{}\n", mebibytes << 20));
        }
    }
    match version {
        Version::V1 => record
            .with("/cg/memory.limit_in_bytes", NO_LIMIT)
            .with("/cg/a/b/run/memory.oom_control", "oom_kill 1\n")
            .with("/cg/a/b/run/memory.stat", "hierarchical_memory_limit 31457280\n"),
        Version::V2 => record.with("/cg/a/b/run/memory.events", "max 0\noom_kill 1\n"),
    }
}

fn parts(version: Version) -> Vec<(Part, PathBuf)> {
    let part = match version {
        Version::V1 => v1("memory", "/cg/a/b/run"),
        Version::V2 => v2("/cg/a/b/run"),
    };
    vec![(part, "/cg".into())]
}

fn reached(version: Version, record: &Record) -> Option<Reached> {
    let parts = parts(version);
    let stats = Stats::if_oom_killed(&[parts[0].0.clone()], record).unwrap();
    Reached::above(&parts, &stats.memory, record)
}

#[test]
fn the_group_above_is_named_by_both_versions() {
    for version in [Version::V1, Version::V2] {
        let record = machine(version);
        let parts = parts(version);
        let stats = record.stats(&[parts[0].0.clone()]);
        let above = reached(version, &record);
        assert_eq!(above, Some(Reached { group: Some("/a".into()), limit_bytes: 30 << 20 }), "{version:?}");
        let cause = "killed by the kernel's OOM killer: memory limit 30M of /a reached, not its own 60M (peak 30M, 1 process killed)";
        assert_eq!(
            oom_line("make", Ending::Killed(9), &stats, above.as_ref()).unwrap(),
            format!("make was {cause}")
        );
        let report = Report { stats, above, bounds: Bounds::of(&parts, &record), ..report() };
        let text = report.text();
        assert!(text.contains(&format!("status     {cause}\n")), "{text}");
        assert!(text.contains("limit      memory: bound by /a: 30M, not by its own 60M\n"), "{text}");
    }
}

#[test]
fn a_limit_that_was_not_reached_is_no_cause() {
    let v2 =
        machine(Version::V2).with("/cg/a/memory.peak", "1048576\n").with("/cg/a/memory.events", "max 0\n");
    assert_eq!(reached(Version::V2, &v2), None);
    // Its own was.
    let own = machine(Version::V2).with("/cg/a/b/run/memory.events", "max 3\noom_kill 1\n");
    assert_eq!(reached(Version::V2, &own), None);
    // Two were: the smaller one is what no charge has passed.
    let both =
        machine(Version::V2).with("/cg/a/b/memory.events", "max 3\n").with("/cg/a/memory.events", "max 3\n");
    assert_eq!(reached(Version::V2, &both).unwrap().group, Some("/a".into()));
}

#[test]
fn version_1_tells_of_groups_that_are_not_seen() {
    let record = machine(Version::V1).with("/cg/a/memory.limit_in_bytes", NO_LIMIT);
    let above = reached(Version::V1, &record).unwrap();
    assert_eq!(above, Reached { group: None, limit_bytes: 30 << 20 });
    let stats = record.stats(&[parts(Version::V1)[0].0.clone()]);
    let line = oom_line("make", Ending::Killed(9), &stats, Some(&above)).unwrap();
    assert!(
        line.contains("memory limit 30M of a group above what is seen here reached, not its own 60M"),
        "{line}"
    );
    // That group was far from it.
    let far = record.with("/cg/a/b/run/memory.max_usage_in_bytes", "1048576\n");
    assert_eq!(reached(Version::V1, &far), None);
}
