//! Values that the kernel would take for other ones, without a word.

use super::super::io::IoKind;
use super::super::memory::NONE;
use crate::quantity::{Amount, Bytes, ClassId, Iops, QuantityError, Reason, Shares};
use std::ffi::OsStr;

/// Refuses what the kernel would store as another number. What it would itself refuse is left to it.
///
/// `page` is the size of a page of memory.
pub(crate) fn mangled(file: &str, value: &str, page: u64) -> Result<(), QuantityError> {
    let wrong = |at, reason| Err(QuantityError { text: value.into(), at, reason });
    if let Some(kind) = IoKind::ALL.into_iter().find(|kind| kind.file() == file) {
        return throttle(value, kind);
    }
    match file {
        _ if is_bytes(file) => {
            // Version 1 has its own word for no limit.
            let none = if file.ends_with("limit_in_bytes") { NONE } else { Amount::MAX };
            bytes(value, page, none)
        }
        "io.max" => rates(value),
        "cpu.max" => bandwidth(value),
        // Any number below 0 lifts them.
        "cpu.cfs_quota_us" | "cpu.rt_runtime_us" if value.starts_with('-') && value.trim_end() != NONE => {
            wrong(0, Reason::Lifted(NONE))
        }
        // Any number but 0 is 1.
        _ if is_switch(file) && is_digits(value.trim_end()) && !["0", "1"].contains(&value.trim_end()) => {
            wrong(0, Reason::Range { least: 0, most: 1 })
        }
        "cpu.shares" if is_digits(value) => Shares::parse(OsStr::new(value)).map(|_| ()),
        "net_cls.classid" if is_digits(value) || value.starts_with("0x") => {
            ClassId::parse(OsStr::new(value)).map(|_| ())
        }
        _ => match huge_page(file) {
            Some(page)
                if is_digits(value) && value.parse().is_ok_and(|bytes: u64| bytes > 0 && bytes < page) =>
            {
                wrong(0, Reason::BelowPage(page))
            }
            _ => Ok(()),
        },
    }
}

/// `QUOTA [PERIOD]`: of more words the kernel takes none, and says nothing.
fn bandwidth(value: &str) -> Result<(), QuantityError> {
    let odd = value.split_whitespace().skip(1).enumerate().find(|(at, word)| *at > 0 || !is_digits(word));
    match odd {
        None => Ok(()),
        Some((_, word)) => {
            let at = value.rfind(word).unwrap_or_default();
            Err(QuantityError { text: value.into(), at, reason: Reason::Digits })
        }
    }
}

/// Does it hold a number of bytes, of which the kernel keeps whole pages?
pub(crate) fn is_bytes(file: &str) -> bool {
    matches!(
        file,
        "memory.limit_in_bytes"
            | "memory.memsw.limit_in_bytes"
            | "memory.soft_limit_in_bytes"
            | "memory.max"
            | "memory.high"
            | "memory.low"
            | "memory.min"
            | "memory.swap.max"
            | "memory.swap.high"
    )
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The kernel's own reader (lib/cmdline.c, `memparse`): digits, and a letter of K M G T P E. `m` is M to it.
fn bytes(value: &str, page: u64, none: &'static str) -> Result<(), QuantityError> {
    let wrong = |at, reason| Err(QuantityError { text: value.into(), at, reason });
    let length = value.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, letters) = value.split_at(length);
    let known = letters.bytes().next().map_or(Some(0), |letter| {
        let place = b"KMGTPE".iter().position(|known| known.eq_ignore_ascii_case(&letter))?;
        u32::try_from(10 * (place + 1)).ok()
    });
    // A zero before other digits makes them octal.
    let (Some(shift), false) = (known, digits.is_empty() || digits.len() > 1 && digits.starts_with('0'))
    else {
        return Ok(());
    };
    if letters.len() > 1 {
        return match &letters[1..] {
            "B" | "b" | "iB" => wrong(length + 1, Reason::TrailingB(value[..=length].to_owned())),
            _ => Ok(()),
        };
    }
    let bytes = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    match bytes {
        None => wrong(0, Reason::Limitless(none)),
        Some(bytes) if bytes > 0 && bytes < page => wrong(0, Reason::BelowPage(page)),
        Some(bytes) if bytes > Bytes::LIMITLESS => wrong(0, Reason::Limitless(none)),
        Some(_) => Ok(()),
    }
}

/// `MAJOR:MINOR NUMBER`: version 1 reads the digits and no further, and operations in 32 bits.
fn throttle(value: &str, kind: IoKind) -> Result<(), QuantityError> {
    let wrong = |at, reason| Err(QuantityError { text: value.into(), at, reason });
    let line = value.trim_end();
    let Some(start) = line.rfind([' ', '\t']).map(|place| place + 1) else { return Ok(()) };
    let number = &line[start..];
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    if digits < number.len() {
        return wrong(start + digits, Reason::Digits);
    }
    let most = if kind.counts_operations() { Iops::MOST } else { i64::MAX as u64 };
    match number.parse::<u64>() {
        Ok(number) if number <= most => Ok(()),
        _ => wrong(start, Reason::Large(most)),
    }
}

