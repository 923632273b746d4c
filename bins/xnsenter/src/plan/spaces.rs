//! Which namespaces are entered.

use crate::cli::Cli;
use xns_core::{Facts, NsKind, NsSet};
use xns_plan::process::NamespaceSource;

/// Which namespaces are entered, from where, and which need not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spaces {
    /// Where the target is.
    pub(crate) of_target: NsSet,
    /// Where a file, an id, a socket or an owner says.
    pub(crate) of_sources: NsSet,
    /// With `--all`: the target's that are entered, with their numbers.
    pub(crate) seen: Vec<(NsKind, u64)>,
    /// Those that are left out since the target is where we are, with their numbers.
    pub(crate) same: Vec<(NsKind, u64)>,
}

impl Spaces {
    pub(crate) fn of(cli: &Cli, facts: &Facts) -> Self {
        let its_own: NsSet =
            cli.target.as_ref().map_or(NsSet::EMPTY, |target| its_own(cli, target.pid, facts));
        let sources = cli.sources.iter().map(|(kind, _)| *kind).filter(|kind| !its_own.contains(*kind));
        let mut of_sources: NsSet = sources.collect();
        let mut of_target = cli.of_target.union(its_own);
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
                self.leave_out(kind, facts);
            }
        }
    }

    fn leave_out(&mut self, kind: NsKind, facts: &Facts) {
        self.of_target = self.of_target.without(kind);
        self.same.retain(|(other, _)| *other != kind);
        self.same.extend(facts.own_namespace(kind).map(|own| (kind, own)));
    }

    /// Who has the rights enters every kind that there is, as the original: where the target is already, that changes nothing, but
    /// that it leads out of a chroot. One's own user namespace cannot be entered, and for one's own PID namespace there is no
    /// need to fork. An ordinary user has rights only where the target is elsewhere.
    fn add_all(&mut self, pid: u32, facts: &Facts) {
        let ordinary = is_ordinary(facts);
        let of_sources = self.of_sources;
        for kind in NsKind::ALL.into_iter().filter(|kind| !of_sources.contains(*kind)) {
            let compared = ordinary || matches!(kind, NsKind::User | NsKind::Pid);
            if !compared {
                if is_known(kind, pid, facts) {
                    self.of_target = self.of_target.with(kind);
                }
            } else if let Some(own) = facts.own_namespace(kind) {
                let theirs = facts.namespace(&of_target(kind, pid));
                if theirs == Some(own) {
                    self.leave_out(kind, facts);
                } else {
                    self.of_target = self.of_target.with(kind);
                    self.seen.extend(theirs.map(|theirs| (kind, theirs)));
                }
            }
        }
    }

    /// Those of the target that were asked for, also where it is where we are.
    pub(crate) fn asked_of_target(&self) -> NsSet {
        self.same.iter().fold(self.of_target, |set, (kind, _)| set.with(*kind))
    }

    /// All that are entered.
    pub(crate) fn entered(&self) -> NsSet {
        self.of_target.union(self.of_sources)
    }
}

/// Root of a user namespace of somebody's has rights only over what that owns, as an ordinary user.
fn is_ordinary(facts: &Facts) -> bool {
    facts.euid() != 0 || facts.other_namespace(NsKind::User).is_some()
}

/// Files that hold the target's own namespaces: in one call with its others they are entered also by who has rights in each of
/// them, but not in all at once (nested user namespaces).
fn its_own(cli: &Cli, pid: u32, facts: &Facts) -> NsSet {
    if facts.euid() == 0 {
        return NsSet::EMPTY;
    }
    let is_its_own = |kind: NsKind, source: &NamespaceSource| match source {
        NamespaceSource::File(file) => {
            let held = file.to_str().and_then(|file| facts.namespace(file));
            held.is_some() && held == facts.namespace(&of_target(kind, pid))
        }
        _ => false,
    };
    cli.sources.iter().filter(|(kind, source)| is_its_own(*kind, source)).map(|(kind, _)| *kind).collect()
}

fn of_target(kind: NsKind, pid: u32) -> String {
    format!("/proc/{pid}/ns/{kind}")
}

/// Is the target where we are? `None` when the kernel does not know the kind; what cannot be read is another one.
fn is_ours(kind: NsKind, pid: u32, facts: &Facts) -> Option<bool> {
    let own = facts.own_namespace(kind)?;
    Some(facts.namespace(&of_target(kind, pid)) == Some(own))
}

/// Does the kernel know the kind? Every one that we run on knows all but the last.
fn is_known(kind: NsKind, pid: u32, facts: &Facts) -> bool {
    kind != NsKind::Time || facts.namespace(&of_target(kind, pid)).is_some()
}
