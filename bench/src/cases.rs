//! What is measured, as data. A new tool is a new `Tool` and new rows.

use crate::groups::Version;

/// A program of ours and the one that it replaces.
#[derive(Debug, PartialEq)]
pub(crate) struct Tool {
    pub(crate) ours: &'static str,
    pub(crate) peer: &'static str,
    /// Whose the peer is.
    pub(crate) suite: &'static str,
    /// The C program that does the least there is to do.
    pub(crate) least: Least,
}

/// One of the C programs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Least {
    /// limit.c
    Namespaces,
    /// group.c
    Groups,
    /// lsns.c
    List,
}

/// Ratios that are to be reached.
#[derive(Debug)]
pub(crate) struct Targets {
    /// Ours to the peer.
    pub(crate) peer: f64,
    /// Ours to the limit.
    pub(crate) limit: f64,
    /// Ours to the limit, what is wanted beyond.
    pub(crate) goal: f64,
}

/// Stands in arguments for the PID of a process in namespaces of its own, which lives while the case is measured.
pub(crate) const PID: &str = "PID";

/// One row of the tables. Each contestant's arguments are followed by the program to launch; in all of them [`PID`] and the
/// words of [`crate::groups`] are replaced.
#[derive(Debug)]
pub(crate) struct Case {
    /// For `--case`.
    pub(crate) name: &'static str,
    pub(crate) tool: &'static Tool,
    /// The arguments of the tool's C program that do the same: a mode of limit.c with its operand, or words of group.c.
    pub(crate) limit: &'static [&'static str],
    /// Other ways of limit.c to the same end, for `--rivals`: modes that take the operand of `limit`.
    pub(crate) rivals: &'static [&'static str],
    pub(crate) ours: &'static [&'static str],
    pub(crate) peer: &'static [&'static str],
    pub(crate) root: bool,
    /// The version of the control groups that it needs.
    pub(crate) groups: Option<Version>,
    /// Its targets are for launches that lie far apart, not for those back to back.
    pub(crate) apart: bool,
    /// Timed unless cases are named; else only traced.
    pub(crate) timed: bool,
    pub(crate) targets: Targets,
    /// How many system calls ours may make.
    pub(crate) max_calls: Option<u64>,
    /// A rest after each round, in which the kernel takes down what the round has left behind.
    pub(crate) drain_ms: u64,
}

impl Case {
    /// The command line without the program; of those with control groups the name: ours and the peer's are not the same.
    pub(crate) fn title(&self) -> String {
        match self.groups {
            None => format!("{} {}", self.tool.peer, self.peer.join(" ")),
            Some(_) => self.name.to_owned(),
        }
    }

    /// What ours is asked for, and what the peer.
    pub(crate) fn both(&self) -> String {
        let Tool { ours, peer, .. } = self.tool;
        let (our_words, peer_words) = (self.ours.join(" "), self.peer.join(" "));
        format!("{ours} {our_words}, {peer} {peer_words}")
            .replace("{name}/here", "GROUP")
            .replace("{name}/wait", "GROUP")
    }

    /// Whether it enters namespaces, which have to be made first.
    pub(crate) fn needs_target(&self) -> bool {
        [self.limit, self.ours, self.peer].iter().any(|args| args.iter().any(|arg| arg.contains(PID)))
    }
}

const UNSHARE: Tool =
    Tool { ours: "xunshare", peer: "unshare", suite: "util-linux", least: Least::Namespaces };
const NSENTER: Tool = Tool { ours: "xnsenter", peer: "nsenter", ..UNSHARE };
const CGEXEC: Tool = Tool { ours: "xcgexec", peer: "cgexec", suite: "libcgroup", least: Least::Groups };
const TARGETS: Targets = Targets { peer: 0.25, limit: 1.6, goal: 1.25 };
const CPU_HERE: &[&str] = &["-g", "cpu:{name}/here"];
const PIDS_HERE: &[&str] = &["-g", "pids:{name}/here"];
const ENTER_TARGETS: Targets = Targets { peer: 0.22, ..TARGETS };

/// Only the peer is what is to be beaten.
const GROUP_TARGETS: Targets = Targets { peer: 0.2, limit: f64::INFINITY, goal: f64::INFINITY };

/// Into groups that are there.
const JOIN: Case = Case {
    name: "cg-join",
    tool: &CGEXEC,
    limit: &["@{cpu}/here/tasks", "@{memory}/here/tasks", "@{pids}/here/tasks", "--"],
    rivals: &[],
    ours: &["-g", "cpu,memory,pids:{name}/here"],
    peer: &["-g", "cpu,memory,pids:{name}/here"],
    root: true,
    groups: Some(Version::One),
    apart: true,
    timed: true,
    targets: GROUP_TARGETS,
    max_calls: None,
    drain_ms: 0,
};