/// `MAJOR:MINOR rbps=N riops=N`: what is too large for its bits is stored as no limit.
fn rates(value: &str) -> Result<(), QuantityError> {
    for word in value.split_whitespace() {
        let Some((name, number)) = word.split_once('=') else { continue };
        let most = match IoKind::ALL.into_iter().find(|kind| kind.word() == name) {
            Some(kind) if kind.counts_operations() => Iops::MOST,
            _ => i64::MAX as u64,
        };
        if is_digits(number) && number.parse::<u64>().is_ok_and(|number| number > most) {
            let at = value.find(word).unwrap_or_default() + name.len() + 1;
            return Err(QuantityError { text: value.into(), at, reason: Reason::Large(most) });
        }
    }
    Ok(())
}

/// Does it hold a 0 or a 1?
fn is_switch(file: &str) -> bool {
    matches!(
        file,
        "notify_on_release"
            | "cgroup.clone_children"
            | "cpuset.cpu_exclusive"
            | "cpuset.mem_exclusive"
            | "cpuset.mem_hardwall"
            | "cpuset.memory_migrate"
            | "cpuset.memory_pressure_enabled"
            | "cpuset.memory_spread_page"
            | "cpuset.memory_spread_slab"
            | "cpuset.sched_load_balance"
    )
}

/// The size in the name of a limit of huge pages: `hugetlb.2MB.max`.
fn huge_page(file: &str) -> Option<u64> {
    let (size, rest) = file.strip_prefix("hugetlb.")?.split_once('.')?;
    let is_limit = rest.trim_start_matches("rsvd.") == "max" || rest.ends_with("limit_in_bytes");
    let (number, unit) = size.split_at(size.find(|c: char| !c.is_ascii_digit())?);
    let shift = match unit {
        "KB" => 10,
        "MB" => 20,
        "GB" => 30,
        _ => return None,
    };
    is_limit.then(|| number.parse::<u64>().ok()?.checked_mul(1 << shift)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, value: &str) -> Result<(), (usize, Reason)> {
        mangled(file, value, 4096).map_err(|error| (error.at, error.reason))
    }

    #[test]
    fn what_the_kernel_would_mangle_is_refused() {
        for (file, value, at, reason) in [
            ("memory.limit_in_bytes", "100", 0, Reason::BelowPage(4096)),
            ("memory.max", "3K", 0, Reason::BelowPage(4096)),
            ("memory.max", "18446744073709551617", 0, Reason::Limitless("max")),
            ("memory.limit_in_bytes", "18446744073709551615", 0, Reason::Limitless("-1")),
            ("memory.max", "99999999999E", 0, Reason::Limitless("max")),
            ("io.max", "8:0 rbps=1 riops=4294967296", 17, Reason::Large(4_294_967_294)),
            ("io.max", "8:0 wbps=18446744073709551615", 9, Reason::Large(i64::MAX as u64)),
            ("cpu.cfs_quota_us", "-5", 0, Reason::Lifted("-1")),
            ("cpuset.memory_migrate", "7", 0, Reason::Range { least: 0, most: 1 }),
            ("memory.limit_in_bytes", "500MB", 4, Reason::TrailingB("500M".to_owned())),
            ("blkio.throttle.read_bps_device", "8:0 1M", 5, Reason::Digits),
            ("blkio.throttle.read_iops_device", "8:0 4294967296", 4, Reason::Large(4_294_967_294)),
            (
                "blkio.throttle.write_bps_device",
                "8:0 99999999999999999999",
                4,
                Reason::Large(i64::MAX as u64),
            ),
            ("cpu.shares", "1", 0, Reason::Range { least: 2, most: 262_144 }),
            ("net_cls.classid", "4294967296", 0, Reason::Range { least: 0, most: 4_294_967_295 }),
            ("hugetlb.2MB.limit_in_bytes", "4096", 0, Reason::BelowPage(2 << 20)),
            ("hugetlb.1GB.rsvd.max", "4096", 0, Reason::BelowPage(1 << 30)),
        ] {
            assert_eq!(check(file, value), Err((at, reason)), "{file} {value}");
        }
    }

    #[test]
    fn what_the_kernel_takes_or_refuses_is_left_to_it() {
        for (file, value) in [
            ("memory.limit_in_bytes", "-1"),
            ("memory.limit_in_bytes", "500m"),
            ("memory.limit_in_bytes", "0x100000"),
            ("memory.limit_in_bytes", "9223372036854771712"),
            ("memory.max", "max"),
            ("memory.max", "0"),
            ("memory.max", "1.5G"),
            ("memory.max", ""),
            ("memory.max", "5ü"),
            ("io.max", "8:0 rbps=1048576 wiops=max"),
            ("io.max", "8:0 riops=99999999999999999999999"),
            ("cpu.cfs_quota_us", "-1"),
            ("cpuset.memory_migrate", "1"),
            ("blkio.throttle.read_bps_device", "8:0 1048576"),
            ("blkio.throttle.read_bps_device", "8:0 0\n"),
            ("blkio.throttle.read_bps_device", "nonsense"),
            ("cpu.shares", "1024"),
            ("pids.max", "nonsense"),
            ("hugetlb.2MB.max", "max"),
            ("hugetlb.2MB.current", "1"),
        ] {
            assert_eq!(check(file, value), Ok(()), "{file} {value}");
        }
    }
}
