//! How many processes and threads a user has.

/// Processes and threads whose real user id is `uid`, as far as `/proc` shows them; `None` without `/proc`.
pub(crate) fn count(uid: u32) -> Option<u64> {
    sum(|_, status| first(status, "Uid:") == Some(u64::from(uid)))
}

/// Those to which this process may send a signal. Without privileges they are its own user's (kill(2)), also in a user namespace
/// in which that user has no number.
pub(crate) fn count_own() -> Option<u64> {
    sum(|pid, _| xns_sys::signal::may_signal(pid))
}

/// The threads of the processes that are counted.
fn sum(counted: impl Fn(u32, &str) -> bool) -> Option<u64> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let mut all = 0;
    for entry in entries.flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let status = std::fs::read_to_string(entry.path().join("status"));
        if let (Some(pid), Ok(status)) = (pid, status)
            && counted(pid, &status)
        {
            all += first(&status, "Threads:").unwrap_or(1);
        }
    }
    Some(all)
}

/// A field of `/proc/PID/stat` by its number in proc_pid_stat(5), from 3 on: the second, the name in parentheses, may hold
/// anything.
pub fn stat_field(stat: &[u8], number: usize) -> Option<&str> {
    let after = stat.iter().rposition(|byte| *byte == b')')? + 1;
    std::str::from_utf8(&stat[after..]).ok()?.split_ascii_whitespace().nth(number.checked_sub(3)?)
}

/// When the process started, in clock ticks since the boot.
pub fn start_time(stat: &[u8]) -> Option<u64> {
    stat_field(stat, 22)?.parse().ok()
}

/// Has it ended, though its parent may not have asked how (a zombie)?
pub fn has_ended(stat: &[u8]) -> bool {
    matches!(stat_field(stat, 3), Some("Z" | "X"))
}

/// A field of a process's `status` (proc_pid_status(5)) by its name with the colon, without the blanks around it. A line end in the
/// process's name is escaped there, so that no name makes a field.
pub fn status_field<'a>(status: &'a [u8], field: &str) -> Option<&'a str> {
    let mut lines = status.split(|byte| *byte == b'\n');
    let value = lines.find_map(|line| line.strip_prefix(field.as_bytes()))?;
    Some(std::str::from_utf8(value).ok()?.trim())
}

/// A field's first number in a process's `status` (proc_pid_status(5)).
fn first(status: &str, field: &str) -> Option<u64> {
    let value = status.lines().find_map(|line| line.strip_prefix(field))?;
    value.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_of_a_field() {
        const STATUS: &str = "Name:\tx\nUid:\t7\t0\t0\t0\nThreads:\t3\n";
        assert_eq!(first(STATUS, "Uid:"), Some(7));
        assert_eq!(first(STATUS, "Threads:"), Some(3));
        assert_eq!(first(STATUS, "Name:"), None);
        assert_eq!(first("", "Uid:"), None);
    }

    #[test]
    fn a_field_without_the_blanks() {
        const STATUS: &[u8] = b"Name:\t\xff\\nSeccomp:\t9\nSeccomp:\t2\nNSpid:\t7\t1\n";
        assert_eq!(status_field(STATUS, "Seccomp:"), Some("2"));
        assert_eq!(status_field(STATUS, "NSpid:"), Some("7\t1"));
        assert_eq!((status_field(STATUS, "Name:"), status_field(b"", "Name:")), (None, None));
    }

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_start_time() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 777 0";
        assert_eq!(start_time(format!("7 (a) S 9) {rest}\n").as_bytes()), Some(777));
        assert_eq!(start_time(b"7 (a"), None);
        assert_eq!(start_time(b"7 (a) S 1"), None);
    }

    #[test]
    fn one_counts_oneself() {
        let pid = std::process::id();
        assert!(sum(|other, _| other == pid).unwrap() >= 1);
        assert!(count_own().unwrap() >= 1);
    }
}
