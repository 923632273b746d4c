//! The lists that are measured, as data.

use crate::cases::{Least, Targets, Tool};

/// One population, and what is asked of it.
#[derive(Debug)]
pub(crate) struct List {
    /// For `--case`.
    pub(crate) name: &'static str,
    pub(crate) tool: &'static Tool,
    pub(crate) processes: u64,
    /// How many of them are in three namespaces of their own each.
    pub(crate) families: u64,
    /// The arguments of ours and of the peer.
    pub(crate) args: &'static [&'static str],
    /// Those of limit/lsns.c that do the same.
    pub(crate) limit: &'static [&'static str],
    /// Its mode that does what the peer does.
    pub(crate) bare: Option<&'static str>,
    pub(crate) rounds: u64,
    /// In how many of them the peer takes part: it needs seconds where there are many processes.
    pub(crate) peer_rounds: u64,
    pub(crate) trace_peer: bool,
    /// Of CPU time.
    pub(crate) targets: Targets,
    /// The peak of ours.
    pub(crate) max_kib: Option<u64>,
    /// A second CPU has to make it faster.
    pub(crate) worth_sharing: bool,
}

impl List {
    /// The command line, and among whom.
    pub(crate) fn title(&self) -> String {
        let words = [&[self.tool.peer], self.args].concat().join(" ");
        let families = match self.families {
            0 => String::new(),
            families => format!(", {} namespaces of their own", families * 3),
        };
        format!("{words}: {} processes{families}", self.processes)
    }
}

const LSNS: Tool = Tool { ours: "xlsns", peer: "lsns", suite: "util-linux", least: Least::List };

const ALL: List = List {
    name: "ls1000",
    tool: &LSNS,
    processes: 1000,
    families: 0,
    args: &[],
    limit: &["all"],
    bare: Some("bare"),
    // User time is sampled.
    rounds: 100,
    peer_rounds: 20,
    trace_peer: true,
    targets: Targets { peer: 0.25, limit: 1.3, goal: 1.15 },
    max_kib: Some(1024),
    worth_sharing: false,
};

/// It does something else than the peer, which examines no descriptors, or nothing was promised.
const NO_PEER: Targets = Targets { peer: f64::INFINITY, ..ALL.targets };

pub(crate) const LISTS: &[List] = &[
    List {
        name: "ls100",
        processes: 100,
        rounds: 100,
        peer_rounds: 100,
        targets: Targets { peer: 0.30, ..ALL.targets },
        ..ALL
    },
    ALL,
    List {
        name: "ls10000",
        processes: 10_000,
        rounds: 20,
        peer_rounds: 2,
        trace_peer: false,
        targets: Targets { peer: 0.07, ..ALL.targets },
        worth_sharing: true,
        ..ALL
    },
    List {
        name: "ls-net",
        rounds: 20,
        args: &["-t", "net"],
        limit: &["net"],
        bare: None,
        targets: NO_PEER,
        ..ALL
    },
    // PID 3 is the first of the population that stays.
    List { name: "ls-pid", rounds: 20, args: &["-p", "3"], limit: &["pid", "3"], bare: None, ..ALL },
    List { name: "ls-501", processes: 170, families: 167, targets: NO_PEER, max_kib: None, ..ALL },
    List {
        name: "ls-namespaces",
        processes: 1700,
        families: 1667,
        rounds: 20,
        peer_rounds: 2,
        trace_peer: false,
        targets: NO_PEER,
        max_kib: None,
        ..ALL
    },
];
