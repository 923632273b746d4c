//! Whatever is in the files: no panic, and nothing that JSON cannot hold.

use super::{Record, hybrid, hybrid_record, v2};
use crate::stat::{Bounds, Report};
use proptest::prelude::*;

const FILES: [&str; 22] = [
    "cgroup.events",
    "cgroup.procs",
    "cpu.max",
    "cpu.pressure",
    "cpu.shares",
    "cpu.stat",
    "cpu.weight",
    "cpuacct.usage",
    "io.stat",
    "memory.current",
    "memory.events",
    "memory.limit_in_bytes",
    "memory.max",
    "memory.memsw.limit_in_bytes",
    "memory.oom_control",
    "memory.peak",
    "memory.stat",
    "memory.swap.max",
    "memory.usage_in_bytes",
    "pids.events",
    "pids.max",
    "blkio.throttle.io_serviced_recursive",
];

/// Words of the files' own kind, and others.
fn texts() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("18446744073709551615".to_owned()),
        Just("9223372036854771712".to_owned()),
        Just("99999999999999999999999".to_owned()),
        Just("max".to_owned()),
        Just("Read".to_owned()),
        Just("4294967296:0".to_owned()),
        Just("7:0".to_owned()),
        Just("oom_kill".to_owned()),
        Just("nr_throttled".to_owned()),
        Just("nr_periods".to_owned()),
        Just("some avg10=nan total=-1".to_owned()),
        Just("rbytes=18446744073709551615 rios=18446744073709551615".to_owned()),
        "[0-9]{1,30}",
        ".{0,8}",
    ];
    let end = prop_oneof![Just(" "), Just("\n"), Just("")];
    prop::collection::vec((word, end), 0..12)
        .prop_map(|words| words.into_iter().flat_map(|(word, end)| [word, end.to_owned()]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn anything_may_be_in_a_file(texts in prop::collection::vec(texts(), FILES.len())) {
        let mut record = Record::parse("");
        for (file, text) in FILES.iter().zip(&texts) {
            for directory in ["unified/a", "unified/a/b", "cpu/a", "cpuacct/a", "memory/a", "memory/a/b", "pids/a", "blkio/a"] {
                record = record.with(&format!("{directory}/{file}"), text);
            }
        }
        for parts in [hybrid("a"), vec![v2("unified/a")]] {
            let stats = record.stats(&parts);
            let shares = [stats.cpu.throttled_percent, stats.cpu.limit_percent, stats.pressure.cpu.some_avg10_percent];
            prop_assert!(shares.into_iter().flatten().all(f64::is_finite));
            let report = Report { stats, ..super::report::report() };
            prop_assert!(report.text().starts_with("status "));
            let with_points: Vec<_> = parts.into_iter().map(|part| (part, "".into())).collect();
            Bounds::of(&with_points, &record).words();
        }
    }
}

#[test]
fn a_large_group_is_counted() {
    let ids: String = (1..200_001).map(|id| format!("{id}\n")).collect();
    let stats = hybrid_record().with("unified/a/cgroup.procs", &ids).stats(&hybrid("a"));
    assert_eq!(stats.processes, Some(200_000));
}
