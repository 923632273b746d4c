//! Why the devices of a group could not be limited.

use super::op::{ATTACH, LOAD};
use std::path::Path;
use xns_core::{Errno, Facts, Failure, Hint};

/// Of version 2, for a refused [`super::AttachDevices`].
pub(super) fn not_attached(directory: &Path, failure: &Failure, facts: &Facts) -> Option<Hint> {
    match (failure.part, failure.errno()?) {
        (LOAD, Errno::EPERM) => {
            without_capability(facts).or_else(|| locked_memory(facts)).or_else(|| filtered(facts))
        }
        (LOAD, errno @ (Errno::EINVAL | Errno::ENOSYS)) => Some(
            Hint::new("XNS-D1-no-bpf", "this kernel has no programs for the devices of a group")
                .because(format!("bpf(BPF_PROG_LOAD) answered {errno:?}"))
                .because("they need CONFIG_BPF_SYSCALL, CONFIG_CGROUP_BPF and Linux 4.15")
                .cure("without --device and --device-deny", "version 2 has no other way to limit devices"),
        ),
        (ATTACH, Errno::EPERM) => Some(
            Hint::new(
                "XNS-D2-program-above",
                "a group above has a program of its own, which lets none stand beside it",
            )
            .because(format!(
                "the program was loaded, but bpf(BPF_PROG_ATTACH) to {} answered EPERM",
                directory.display()
            ))
            .cure("bpftool cgroup tree", "shows which group has one without the flag multi"),
        ),
        (ATTACH, Errno::E2BIG) => Some(
            Hint::new("XNS-D3-too-many", "the group has as many programs as it can have")
                .because("the kernel takes 64 for each purpose")
                .cure("xcgroup delete", "and a new group: a group's programs go with it"),
        ),
        _ => None,
    }
}

/// Numbers of capabilities(7).
const CAP_NET_ADMIN: u32 = 12;
const CAP_SYS_ADMIN: u32 = 21;
const CAP_BPF: u32 = 39;

/// The kernel asks for them in the initial user namespace.
fn without_capability(facts: &Facts) -> Option<Hint> {
    let id = "XNS-D4-right";
    let cure = facts.command_with(&["sudo"], &[] as &[&str]);
    let has = |number| facts.has_capability("CapEff", number);
    let enough = has(CAP_SYS_ADMIN)? || (has(CAP_BPF)? && has(CAP_NET_ADMIN)?);
    if !enough {
        let cause = "limiting devices on version 2 needs CAP_SYS_ADMIN, or CAP_BPF with CAP_NET_ADMIN";
        let because = format!(
            "you are uid {}, and /proc/self/status says CapEff {}",
            facts.euid(),
            facts.status("CapEff")?
        );
        return Some(Hint::new(id, cause).because(because).cure(cure, ""));
    }
    let map = facts.line("/proc/self/uid_map")?;
    let is_whole = map.split_whitespace().eq(["0", "0", "4294967295"]);
    (!is_whole).then(|| {
        Hint::new(id, "limiting devices on version 2 takes rights in the first user namespace")
            .because(format!("/proc/self/uid_map says {:?}: this is another one", map.trim()))
            .cure("from outside the user namespace", "as root")
    })
}

/// Before Linux 5.11 programs counted as locked memory of the user, root's too.
fn locked_memory(facts: &Facts) -> Option<Hint> {
    let release = facts.line("/proc/sys/kernel/osrelease")?;
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse::<u32>().ok());
    if (numbers.next()?, numbers.next()?) >= (5, 11) {
        return None;
    }
    let limits = facts.line("/proc/self/limits")?;
    let row = limits.lines().find_map(|line| line.strip_prefix("Max locked memory"))?;
    let soft: u64 = row.split_whitespace().next()?.parse().ok()?;
    Some(
        Hint::new("XNS-D5-locked-memory", "the limit of locked memory is used up, to which programs count")
            .because(format!("RLIMIT_MEMLOCK is {soft} bytes (/proc/self/limits), on Linux {release}"))
            .cure("ulimit -l unlimited", ""),
    )
}

/// Containers' filters leave bpf(2) to the host.
fn filtered(facts: &Facts) -> Option<Hint> {
    (facts.status("Seccomp")? == "2").then(|| {
        Hint::new("XNS-D6-filter", "a filter (seccomp) keeps bpf(2) from this process")
            .because("you have the capabilities, and /proc/self/status says Seccomp 2")
            .cure("from outside the container", "")
    })
}

/// Of version 1, for a line that `devices.allow` or `devices.deny` of a group's directory refused.
pub fn line_refused(directory: &Path, value: &str, errno: Errno, facts: &Facts) -> Option<Hint> {
    match errno {
        Errno::EPERM => {
            let above = directory.parent()?.join("devices.list");
            let list = facts.line(above.to_str()?)?;
            let shown = match list.as_str() {
                // Denials are not shown.
                "a *:* rwm" => "says \"a *:* rwm\", but a group there may deny some".to_owned(),
                list => format!("has: {}", list.lines().collect::<Vec<_>>().join(", ")),
            };
            Some(
                Hint::new(
                    "XNS-D7-above",
                    format!("the group above does not allow {value}, and none below may"),
                )
                .because(format!("{} {shown}", above.display()))
                .cure(format!("allow {value} there first"), "in each group from the top down"),
            )
        }
        Errno::EINVAL if value == "a" => Some(
            Hint::new(
                "XNS-D8-children",
                "the rule for all devices cannot be changed while there are groups below",
            )
            .because(format!("{} has groups in it", directory.display()))
            .cure("xcgroup tree", "shows them"),
        ),
        _ => None,
    }
}
