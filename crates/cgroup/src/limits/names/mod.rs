//! The names of the same thing in both versions (cgroup-v2.rst, "Issues with v1 and Rationales for v2", and each controller's page).

pub(super) mod check;
pub(super) mod convert;
mod table;

use crate::Version;
use crate::quantity::Shares;
use table::{HUGETLB, PAIRS, Row, WITHOUT};

pub(super) use table::Unit;

/// What a file of one version is called in the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counterpart {
    /// It is a name of the version that was asked for, or one that is not known here.
    Own,
    /// It has these names there.
    Named(Vec<String>),
    /// There is none, and what takes its place.
    Without(&'static str),
}

/// What a file is called in this version.
pub fn counterpart(name: &str, version: Version) -> Counterpart {
    match find(name, version) {
        Found::Own => Counterpart::Own,
        Found::Pair { file, unit } => Counterpart::Named(all(name, file, unit, version)),
        Found::Without(instead) => Counterpart::Without(instead),
    }
}

/// Version 1 has several files for what stands in one of version 2.
fn all(name: &str, first: String, unit: Unit, version: Version) -> Vec<String> {
    let mut names = vec![first];
    // Of what is set, not what only tells of it.
    let more = PAIRS.iter().filter(|row| row.v2 == name && (row.unit == Unit::Read) == (unit == Unit::Read));
    for row in more.filter(|_| version == Version::V1) {
        if !names.iter().any(|known| known == row.v1) {
            names.push(row.v1.to_owned());
        }
    }
    names
}

/// Which version a name tells of, when only one has it.
pub fn version_of(name: &str) -> Option<Version> {
    let found = |version| !matches!(find(name, version), Found::Own);
    if found(Version::V2) {
        Some(Version::V1)
    } else if found(Version::V1) {
        Some(Version::V2)
    } else {
        None
    }
}

/// `memory.limit_in_bytes is version 1's name of memory.max`
pub fn translation(name: &str, file: &str, version: Version) -> String {
    let number = match version {
        Version::V1 => 2,
        Version::V2 => 1,
    };
    let nearest = nearest(name).map(|text| format!(" ({text})")).unwrap_or_default();
    format!("{name} is version {number}'s name of {file}{nearest}")
}

/// Of shares, how they become a weight.
pub(super) fn shares_note(shares: Shares) -> String {
    let weight = shares.weight();
    let end = if shares.0 > 102_400 { ", the highest" } else { "" };
    format!(
        "{shares} of version 1's shares, of which everybody has 1024, is a weight of {weight}{end}, of which everybody has 100"
    )
}

/// A name that is looked for.
pub(super) enum Found {
    Own,
    Pair { file: String, unit: Unit },
    Without(&'static str),
}

pub(super) fn find(name: &str, version: Version) -> Found {
    let names = |row: &Row| match version {
        Version::V1 => (row.v1, row.v2),
        Version::V2 => (row.v2, row.v1),
    };
    if PAIRS.iter().any(|row| names(row).0 == name) {
        return Found::Own;
    }
    if let Some(row) = PAIRS.iter().find(|row| names(row).1 == name) {
        return Found::Pair { file: names(row).0.to_owned(), unit: row.unit };
    }
    if let Some((file, unit)) = huge(name, version) {
        return Found::Pair { file, unit };
    }
    let without = WITHOUT.iter().filter(|row| row.version != version);
    let mut fitting = without.filter(|row| match row.name.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == row.name,
    });
    fitting.next().map_or(Found::Own, |row| Found::Without(row.instead))
}

/// The pages' size is in the names of hugetlb: `hugetlb.2MB.limit_in_bytes`.
fn huge(name: &str, version: Version) -> Option<(String, Unit)> {
    let size = name.strip_prefix("hugetlb.")?;
    HUGETLB.iter().find_map(|(v1, v2, unit)| {
        let (here, there) = match version {
            Version::V1 => (v1, v2),
            Version::V2 => (v2, v1),
        };
        let start = size.strip_suffix(there)?;
        Some((format!("hugetlb.{start}{here}"), *unit))
    })
}

