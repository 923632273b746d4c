//! What is measured, as data. A new tool is a new `Tool` and new rows.

/// A program of ours and the one that it replaces.
#[derive(Debug, PartialEq)]
pub(crate) struct Tool {
    pub(crate) ours: &'static str,
    pub(crate) peer: &'static str,
}

/// Ratios that are to be reached when launching back to back.
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

/// One row of the tables. Each contestant's arguments are followed by the program to launch; in all of them [`PID`] is
/// replaced.
#[derive(Debug)]
pub(crate) struct Case {
    /// For `--case`.
    pub(crate) name: &'static str,
    pub(crate) tool: &'static Tool,
    /// The mode of limit.c that does the same, with its operand.
    pub(crate) limit: &'static [&'static str],
    /// Other ways of limit.c to the same end, for `--rivals`: modes that take the operand of `limit`.
    pub(crate) rivals: &'static [&'static str],
    pub(crate) ours: &'static [&'static str],
    pub(crate) peer: &'static [&'static str],
    pub(crate) root: bool,
    /// Timed unless cases are named; else only traced.
    pub(crate) timed: bool,
    pub(crate) targets: Targets,
    /// How many system calls ours may make.
    pub(crate) max_calls: Option<u64>,
    /// A rest after each round, in which the kernel takes down what the round has left behind.
    pub(crate) drain_ms: u64,
}

impl Case {
    /// The command line without the program.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.tool.peer, self.peer.join(" "))
    }

    /// Whether it enters namespaces, which have to be made first.
    pub(crate) fn needs_target(&self) -> bool {
        [self.limit, self.ours, self.peer].iter().any(|args| args.iter().any(|arg| arg.contains(PID)))
    }
}

const UNSHARE: Tool = Tool { ours: "xunshare", peer: "unshare" };
const NSENTER: Tool = Tool { ours: "xnsenter", peer: "nsenter" };
const TARGETS: Targets = Targets { peer: 0.25, limit: 1.6, goal: 1.25 };
const ENTER_TARGETS: Targets = Targets { peer: 0.22, ..TARGETS };

pub(crate) const CASES: &[Case] = &[
    Case {
        name: "uts",
        tool: &UNSHARE,
        limit: &["uts"],
        rivals: &[],
        ours: &["--uts"],
        peer: &["--uts"],
        root: true,
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
        timed: true,
        targets: ENTER_TARGETS,
        max_calls: None,
        drain_ms: 0,
    },
];
