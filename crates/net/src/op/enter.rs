//! A network namespace, entered: what this process becomes is in it.

use super::reach;
use crate::hint;
use crate::{NetnsName, Place};
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Facts, Failure, Hint, NsKind, Operation, Outcome, Shell, Slots};
use xns_sys::namespace;

/// Opens the namespace of a name, and enters it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enter(pub NetnsName);

impl Operation for Enter {
    fn calls(&self) -> Vec<Call> {
        let calls = [
            format!("openat(AT_FDCWD, {}, O_RDONLY|O_NONBLOCK|O_NOFOLLOW)", c_string(self.0.path())),
            "setns(that, CLONE_NEWNET)".to_owned(),
        ];
        calls.into_iter().map(Call::new).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Wrap(format!("ip netns exec {}", quote(self.0.as_os_str())))]
    }

    fn failed(&self, part: u8) -> String {
        reach::failed(&Place::Name(self.0.clone()), part)
    }

    fn original(&self, failure: &Failure) -> Option<(String, u8)> {
        reach::original(&Place::Name(self.0.clone()), failure)
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_reached(&Place::Name(self.0.clone()), failure, facts)
    }
}

impl Apply for Enter {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let namespace = reach::open(&Place::Name(self.0.clone()))?;
        namespace::setns(namespace, NsKind::Net.flag())
            .map_err(|errno| Failure::in_part(reach::ENTER, errno))?;
        Ok(Outcome::Done)
    }
}
