//! Limits of memory that cannot be.

use super::{Value, range};
use crate::hint::group::{Group, counted};
use crate::hint::permission::{as_root, write};
use xns_core::{Errno, Hint};

const LIMIT: &str = "memory.limit_in_bytes";
const WITH_SWAP: &str = "memory.memsw.limit_in_bytes";

pub(super) fn refused(value: &Value<'_>, errno: Errno) -> Option<Hint> {
    match (value.file, errno) {
        (LIMIT | WITH_SWAP, Errno::EBUSY) => below_usage(value),
        (LIMIT | WITH_SWAP, Errno::EINVAL) if !value.group.is_root() => {
            swap_order(value).or_else(|| range::syntax(value))
        }
        ("memory.reclaim", Errno::EAGAIN) => less_reclaimed(value),
        ("memory.force_empty", Errno::EBUSY) => in_use(value.group),
        _ => None,
    }
}

/// Version 1 refuses a limit that the usage cannot be pushed below.
fn below_usage(value: &Value<'_>) -> Option<Hint> {
    let group = value.group;
    let usage_file =
        if value.file == LIMIT { "memory.usage_in_bytes" } else { "memory.memsw.usage_in_bytes" };
    let usage = group.number(usage_file)?;
    let name = group.name();
    let hint =
        Hint::new("XNS-C6-below-usage", format!("{name} uses more than that, and cannot be pushed below it"))
            .because(format!("{} is {usage} ({})", group.file(usage_file), readable(usage)));
    let hint = match group.members().len() {
        0 => hint.because("it has no processes: what is used is cache, and pages of tmpfs"),
        count => hint.because(format!("in it and below: {}", counted(count))),
    };
    const MIB: u64 = 1024 * 1024;
    let enough = format!("{}M", usage.div_ceil(MIB) + 1);
    Some(
        hint.cure(write(&enough, &[group.file(value.file)], group.facts), "what it uses now")
            .cure(
                write("0", &[group.file("memory.force_empty")], group.facts),
                "gives cache back, when no process is in it",
            )
            .cure(as_root(&format!("xcgroup kill {name}"), group.facts), "ends its processes"),
    )
}

/// By version 1 memory with swap is never limited to less than memory alone.
fn swap_order(value: &Value<'_>) -> Option<Hint> {
    let group = value.group;
    let wanted = bytes(value.text)?;
    let other = if value.file == LIMIT { WITH_SWAP } else { LIMIT };
    let present =
        group.number(other).or_else(|| (value.file == WITH_SWAP && !group.exists()).then_some(u64::MAX))?;
    let wrong = if value.file == LIMIT { wanted > present } else { wanted < present };
    if !wrong {
        return None;
    }
    let hint = Hint::new(
        "XNS-C6-swap-order",
        "memory with swap can at no moment be limited to less than memory alone",
    );
    let hint = match group.number(other) {
        Some(present) => hint.because(format!("{} is {present} ({})", group.file(other), readable(present))),
        None => hint.because(format!("{other} of a new group is without a limit")),
    };
    let hint = hint.because(format!("{} would be {wanted} ({})", value.file, readable(wanted)));
    let files = |first: &str| write(value.text, &[group.file(first)], group.facts);
    let both = format!("{} && {}", files(other), files(value.file));
    let hint = hint.cure(both, "the other first");
    Some(hint.cure(
        format!("xcgroup set {} --memory {}", group.name(), value.text),
        "sets both in the right order",
    ))
}

fn less_reclaimed(value: &Value<'_>) -> Option<Hint> {
    let usage = value.group.number("memory.current")?;
    Some(
        Hint::new("XNS-C6-less-reclaimed", "less than that could be taken from the group")
            .because(format!("{} is {usage} ({}) now", value.group.file("memory.current"), readable(usage)))
            .cure("a smaller amount", "what could be taken is taken"),
    )
}

fn in_use(group: &Group<'_>) -> Option<Hint> {
    let members = group.members().len();
    (members > 0).then(|| {
        Hint::new("XNS-C6-below-usage", "only a group without processes gives all of its memory back")
            .because(format!("in it and below: {}", counted(members)))
            .cure(as_root(&format!("xcgroup kill {}", group.name()), group.facts), "ends them")
    })
}

/// As the kernel's memparse: a number with a letter, in steps of 1024; -1 is all there can be.
fn bytes(text: &str) -> Option<u64> {
    if text == "-1" {
        return Some(u64::MAX);
    }
    let letters = ["k", "m", "g", "t", "p", "e"];
    let lower = text.to_lowercase();
    let power = letters.iter().position(|letter| lower.ends_with(letter)).map_or(0, |place| place + 1);
    let digits = if power > 0 { &lower[..lower.len() - 1] } else { &lower };
    let number: u64 = digits.parse().ok()?;
    Some(number.saturating_mul(1024_u64.saturating_pow(u32::try_from(power).ok()?)))
}

/// "64.0 MiB".
pub(in crate::hint) fn readable(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    // Version 1 shows no limit as the largest number of whole pages.
    if bytes >= 1 << 60 {
        return "no limit".to_owned();
    }
    let mut unit = 0;
    let (mut whole, mut rest) = (bytes, 0);
    while whole >= 1024 && unit + 1 < UNITS.len() {
        (whole, rest) = (whole / 1024, whole % 1024);
        unit += 1;
    }
    if unit == 0 { format!("{whole} B") } else { format!("{whole}.{} {}", rest * 10 / 1024, UNITS[unit]) }
}
