//! What isolates a process beside its namespaces.

use super::fact::{Fact, plain, shown};
use super::spaces::text;
use serde_json::{Value, json};
use std::os::fd::BorrowedFd;
use std::path::Path;
use xns_cgroup::memberships;
use xns_core::{has_ended, stat_field};
use xns_sys::fs;
use xns_user::{CapabilitySet, Rights};

/// Has it ended?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    No,
    /// And its parent has not asked how: a zombie.
    All,
    /// Its main thread, while others go on.
    MainThread,
}

impl Ended {
    /// By the process's directory in `/proc`.
    pub(super) fn of(process: BorrowedFd<'_>) -> Self {
        const THREADS: usize = 20;
        let stat = fs::read_in(process, Path::new("stat")).unwrap_or_default();
        let threads = stat_field(&stat, THREADS).and_then(|threads| threads.parse::<u32>().ok());
        match (has_ended(&stat), threads) {
            (false, _) => Ended::No,
            (true, Some(2..)) => Ended::MainThread,
            (true, _) => Ended::All,
        }
    }

    fn fact(self) -> Option<Fact> {
        let (word, words) = match self {
            Ended::No => return None,
            Ended::All => ("zombie", "it has ended (a zombie)"),
            Ended::MainThread => ("main thread ended", "its main thread has ended, others go on"),
        };
        Some(Fact::line(
            "state",
            format!("{words}: of its namespaces only those of users and PIDs are left"),
            word,
        ))
    }
}

/// By its directory in `/proc`.
pub(super) fn facts(process: BorrowedFd<'_>, ended: Ended) -> Vec<Fact> {
    let ended = ended.fact();
    let levels = match xns_pid::Levels::of(process) {
        Ok(levels) => Fact::line("PIDs", levels.to_string(), levels.numbers()),
        Err(errno) => Fact::unknown("PIDs", text(errno)),
    };
    let mut facts: Vec<_> = ended.into_iter().chain([levels.key("nspid")]).collect();
    match Rights::of(process) {
        Ok(rights) => facts.extend(rights_of(&rights)),
        Err(errno) => facts.push(Fact::unknown("capabilities", text(errno))),
    }
    facts.push(match fs::read_in(process, Path::new("cgroup")) {
        Ok(groups) => cgroups(&groups),
        Err(errno) => Fact::unknown("cgroups", text(errno)),
    });
    facts
}

fn rights_of(rights: &Rights) -> Vec<Fact> {
    let all = CapabilitySet::of_kernel();
    let sets = [
        ("effective", Some(rights.effective)),
        ("permitted", Some(rights.permitted)),
        ("inheritable", Some(rights.inheritable)),
        ("bounding", Some(rights.bounding)),
        ("ambient", rights.ambient),
    ];
    let known = || sets.iter().filter_map(|(name, set)| Some((*name, (*set)?)));
    let lines = known().map(|(name, set)| format!("{name}: {}", set.words(all))).collect();
    let json: serde_json::Map<_, _> =
        known().map(|(name, set)| (name.to_owned(), json!(set.names()))).collect();
    let mut facts = vec![Fact::lines("capabilities", lines, json.into())];
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    facts.extend(rights.no_new_privileges.map(|set| Fact::line("no new privileges", yes(set), set)));
    facts.extend(rights.seccomp.map(|mode| {
        let filters = rights.seccomp_filters.filter(|filters| *filters > 0);
        let words =
            filters.map(|filters| format!("{mode}, {filters} of them")).unwrap_or_else(|| mode.to_string());
        Fact::line("seccomp", words, json!({"mode": mode.to_string(), "filters": rights.seccomp_filters}))
    }));
    facts
}

fn cgroups(text: &[u8]) -> Fact {
    let groups = memberships(text);
    let lines = groups.iter().map(|group| format!("{}: {}", group.hierarchy, shown(&group.path))).collect();
    let object = |group: &xns_cgroup::Membership| -> Value {
        json!({"hierarchy": group.hierarchy.to_string(), "path": plain(&group.path)})
    };
    Fact::list("cgroups", lines, groups.iter().map(object).collect())
}
