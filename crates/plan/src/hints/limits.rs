//! E07: the limits that fork(2) meets: of a cgroup, of a user, of the machine.

use xns_cgroup::{Hierarchy, Membership};
use xns_core::{Facts, Hint};

const CAP_SYS_ADMIN: u32 = 21;
const CAP_SYS_RESOURCE: u32 = 24;

/// For a fork that answered EAGAIN. `same_user`: the process is in the user namespace that the tool was started in. `gone`:
/// it was another process than this one, and has ended since.
pub(super) fn reached(same_user: bool, gone: bool, facts: &Facts) -> Option<Hint> {
    // In a new user namespace its capabilities exempt from nothing, and the users' numbers in /proc are others.
    let map = facts.line("/proc/self/uid_map").unwrap_or_default();
    let initial = map.is_empty() || is_all(&map);
    let exempt = |number| same_user && initial && facts.has_capability("CapEff", number) == Some(true);
    let root = facts.uid() == 0 && same_user && (initial || map.split_whitespace().take(2).eq(["0", "0"]));
    let limited = !root && !exempt(CAP_SYS_ADMIN) && !exempt(CAP_SYS_RESOURCE);
    let whose = if same_user && initial { Whose::Uid(facts.uid()) } else { Whose::Own };
    of_cgroup(gone, facts)
        .or_else(|| limited.then(|| of_user(whose, facts)).flatten())
        .or_else(|| of_machine(facts))
}

/// Is it the map of the initial user namespace: all ids under their own numbers?
fn is_all(map: &str) -> bool {
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

/// pids.max of the own cgroup or one above it (the kernel counts in all of them).
fn of_cgroup(gone: bool, facts: &Facts) -> Option<Hint> {
    let (dir, most, present) = groups(facts).find_map(|dir| {
        let number = |file: &str| facts.number(&format!("{dir}/{file}"));
        let (most, present) = (number("pids.max")?, number("pids.current")?);
        (present + u64::from(gone) >= most).then_some((dir, most, present))
    })?;
    let then = if gone { ", and was one more" } else { "" };
    let hint = Hint::new(
        "XNS-E07-pids-max",
        format!("a cgroup of yours may have no more than {most} processes and threads, and has as many"),
    )
    .because(format!("{dir}/pids.max is {most}, pids.current is {present}{then}"));
    let refused = facts
        .line(&format!("{dir}/pids.events"))
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix("max ")).map(str::to_owned));
    let hint = match refused {
        Some(count) if count != "0" => hint.because(format!("{dir}/pids.events counts {count} refusals")),
        _ => hint,
    };
    let path = xns_core::shell::quote(format!("{dir}/pids.max"));
    Some(
        hint.cure(format!("echo {} | sudo tee {path}", (most * 2).max(100)), "raises the limit")
            .cure("end processes of that cgroup", "cgroup.procs there lists them"),
    )
}

/// The directories of the cgroups that count processes, from the own one up to the mount: version 1's controller `pids`,
/// and version 2.
fn groups(facts: &Facts) -> impl Iterator<Item = String> {
    let own = xns_cgroup::memberships(&facts.file("/proc/self/cgroup").unwrap_or_default());
    let mounts = facts.mounts().unwrap_or_default();
    let counts = |group: &Membership| match &group.hierarchy {
        Hierarchy::Unified => true,
        Hierarchy::Version1(names) => names.iter().any(|name| name == "pids"),
    };
    let mut found = Vec::new();
    for group in own.iter().filter(|group| counts(group)) {
        if let Some((dir, point)) = xns_cgroup::directory(group, &mounts) {
            found.extend(
                dir.ancestors()
                    .take_while(|dir| dir.starts_with(&point))
                    .map(|dir| dir.display().to_string()),
            );
        }
    }
    found.into_iter()
}

/// Whose processes and threads are counted.
#[derive(Clone, Copy)]
pub(super) enum Whose {
    /// Those of this user.
    Uid(u32),
    /// The caller's, who has another number by now, or none.
    Own,
}

/// RLIMIT_NPROC (getrlimit(2)) counts a user's processes and threads, wherever they are.
pub(super) fn of_user(whose: Whose, facts: &Facts) -> Option<Hint> {
    let limits = facts.line("/proc/self/limits")?;
    let mut row = limits.lines().find_map(|line| line.strip_prefix("Max processes"))?.split_whitespace();
    let (soft, hard) = (row.next()?.parse::<u64>().ok()?, row.next()?);
    let (user, count) = match whose {
        Whose::Uid(uid) => (format!("uid {uid}"), facts.tasks_of(uid)?),
        Whose::Own => ("your user outside".to_owned(), facts.own_tasks()?),
    };
    if count < soft {
        return None;
    }
    Some(
        Hint::new(
            "XNS-E07-process-limit",
            format!("{user} may have no more than {soft} processes and threads, and has as many"),
        )
        .because(format!("RLIMIT_NPROC is {soft} (/proc/self/limits), and /proc has {count} of that user"))
        .cure(
            "ulimit -u NUMBER",
            if hard == "unlimited" || hard.parse() != Ok(soft) {
                "raises it"
            } else {
                "as root: the hard limit is the same"
            },
        )
        .cure("end some of them", "ps -LU USER shows them"),
    )
}

