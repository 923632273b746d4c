//! The few forms of text that the files have.

/// What version 1 shows for no limit of memory: the largest number of bytes that is whole pages. With pages of 64 KiB it is a little
/// less than with those of 4 KiB.
const NO_LIMIT: u64 = i64::MAX as u64 / 65536 * 65536;

/// A number alone. `max` is none, and so is one that is too large.
pub(super) fn number(text: &str) -> Option<u64> {
    text.trim().parse().ok()
}

/// A limit of memory, by the names of both versions.
pub(super) fn limit(text: &str) -> Option<u64> {
    number(text).filter(|bytes| *bytes < NO_LIMIT)
}

/// The value of a key in lines of `KEY VALUE`.
pub(super) fn value(text: &str, key: &str) -> Option<u64> {
    fields(text).find(|(name, _)| *name == key).and_then(|(_, value)| number(value))
}

/// All lines of `KEY VALUE`.
pub(super) fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.split_once(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(
            (number("42\n"), number("max\n"), number(""), number("-1\n")),
            (Some(42), None, None, None)
        );
        assert_eq!((number("18446744073709551616"), limit("67108864\n")), (None, Some(64 << 20)));
        for none in ["9223372036854771712\n", "9223372036854710272\n", "max\n"] {
            assert_eq!(limit(none), None);
        }
        assert_eq!(value("low 0\nmax 7\noom_kill 2\n", "max"), Some(7));
        assert_eq!(value("oom_kill_disable 0\noom_kill 2\n", "oom_kill"), Some(2));
        assert_eq!(value("max\nmax x\n", "max"), None);
    }
}
