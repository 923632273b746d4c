//! Reads and writes of disks.

use super::model::Disk;
use super::part::{Files, Parts};
use super::source::Source;
use std::collections::BTreeMap;

/// By major and minor number.
type Disks = BTreeMap<(u32, u32), Disk>;

pub(super) fn collect(parts: &Parts<'_>) -> Option<Vec<Disk>> {
    let mut disks = match (parts.version1("blkio"), parts.version2()) {
        (Some(files), _) => version1(files),
        (None, Some(files)) => files.read("io.stat").map(|text| version2(&text)),
        (None, None) => None,
    }?;
    disks.retain(|_, disk| {
        [disk.reads, disk.writes, disk.read_bytes, disk.write_bytes].iter().any(|n| *n > 0)
    });
    Some(disks.into_values().map(|disk| named(disk, parts.source)).collect())
}

fn named(disk: Disk, source: &dyn Source) -> Disk {
    Disk { name: source.disk(&disk.device), ..disk }
}

/// `254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6`. A disk without I/O may have no more than its number.
fn version2(text: &str) -> Disks {
    let mut disks = Disks::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let Some(disk) = words.next().and_then(|device| entry(&mut disks, device)) else { continue };
        for (key, value) in words.filter_map(|word| word.split_once('=')) {
            let value = value.parse().unwrap_or(0);
            match key {
                "rbytes" => disk.read_bytes = value,
                "wbytes" => disk.write_bytes = value,
                "rios" => disk.reads = value,
                "wios" => disk.writes = value,
                _ => {}
            }
        }
    }
    disks
}

/// Two counters count, each with a file for bytes and one for requests, of lines `254:0 Read 4096`: that of throttling, which newer
/// kernels let count only disks that some group has a limit for, and that of the scheduler BFQ, which counts those that have it.
/// Where neither has counted anything, nothing tells whether there was nothing to count.
fn version1(files: Files<'_>) -> Option<Disks> {
    let mut disks = Disks::new();
    for (bytes, requests) in [
        ("blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_serviced_recursive"),
        ("blkio.bfq.io_service_bytes_recursive", "blkio.bfq.io_serviced_recursive"),
    ] {
        // Both count the same requests.
        each(&mut disks, files.read(bytes), |disk| [&mut disk.read_bytes, &mut disk.write_bytes]);
        each(&mut disks, files.read(requests), |disk| [&mut disk.reads, &mut disk.writes]);
    }
    (!disks.is_empty()).then_some(disks)
}

fn each(disks: &mut Disks, text: Option<String>, of: impl Fn(&mut Disk) -> [&mut u64; 2]) {
    for line in text.unwrap_or_default().lines() {
        let mut words = line.split_whitespace();
        let (Some(device), Some(kind), Some(value)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let place = match kind {
            "Read" => 0,
            "Write" => 1,
            _ => continue,
        };
        let Some(disk) = entry(disks, device) else { continue };
        let [read, write] = of(disk);
        let counted = if place == 0 { read } else { write };
        *counted = (*counted).max(value.parse().unwrap_or(0));
    }
}

fn entry<'d>(disks: &'d mut Disks, device: &str) -> Option<&'d mut Disk> {
    let (major, minor) = device.split_once(':')?;
    let numbers = (major.parse().ok()?, minor.parse().ok()?);
    let new = || Disk { device: format!("{}:{}", numbers.0, numbers.1), ..Disk::default() };
    Some(disks.entry(numbers).or_insert_with(new))
}