/// kernel.pid_max and kernel.threads-max.
fn of_machine(facts: &Facts) -> Option<Hint> {
    // The lowest numbers are not used again (proc_sys_kernel(5)).
    const RESERVED: u64 = 300;
    let load = facts.line("/proc/loadavg")?;
    let count: u64 = load.split(' ').nth(3)?.split_once('/')?.1.parse().ok()?;
    let limits = [("pid_max", RESERVED), ("threads-max", 0)];
    let (name, most) = limits.into_iter().find_map(|(name, reserved)| {
        let most = facts.number(&format!("/proc/sys/kernel/{name}"))?;
        (count + reserved >= most).then_some((name, most))
    })?;
    Some(
        Hint::new("XNS-E07-machine", "the machine has as many processes and threads as it may have")
            .because(format!("kernel.{name} is {most}, and /proc/loadavg counts {count}"))
            .cure(format!("sudo sysctl -w kernel.{name}={}", most * 2), ""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn facts(uid: u32, files: &[(&str, &str)]) -> Facts {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Facts::recorded(Recorded { uid, files, ..Recorded::default() })
    }

    fn told(uid: u32, files: &[(&str, &str)]) -> Option<(&'static str, String)> {
        reached(true, false, &facts(uid, files)).map(|hint| (hint.id, hint.because[0].clone()))
    }

    #[test]
    fn the_full_cgroup_may_be_one_above_of_either_version() {
        let two = [
            ("/proc/self/cgroup", "1:name=systemd:/x\n0::/user.slice/a.scope\n"),
            ("/proc/self/mountinfo", "30 2 0:2 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"),
            ("/sys/fs/cgroup/user.slice/a.scope/pids.max", "max\n"),
            ("/sys/fs/cgroup/user.slice/a.scope/pids.current", "9\n"),
            ("/sys/fs/cgroup/user.slice/pids.max", "20\n"),
        ];
        let full = [&two[..], &[("/sys/fs/cgroup/user.slice/pids.current", "20\n")]].concat();
        let evidence = "/sys/fs/cgroup/user.slice/pids.max is 20, pids.current is 20";
        assert_eq!(told(0, &full), Some(("XNS-E07-pids-max", evidence.to_owned())));
        let free = [&two[..], &[("/sys/fs/cgroup/user.slice/pids.current", "19\n")]].concat();
        assert_eq!(told(0, &free), None);
        let one = [
            ("/proc/self/cgroup", "8:cpu,pids:/docker/c/x\n0::/\n"),
            (
                "/proc/self/mountinfo",
                "29 2 0:1 /docker/c /cg/cpu rw - cgroup cgroup rw,cpuset\n31 2 0:2 /docker/c /cg/pids rw - cgroup cgroup rw,cpu,pids\n",
            ),
            ("/cg/pids/x/pids.max", "3"),
            ("/cg/pids/x/pids.current", "4"),
            ("/cg/pids/x/pids.events", "max 7\n"),
        ];
        let hint = reached(true, false, &facts(0, &one)).unwrap();
        assert_eq!(
            hint.because,
            ["/cg/pids/x/pids.max is 3, pids.current is 4", "/cg/pids/x/pids.events counts 7 refusals"]
        );
        assert_eq!(hint.cures[0].action, "echo 100 | sudo tee /cg/pids/x/pids.max");
    }

    #[test]
    fn a_users_limit_counts_only_where_it_holds() {
        let limits = "Max open files            1024                 4096                 files\nMax processes             20                   40                   processes\n";
        let files =
            |count, caps| [("/proc/self/limits", limits), ("tasks:1000", count), ("/proc/self/status", caps)];
        let none = "CapEff:\t0000000000000000\n";
        let evidence = "RLIMIT_NPROC is 20 (/proc/self/limits), and /proc has 20 of that user".to_owned();
        assert_eq!(told(1000, &files("20", none)), Some(("XNS-E07-process-limit", evidence)));
        assert_eq!(told(1000, &files("19", none)), None);
        assert_eq!(told(1000, &files("20", "CapEff:\t0000000001000000\n")), None);
        assert_eq!(told(0, &files("20", none)), None);
        // In a user namespace of one's own one is called otherwise, and may do all.
        let inside = |uid, count| {
            let files = [
                ("/proc/self/limits", limits),
                ("tasks:own", count),
                ("/proc/self/status", "CapEff:\tffffffffffffffff\n"),
            ];
            reached(false, false, &facts(uid, &files)).map(|hint| hint.id)
        };
        assert_eq!(inside(1000, "20"), Some("XNS-E07-process-limit"));
        assert_eq!(inside(1000, "19"), None);
    }

    #[test]
    fn the_machine_has_limits_too() {
        let files = |most| [("/proc/loadavg", "0.1 0.1 0.1 2/32500 9\n"), ("/proc/sys/kernel/pid_max", most)];
        let hint = told(1000, &files("32768\n"));
        assert_eq!(hint.map(|(id, _)| id), Some("XNS-E07-machine"));
        assert_eq!(told(1000, &files("4194304\n")), None);
    }
}
