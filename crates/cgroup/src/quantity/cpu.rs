//! Parts of CPUs.

use super::scan::{Decimal, Scanner};
use super::{Amount, QuantityError, Reason, Time};
use std::ffi::OsStr;
use std::fmt;

/// How much CPU time a group may use: so much in each period, in microseconds.
///
/// `50%` is half of one CPU; `2` and `1.5` are CPUs; `500m` thousandths of one, as in Kubernetes; after a slash the period, as in
/// `50%/200ms`, for which 100 ms is taken; `20ms/1s` is the time itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bandwidth {
    /// No bound.
    Max,
    /// A bound.
    Of {
        /// CPU time in each period: at least 1000.
        quota: u64,
        /// From 1000 to 1000000.
        period: u64,
        /// Was the period typed, or had to be longer than the kernel's own?
        chosen: bool,
    },
}

/// A number of CPUs that is asked for, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cpus(pub u64);

/// What a typed number is counted in, per CPU.
#[derive(Clone, Copy)]
enum Unit {
    /// So many make one CPU.
    PartOfCpu(u64),
    /// So many microseconds make one.
    Micros(u64),
}

const UNITS: &str = "% (of one CPU), m (thousandths of a CPU), none (CPUs)";

impl Bandwidth {
    /// The kernel's own period.
    pub const PERIOD: u64 = 100_000;
    /// The kernel takes no smaller quota and no shorter period (kernel/sched/core.c, `min_cfs_quota_period`).
    pub const LEAST: u64 = 1000;
    /// Nor a longer period (`max_cfs_quota_period`).
    pub const LONGEST: u64 = 1_000_000;
    /// Nor a larger quota (`max_cfs_runtime`).
    pub const MOST: u64 = (1 << 44) - 1;

    /// Reads it.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        if text == Amount::MAX {
            return Ok(Bandwidth::Max);
        }
        let mut scanner = Scanner::new(text)?;
        let (number, unit) = part(&mut scanner)?;
        let period = match (scanner.take(b'/'), unit) {
            (true, _) => Some(period(&mut scanner)?),
            (false, Unit::Micros(_)) => return Err(scanner.wrong(Reason::NoPeriod)),
            (false, Unit::PartOfCpu(_)) => None,
        };
        scanner.end(if period.is_some() { Reason::Rest } else { Reason::Unit(UNITS) })?;
        let quota = |period| match unit {
            Unit::PartOfCpu(one) => number.about(period, one),
            Unit::Micros(micros) => number.about(micros, 1),
        };
        // A tenth of a second is too short for a little: the next multiple of it that holds a whole millisecond of CPU time.
        let longer = || (1..=10).map(|times| times * Self::PERIOD);
        let enough = |period: &u64| quota(*period) >= u128::from(Self::LEAST);
        let found = match period {
            Some(period) => Some(period).filter(enough).ok_or(Reason::LittleQuota),
            None => longer().find(enough).ok_or(Reason::LittleCpu),
        };
        let period_found = found.map_err(|reason| scanner.wrong_at(0, reason))?;
        let quota = u64::try_from(quota(period_found)).ok().filter(|quota| *quota <= Self::MOST);
        let quota = quota.ok_or_else(|| scanner.wrong_at(0, Reason::Large(Self::MOST)))?;
        let chosen = period.is_some() || period_found != Self::PERIOD;
        Ok(Bandwidth::Of { quota, period: period_found, chosen })
    }
}

impl Cpus {
    /// Reads a number of CPUs, in the same units.
    ///
    /// # Errors
    /// A text that is none, with the place.
    pub fn parse(text: &OsStr) -> Result<Self, QuantityError> {
        let mut scanner = Scanner::new(text)?;
        let (number, unit) = part(&mut scanner)?;
        let one = match (unit, scanner.peek()) {
            (Unit::PartOfCpu(one), Some(b'/')) if one > 0 => {
                return Err(scanner.wrong(Reason::NeedlessPeriod));
            }
            (Unit::PartOfCpu(one), _) => one,
            (Unit::Micros(_), _) => return Err(scanner.wrong_at(0, Reason::Unit(UNITS))),
        };
        scanner.end(Reason::Unit(UNITS))?;
        // As many as have a share of version 1 (262144, that is 256 times 1024), and not less than 2.
        const MOST: u64 = 256;
        let millionths = number.about(1_000_000, one);
        let fits = u64::try_from(millionths).ok().filter(|found| (1..=MOST * 1_000_000).contains(found));
        fits.map(Cpus).ok_or_else(|| scanner.wrong_at(0, Reason::Range { least: 1, most: MOST }))
    }

    /// As version 1's share, in which a CPU is 1024 (as Kubernetes has it): from 2.
    pub fn shares(self) -> u64 {
        (self.0 * 1024 / 1_000_000).max(2)
    }

    /// As version 2's weight, in which a CPU is 100: from 1 to 10000.
    pub fn weight(self) -> u64 {
        ((self.0 * 100 + 500_000) / 1_000_000).clamp(1, 10_000)
    }
}

/// A number and its unit.
fn part(scanner: &mut Scanner<'_>) -> Result<(Decimal, Unit), QuantityError> {
    let number = scanner.decimal()?;
    if scanner.take(b'%') {
        return Ok((number, Unit::PartOfCpu(100)));
    }
    let start = scanner.at();
    let unit = match scanner.take_letters() {
        "" => Some(Unit::PartOfCpu(1)),
        "m" => Some(Unit::PartOfCpu(1000)),
        letters => Time::unit(letters).map(Unit::Micros),
    };
    unit.map(|unit| (number, unit)).ok_or_else(|| scanner.wrong_at(start, Reason::Unit(UNITS)))
}

