//! E54: quotas of CPU time that cannot be.

use super::{Value, range};
use crate::hint::group::Group;
use crate::hint::permission::write;
use xns_core::{Errno, Hint};

const QUOTA: &str = "cpu.cfs_quota_us";
const PERIOD: &str = "cpu.cfs_period_us";
/// What a new group has.
const USUAL_PERIOD: u64 = 100_000;
/// The least that the kernel takes.
const LEAST: u64 = 1000;

pub(super) fn refused(value: &Value<'_>, errno: Errno) -> Option<Hint> {
    match (value.file, errno) {
        (QUOTA | PERIOD, Errno::EINVAL) => {
            let wanted = wanted(value)?;
            more_than_above(value, wanted)
                .or_else(|| less_than_below(value, wanted))
                .or_else(|| range::syntax(value))
        }
        ("cpu.rt_runtime_us", Errno::EINVAL | Errno::EBUSY) => real_time(value),
        ("cpu.weight" | "cpu.weight.nice" | "cpu.shares", Errno::EINVAL) => {
            idle(value).or_else(|| range::syntax(value))
        }
        ("cpu.max.burst" | "cpu.cfs_burst_us", Errno::EINVAL) => burst(value),
        _ => None,
    }
}

/// A quota in each period.
#[derive(Clone, Copy)]
struct Share {
    quota: u64,
    period: u64,
}

impl Share {
    /// Of one CPU, as the kernel compares them.
    fn is_more_than(self, other: Share) -> bool {
        u128::from(self.quota) * u128::from(other.period) > u128::from(other.quota) * u128::from(self.period)
    }

    /// "50000 of 100000 µs, 50% of one CPU".
    fn shown(self) -> String {
        format!("{} of {} µs, {}% of one CPU", self.quota, self.period, self.quota * 100 / self.period.max(1))
    }
}

/// What the group has; `None` without a quota.
fn share_of(group: &Group<'_>) -> Option<Share> {
    Some(Share { quota: group.number(QUOTA)?, period: group.number(PERIOD)? })
}

/// What the group would have had.
fn wanted(value: &Value<'_>) -> Option<Share> {
    let number: u64 = value.text.parse().ok().filter(|number| *number >= LEAST)?;
    Some(match value.file {
        QUOTA => Share { quota: number, period: value.group.number(PERIOD).unwrap_or(USUAL_PERIOD) },
        _ => Share { quota: value.group.number(QUOTA)?, period: number },
    })
}

/// By version 1 a group may have no more than the next one above that has a quota.
fn more_than_above(value: &Value<'_>, wanted: Share) -> Option<Hint> {
    let group = value.group;
    let (up, most) = group.above().into_iter().find_map(|up| share_of(&up).map(|share| (up, share)))?;
    if !wanted.is_more_than(most) {
        return None;
    }
    let fitting = most.quota * wanted.period / most.period.max(1);
    Some(
        Hint::new(
            "XNS-E54-above",
            format!("the group {} above it may have less, and by version 1 none below more", up.name()),
        )
        .because(format!("{}: {}", up.directory.display(), most.shown()))
        .because(format!("{}: {}", group.directory.display(), wanted.shown()))
        .cure(fitting_quota(value, fitting), "all that the one above has")
        .cure(
            write(
                &(wanted.quota * most.period / wanted.period.max(1)).to_string(),
                &[up.file(QUOTA)],
                group.facts,
            ),
            "as much for the one above, first",
        ),
    )
}

/// The quota that fits; as `--cpu` takes it where the group was for one run.
fn fitting_quota(value: &Value<'_>, quota: u64) -> String {
    let group = value.group;
    let percent = quota * 100 / wanted(value).map_or(USUAL_PERIOD, |wanted| wanted.period).max(1);
    if group.is_taken_back() {
        return format!("--cpu {percent}%");
    }
    write(&quota.to_string(), &[group.file(QUOTA)], group.facts)
}

/// And none below may have more.
fn less_than_below(value: &Value<'_>, wanted: Share) -> Option<Hint> {
    let group = value.group;
    let (down, has) = group.below().iter().find_map(|name| {
        let child = group.child(name);
        let share = share_of(&child)?;
        share.is_more_than(wanted).then_some((child, share))
    })?;
    let fitting = wanted.quota * has.period / wanted.period.max(1);
    Some(
        Hint::new(
            "XNS-E54-below",
            format!("the group {} below it has more, which by version 1 none may", down.name()),
        )
        .because(format!("{}: {}", down.directory.display(), has.shown()))
        .because(format!("{}: {}", group.directory.display(), wanted.shown()))
        .cure(write(&fitting.to_string(), &[down.file(QUOTA)], group.facts), "first the ones below"),
    )
}

/// Real-time time is given from what the group above has.
fn real_time(value: &Value<'_>) -> Option<Hint> {
    const FILE: &str = "cpu.rt_runtime_us";
    let (group, up) = (value.group, value.group.parent()?);
    let wanted: u64 = value.text.parse().ok()?;
    let most = up.number(FILE)?;
    let others: u64 = up
        .below()
        .iter()
        .map(|name| up.child(name))
        .filter(|child| child.directory != group.directory)
        .filter_map(|child| child.number(FILE))
        .sum();
    if wanted + others <= most {
        return None;
    }
    let left = most.saturating_sub(others);
    Some(
        Hint::new(
            "XNS-C6-real-time",
            "the groups below one share its real-time time, and that is not enough",
        )
        .because(format!("{}; the other groups there have {others}", up.says(FILE)))
        .cure(
            write(&left.to_string(), &[group.file(FILE)], group.facts),
            "what is left, in microseconds of each second",
        ),
    )
}

/// An idle group has no weight.
fn idle(value: &Value<'_>) -> Option<Hint> {
    let group = value.group;
    (group.number("cpu.idle") == Some(1)).then(|| {
        Hint::new(
            "XNS-C6-idle",
            "the group runs only when a CPU has nothing else to do, and so has no weight",
        )
        .because(group.says("cpu.idle"))
        .cure(write("0", &[group.file("cpu.idle")], group.facts), "first")
    })
}

fn burst(value: &Value<'_>) -> Option<Hint> {
    let group = value.group;
    let wanted: u64 = value.text.parse().ok()?;
    let quota_file = if value.file == "cpu.max.burst" { "cpu.max" } else { QUOTA };
    let quota: Option<u64> = group.words(quota_file).first().and_then(|word| word.parse().ok());
    if quota.is_some_and(|quota| wanted <= quota) {
        return range::syntax(value);
    }
    Some(
        Hint::new("XNS-C6-burst", "no more can be saved up than the quota of one period")
            .because(group.says(quota_file))
            .cure(quota.unwrap_or(0).to_string(), "at most"),
    )
}
