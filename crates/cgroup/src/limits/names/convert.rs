//! The value of a file of one version as that of the other.

use super::super::cpu::{PERIOD, QUOTA};
use super::super::io::IoKind;
use super::super::io_weight::{BFQ_MOST, CUT};
use super::super::memory::NONE;
use super::Unit;
use crate::quantity::{Amount, Bytes, QuantityError, Shares, Weight};
use std::ffi::OsStr;

/// What the other files hold, or are about to: by name, in the version that is written.
pub(in super::super) type Holds<'h> = &'h dyn Fn(&str) -> Option<String>;

/// The files and values that do the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Converted {
    pub(in super::super) values: Vec<(String, String)>,
    pub(in super::super) note: Option<String>,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Inconvertible {
    /// The value is none that is known.
    Value,
    /// Nor is this part of it.
    Quantity(QuantityError),
    /// Swap needs a limit of memory.
    SwapAlone,
    /// Memory and swap are less than memory.
    SumBelow { sum: u64, memory: u64 },
    /// They are more than there can be.
    SumLarge,
    /// The file is only read.
    Read,
}

type Answer = Result<Converted, Inconvertible>;

fn one(file: &str, value: impl ToString) -> Answer {
    Ok(Converted { values: vec![(file.to_owned(), value.to_string())], note: None })
}

/// Of version 1 for version 2.
pub(in super::super) fn to_v2(file: &str, unit: Unit, value: &str, holds: Holds<'_>) -> Answer {
    let value = value.trim_end();
    match unit {
        Unit::Same => one(file, value),
        Unit::Limit if value.starts_with('-') => one(file, Amount::MAX),
        Unit::Limit => one(file, value),
        Unit::Both => one(file, swap_alone(value, holds)?),
        Unit::Quota if value.starts_with('-') => one(file, Amount::MAX),
        Unit::Quota => one(file, number(value)?),
        Unit::Period => {
            let quota = holds(file).and_then(|line| line.split_whitespace().next().map(str::to_owned));
            one(file, format!("{} {}", quota.unwrap_or_else(|| Amount::MAX.to_owned()), number(value)?))
        }
        Unit::Shares => {
            let shares = Shares::parse(OsStr::new(value)).map_err(Inconvertible::Quantity)?;
            let note = Some(super::shares_note(shares));
            Ok(Converted { note, ..one(file, shares.weight())? })
        }
        Unit::Throttle(kind) => {
            let (device, number) = value.split_once([' ', '\t']).ok_or(Inconvertible::Value)?;
            let rate = match self::number(number.trim())? {
                0 => Amount::Max,
                rate => Amount::Of(rate),
            };
            one(file, format!("{device} {}={rate}", kind.word()))
        }
        Unit::Frozen => match value {
            "FROZEN" => one(file, 1),
            "THAWED" => one(file, 0),
            _ => Err(Inconvertible::Value),
        },
        Unit::Partition => match value {
            "1" => one(file, "root"),
            "0" => one(file, "member"),
            _ => Err(Inconvertible::Value),
        },
        // Found by the name of version 2 only.
        Unit::Cost => Err(Inconvertible::Value),
        Unit::Read => Err(Inconvertible::Read),
    }
}

/// Of version 2 for version 1. The order of the two files of `cpu.max` is left to the caller.
pub(in super::super) fn to_v1(file: &str, unit: Unit, value: &str, holds: Holds<'_>) -> Answer {
    let value = value.trim_end();
    match unit {
        Unit::Same => one(file, value),
        Unit::Limit | Unit::Quota | Unit::Period if value == Amount::MAX => one(file, NONE),
        Unit::Limit => one(file, value),
        Unit::Both if value == Amount::MAX => one(file, NONE),
        Unit::Both => {
            let swap = bytes(value)?;
            let Some(Amount::Of(memory)) = holds("memory.limit_in_bytes").and_then(|text| amount(&text))
            else {
                return Err(Inconvertible::SwapAlone);
            };
            let sum = memory.checked_add(swap).filter(|sum| *sum < Bytes::LIMITLESS);
            one(file, sum.ok_or(Inconvertible::SumLarge)?)
        }
        Unit::Quota | Unit::Period => bandwidth(value),
        Unit::Shares => {
            let weight = Weight::parse(OsStr::new(value)).map_err(Inconvertible::Quantity)?;
            let note =
                format!("a weight of {weight} is {} shares, of which everybody has 1024", weight.shares());
            Ok(Converted { note: Some(note), ..one(file, weight.shares())? })
        }
        Unit::Throttle(_) => throttles(value),
        Unit::Cost => {
            let weight = value.strip_prefix("default ").unwrap_or(value);
            let weight = Weight::parse(OsStr::new(weight)).map_err(Inconvertible::Quantity)?;
            let value = weight.0.min(BFQ_MOST);
            let note = (value < weight.0).then(|| CUT.to_owned());
            Ok(Converted { note, ..one(file, value)? })
        }
        Unit::Frozen => match value {
            "1" => one(file, "FROZEN"),
            "0" => one(file, "THAWED"),
            _ => Err(Inconvertible::Value),
        },
        Unit::Partition => match value {
            "root" => one(file, 1),
            "member" => one(file, 0),
            _ => Err(Inconvertible::Value),
        },
        Unit::Read => Err(Inconvertible::Read),
    }
}

