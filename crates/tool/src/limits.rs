//! The options that limit a group: the rows that xcgexec and xcgroup share.

use xns_cgroup::device::DeviceKey;
use xns_cgroup::limits::LimitKey;
use xns_cli::options::{Domain, Opt};

/// The heading of these options.
pub const HEADING: &str = "Limits";

/// The row of a limit.
pub const fn row<K: Copy>(limit: LimitKey, key: K) -> Opt<K> {
    let (value, help) = words(limit);
    Opt::new(key, limit.long(), HEADING, help).required(value, Domain::Text)
}

/// The row of an option for devices.
pub const fn device<K: Copy>(device: DeviceKey, key: K) -> Opt<K> {
    let help = match device {
        DeviceKey::Allow => {
            "Allow this device, by TYPE MAJOR:MINOR ACCESS ('c 1:3 rw') or PATH ACCESS, and deny all others but null, zero, full, random, urandom, tty, console, ptmx and pts/*."
        }
        DeviceKey::Deny => "Deny this device, and no other, unless --device is given.",
    };
    Opt::new(key, device.long(), HEADING, help).required("RULE", Domain::Text)
}

/// What the value is called, and what it does.
const fn words(limit: LimitKey) -> (&'static str, &'static str) {
    match limit {
        LimitKey::Memory => (
            "SIZE",
            "How much memory, and no swap beside it unless --swap says so: K, M, G are powers of 1024.",
        ),
        LimitKey::MemoryRequest => {
            ("SIZE", "How much memory is kept for the group when there is little: as Kubernetes' request.")
        }
        LimitKey::Swap => ("SIZE", "How much may be swapped out; max for as much as there is."),
        LimitKey::Cpu => (
            "AMOUNT",
            "How much CPU time: 50% of one CPU, a bare 1.5 are CPUs, 500m thousandths of one; of each 100ms, or 50%/200ms.",
        ),
        LimitKey::CpuRequest => {
            ("CPUS", "The weight that Kubernetes gives for a request of so many CPUs, like 250m.")
        }
        LimitKey::CpuWeight => {
            ("WEIGHT", "The share of the CPU when others want it too: 1 to 10000, 100 is normal.")
        }
        LimitKey::CpuShares => ("SHARES", "The same as version 1 counts it: 2 to 262144, 1024 is normal."),
        LimitKey::Cpuset => ("LIST", "Which CPUs: 0-1,3."),
        LimitKey::CpusetMems => ("LIST", "Which memory nodes."),
        LimitKey::Pids => ("NUMBER", "How many processes and threads at once."),
        LimitKey::IoRead => (
            "DEVICE=RATE",
            "How much is read per second from the disk of DEVICE, which is a path, a mount point or MAJOR:MINOR: 10M is 10 times 1024 squared, 10MB/s ten million.",
        ),
        LimitKey::IoWrite => ("DEVICE=RATE", "The same for writing."),
        LimitKey::IoReadIops => ("DEVICE=NUMBER", "How many reads per second."),
        LimitKey::IoWriteIops => ("DEVICE=NUMBER", "How many writes per second."),
        LimitKey::IoWeight => {
            ("WEIGHT", "The share of a disk when others want it too: 1 to 10000, 100 is normal.")
        }
        LimitKey::NetClass => ("CLASS", "The class of packets for tc(8), by version 1: 0x00010001 or 1:1."),
        LimitKey::Set => (
            "FILE=VALUE",
            "Write a value into a file of the group; a name of the other version is translated, which is said.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_devices_are_named() {
        let help = device(DeviceKey::Allow, DeviceKey::Allow).help;
        let names = xns_cgroup::device::DEFAULT_NAMES.split(' ');
        assert!(names.clone().count() > 5);
        names.for_each(|name| assert!(help.contains(name), "{name}"));
    }

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
