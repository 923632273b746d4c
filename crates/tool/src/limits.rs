//! The options that limit a group of processes.

use xns_cgroup::limits::LimitKey;
use xns_cli::options::{Domain, Opt};

/// The heading of these options.
pub const HEADING: &str = "Limits";

/// The row of one of them, the same for each tool: `row(LimitKey::Memory, Key::Limit(LimitKey::Memory))`.
pub const fn row<K: Copy>(limit: LimitKey, key: K) -> Opt<K> {
    let (name, help) = words(limit);
    Opt::new(key, limit.long(), HEADING, help).required(name, domain(limit))
}

const fn domain(limit: LimitKey) -> Domain {
    match limit {
        LimitKey::CpuWeight | LimitKey::CpuShares | LimitKey::IoWeight => Domain::Number,
        LimitKey::Memory | LimitKey::MemoryRequest | LimitKey::Swap | LimitKey::Cpu | LimitKey::Pids => {
            Domain::OneOfOr(&["max"])
        }
        LimitKey::IoRead | LimitKey::IoWrite | LimitKey::IoReadIops | LimitKey::IoWriteIops => Domain::File,
        LimitKey::CpuRequest
        | LimitKey::Cpuset
        | LimitKey::CpusetMems
        | LimitKey::NetClass
        | LimitKey::Set => Domain::Text,
    }
}

/// What the value is called, and the help.
const fn words(limit: LimitKey) -> (&'static str, &'static str) {
    match limit {
        LimitKey::Memory => (
            "SIZE",
            "At most so much memory, as 500M or 1.5G (powers of 1024), and no swap beside it unless --swap is given; max lifts the limit.",
        ),
        LimitKey::MemoryRequest => (
            "SIZE",
            "Keep so much memory from being reclaimed when the machine is short of it. On version 1 what is above it is reclaimed first.",
        ),
        LimitKey::Swap => ("SIZE", "At most so much swap beside the memory; max lifts the limit."),
        LimitKey::Cpu => (
            "CPUS",
            "At most so much CPU time: 50% of one CPU, 1.5 CPUs, 250m (thousandths). A period may follow, as in 50%/200ms; it is 100ms otherwise.",
        ),
        LimitKey::CpuRequest => (
            "CPUS",
            "The weight of so many CPUs, as Kubernetes counts it; it tells who gets how much when all want more than there is.",
        ),
        LimitKey::CpuWeight => (
            "N",
            "Weight against the sibling groups when CPU time is short, from 1 to 10000; everybody has 100.",
        ),
        LimitKey::CpuShares => {
            ("N", "The same in version 1's numbers, from 2 to 262144; everybody has 1024.")
        }
        LimitKey::Cpuset => ("LIST", "Run on these CPUs only, as in 0-3,7."),
        LimitKey::CpusetMems => ("LIST", "Take memory of these memory nodes only."),
        LimitKey::Pids => ("N", "At most so many processes and threads; max lifts the limit."),
        LimitKey::IoRead => (
            "DEVICE=RATE",
            "Read at most so much in a second from a disk, which may be named by any path on it. M is 1024 times 1024 bytes, MB/s is 1000000.",
        ),
        LimitKey::IoWrite => ("DEVICE=RATE", "Write at most so much in a second to a disk."),
        LimitKey::IoReadIops => ("DEVICE=N", "At most so many reads in a second from a disk; k is 1000."),
        LimitKey::IoWriteIops => ("DEVICE=N", "At most so many writes in a second to a disk; k is 1000."),
        LimitKey::IoWeight => (
            "N",
            "Weight against the sibling groups when disks are busy, from 1 to 10000; everybody has 100. It counts only with the disk scheduler BFQ or the cost model of version 2.",
        ),
        LimitKey::NetClass => {
            ("ID", "Class of the packets for tc filters, as 0x00010001 or 1:1. Version 1 only.")
        }
        LimitKey::Set => (
            "FILE=VALUE",
            "Write a value to a file of the group. A name of the other version is translated, and said.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_has_a_row_and_a_sentence() {
        for limit in LimitKey::ALL {
            let row = row(limit, limit);
            assert_eq!((row.key, row.heading), (limit, HEADING));
            assert_eq!(format!("--{}", row.long), limit.to_string());
            assert!(row.value.name().is_some() && row.help.ends_with('.'), "{limit}");
        }
    }
}
