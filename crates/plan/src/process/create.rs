//! unshare(2): new namespaces for this process, or for its children.

use xns_core::{Apply, Call, Errno, Failure, NsKind, NsSet, Operation, Outcome, Shell, Slots};
use xns_sys::namespace::{self, Own};

/// `unshare(flags)`: all in one call, so that the user namespace owns the others. Then the ids in `/proc/self/ns` have to be
/// others than before: a seccomp filter can answer success for a call that it suppresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unshare(pub NsSet);

/// The part of the first kind's check; the other kinds' follow in their order.
const SAME: u8 = 1;

impl Operation for Unshare {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("unshare({})", self.0))]
    }

    fn shell(&self) -> Vec<Shell> {
        self.0.iter().map(|kind| Shell::Flag(format!("--{}", kind.option()))).collect()
    }

    fn failed(&self, part: u8) -> String {
        match NsKind::of_part(part, SAME) {
            Some(kind) => {
                format!("unshare failed: it was answered, but the {kind} namespace is still the old one")
            }
            None => "unshare failed".to_owned(),
        }
    }
}

impl Apply for Unshare {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        // The id maps are written in /proc anyway.
        let mut own = Own::open(self.0.iter().count(), self.0.contains(NsKind::User));
        let before = self.numbers(&mut own);
        namespace::unshare(self.0.flags())?;
        let after = self.numbers(&mut own);
        let mut unchecked = false;
        for (index, kind) in NsKind::ALL.into_iter().enumerate().filter(|(_, kind)| self.0.contains(*kind)) {
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
    /// Numbers that are others in other namespaces of these kinds, in the order of all kinds.
    fn numbers(self, own: &mut Own) -> [Option<u64>; NsKind::ALL.len()] {
        NsKind::ALL.map(|kind| {
            let asked = self.0.contains(kind);
            if asked { own.mark(kind.flag(), kind.unshared_file()).ok() } else { None }
        })
    }
}
