//! Capabilities that outlive the exec of a program that is not root in its user namespace (capabilities(7)).

use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::identity;

/// Makes what is permitted inheritable, and what is effective ambient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepCapabilities;

const INHERIT: u8 = 0;
const RAISE: u8 = 1;

impl Operation for KeepCapabilities {
    fn calls(&self) -> Vec<Call> {
        [
            "capset({inheritable = permitted})",
            "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP) for each that is effective",
        ]
        .map(Call::new)
        .to_vec()
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Flag("--keep-caps".to_owned())]
    }

    fn failed(&self, part: u8) -> String {
        if part == INHERIT { "capset failed" } else { "failed to raise ambient capabilities" }.to_owned()
    }
}

impl Apply for KeepCapabilities {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let inherit = |errno| Failure::in_part(INHERIT, errno);
        let mut sets = identity::capabilities().map_err(inherit)?;
        sets.inheritable = sets.permitted;
        identity::set_capabilities(sets).map_err(inherit)?;
        for capability in (0..u64::BITS).filter(|bit| sets.effective >> bit & 1 == 1) {
            identity::raise_ambient(capability).map_err(|errno| Failure::in_part(RAISE, errno))?;
        }
        Ok(Outcome::Done)
    }
}
