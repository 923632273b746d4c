//! CPU time, the limit on it, and the weight.

use super::model::Cpu;
use super::part::{Files, Parts};
use super::{CpuLimit, text};

pub(super) fn collect(parts: &Parts<'_>) -> Cpu {
    let mut cpu = Cpu::default();
    if let Some(files) = parts.version2() {
        version2(&mut cpu, files);
    }
    if let Some(files) = parts.version1("cpu") {
        version1(&mut cpu, files);
    }
    if let Some(files) = parts.version1("cpuacct") {
        accounted(&mut cpu, files);
    }
    let share = |throttled: u64, periods: u64| if periods == 0 { 0.0 } else { percent(throttled, periods) };
    cpu.throttled_percent =
        cpu.throttled_periods.zip(cpu.periods).map(|(throttled, periods)| share(throttled, periods));
    cpu
}

/// `cpu.stat` is in every group, with the lines of the limit where the controller is on.
fn version2(cpu: &mut Cpu, files: Files<'_>) {
    let stat = files.read("cpu.stat").unwrap_or_default();
    for (key, value) in text::fields(&stat) {
        let value = text::number(value);
        match key {
            "usage_usec" => cpu.usage_usec = value,
            "user_usec" => cpu.user_usec = value,
            "system_usec" => cpu.system_usec = value,
            "nr_periods" => cpu.periods = value,
            "nr_throttled" => cpu.throttled_periods = value,
            "throttled_usec" => cpu.throttled_usec = value,
            _ => {}
        }
    }
    limit(cpu, CpuLimit::of(files));
    cpu.weight = files.number("cpu.weight");
}

/// The time it counts is in nanoseconds.
fn version1(cpu: &mut Cpu, files: Files<'_>) {
    let stat = files.read("cpu.stat").unwrap_or_default();
    cpu.periods = text::value(&stat, "nr_periods");
    cpu.throttled_periods = text::value(&stat, "nr_throttled");
    cpu.throttled_usec = text::value(&stat, "throttled_time").map(|nsec| nsec / 1000);
    limit(cpu, CpuLimit::of(files));
    // The kernel's own rule, with which it shows the one as the other (`cpu_weight_read_u64`): rounded to the nearest.
    let weight = |shares: u64| (shares.saturating_mul(100).saturating_add(512) / 1024).max(1);
    cpu.weight = files.number("cpu.shares").map(weight);
}

/// The group's time by version 1. In nanoseconds, or before Linux 4.7 in hundredths of a second.
///
/// Who is in the groups of both versions is counted by both, and who is in one of them, by that: the larger number is of more of
/// them, and has nobody twice. Version 2 tells user and system time better apart, unless it has missed somebody.
fn accounted(cpu: &mut Cpu, files: Files<'_>) {
    const TICK_USEC: u64 = 10_000;
    let usec = |file: &str| files.number(file).map(|nsec| nsec / 1000);
    let (usage, known) = (usec("cpuacct.usage"), cpu.usage_usec);
    cpu.usage_usec = usage.max(known);
    if known.is_some_and(|known| usage.is_none_or(|usage| usage <= known + known / 16 + TICK_USEC)) {
        return;
    }
    cpu.user_usec = usec("cpuacct.usage_user");
    cpu.system_usec = usec("cpuacct.usage_sys");
    if cpu.user_usec.is_none() {
        let stat = files.read("cpuacct.stat").unwrap_or_default();
        let ticks = |key: &str| text::value(&stat, key).map(|ticks| ticks.saturating_mul(TICK_USEC));
        (cpu.user_usec, cpu.system_usec) = (ticks("user"), ticks("system"));
    }
}

fn limit(cpu: &mut Cpu, limit: Option<CpuLimit>) {
    cpu.quota_usec = limit.map(|limit| limit.quota_usec);
    cpu.period_usec = limit.map(|limit| limit.period_usec);
    cpu.limit_percent = limit.map(CpuLimit::percent);
}

/// In hundredths; of nothing there is no share.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole as f64
}
