//! The limits that bind a group, in words: its own, or those of a group above it.

use std::path::PathBuf;
use xns_cgroup::stat::{Bound, Bounds, words};

/// A limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    /// Of what.
    pub(super) what: &'static str,
    /// `200M`
    pub(super) limit: String,
    /// Is it the group's own?
    pub(super) is_own: bool,
    /// Whose it is; `None`: of a group that is not seen here.
    pub(super) group: Option<PathBuf>,
    /// What the group would allow itself.
    pub(super) own: Option<String>,
}

/// Those that there are.
pub(super) fn bindings(bounds: &Bounds) -> Vec<Binding> {
    let all = [
        binding("memory", bounds.memory_bytes.as_ref(), |bytes| words::size(*bytes)),
        binding("cpu", bounds.cpu.as_ref(), |limit| {
            format!("{} of one CPU", words::percent(limit.percent()))
        }),
        binding("cpuset", bounds.cpus.as_ref(), String::clone),
        binding("pids", bounds.pids.as_ref(), u64::to_string),
    ];
    all.into_iter().flatten().collect()
}

fn binding<T>(what: &'static str, bound: Option<&Bound<T>>, limit: impl Fn(&T) -> String) -> Option<Binding> {
    let bound = bound?;
    Some(Binding {
        what,
        limit: limit(&bound.limit),
        is_own: bound.is_own,
        group: bound.group.clone(),
        own: bound.own.as_ref().map(limit),
    })
}

impl Binding {
    /// Whose it is: `/a`; `a group above what is seen here`.
    fn whose(&self) -> String {
        let unseen = || "a group above what is seen here".to_owned();
        self.group.as_ref().map_or_else(unseen, |group| group.to_string_lossy().into_owned())
    }

    /// `memory bound by /a: 200M`
    pub(super) fn short(&self) -> String {
        format!("{} bound by {}: {}", self.what, self.whose(), self.limit)
    }

    /// `memory limited to 200M by /a, not by its own 500M`
    pub(super) fn long(&self) -> String {
        let what = match self.what {
            "cpu" => "CPU time",
            "cpuset" => "CPUs",
            "pids" => "processes and threads",
            what => what,
        };
        let own = self.own.as_ref().filter(|_| !self.is_own).map(|own| format!(", not by its own {own}"));
        format!("{what} limited to {} by {}{}", self.limit, self.whose(), own.unwrap_or_default())
    }
}