/// Memory and swap together, less memory.
fn swap_alone(value: &str, holds: Holds<'_>) -> Result<Amount, Inconvertible> {
    if value.starts_with('-') {
        return Ok(Amount::Max);
    }
    let sum = bytes(value)?;
    let memory = holds("memory.max").and_then(|text| amount(&text));
    let Some(Amount::Of(memory)) = memory else { return Err(Inconvertible::SwapAlone) };
    sum.checked_sub(memory).map(Amount::Of).ok_or(Inconvertible::SumBelow { sum, memory })
}

/// `QUOTA PERIOD`, of which the period may be missing.
fn bandwidth(value: &str) -> Answer {
    let mut words = value.split_whitespace();
    let quota = match words.next() {
        Some(Amount::MAX) => NONE.to_owned(),
        word => number(word.unwrap_or_default())?.to_string(),
    };
    let mut values = vec![(QUOTA.to_owned(), quota)];
    match words.next() {
        Some(Amount::MAX) | None => {}
        Some(period) => values.push((PERIOD.to_owned(), number(period)?.to_string())),
    }
    if words.next().is_some() { Err(Inconvertible::Value) } else { Ok(Converted { values, note: None }) }
}

/// `MAJOR:MINOR rbps=N wiops=max`
fn throttles(value: &str) -> Answer {
    let mut words = value.split_whitespace();
    let device = words.next().ok_or(Inconvertible::Value)?;
    let value = |word: &str| {
        let (name, rate) = word.split_once('=').ok_or(Inconvertible::Value)?;
        let kind = IoKind::ALL.into_iter().find(|kind| kind.word() == name).ok_or(Inconvertible::Value)?;
        let rate = if rate == Amount::MAX { 0 } else { number(rate)? };
        Ok((kind.file().to_owned(), format!("{device} {rate}")))
    };
    let values: Vec<_> = words.map(value).collect::<Result<_, _>>()?;
    if values.is_empty() { Err(Inconvertible::Value) } else { Ok(Converted { values, note: None }) }
}

fn number(text: &str) -> Result<u64, Inconvertible> {
    text.parse().map_err(|_| Inconvertible::Value)
}

/// As the kernel reads it.
fn bytes(text: &str) -> Result<u64, Inconvertible> {
    // In a kernel's file m is M.
    let text = text.replace('m', "M");
    let bytes = Bytes::parse(OsStr::new(&text)).map_err(|_| Inconvertible::Value)?;
    bytes.0.number().ok_or(Inconvertible::Value)
}

