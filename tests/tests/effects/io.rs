use crate::{alone, can, number, reported};
use std::path::Path;

/// A disk that may be read and written: guests have null_blk's.
const DISK: &str = "/dev/nullb0";

/// The seconds that a transfer of 4 MiB takes past the page cache.
fn transfer(option: &str, to_disk: bool) -> Option<f64> {
    if !Path::new(DISK).exists() {
        return None;
    }
    let disk = format!("{DISK}=1M");
    let (from, to) = if to_disk { ("/dev/zero", DISK) } else { (DISK, "/dev/null") };
    let (from, to) = (format!("if={from}"), format!("of={to}"));
    let flag = if to_disk { "oflag=direct" } else { "iflag=direct" };
    let words = [option, &disk, "--", "dd", &from, &to, "bs=256k", "count=16", flag];
    let (done, report) = reported(&words);
    assert_eq!(done.status, Some(0), "{done:?}");
    Some(number(&report, "/wall_usec") / 1e6)
}

fn keeps_to_the_rate(test: &str, option: &str, to_disk: bool) {
    let _alone = alone();
    let controller = if xns_tests::groups::controller("blkio").is_some() { "blkio" } else { "io" };
    if !can(test, controller) {
        return;
    }
    let Some(seconds) = transfer(option, to_disk) else {
        // Only a guest has a disk for tests.
        let _ = xns_tests::need(test, &[xns_tests::Need::File(DISK)]);
        return;
    };
    // 4 MiB at 1 MiB a second; the first part may come at once.
    assert!((3.0..6.0).contains(&seconds), "{seconds}");
}

#[test]
fn reads_keep_to_the_rate() {
    keeps_to_the_rate("reads_keep_to_the_rate", "--io-read", false);
}

#[test]
fn writes_keep_to_the_rate() {
    keeps_to_the_rate("writes_keep_to_the_rate", "--io-write", true);
}

#[test]
fn a_partition_stands_for_its_disk() {
    if !xns_tests::need(
        "a_partition_stands_for_its_disk",
        &[xns_tests::Need::File("/dev/vda1"), xns_tests::Need::Root],
    ) {
        return;
    }
    let done = crate::xcgexec().args(["--io-read", "/dev/vda1=1M", "--dry-run", "--", "true"]).run();
    let disk = std::fs::read_to_string("/sys/block/vda/dev").unwrap();
    assert!(done.out().contains(&format!("\"{} ", disk.trim())), "{done:?}");
    assert!(done.stdout.contains("part of vda"), "{done:?}");
}
