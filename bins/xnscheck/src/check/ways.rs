//! The two ways to most things: with one's own rights, and as root of a user namespace of one's own (`xunshare -r`). One is enough.

use super::{Found, Outcome};
use xns_core::{Errno, Facts, Hint, Rights, Tried, errno};
use xns_plan::asked;

/// Something that can be tried in both ways.
pub(crate) struct Ways<'a> {
    /// What is tried, in a word or as a call.
    pub(crate) say: &'a str,
    pub(crate) ask: &'a dyn Fn(Rights) -> Option<Tried>,
    /// The cause of a refusal.
    pub(crate) why: &'a dyn Fn(Rights, Errno) -> Option<Hint>,
}

impl Ways<'_> {
    /// Both of them.
    pub(crate) fn found(&self, facts: &Facts) -> Found {
        let own = (self.ask)(Rights::Own);
        let inside = (self.ask)(Rights::Inside);
        let (Some(own), Some(inside)) = (own, inside) else {
            return Found::unknown(format!("no process could be started to try {}", self.say));
        };
        // Whoever has no right to the namespaces has not tried.
        let evidence = vec![match own {
            Tried::NoNamespaces => format!("{}, with -r: {}", self.say, Said(inside)),
            own => format!("{}: {}; with -r: {}", self.say, Said(own), Said(inside)),
        }];
        if own == Tried::Done || inside == Tried::Done {
            return Found { outcome: Outcome::Works, evidence };
        }
        // An ordinary user has only the second way.
        let order = if facts.euid() == 0 {
            [(Rights::Own, own), (Rights::Inside, inside)]
        } else {
            [(Rights::Inside, inside), (Rights::Own, own)]
        };
        let hint = order.into_iter().find_map(|(rights, tried)| self.cause(rights, tried, facts));
        Found::missing(hint.unwrap_or_else(|| refused(self.say)), evidence)
    }

    fn cause(&self, rights: Rights, tried: Tried, facts: &Facts) -> Option<Hint> {
        match tried {
            Tried::Done => None,
            Tried::Refused(errno) if rights == Rights::Inside => {
                asked::restricted(errno, facts).or_else(|| (self.why)(rights, errno))
            }
            Tried::Refused(errno) => (self.why)(rights, errno),
            Tried::NoNamespaces => crate::checks::why_no_namespaces(rights, facts),
            Tried::NoPrivateMounts => asked::no_private_mounts(facts),
        }
    }
}

/// A refusal whose cause is not known here.
pub(crate) fn refused(what: &str) -> Hint {
    Hint::new(
        "XNS-K1-refused",
        format!("the kernel refuses it here ({what}), for a reason that is not known"),
    )
    .cure("sudo dmesg | tail", "may tell more")
}

/// An answer in a word.
pub(crate) struct Said(pub(crate) Tried);

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Tried::Done => f.write_str("ok"),
            Tried::Refused(errno) => f.write_str(&errno::name(errno)),
            Tried::NoNamespaces => f.write_str("no namespaces for it"),
            Tried::NoPrivateMounts => f.write_str("no mounts of its own"),
        }
    }
}