/// As a file holds it, of either version.
fn amount(text: &str) -> Option<Amount> {
    match text.trim_end() {
        Amount::MAX | NONE => Some(Amount::Max),
        text => {
            text.parse().map(super::super::memory::bound).ok().or_else(|| bytes(text).ok().map(Amount::Of))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Found, find};
    use super::*;
    use crate::Version;

    fn convert(
        name: &str,
        value: &str,
        to: Version,
        known: &[(&str, &str)],
    ) -> Result<String, Inconvertible> {
        let Found::Pair { file, unit } = find(name, to) else { panic!("{name} has no counterpart") };
        let holds =
            |file: &str| known.iter().find(|(known, _)| *known == file).map(|(_, value)| (*value).to_owned());
        let converted = match to {
            Version::V1 => to_v1(&file, unit, value, &holds),
            Version::V2 => to_v2(&file, unit, value, &holds),
        }?;
        let lines: Vec<_> = converted.values.iter().map(|(file, value)| format!("{file}={value}")).collect();
        Ok(lines.join(" & "))
    }

    #[test]
    fn version_1_for_version_2() {
        let known = [("memory.max", "104857600"), ("cpu.max", "50000 100000")];
        for (name, value, line) in [
            ("memory.limit_in_bytes", "500M", "memory.max=500M"),
            ("memory.limit_in_bytes", "-1", "memory.max=max"),
            ("memory.memsw.limit_in_bytes", "150M", "memory.swap.max=52428800"),
            ("memory.memsw.limit_in_bytes", "-1", "memory.swap.max=max"),
            ("memory.soft_limit_in_bytes", "64M", "memory.low=64M"),
            ("cpu.cfs_quota_us", "20000", "cpu.max=20000"),
            ("cpu.cfs_quota_us", "-1", "cpu.max=max"),
            ("cpu.cfs_period_us", "200000", "cpu.max=50000 200000"),
            ("cpu.shares", "512", "cpu.weight=50"),
            ("blkio.throttle.read_bps_device", "8:0 1048576", "io.max=8:0 rbps=1048576"),
            ("blkio.throttle.write_iops_device", "8:0 0", "io.max=8:0 wiops=max"),
            ("freezer.state", "FROZEN", "cgroup.freeze=1"),
            ("cpuset.cpu_exclusive", "1", "cpuset.cpus.partition=root"),
            ("hugetlb.2MB.limit_in_bytes", "-1", "hugetlb.2MB.max=max"),
        ] {
            assert_eq!(convert(name, value, Version::V2, &known), Ok(line.to_owned()), "{name}");
        }
        let nothing: &[(&str, &str)] = &[];
        assert_eq!(
            convert("cpu.cfs_period_us", "50000", Version::V2, nothing),
            Ok("cpu.max=max 50000".to_owned())
        );
        let both = "memory.memsw.limit_in_bytes";
        assert_eq!(convert(both, "1G", Version::V2, nothing), Err(Inconvertible::SwapAlone));
        let below = Inconvertible::SumBelow { sum: 52_428_800, memory: 104_857_600 };
        assert_eq!(convert(both, "50M", Version::V2, &known), Err(below));
        assert_eq!(convert("memory.failcnt", "0", Version::V2, nothing), Err(Inconvertible::Read));
        assert_eq!(convert("freezer.state", "frozen", Version::V2, nothing), Err(Inconvertible::Value));
        assert!(matches!(convert("cpu.shares", "1", Version::V2, nothing), Err(Inconvertible::Quantity(_))));
    }

    #[test]
    fn version_2_for_version_1() {
        let known = [("memory.limit_in_bytes", "104857600")];
        for (name, value, line) in [
            ("memory.max", "max", "memory.limit_in_bytes=-1"),
            ("memory.max", "500M\n", "memory.limit_in_bytes=500M"),
            ("memory.swap.max", "50M", "memory.memsw.limit_in_bytes=157286400"),
            ("memory.swap.max", "max", "memory.memsw.limit_in_bytes=-1"),
            ("memory.low", "0", "memory.soft_limit_in_bytes=0"),
            ("cpu.max", "max", "cpu.cfs_quota_us=-1"),
            ("cpu.max", "20000", "cpu.cfs_quota_us=20000"),
            ("cpu.max", "20000 50000", "cpu.cfs_quota_us=20000 & cpu.cfs_period_us=50000"),
            ("cpu.weight", "50", "cpu.shares=512"),
            (
                "io.max",
                "8:0 rbps=1048576 wiops=max",
                "blkio.throttle.read_bps_device=8:0 1048576 & blkio.throttle.write_iops_device=8:0 0",
            ),
            ("io.weight", "default 2000", "blkio.bfq.weight=1000"),
            ("io.bfq.weight", "200", "blkio.bfq.weight=200"),
            ("cgroup.freeze", "0", "freezer.state=THAWED"),
        ] {
            assert_eq!(convert(name, value, Version::V1, &known), Ok(line.to_owned()), "{name}");
        }
        let unlimited = [("memory.limit_in_bytes", "9223372036854771712")];
        assert_eq!(convert("memory.swap.max", "1M", Version::V1, &unlimited), Err(Inconvertible::SwapAlone));
        for (name, value) in
            [("io.max", "8:0"), ("io.max", "8:0 bps=1"), ("cpu.max", "1 2 3"), ("cpu.max", "")]
        {
            assert_eq!(convert(name, value, Version::V1, &[]), Err(Inconvertible::Value), "{name}={value}");
        }
    }
}
