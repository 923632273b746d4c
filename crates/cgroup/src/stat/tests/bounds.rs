//! Which limit binds.

use super::{Record, v1, v2};
use crate::stat::{Bound, Bounds, CpuLimit};
use proptest::prelude::*;
use std::path::PathBuf;

fn path(text: &str) -> Option<PathBuf> {
    Some(PathBuf::from(text))
}

fn nearest(limits: &[Option<u64>]) -> Option<Bound<u64>> {
    Bound::nearest(limits.iter().enumerate().map(|(at, limit)| (path(&format!("/{at}")), *limit)).collect())
}

#[test]
fn the_smallest_limit_binds_and_of_equal_ones_the_nearest() {
    let bound = |at: &str, limit, own, is_own| Some(Bound { group: path(at), is_own, limit, own });
    assert_eq!(nearest(&[None, Some(200), Some(500)]), bound("/1", 200, Some(500), false));
    assert_eq!(nearest(&[None, Some(500), Some(200)]), bound("/2", 200, Some(200), true));
    assert_eq!(nearest(&[Some(5), Some(5), None]), bound("/1", 5, None, false));
    assert_eq!(nearest(&[Some(5), None, Some(5)]), bound("/2", 5, Some(5), true));
    assert_eq!((nearest(&[None, None]), nearest(&[])), (None, None));
}

#[test]
fn a_cpu_limit_is_its_ratio() {
    let limit = |quota_usec, period_usec| CpuLimit { quota_usec, period_usec };
    assert_eq!(limit(50_000, 100_000), limit(100_000, 200_000));
    assert!(limit(50_000, 100_000) < limit(51_000, 100_000) && limit(60, 100) > limit(100, 200));
    assert!(limit(u64::MAX, 1) > limit(u64::MAX, 2));
    assert!((limit(250_000, 100_000).percent() - 250.0).abs() < 1e-9);
}

#[test]
fn of_version_2() {
    let record = Record::parse(
        "--- /cg/a/memory.max\n209715200\n--- /cg/a/b/memory.max\n524288000\n--- /cg/a/cpu.max\n50000 100000\n\
         --- /cg/a/b/cpu.max\n200000 500000\n--- /cg/a/pids.max\nmax\n--- /cg/a/b/pids.max\nmax\n\
         --- /cg/cpuset.cpus.effective\n0-3\n--- /cg/a/cpuset.cpus\n0-1\n--- /cg/a/cpuset.cpus.effective\n0-1\n\
         --- /cg/a/b/cpuset.cpus\n\n--- /cg/a/b/cpuset.cpus.effective\n0-1\n",
    );
    let of = |group: &str| Bounds::of(&[(v2(&format!("/cg/{group}")), "/cg".into())], &record);
    assert_eq!(
        of("a/b").words(),
        ["memory: bound by /a: 200M, not by its own 500M", "cpus: bound by /a: 0-1"]
    );
    let cpu = of("a/b").cpu.unwrap();
    assert_eq!((cpu.is_own, cpu.limit), (true, CpuLimit { quota_usec: 40, period_usec: 100 }));
    assert_eq!(of("a").words(), [""; 0]);
    let cpus = of("a").cpus.unwrap();
    assert_eq!((cpus.is_own, cpus.limit.as_str(), cpus.own.as_deref()), (true, "0-1", Some("0-1")));
    // The root has no limit, and all CPUs.
    assert_eq!(Bounds::of(&[(v2("/cg"), "/cg".into())], &record), Bounds::default());
    // Outside of the mount nothing is known.
    assert_eq!(Bounds::of(&[(v2("/elsewhere/a"), "/cg".into())], &record), Bounds::default());
}

#[test]
fn version_1_also_tells_of_groups_above_what_is_mounted() {
    let record = |above: u64| {
        Record::parse(
            "--- /m/a/memory.limit_in_bytes\n524288000\n--- /m/memory.limit_in_bytes\n9223372036854771712\n",
        )
        .with("/m/a/memory.stat", &format!("cache 0\nhierarchical_memory_limit {above}\n"))
    };
    let words = |above| Bounds::of(&[(v1("memory", "/m/a"), "/m".into())], &record(above)).words();
    assert_eq!(
        words(100 << 20),
        ["memory: bound by a group above what is seen here: 100M, not by its own 500M"]
    );
    assert_eq!(words(500 << 20), [""; 0]);
}

#[test]
fn version_1_has_two_files_for_the_cpu() {
    let record = Record::parse(
        "--- /c/a/cpu.cfs_quota_us\n20000\n--- /c/a/cpu.cfs_period_us\n100000\n\
         --- /c/a/b/cpu.cfs_quota_us\n-1\n--- /c/a/b/cpu.cfs_period_us\n100000\n",
    );
    let bounds = Bounds::of(&[(v1("cpu,cpuacct", "/c/a/b"), "/c".into())], &record);
    assert_eq!(bounds.words(), ["cpu: bound by /a: 20%"]);
}

proptest! {
    #[test]
    fn nothing_above_is_smaller(limits: Vec<Option<u64>>) {
        match nearest(&limits) {
            None => prop_assert!(limits.iter().all(Option::is_none)),
            Some(bound) => {
                prop_assert_eq!(Some(&bound.limit), limits.iter().flatten().min());
                prop_assert_eq!(&bound.own, limits.last().unwrap());
                prop_assert_eq!(bound.is_own, bound.own == Some(bound.limit));
            }
        }
    }
}
