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
        if let (Some(target), true) = (&cli.target, cli.all) {
            spaces.add_all(target.pid, facts);
        }
        spaces
    }

    /// Every kind that the kernel knows, and in which the target is not where we are: entering one's own user namespace is
    /// refused, and for the others an ordinary user has no rights.
    fn add_all(&mut self, pid: u32, facts: &Facts) {
        for kind in NsKind::ALL.into_iter().filter(|kind| !self.of_sources.contains(*kind)) {
            let Some(own) = facts.namespace(&format!("/proc/self/ns/{kind}")) else { continue };
            match facts.namespace(&format!("/proc/{pid}/ns/{kind}")) {
                Some(theirs) if theirs == own => self.same = self.same.with(kind),
                theirs => {
                    self.of_target = self.of_target.with(kind);
                    self.seen.extend(theirs.map(|theirs| (kind, theirs)));
                }
            }
        }
        self.of_target = self.same.iter().fold(self.of_target, NsSet::without);
    }

    /// All that are entered.
    pub(crate) fn entered(&self) -> NsSet {
        self.of_target.union(self.of_sources)
    }
}
