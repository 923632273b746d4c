//! unshare(2): new namespaces for this process, or for its children.

use xns_core::{Apply, Call, Errno, Failure, NsKind, NsSet, Operation, Outcome, Shell, Slots};
use xns_sys::namespace::{self, Own};

/// `unshare(flags)`: all in one call, so that the user namespace owns the others. Then the ids in `/proc/self/ns` have to be
/// others than before: a seccomp filter can answer success for a call that it suppresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unshare {
    /// What is made.
    pub kinds: NsSet,
    /// Does the first child show, by its number, that the PID namespace is new ([`BeFirst`])? That is cheaper.
    pub child_shows_pid: bool,
}

/// The part of the first kind's check; the other kinds' follow in their order.
const SAME: u8 = 1;

impl Operation for Unshare {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("unshare({})", self.kinds))]
    }

    fn shell(&self) -> Vec<Shell> {
        self.kinds.iter().map(|kind| Shell::Flag(format!("--{}", kind.option()))).collect()
    }

    fn failed(&self, part: u8) -> String {
        match NsKind::of_part(part, SAME) {
            Some(kind) => still_old(kind),
            None => "unshare failed".to_owned(),
        }
    }
}

impl Apply for Unshare {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        // The id maps are written in /proc anyway.
        let checked = self.checked();
        let mut own = Own::open(checked.iter().count(), checked.contains(NsKind::User));
        let before = numbers(checked, &mut own);
        namespace::unshare(self.kinds.flags())?;
        let after = numbers(checked, &mut own);
        let mut unchecked = false;
        for (index, kind) in NsKind::ALL.into_iter().enumerate().filter(|(_, kind)| checked.contains(*kind)) {
            // What could not be read before says nothing, whatever it says now.
            unchecked |= before[index].is_none();
            if before[index].is_some() && before[index] == after[index] {
                return Err(Failure::in_part(kind.part(SAME), Errno::EOPNOTSUPP));
            }
        }
        Ok(if unchecked { Outcome::Tolerated("no /proc to check the ids in") } else { Outcome::Done })
    }
}

impl Unshare {
    /// The kinds whose ids are compared.
    const fn checked(self) -> NsSet {
        if self.child_shows_pid { self.kinds.without(NsKind::Pid) } else { self.kinds }
    }
}

/// Numbers that are others in other namespaces of these kinds, in the order of all kinds.
fn numbers(kinds: NsSet, own: &mut Own) -> [Option<u64>; NsKind::ALL.len()] {
    NsKind::ALL.map(|kind| {
        let asked = kinds.contains(kind);
        if asked { own.mark(kind.flag(), kind.unshared_file()).ok() } else { None }
    })
}

fn still_old(kind: NsKind) -> String {
    format!("unshare failed: it was answered, but the {kind} namespace is still the old one")
}

/// `getpid()`: the first process of a new PID namespace is its number 1, and nobody in an old one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeFirst;

impl Operation for BeFirst {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new("getpid()")]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new() // a look, which changes nothing
    }

    fn failed(&self, _: u8) -> String {
        still_old(NsKind::Pid)
    }
}

impl Apply for BeFirst {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        if xns_sys::fork::own_pid() == 1 { Ok(Outcome::Done) } else { Err(Errno::EOPNOTSUPP.into()) }
    }
}
