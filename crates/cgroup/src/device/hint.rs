//! Why the devices of a group could not be limited.

use super::op::{ATTACH, LOAD, REPLACE};
use std::path::Path;
use xns_core::{Errno, Facts, Failure, Hint};

/// Why no program for devices could be loaded.
pub fn not_loaded(errno: Errno, facts: &Facts) -> Option<Hint> {
    not_attached(Path::new("/"), &Failure::in_part(LOAD, errno), facts)
}

/// Of version 2, for a refused [`super::AttachDevices`].
pub(super) fn not_attached(directory: &Path, failure: &Failure, facts: &Facts) -> Option<Hint> {
    match (failure.part, failure.errno()?) {
        (LOAD | REPLACE, Errno::EPERM) => {
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
    let has = |number| facts.has_capability("CapEff", number);
    let enough = has(CAP_SYS_ADMIN)? || (has(CAP_BPF)? && has(CAP_NET_ADMIN)?);
    lacks(enough, 2, "CAP_SYS_ADMIN, or CAP_BPF with CAP_NET_ADMIN", facts)
}

/// By version 1 one alone will do, also for the owner of the files (devcgroup_update_access in the kernel).
fn without_right_to_files(facts: &Facts) -> Option<Hint> {
    lacks(facts.has_capability("CapEff", CAP_SYS_ADMIN)?, 1, "CAP_SYS_ADMIN, whoever owns the group", facts)
}

fn lacks(enough: bool, version: u8, needed: &str, facts: &Facts) -> Option<Hint> {
    let id = "XNS-D4-right";
    let cure = facts.command_with(&["sudo"], &[] as &[&str]);
    if !enough {
        let cause = format!("limiting devices on version {version} needs {needed}");
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
        Hint::new(
            id,
            format!("limiting devices on version {version} takes rights in the first user namespace"),
        )
        .because(format!("/proc/self/uid_map says {:?}: this is another one", map.trim()))
        .cure("from outside the user namespace", "as root")
    })
}

/// Before Linux 5.11 programs counted as locked memory of the user, root's too.
fn locked_memory(facts: &Facts) -> Option<Hint> {
    let release = facts.older_kernel((5, 11))?;
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
            if let Some(hint) = without_right_to_files(facts) {
                return Some(hint);
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    const ROOT: &str = "Name:\tx\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n";
    const FIRST: &str = "         0          0 4294967295\n";

    fn facts(files: &[(&str, &str)]) -> Facts {
        let given = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Facts::recorded(Recorded { uid: 1000, files: given.collect(), ..Recorded::default() })
    }

    fn attached(part: u8, errno: Errno, files: &[(&str, &str)]) -> Option<(&'static str, String)> {
        let directory = Path::new("/sys/fs/cgroup/x");
        let hint = not_attached(directory, &Failure::in_part(part, errno), &facts(files))?;
        Some((hint.id, hint.because[0].clone()))
    }

    #[test]
    fn a_refused_program_has_its_cause() {
        let status = |text| ("/proc/self/status", text);
        let told = |id, evidence: &str| Some((id, evidence.to_owned()));
        let none = "Name:\tx\nCapEff:\t0000000000000000\nSeccomp:\t0\n";
        assert_eq!(
            attached(LOAD, Errno::EPERM, &[status(none)]),
            told("XNS-D4-right", "you are uid 1000, and /proc/self/status says CapEff 0000000000000000")
        );
        // CAP_BPF alone is not enough, but is with CAP_NET_ADMIN.
        let bpf = "CapEff:\t0000008000000000\n";
        assert_eq!(attached(LOAD, Errno::EPERM, &[status(bpf)]).unwrap().0, "XNS-D4-right");
        let both = "CapEff:\t0000008000001000\n";
        assert_eq!(attached(LOAD, Errno::EPERM, &[status(both), ("/proc/self/uid_map", FIRST)]), None);
        assert_eq!(
            attached(LOAD, Errno::EPERM, &[status(ROOT), ("/proc/self/uid_map", "0 1000 1\n")]),
            told("XNS-D4-right", "/proc/self/uid_map says \"0 1000 1\": this is another one")
        );
        let machine = [
            status(ROOT),
            ("/proc/self/uid_map", FIRST),
            ("/proc/sys/kernel/osrelease", "5.10.0-30-amd64\n"),
            (
                "/proc/self/limits",
                "Max locked memory         65536                65536                bytes\n",
            ),
        ];
        assert_eq!(
            attached(LOAD, Errno::EPERM, &machine),
            told(
                "XNS-D5-locked-memory",
                "RLIMIT_MEMLOCK is 65536 bytes (/proc/self/limits), on Linux 5.10.0-30-amd64"
            )
        );
        let filtered = "CapEff:\t000001ffffffffff\nSeccomp:\t2\n";
        let newer =
            [status(filtered), ("/proc/self/uid_map", FIRST), ("/proc/sys/kernel/osrelease", "6.1.0\n")];
        assert_eq!(attached(LOAD, Errno::EPERM, &newer).unwrap().0, "XNS-D6-filter");
        assert_eq!(
            attached(LOAD, Errno::ENOSYS, &[]),
            told("XNS-D1-no-bpf", "bpf(BPF_PROG_LOAD) answered ENOSYS")
        );
        assert_eq!(attached(ATTACH, Errno::EPERM, &[]).unwrap().0, "XNS-D2-program-above");
        assert_eq!(attached(ATTACH, Errno::E2BIG, &[]).unwrap().0, "XNS-D3-too-many");
        assert_eq!(attached(ATTACH, Errno::EBADF, &[]), None);
    }

    #[test]
    fn a_refused_line_has_its_cause() {
        let directory = Path::new("/sys/fs/cgroup/devices/a/b");
        let ask = |value: &str, errno, list: &str| {
            let facts = facts(&[("/sys/fs/cgroup/devices/a/devices.list", list)]);
            line_refused(directory, value, errno, &facts).map(|hint| (hint.id, hint.because[0].clone()))
        };
        let above = "XNS-D7-above";
        assert_eq!(
            ask("b 7:0 r", Errno::EPERM, "c *:* m\nc 1:3 rwm\n"),
            Some((above, "/sys/fs/cgroup/devices/a/devices.list has: c *:* m, c 1:3 rwm".to_owned()))
        );
        assert_eq!(ask("b 7:0 r", Errno::EPERM, "a *:* rwm\n").unwrap().0, above);
        let unprivileged = facts(&[
            ("/sys/fs/cgroup/devices/a/devices.list", "a *:* rwm\n"),
            ("/proc/self/status", "CapEff:\t0000000000000000\n"),
        ]);
        let hint = line_refused(directory, "c 1:5 r", Errno::EPERM, &unprivileged).unwrap();
        assert_eq!(hint.id, "XNS-D4-right");
        assert_eq!(ask("a", Errno::EINVAL, "").unwrap().0, "XNS-D8-children");
        assert_eq!(ask("b 7:0 r", Errno::EINVAL, ""), None);
    }
}