/// With three limits in a group that is made and removed, against the peer in one that is there.
const LIMITS: Case = Case {
    name: "cg-limits",
    limit: &[
        "+{memory}/run",
        "+{cpu}/run",
        "+{pids}/run",
        "{memory}/run/memory.limit_in_bytes=104857600",
        "?{memory}/run/memory.memsw.limit_in_bytes=104857600",
        "{cpu}/run/cpu.cfs_quota_us=50000",
        "{pids}/run/pids.max=100",
        "@{memory}/run/tasks",
        "@{cpu}/run/tasks",
        "@{pids}/run/tasks",
        "--",
    ],
    ours: &["--memory", "100M", "--cpu", "50%", "--pids", "100"],
    targets: Targets { peer: 0.5, ..GROUP_TARGETS },
    ..JOIN
};

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "uts",
        tool: &UNSHARE,
        limit: &["uts"],
        rivals: &[],
        ours: &["--uts"],
        peer: &["--uts"],
        root: true,
        groups: None,
        apart: false,
        timed: true,
        targets: TARGETS,
        max_calls: None,
        drain_ms: 0,
    },
    Case {
        name: "user",
        tool: &UNSHARE,
        limit: &["user"],
        rivals: &[],
        ours: &["-r"],
        peer: &["-r"],
        root: false,
        groups: None,
        apart: false,
        timed: true,
        targets: TARGETS,
        max_calls: None,
        drain_ms: 0,
    },
    Case {
        name: "mnt",
        tool: &UNSHARE,
        limit: &["mnt"],
        rivals: &[],
        ours: &["-m"],
        peer: &["-m"],
        root: true,
        groups: None,
        apart: false,
        timed: true,
        targets: TARGETS,
        max_calls: None,
        drain_ms: 0,
    },
    Case {
        name: "pidproc",
        tool: &UNSHARE,
        limit: &["pidproc"],
        rivals: &["pidproc-fork", "pidproc-clone"],
        ours: &["-fp", "--mount-proc"],
        peer: &["-fp", "--mount-proc"],
        root: true,
        groups: None,
        apart: false,
        timed: true,
        targets: TARGETS,
        max_calls: None,
        drain_ms: 0,
    },
    Case {
        name: "utsipcnet",
        tool: &UNSHARE,
        limit: &["utsipcnet"],
        rivals: &[],
        ours: &["--uts", "--ipc", "--net"],
        peer: &["--uts", "--ipc", "--net"],
        root: true,
        groups: None,
        apart: false,
        timed: true,
        // The kernel makes the network namespace, and that is most of it.
        targets: Targets { peer: 0.55, ..TARGETS },
        max_calls: None,
        // A dead network namespace is freed by a kernel thread, over several RCU grace periods: 30 to 50 ms.
        drain_ms: 50,
    },
    Case {
        name: "all",
        tool: &UNSHARE,
        limit: &["all"],
        rivals: &[],
        ours: &["-r", "-m", "-f", "-p", "-u", "--mount-proc"],
        peer: &["-r", "-m", "-f", "-p", "-u", "--mount-proc"],
        root: false,
        groups: None,
        apart: false,
        timed: false,
        targets: TARGETS,
        max_calls: Some(60),
        drain_ms: 0,
    },
    Case {
        name: "enter-all",
        tool: &NSENTER,
        limit: &["enter-all", PID],
        rivals: &["enter-all-fork"],
        ours: &["-t", PID, "-a"],
        peer: &["-t", PID, "-a"],
        root: true,
        groups: None,
        apart: false,
        timed: true,
        targets: ENTER_TARGETS,
        max_calls: None,
        drain_ms: 0,
    },
    Case {
        name: "enter-net",
        tool: &NSENTER,
        limit: &["enter-net", "/proc/PID/ns/net"],
        rivals: &[],
        ours: &["--net=/proc/PID/ns/net"],
        peer: &["--net=/proc/PID/ns/net"],
        root: true,
        groups: None,
        apart: false,
        timed: true,
        targets: ENTER_TARGETS,
        max_calls: None,
        drain_ms: 0,
    },
    JOIN,
    Case { name: "cg-join1", limit: &["@{cpu}/here/tasks", "--"], ours: CPU_HERE, peer: CPU_HERE, ..JOIN },
    LIMITS,
    // In place: the kernel's grace period has to be paid.
    Case {
        name: "cg2-join",
        limit: &["@{pids}/here/cgroup.procs", "--"],
        ours: PIDS_HERE,
        peer: PIDS_HERE,
        groups: Some(Version::Two),
        targets: Targets { peer: 1.0, ..GROUP_TARGETS },
        ..JOIN
    },
    // The waiting form: a child is born in a group that is made below `wait`.
    Case {
        name: "cg2-wait",
        limit: &["+{pids}/run", "{pids}/run/pids.max=100", "^{pids}/run", "--"],
        ours: &["--pids", "100", "-g", "pids:{name}/wait"],
        peer: PIDS_HERE,
        groups: Some(Version::Two),
        ..JOIN
    },
    // The same with a report: of all controllers, which are enabled for it; not asked for by any target.
    Case {
        name: "cg2-report",
        limit: &["^{pids}/here", "--"],
        ours: &["--report=/dev/null", "-g", "pids:{name}/wait"],
        peer: PIDS_HERE,
        groups: Some(Version::Two),
        targets: Targets { peer: f64::INFINITY, ..GROUP_TARGETS },
        ..JOIN
    },
    Case {
        name: "cg2-limits",
        limit: &[
            "+{pids}/run",
            "{memory}/run/memory.max=104857600",
            "?{memory}/run/memory.swap.max=0",
            "{cpu}/run/cpu.max=50000 100000",
            "{pids}/run/pids.max=100",
            "^{pids}/run",
            "--",
        ],
        peer: PIDS_HERE,
        groups: Some(Version::Two),
        ..LIMITS
    },
];