fn period(scanner: &mut Scanner<'_>) -> Result<u64, QuantityError> {
    let start = scanner.at();
    let Time(micros) = Time::read(scanner)?;
    let fits = (Bandwidth::LEAST..=Bandwidth::LONGEST).contains(&micros);
    fits.then_some(micros).ok_or_else(|| scanner.wrong_at(start, Reason::Period))
}

/// `max`, `50000 us of CPU time in each 100000 us`.
impl fmt::Display for Bandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bandwidth::Max => f.write_str(Amount::MAX),
            Bandwidth::Of { quota, period, .. } => write!(f, "{quota} us of CPU time in each {period} us"),
        }
    }
}

/// `0.25 CPUs`.
impl fmt::Display for Cpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000_000, format!("{:06}", self.0 % 1_000_000));
        match part.trim_end_matches('0') {
            "" if whole == 1 => f.write_str("1 CPU"),
            "" => write!(f, "{whole} CPUs"),
            part => write!(f, "{whole}.{part} CPUs"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<(u64, u64), (usize, Reason)> {
        match Bandwidth::parse(OsStr::new(text)) {
            Ok(Bandwidth::Of { quota, period, .. }) => Ok((quota, period)),
            Ok(Bandwidth::Max) => Ok((u64::MAX, 0)),
            Err(error) => Err((error.at, error.reason)),
        }
    }

    #[test]
    fn parts_of_cpus() {
        for (text, quota, period) in [
            ("50%", 50_000, 100_000),
            ("2", 200_000, 100_000),
            ("1.5", 150_000, 100_000),
            (".5", 50_000, 100_000),
            ("250m", 25_000, 100_000),
            ("150%", 150_000, 100_000),
            ("33.3333%", 33_333, 100_000),
            ("50%/200ms", 100_000, 200_000),
            ("20ms/1s", 20_000, 1_000_000),
            ("1500us/1.5ms", 1500, 1500),
            ("1%", 1000, 100_000),
            ("0.5%", 1000, 200_000),
            ("0.3%", 1200, 400_000),
            ("0.1%", 1000, 1_000_000),
            ("1m", 1000, 1_000_000),
            ("max", u64::MAX, 0),
        ] {
            assert_eq!(parse(text), Ok((quota, period)), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        for (text, at, reason) in [
            ("", 0, Reason::Empty),
            ("0", 0, Reason::LittleCpu),
            ("0.09%", 0, Reason::LittleCpu),
            ("1%/10ms", 0, Reason::LittleQuota),
            ("50%/2s", 4, Reason::Period),
            ("50%/999us", 4, Reason::Period),
            ("50%/200", 7, Reason::NoUnit("us ms s min h")),
            ("50%x", 3, Reason::Unit(UNITS)),
            ("50 %", 2, Reason::Unit(UNITS)),
            ("2cpus", 1, Reason::Unit(UNITS)),
            ("50%/1s ", 6, Reason::Rest),
            ("200ms", 5, Reason::NoPeriod),
            ("-50%", 0, Reason::Negative),
            ("0,5", 1, Reason::Comma),
            ("175921861", 0, Reason::Large(Bandwidth::MOST)),
        ] {
            assert_eq!(parse(text), Err((at, reason)), "{text}");
        }
    }

    #[test]
    fn a_request_is_a_share() {
        let cpus = |text: &str| Cpus::parse(OsStr::new(text)).map_err(|error| (error.at, error.reason));
        for (text, shares, weight) in
            [("1", 1024, 100), ("250m", 256, 25), ("50%", 512, 50), ("2.5", 2560, 250), ("1m", 2, 1)]
        {
            assert_eq!(cpus(text).map(|cpus| (cpus.shares(), cpus.weight())), Ok((shares, weight)), "{text}");
        }
        assert_eq!(cpus("256").map(Cpus::shares), Ok(262_144));
        assert_eq!(cpus("257"), Err((0, Reason::Range { least: 1, most: 256 })));
        assert_eq!(cpus("1/1s"), Err((1, Reason::NeedlessPeriod)));
        assert_eq!(cpus("10ms"), Err((0, Reason::Unit(UNITS))));
        assert_eq!(cpus("max"), Err((0, Reason::NoNumber)));
        assert_eq!(cpus("250m").unwrap().to_string(), "0.25 CPUs");
    }

    proptest! {
        #[test]
        fn every_percentage_is_what_it_says(hundredths in 10..1_000_000_u64) {
            let (quota, period) = parse(&format!("{}.{:02}%", hundredths / 100, hundredths % 100)).unwrap();
            // The exact part is hundredths / 10000 of the period, rounded to whole microseconds.
            prop_assert!(period.is_multiple_of(100_000) && period <= 1_000_000);
            prop_assert_eq!(quota, (hundredths * period + 5000) / 10_000);
            prop_assert!(quota >= 1000 && (period == 100_000 || (hundredths * (period - 100_000) + 5000) / 10_000 < 1000));
        }

        #[test]
        fn the_units_agree(thousandths in 1..100_000_u64) {
            let as_cpus = parse(&format!("{}.{:03}", thousandths / 1000, thousandths % 1000));
            let percent = parse(&format!("{}.{}%", thousandths / 10, thousandths % 10));
            prop_assert_eq!(&as_cpus, &parse(&format!("{thousandths}m")));
            prop_assert_eq!(&as_cpus, &percent);
        }

        #[test]
        fn any_text_is_read_or_pointed_at(text in "[0-9.%/mus]{0,24}|.{0,12}") {
            if let Err((at, _)) = parse(&text) {
                prop_assert!(at <= text.len());
            }
        }
    }
}
