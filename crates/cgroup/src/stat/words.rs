//! Numbers for people: sizes in the kernel's units (K = 1024), times, shares.
//!
//! A size without a point in it is exact, one with a point is rounded. What programs read is never written so, but as a plain number
//! with the unit in its name.

/// The units above the byte, each 1024 of the one before.
const UNITS: [char; 6] = ['K', 'M', 'G', 'T', 'P', 'E'];

/// How long an exact number may be to be easy to read: `1536M`.
const SHORT: usize = 5;

/// A size as it is easiest to read: `64M`, `1536M`, `812`, `63.9M`.
pub fn size(bytes: u64) -> String {
    let exact = exact_size(bytes);
    if exact.len() <= SHORT || bytes < 1024 { exact } else { rounded_size(bytes) }
}

/// A size that says every byte: `64M`, `65537`. The options of the tools read it back as the same.
pub fn exact_size(bytes: u64) -> String {
    let power = if bytes == 0 { 0 } else { bytes.trailing_zeros() / 10 };
    match power.checked_sub(1).and_then(|unit| UNITS.get(unit as usize)) {
        Some(unit) => format!("{}{unit}", bytes >> (10 * power)),
        None => bytes.to_string(),
    }
}

/// One digit behind the point, in the largest unit of which there is one.
fn rounded_size(bytes: u64) -> String {
    let tenths = |power: u32| (u128::from(bytes) * 10 + (1 << (10 * power - 1))) >> (10 * power);
    let (power, unit) = (1..).zip(UNITS).find(|(power, _)| tenths(*power) < 10_240).unwrap_or((6, 'E'));
    format!("{}.{}{unit}", tenths(power) / 10, tenths(power) % 10)
}

/// A time from microseconds: `812 us`, `4.7 ms`, `1.30 s`, `2 min 5 s`, `1 h 2 min`.
pub fn time(usec: u64) -> String {
    let rounded = |unit: u64| usec.saturating_add(unit / 2) / unit;
    let (tenths, hundredths, seconds) = (rounded(100), rounded(10_000), rounded(1_000_000));
    if usec < 1000 {
        format!("{usec} us")
    } else if tenths < 10_000 {
        format!("{}.{} ms", tenths / 10, tenths % 10)
    } else if hundredths < 6000 {
        format!("{}.{:02} s", hundredths / 100, hundredths % 100)
    } else if seconds < 3600 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else {
        let minutes = rounded(60_000_000);
        format!("{} h {} min", minutes / 60, minutes % 60)
    }
}

/// A share: `50%`, `26.3%`.
pub fn percent(percent: f64) -> String {
    let text = format!("{percent:.1}");
    format!("{}%", text.strip_suffix(".0").unwrap_or(&text))
}

/// How many: `1 process`, `3 processes`.
pub fn count(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
