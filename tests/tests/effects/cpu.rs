use crate::{alone, can, number, reported, xcgexec};
use std::time::Duration;
use xns_tests::Cmd;

/// Busy until it is killed.
const BUSY: [&str; 4] = ["--", "sh", "-c", "while :; do :; done"];

/// A busy loop for some seconds, and what the report says.
fn busy(limits: &[&str]) -> serde_json::Value {
    let timed = ["--", "timeout", "-s", "KILL", "3", "sh", "-c", "while :; do :; done"];
    reported(&[limits, &timed].concat()).1
}

#[test]
fn half_a_cpu_is_half_a_cpu() {
    let _alone = alone();
    if !can("half_a_cpu_is_half_a_cpu", "cpu") {
        return;
    }
    // On a machine that does something else the share can only be smaller: the best of a few counts.
    let share = |report: &serde_json::Value| number(report, "/cpu/usage_usec") / number(report, "/wall_usec");
    let mut best = 0.0;
    for _ in 0..5 {
        let report = busy(&["--cpu", "50%"]);
        assert_eq!((number(&report, "/cpu/quota_usec"), number(&report, "/cpu/period_usec")), (50e3, 100e3));
        best = f64::max(best, share(&report));
        if best > 0.45 {
            assert!(number(&report, "/cpu/throttled_periods") > 10.0, "{report}");
            break;
        }
    }
    assert!((0.45..=0.55).contains(&best), "{best}");
}

#[test]
fn twice_the_shares_are_twice_the_time() {
    let _alone = alone();
    if !can("twice_the_shares_are_twice_the_time", "cpu")
        || !can("twice_the_shares_are_twice_the_time", "cpuset")
    {
        return;
    }
    let start = |shares: &str, file: &std::path::Path| {
        let report = format!("--report={}", file.display());
        let words = [report.as_str(), "--report-format=json", "--cpuset", "0", "--cpu-shares", shares];
        xcgexec().args(words).args(BUSY).start()
    };
    let dir = tempfile::tempdir().unwrap();
    let mut ratios = Vec::new();
    for round in 0..3 {
        let files = [dir.path().join(format!("a{round}")), dir.path().join(format!("b{round}"))];
        let both = [start("1024", &files[0]), start("512", &files[1])];
        std::thread::sleep(Duration::from_secs(4));
        // At once: what runs alone for a while has more than its share.
        Cmd::new("kill").args(both.each_ref().map(|running| running.pid().to_string())).run().out();
        let ended = both.map(xns_tests::Running::end);
        let usage = |file: &std::path::PathBuf| {
            let text = std::fs::read_to_string(file).unwrap();
            let report: serde_json::Value =
                serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text} {ended:?}"));
            number(&report, "/cpu/usage_usec")
        };
        ratios.push(usage(&files[0]) / usage(&files[1]));
        if (1.7..=2.3).contains(ratios.last().unwrap()) {
            return;
        }
    }
    panic!("none of {ratios:?} is about 2");
}

#[test]
fn nproc_sees_the_cpuset() {
    if !can("nproc_sees_the_cpuset", "cpuset") {
        return;
    }
    let done = xcgexec().args(["--cpuset", "0", "--", "nproc"]).run();
    assert_eq!(done.out(), "1", "{done:?}");
    let done =
        xcgexec().args(["--cpuset", "0", "--cpuset-mems", "0", "--", "cat", "/proc/self/status"]).run();
    assert!(done.out().contains("Cpus_allowed_list:\t0\n"), "{done:?}");
}
