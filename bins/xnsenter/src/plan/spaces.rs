//! Which namespaces are entered.

use crate::cli::Cli;
use xns_core::{Facts, NsKind, NsSet};

/// Which namespaces are entered, from where, and which need not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spaces {
    /// Where the target is.
    pub(crate) of_target: NsSet,
    /// Where a file, an id, a socket or an owner says.
    pub(crate) of_sources: NsSet,
    /// With `--all`: the target's that are entered, with their numbers.
    pub(crate) seen: Vec<(NsKind, u64)>,
    /// With `--all`: those in which the target is where we are.
    pub(crate) same: NsSet,
}

impl Spaces {
    pub(crate) fn of(cli: &Cli, facts: &Facts) -> Self {
        let mut of_sources: NsSet = cli.sources.iter().map(|(kind, _)| *kind).collect();
        let mut of_target = cli.of_target;
        if cli.user_parent {
            of_sources = of_sources.with(NsKind::User);
            of_target = of_target.without(NsKind::User);
        }
        let mut spaces = Spaces { of_target, of_sources, ..Spaces::default() };
        if let Some(target) = &cli.target {
            spaces.leave_out_own(target.pid, facts);
            if cli.all {
                spaces.add_all(target.pid, facts);
            }
        }
        spaces
    }

    /// One's own user namespace cannot be entered; the others only by who has rights in them, which who enters a user namespace
    /// without being root outside has not.
    fn leave_out_own(&mut self, pid: u32, facts: &Facts) {
        let ordinary = facts.euid() != 0;
        for kind in self.of_target.iter().filter(|kind| ordinary || *kind == NsKind::User) {
            if is_ours(kind, pid, facts) == Some(true) {
                (self.of_target, self.same) = (self.of_target.without(kind), self.same.with(kind));
            }
        }
    }

    /// Every kind that the kernel knows, and in which the target is not where we are. From a chroot root gets to the root of its
    /// mount namespace by entering that once more.
    fn add_all(&mut self, pid: u32, facts: &Facts) {
        for kind in NsKind::ALL.into_iter().filter(|kind| !self.of_sources.contains(*kind)) {
            let another_root = || kind == NsKind::Mnt && facts.euid() == 0 && facts.has_another_root(pid);
            match is_ours(kind, pid, facts) {
                None => {}
                Some(true) if !another_root() => {
                    (self.of_target, self.same) = (self.of_target.without(kind), self.same.with(kind));
                }
                Some(_) => {
                    self.of_target = self.of_target.with(kind);
                    let theirs = facts.namespace(&of_target(kind, pid));
                    self.seen.extend(theirs.map(|theirs| (kind, theirs)));
                }
            }
        }
    }

    /// All that are entered.
    pub(crate) fn entered(&self) -> NsSet {
        self.of_target.union(self.of_sources)
    }
}

fn of_target(kind: NsKind, pid: u32) -> String {
    format!("/proc/{pid}/ns/{kind}")
}

/// Is the target where we are? `None` when the kernel does not know the kind; what cannot be read is another one.
fn is_ours(kind: NsKind, pid: u32, facts: &Facts) -> Option<bool> {
    let own = facts.namespace(&format!("/proc/self/ns/{kind}"))?;
    Some(facts.namespace(&of_target(kind, pid)) == Some(own))
}
