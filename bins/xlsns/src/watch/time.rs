//! The time of an event, in UTC: the same in lines and in JSON, unambiguous when clocks are put forward and back, and without the
//! time zone's rules, which musl reads from files that a container may not have.

use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

const DAY: u64 = 86_400;

/// A second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(u64);

impl Time {
    /// So many seconds after the beginning of 1970; no later than the year 9999.
    pub fn of(seconds: u64) -> Self {
        Time(seconds.min(253_402_300_799))
    }

    /// By the system's clock.
    pub fn now() -> Self {
        Time::of(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }

    /// `07:40:00Z`.
    pub fn clock(self) -> String {
        let seconds = self.0 % DAY;
        format!("{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// `2026-11-22T07:40:00Z` (RFC 3339).
    pub fn full(self) -> String {
        let (year, month, day) = date(self.0 / DAY);
        let mut text = format!("{year:04}-{month:02}-{day:02}T");
        let _ = write!(text, "{}", self.clock());
        text
    }
}

/// Year, month and day of a day after the beginning of 1970, by the Gregorian calendar. Years are counted from March on, so that
/// the leap day is the last one; 400 years have 146,097 days.
const fn date(days: u64) -> (u64, u64, u64) {
    // From 1 March of the year 0.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year;
    (if month <= 2 { year + 1 } else { year }, month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_date_knows() {
        // From `date -u -d @N +%FT%TZ`.
        for (seconds, full) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_795_333_200, "2026-11-22T07:40:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (u64::MAX, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Time::of(seconds).full(), full);
        }
        assert_eq!(Time::of(1_795_333_200).clock(), "07:40:00Z");
    }

    /// Every day follows the one before it.
    #[test]
    fn the_calendar() {
        let mut before = date(0);
        for day in 1..200_000 {
            let (year, month, of_month) = date(day);
            let every = |years| u64::is_multiple_of(before.0, years);
            let leap = every(4) && (!every(100) || every(400));
            let length = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            let next = match before {
                (y, 12, 31) => (y + 1, 1, 1),
                (y, m, d) if d == length[m as usize - 1] => (y, m + 1, 1),
                (y, m, d) => (y, m, d + 1),
            };
            assert_eq!((year, month, of_month), next);
            before = next;
        }
    }
}
