//! CPU time, and weights against the siblings.

use super::ground::{Ground, Home};
use super::{LimitError, LimitKey, Limits, Setting};
use crate::Version;
use crate::quantity::{Bandwidth, NumberList, Typed};

pub(super) const QUOTA: &str = "cpu.cfs_quota_us";
pub(super) const PERIOD: &str = "cpu.cfs_period_us";

pub(super) fn settings(limits: &Limits, ground: &Ground<'_>) -> Result<Vec<Setting>, LimitError> {
    let mut settings = Vec::new();
    if let Some(cpu) = &limits.cpu {
        let home = ground.home(LimitKey::Cpu, "cpu")?;
        let mut more = bandwidth(cpu, &home, ground);
        if let Some(last) = more.pop() {
            more.push(last.telling(more_than_all(cpu, ground)));
        }
        settings.extend(more);
    }
    if let Some(weight) = limits.cpu_weight {
        let home = ground.home(LimitKey::CpuWeight, "cpu")?;
        settings.push(match home.tree.version() {
            Version::V1 => home.setting("cpu.shares", weight.shares()).telling(format!(
                "a weight of {weight} is {} of version 1's shares, of which everybody has 1024",
                weight.shares()
            )),
            Version::V2 => home.setting("cpu.weight", weight),
        });
    }
    if let Some(shares) = limits.cpu_shares {
        let home = ground.home(LimitKey::CpuShares, "cpu")?;
        settings.push(match home.tree.version() {
            Version::V1 => home.setting("cpu.shares", shares),
            Version::V2 => {
                home.setting("cpu.weight", shares.weight()).telling(super::names::shares_note(shares))
            }
        });
    }
    if let Some(request) = &limits.cpu_request {
        let home = ground.home(LimitKey::CpuRequest, "cpu")?;
        let (file, value, scale) = match home.tree.version() {
            Version::V1 => ("cpu.shares", request.value.shares(), 1024),
            Version::V2 => ("cpu.weight", request.value.weight(), 100),
        };
        let meaning =
            format!("{request}: a weight in which a CPU is {scale}; it counts when CPU time is short");
        settings.push(home.setting(file, value).noted(meaning));
    }
    Ok(settings)
}

/// Who types 50 may have meant 50%.
fn more_than_all(cpu: &Typed<Bandwidth>, ground: &Ground<'_>) -> Option<String> {
    let Bandwidth::Of { quota, period, .. } = cpu.value else { return None };
    let online = ground.facts.line("/sys/devices/system/cpu/online")?;
    let count = NumberList::parse(online.as_ref()).ok()?.count();
    let text = &cpu.text;
    let is = match text.parse::<u64>() {
        Ok(number) => format!("{text} is {number} CPUs, and {text}% were that much of one:"),
        Err(_) => format!("{text} is"),
    };
    (quota > period * u64::from(count))
        .then(|| format!("{is} more than the CPUs that are online ({online}), so that nothing is bounded"))
}

fn bandwidth(cpu: &Typed<Bandwidth>, home: &Home<'_>, ground: &Ground<'_>) -> Vec<Setting> {
    match (home.tree.version(), cpu.value) {
        (Version::V2, Bandwidth::Max) => vec![home.setting("cpu.max", "max")],
        (Version::V2, Bandwidth::Of { quota, period, .. }) => {
            vec![home.setting("cpu.max", format!("{quota} {period}")).noted(cpu.to_string())]
        }
        (Version::V1, Bandwidth::Max) => vec![home.setting(QUOTA, "-1")],
        (Version::V1, Bandwidth::Of { quota, period, .. }) => {
            let mut settings = quota_and_period(quota, period, home, ground);
            for setting in settings.iter_mut().filter(|setting| setting.file == QUOTA) {
                setting.note = Some(cpu.to_string());
            }
            settings
        }
    }
}

/// Version 1's two files, in an order in which the kernel takes both: it refuses what is in between when that is more than the
/// group above has, or less than a group below.
pub(super) fn quota_and_period(
    quota: u64,
    period: u64,
    home: &Home<'_>,
    ground: &Ground<'_>,
) -> Vec<Setting> {
    let period_now = ground.number(home.tree, PERIOD).unwrap_or(Bandwidth::PERIOD);
    // Negative: none.
    let quota_now = ground.number(home.tree, QUOTA);
    let quota_setting = home.setting(QUOTA, quota);
    if period_now == period {
        return vec![quota_setting];
    }
    let period_setting = home.setting(PERIOD, period);
    let quota_first = quota_now.is_some_and(|quota_now| {
        let ratio = |quota: u64, period: u64| u128::from(quota) * 1_000_000_000 / u128::from(period.max(1));
        let (before, after) = (ratio(quota_now, period_now), ratio(quota, period));
        let between = before.min(after)..=before.max(after);
        let (quota_first, period_first) = (ratio(quota, period_now), ratio(quota_now, period));
        match (between.contains(&quota_first), between.contains(&period_first)) {
            (true, false) => true,
            (false, true) => false,
            // Neither: rather less than what the group above has than more.
            _ => quota_first <= period_first,
        }
    });
    if quota_first { vec![quota_setting, period_setting] } else { vec![period_setting, quota_setting] }
}
