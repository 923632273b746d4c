//! E53: disks whose I/O is not limited.

use super::Value;
use crate::hint::permission::as_root;
use xns_core::{Errno, Facts, Hint};

pub(super) fn refused(value: &Value<'_>, errno: Errno) -> Option<Hint> {
    let device = value.text.split_whitespace().next().filter(|word| word.contains(':'))?;
    match errno {
        Errno::ENODEV | Errno::ENXIO => no_disk(device, value),
        Errno::EOPNOTSUPP => scheduler(device, value),
        Errno::EINVAL if has_letter(value) => letter(value),
        _ => None,
    }
}

/// The kernel's name of a block device: the last part of where `/sys/dev/block/MAJOR:MINOR` leads, and the part before it.
fn names(device: &str, facts: &Facts) -> Option<(String, String)> {
    let link = facts.link(&format!("/sys/dev/block/{device}"))?;
    let link = String::from_utf8_lossy(&link).into_owned();
    let mut parts = link.rsplit('/');
    Some((parts.next()?.to_owned(), parts.next().unwrap_or_default().to_owned()))
}

fn no_disk(device: &str, value: &Value<'_>) -> Option<Hint> {
    let facts = value.group.facts;
    let partition = facts.number(&format!("/sys/dev/block/{device}/partition"));
    if let (Some(number), Some((name, disk))) = (partition, names(device, facts)) {
        let whole = facts.line(&format!("/sys/class/block/{disk}/dev"));
        let hint = Hint::new(
            "XNS-E53-partition",
            format!("{name} is a partition: I/O is limited for whole disks, here {disk}"),
        )
        .because(format!("/sys/dev/block/{device}/partition is {number}"));
        return Some(match whole {
            Some(whole) => {
                let text = value.text.replacen(device, &whole, 1);
                hint.because(format!("/sys/class/block/{disk}/dev is {whole}"))
                    .cure(format!("'{text}'"), "the disk instead")
            }
            None => hint.cure(format!("/dev/{disk}"), "the disk instead"),
        });
    }
    if names(device, facts).is_some() {
        return None;
    }
    let mut names = facts.names_in("/sys/block");
    // Real disks first.
    names.sort_by_key(|name| ["loop", "ram", "zram"].iter().any(|start| name.starts_with(start)));
    let disks: Vec<_> = names
        .into_iter()
        .filter_map(|name| Some(format!("{name} ({})", facts.line(&format!("/sys/block/{name}/dev"))?)))
        .collect();
    let hint = Hint::new("XNS-E53-no-device", format!("there is no disk with the number {device}"))
        .because(format!("/sys/dev/block/{device} is not there"));
    let hint = if disks.is_empty() {
        hint
    } else {
        hint.because(format!("disks are {}", super::super::group::some_names(&disks)))
    };
    Some(
        hint.cure("lsblk", "shows the numbers (MAJ:MIN)")
            .cure("--io-read PATH=RATE", "finds the disk below a path; tmpfs and overlay have none"),
    )
}

/// A weight for one disk takes a scheduler that knows weights.
fn scheduler(device: &str, value: &Value<'_>) -> Option<Hint> {
    let facts = value.group.facts;
    let (disk, _) = names(device, facts)?;
    let file = format!("/sys/block/{disk}/queue/scheduler");
    let text = facts.line(&file)?;
    let hint = Hint::new("XNS-E53-scheduler", format!("the I/O scheduler of {disk} knows no weights"))
        .because(format!("{file} says {text}; the one in brackets counts"));
    Some(if text.contains("[bfq]") {
        hint.cure("io.bfq.weight", "bfq has its own file; blkio.bfq.weight_device by version 1")
    } else if text.contains("bfq") {
        hint.cure(set_scheduler(&file, facts), "for this disk, until the next boot")
    } else {
        hint.cure(
            format!("{} && {}", as_root("modprobe bfq", facts), set_scheduler(&file, facts)),
            "for this disk, until the next boot",
        )
    })
}

fn set_scheduler(file: &str, facts: &Facts) -> String {
    crate::hint::permission::write("bfq", &[file.to_owned()], facts)
}

/// `rbps=1M`: the kernel reads plain numbers.
fn has_letter(value: &Value<'_>) -> bool {
    value.file == "io.max"
        && value.text.split_whitespace().skip(1).any(|word| {
            let number = word.split('=').nth(1).unwrap_or_default();
            number.starts_with(|c: char| c.is_ascii_digit())
                && number.ends_with(|c: char| c.is_ascii_alphabetic())
        })
}

fn letter(value: &Value<'_>) -> Option<Hint> {
    Some(
        Hint::new("XNS-E53-letter", "io.max takes plain numbers, without letters")
            .because(format!("'{}' was refused", value.text))
            .cure("rbps=1048576", "instead of rbps=1M")
            .cure("--io-read PATH=1M", "takes letters"),
    )
}
