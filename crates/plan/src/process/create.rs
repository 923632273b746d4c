//! unshare(2): new namespaces for this process, or for its children.

use xns_core::{Apply, Call, Failure, NsSet, Operation, Outcome, Shell, Slots};
use xns_sys::namespace;

/// `unshare(flags)`: all in one call, so that the user namespace owns the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unshare(pub NsSet);

impl Operation for Unshare {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("unshare({})", self.0))]
    }

    fn shell(&self) -> Vec<Shell> {
        self.0.iter().map(|kind| Shell::Flag(format!("--{}", kind.option()))).collect()
    }

    fn failed(&self, _: u8) -> String {
        "unshare failed".to_owned()
    }
}

impl Apply for Unshare {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        namespace::unshare(self.0.flags())?;
        Ok(Outcome::Done)
    }
}
