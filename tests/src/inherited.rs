//! What a process has from the one that started it, as it is seen from outside, in the host's `/proc`.

use std::collections::{BTreeMap, BTreeSet};

/// Odd things that a starter has set. Some of it (RT signals) only the kernel's own interface can name.
pub const STARTERS: &[&str] = &[
    "exec",
    "umask 027; ulimit -n 512; ulimit -S -s 4096; ulimit -c 0; echo 321 > /proc/self/oom_score_adj; exec nice -n 3",
    "exec chrt -b 0 env --ignore-signal=PIPE --ignore-signal=HUP --ignore-signal=USR1 --block-signal=USR2 \
     --block-signal=34 --block-signal=TERM",
    "exec env --ignore-signal=CHLD --ignore-signal=INT --ignore-signal=40 --block-signal=INT --block-signal=CHLD \
     --block-signal=64 --block-signal=PIPE",
    "exec setsid setarch -R",
    "exec 3</etc/passwd 5<pin 7>>out 9</ ; exec",
    "exec 4<&- 5<&- 9<>out; exec",
];

/// What can be read of a process, by name.
pub fn inherited(pid: u32) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let file = |name: &str| {
        let bytes = std::fs::read(format!("/proc/{pid}/{name}")).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let of_status =
        ["Umask", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "NoNewPrivs", "Seccomp", "Cpus_allowed"];
    for line in file("status").lines() {
        let (name, value) = line.split_once(':').unwrap();
        if of_status.contains(&name) {
            seen.insert(name.to_owned(), value.trim().to_owned());
        }
    }
    for name in ["limits", "environ", "cmdline", "oom_score_adj", "personality", "cgroup", "coredump_filter"]
    {
        seen.insert(name.to_owned(), file(name));
    }
    let stat = file("stat");
    let stat: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    // Counted from 3 in proc(5); what is before it has just been cut off.
    for (name, field) in [("terminal", 7), ("priority", 18), ("nice", 19), ("policy", 41)] {
        seen.insert(name.to_owned(), stat[field - 3].to_owned());
    }
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap() {
        let number = entry.unwrap().file_name().into_string().unwrap();
        let target = std::fs::read_link(format!("/proc/{pid}/fd/{number}")).unwrap().display().to_string();
        let info = file(&format!("fdinfo/{number}"));
        let flags = info.lines().find(|line| line.starts_with("flags")).unwrap().to_owned();
        // Every start has its own pipes.
        let target = if target.starts_with("pipe:") { "pipe".to_owned() } else { target };
        seen.insert(format!("fd {number}"), format!("{target} {flags}"));
    }
    seen
}

/// What differs. Who blocks SIGCHLD may find that of a helper pending, as with util-linux.
pub fn differences(seen: &BTreeMap<String, String>, expected: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<_> = seen.keys().chain(expected.keys()).collect();
    let differs = |name: &&&String| seen.get(**name) != expected.get(**name);
    let helpers =
        |name: &str| name == "ShdPnd" && seen[name] == CHILD_PENDING && expected[name] == NONE_PENDING;
    let differing = names.iter().filter(differs).filter(|name| !helpers(name));
    differing.map(|name| format!("{name}: {:?}, not {:?}", seen.get(*name), expected.get(*name))).collect()
}

/// ShdPnd with nothing but SIGCHLD.
const CHILD_PENDING: &str = "0000000000010000";
const NONE_PENDING: &str = "0000000000000000";