/// What has to be said where two files are only nearly the same.
fn nearest(name: &str) -> Option<&'static str> {
    Some(match name {
        "memory.soft_limit_in_bytes" => {
            "the nearest: what is below it is reclaimed last; memory.high would throttle what is above"
        }
        "memory.low" => "the nearest: what is above it is reclaimed first; version 1 protects no memory",
        "memory.memsw.usage_in_bytes" | "memory.memsw.max_usage_in_bytes" => {
            "which counts swap alone, without memory"
        }
        "memory.swap.current" | "memory.swap.peak" => "which counts memory and swap together",
        "memory.failcnt" | "memory.memsw.failcnt" => "its line max",
        "memory.oom_control" => "its line oom_kill",
        "cpuset.cpu_exclusive" | "cpuset.cpus.partition" => "the nearest",
        "cpuacct.usage" | "cpuacct.usage_user" | "cpuacct.usage_sys" | "cpuacct.stat" => "in microseconds",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(name: &str, version: Version) -> Vec<String> {
        match counterpart(name, version) {
            Counterpart::Named(names) => names,
            _ => Vec::new(),
        }
    }

    fn named(name: &str, version: Version) -> Option<String> {
        all(name, version).into_iter().next()
    }

    #[test]
    fn one_file_of_version_2_may_be_several_of_version_1() {
        assert_eq!(all("cpu.max", Version::V1), ["cpu.cfs_quota_us", "cpu.cfs_period_us"]);
        let throttles = all("io.max", Version::V1);
        assert_eq!((throttles.len(), &*throttles[3]), (4, "blkio.throttle.write_iops_device"));
        assert_eq!(all("cgroup.freeze", Version::V1), ["freezer.state"]);
        assert_eq!(all("cpu.cfs_quota_us", Version::V2), ["cpu.max"]);
    }

    #[test]
    fn both_ways() {
        for (v1, v2) in [
            ("memory.limit_in_bytes", "memory.max"),
            ("memory.memsw.limit_in_bytes", "memory.swap.max"),
            ("memory.soft_limit_in_bytes", "memory.low"),
            ("cpu.shares", "cpu.weight"),
            ("cpu.cfs_quota_us", "cpu.max"),
            ("freezer.state", "cgroup.freeze"),
            ("cpuset.effective_cpus", "cpuset.cpus.effective"),
            ("blkio.throttle.read_bps_device", "io.max"),
            ("hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max"),
            ("hugetlb.1GB.rsvd.limit_in_bytes", "hugetlb.1GB.rsvd.max"),
        ] {
            assert_eq!(named(v1, Version::V2).as_deref(), Some(v2));
            assert_eq!(named(v2, Version::V1).as_deref(), Some(v1));
            assert_eq!(counterpart(v1, Version::V1), Counterpart::Own, "{v1}");
            assert_eq!(counterpart(v2, Version::V2), Counterpart::Own, "{v2}");
            assert_eq!((version_of(v1), version_of(v2)), (Some(Version::V1), Some(Version::V2)));
        }
        assert_eq!(named("cpu.cfs_period_us", Version::V2).as_deref(), Some("cpu.max"));
        assert_eq!(named("blkio.throttle.write_iops_device", Version::V2).as_deref(), Some("io.max"));
    }

    #[test]
    fn the_same_and_the_unknown_stay() {
        for name in ["pids.max", "cpuset.cpus", "memory.stat", "no.such", "tasks", ""] {
            for version in [Version::V1, Version::V2] {
                assert_eq!(counterpart(name, version), Counterpart::Own, "{name}");
            }
            assert_eq!(version_of(name), None);
        }
    }

    #[test]
    fn what_has_none_says_what_takes_its_place() {
        let without = |name, version| matches!(counterpart(name, version), Counterpart::Without(_));
        for name in [
            "devices.allow",
            "net_cls.classid",
            "net_prio.ifpriomap",
            "memory.swappiness",
            "cpu.rt_runtime_us",
        ] {
            assert!(without(name, Version::V2) && !without(name, Version::V1), "{name}");
        }
        for name in ["memory.high", "memory.oom.group", "cgroup.kill", "io.latency", "memory.pressure"] {
            assert!(without(name, Version::V1) && !without(name, Version::V2), "{name}");
        }
    }
}
