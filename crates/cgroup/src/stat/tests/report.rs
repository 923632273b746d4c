//! What is said.

use super::{Record, hybrid, hybrid_record, v2};
use crate::stat::{Bounds, Ending, Lost, Report, Stats, oom_line};

fn oom_killed() -> Stats {
    hybrid_record().stats(&hybrid("a"))
}

/// Of a run that was killed, and of which nothing is known.
pub(super) fn report() -> Report {
    Report {
        ending: Ending::Killed(9),
        wall_usec: 0,
        groups: Vec::new(),
        stats: Stats::default(),
        bounds: Bounds::default(),
        above: None,
        lost: Lost::default(),
    }
}

#[test]
fn a_status_in_words() {
    let nothing = Stats::default();
    assert_eq!(Ending::Exited(0).words(&nothing, None), "exited with 0");
    assert_eq!(Ending::Killed(9).words(&nothing, None), "killed by signal 9 (SIGKILL)");
    assert_eq!(Ending::Killed(35).words(&nothing, None), "killed by signal 35 (SIGRTMIN+1)");
    assert_eq!(Ending::Killed(32).words(&nothing, None), "killed by signal 32");
    assert_eq!(Ending::Killed(-5).words(&nothing, None), "killed by signal -5");
    let cause = "killed by the kernel's OOM killer: memory limit 32M reached (peak 32M";
    let stats = oom_killed();
    assert_eq!(Ending::Killed(9).words(&stats, None), format!("{cause}, 1 process killed)"));
    assert_eq!(
        Ending::Exited(137).words(&stats, None),
        format!("exited with 137; 1 process of it was {cause})")
    );
    assert_eq!(
        Ending::Killed(15).words(&stats, None),
        format!("killed by signal 15 (SIGTERM); 1 process of it was {cause})")
    );
}

#[test]
fn the_line_without_asking() {
    assert_eq!(oom_line("make", Ending::Killed(9), &Stats::default(), None), None);
    let cause = "killed by the kernel's OOM killer: memory limit 32M reached (peak 32M";
    let mut stats = oom_killed();
    let line = |ending, stats: &Stats| oom_line("make", ending, stats, None).unwrap();
    assert_eq!(line(Ending::Killed(9), &stats), format!("make was {cause}, 1 process killed)"));
    assert_eq!(line(Ending::Exited(2), &stats), format!("1 process of make was {cause})"));
    stats.memory.oom_kills = Some(3);
    assert_eq!(line(Ending::Exited(2), &stats), format!("3 processes of make were {cause})"));
    stats.memory.oom_kills = Some(0);
    assert_eq!(oom_line("make", Ending::Killed(9), &stats, None), None);
}

#[test]
fn without_an_oom_kill_nothing_more_is_read() {
    let parts = hybrid("a");
    let killed = Stats::if_oom_killed(&parts, &hybrid_record()).unwrap();
    assert_eq!(
        oom_line("x", Ending::Killed(9), &killed, None),
        oom_line("x", Ending::Killed(9), &oom_killed(), None)
    );
    let none = hybrid_record().with("memory/a/b/memory.oom_control", "oom_kill 0\n");
    assert_eq!(Stats::if_oom_killed(&parts, &none), None);
    assert_eq!(Stats::if_oom_killed(&[v2("unified/a")], &hybrid_record()), None);
}

#[test]
fn whose_memory_ran_out() {
    let mut stats = oom_killed();
    let mut cause = |hits, peak: Option<u64>, limit: Option<u64>| {
        let memory = &mut stats.memory;
        (memory.limit_hits, memory.peak_bytes, memory.limit_bytes) = (hits, peak, limit);
        let words = Ending::Killed(9).words(&stats, None);
        words.strip_prefix("killed by the kernel's OOM killer: ").unwrap().to_owned()
    };
    let (mega, limit) = (1 << 20, Some(64 << 20));
    let above = "a group above its own, or the machine, had no memory left";
    assert_eq!(cause(Some(3), None, limit), "memory limit 64M reached (1 process killed)");
    assert_eq!(
        cause(Some(3), Some(64 * mega - 4096), limit),
        "memory limit 64M reached (peak 64.0M, 1 process killed)"
    );
    assert_eq!(cause(None, Some(40 * mega), limit), "memory limit 64M (peak 40M, 1 process killed)");
    assert_eq!(
        cause(Some(0), Some(40 * mega), limit),
        format!("{above}; its own limit 64M was not reached (peak 40M, 1 process killed)")
    );
    assert_eq!(cause(Some(0), Some(40 * mega), None), format!("{above} (peak 40M, 1 process killed)"));
}

#[test]
fn the_report_for_people() {
    let report = Report {
        wall_usec: 3_300_000,
        groups: vec!["/sys/fs/cgroup/memory/a".into()],
        stats: oom_killed(),
        ..report()
    };
    assert_eq!(
        report.text(),
        "\
status     killed by the kernel's OOM killer: memory limit 32M reached (peak 32M, 1 process killed)
time       3.30 s, CPU 610.6 ms (user 586.9 ms, system 23.5 ms): 18.5% of one CPU
throttled  in 26 of 32 periods (81.2%), waited 654.0 ms, limit 20% of one CPU
memory     peak 32M of 32M, 1 OOM kill
pids       peak 6 of 6, 1 fork refused
I/O        loop0: read 640K in 10 requests, wrote 192K in 3 requests
pressure   waited for CPU 1.49 s, for memory 59.2 ms, for I/O 1.4 ms
group      /sys/fs/cgroup/memory/a
"
    );
}

#[test]
fn what_is_not_known_is_named() {
    let stats = Record::parse(include_str!("v2-6.12.txt")).without("a/memory.peak").stats(&[v2("a")]);
    let report = Report { ending: Ending::Exited(0), stats, ..report() };
    let text = report.text();
    assert!(text.contains("memory     at the end 8K of 32M, limit reached 70 times, 1 OOM kill\n"), "{text}");
    assert!(text.contains("I/O        none\n"), "{text}");
    assert!(!text.contains("not known") && !text.contains("throttled"), "{text}");
    let report = Report { stats: Stats::default(), ..report };
    assert_eq!(
        report.text(),
        "status     exited with 0\ntime       0 us\nnot known  memory, pids, I/O, pressure\n"
    );
}
