//! Pressure stall information: `some avg10=0.00 avg60=0.00 avg300=0.00 total=348`.

use super::model::{Pressure, Stall};
use super::part::Parts;

pub(super) fn collect(parts: &Parts<'_>) -> Pressure {
    let stall = |file| parts.version2().and_then(|files| files.read(file)).map(|text| parse(&text));
    Pressure {
        cpu: stall("cpu.pressure").unwrap_or_default(),
        memory: stall("memory.pressure").unwrap_or_default(),
        io: stall("io.pressure").unwrap_or_default(),
    }
}

fn parse(text: &str) -> Stall {
    let line = |kind: &str| text.lines().find_map(|line| line.strip_prefix(kind)).unwrap_or_default();
    let (some, full) = (line("some "), line("full "));
    Stall {
        some_avg10_percent: percent(some),
        some_total_usec: field(some, "total").and_then(|value| value.parse().ok()),
        full_avg10_percent: percent(full),
        full_total_usec: field(full, "total").and_then(|value| value.parse().ok()),
    }
}

/// The kernel writes digits and a point; what f64 would read besides (`nan`, `inf`) JSON has no number for.
fn percent(line: &str) -> Option<f64> {
    field(line, "avg10")?.parse().ok().filter(|value: &f64| value.is_finite())
}

fn field<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    line.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
}
