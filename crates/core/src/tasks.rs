//! How many processes and threads a user has.

/// Processes and threads whose real user id is `uid`, as far as `/proc` shows them; `None` without `/proc`.
pub(crate) fn count(uid: u32) -> Option<u64> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let mut all = 0;
    for entry in entries.flatten() {
        let is_process = entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit);
        let status = is_process.then(|| std::fs::read_to_string(entry.path().join("status")).ok()).flatten();
        all += status.map_or(0, |status| threads(&status, uid));
    }
    Some(all)
}

/// Of one process, by its `status` (proc_pid_status(5)).
fn threads(status: &str, uid: u32) -> u64 {
    let first = |field: &str| -> Option<u64> {
        let value = status.lines().find_map(|line| line.strip_prefix(field))?;
        value.split_whitespace().next()?.parse().ok()
    };
    if first("Uid:") == Some(u64::from(uid)) { first("Threads:").unwrap_or(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_count_for_the_real_uid() {
        const STATUS: &str = "Name:\tx\nUid:\t7\t0\t0\t0\nThreads:\t3\n";
        assert_eq!((threads(STATUS, 7), threads(STATUS, 0), threads("", 0)), (3, 0, 0));
    }
}
