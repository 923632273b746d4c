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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes() {
        for (bytes, text) in [
            (0, "0"),
            (812, "812"),
            (1023, "1023"),
            (1024, "1K"),
            (1536, "1536"),
            (64 << 20, "64M"),
            (1536 << 20, "1536M"),
            ((64 << 20) - 4096, "64.0M"),
            (10_000_000, "9.5M"),
            (1_040_384, "1016K"),
            (1 << 60, "1E"),
            (u64::MAX, "16.0E"),
            // What would round to 1024.0K.
            ((1 << 20) - 1, "1.0M"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
        assert_eq!((exact_size(65_537), exact_size(1 << 20)), ("65537".to_owned(), "1M".to_owned()));
    }

    #[test]
    fn times() {
        for (usec, text) in [
            (0, "0 us"),
            (999, "999 us"),
            (4711, "4.7 ms"),
            (999_949, "999.9 ms"),
            (999_950, "1.00 s"),
            (59_994_999, "59.99 s"),
            (59_995_000, "1 min 0 s"),
            (125_300_000, "2 min 5 s"),
            (3_599_500_000, "1 h 0 min"),
            (3_720_000_000, "1 h 2 min"),
            (u64::MAX, "5124095576 h 1 min"),
        ] {
            assert_eq!(time(usec), text, "{usec}");
        }
    }

    #[test]
    fn shares_and_counts() {
        assert_eq!(
            [percent(50.0), percent(26.34), percent(0.04), percent(99.96)],
            ["50%", "26.3%", "0%", "100%"]
        );
        assert_eq!(count(1, "process", "processes"), "1 process");
        assert_eq!(count(0, "process", "processes"), "0 processes");
    }

    /// What a size says, in bytes.
    fn read(text: &str) -> f64 {
        let (number, unit) = match UNITS.iter().position(|unit| text.ends_with(*unit)) {
            Some(at) => (&text[..text.len() - 1], 1024f64.powi(at as i32 + 1)),
            None => (text, 1.0),
        };
        number.parse::<f64>().unwrap() * unit
    }

    proptest! {
        #[test]
        fn exact_sizes_say_every_byte(number in 0u64..1 << 14, power in 0u32..60) {
            let bytes = number.saturating_mul(1 << power) ;
            let text = exact_size(bytes);
            let (number, power) = match UNITS.iter().position(|unit| text.ends_with(*unit)) {
                Some(at) => (&text[..text.len() - 1], 10 * (at as u32 + 1)),
                None => (text.as_str(), 0),
            };
            prop_assert_eq!(number.parse::<u64>().unwrap() << power, bytes);
        }

        #[test]
        fn a_size_is_near_and_short(bytes: u64, shift in 0u32..64) {
            let bytes = bytes >> shift;
            let text = size(bytes);
            prop_assert!(text.len() <= 7, "{text}");
            let error = (read(&text) - bytes as f64).abs();
            if text.contains('.') {
                prop_assert!(error <= bytes as f64 * 0.051, "{text} for {bytes}");
            } else {
                prop_assert!(error < 1.0, "{text} for {bytes}");
            }
        }

        #[test]
        fn a_longer_time_is_not_said_shorter(usec in 0u64..10_000_000_000, more in 0u64..1_000_000) {
            fn said(text: &str) -> f64 {
                let words: Vec<&str> = text.split(' ').collect();
                let unit = |word| match word { "us" => 1e-6, "ms" => 1e-3, "s" => 1.0, "min" => 60.0, _ => 3600.0 };
                words.chunks(2).map(|pair| pair[0].parse::<f64>().unwrap() * unit(pair[1])).sum()
            }
            let (one, other) = (said(&time(usec)), said(&time(usec + more)));
            prop_assert!(one <= other, "{one} {other}");
            prop_assert!((one - usec as f64 / 1e6).abs() <= one.max(1e-6) * 0.06);
        }
    }
}
