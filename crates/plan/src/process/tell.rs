//! Words for a person, just before the program starts.

use xns_core::shell::c_string;
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::fd;

/// Writes a text on standard error: what is worth knowing before the program starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tell(pub String);

impl Operation for Tell {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("write(2, {})", c_string(&self.0)))]
    }

    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, _: u8) -> String {
        "cannot write to standard error".to_owned()
    }
}

impl Apply for Tell {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        Ok(say(&self.0))
    }
}

/// Nobody's reading it is no reason not to start the program.
pub(super) fn say(text: &str) -> Outcome {
    match fd::write_all(fd::stderr(), text.as_bytes()) {
        Ok(()) => Outcome::Done,
        Err(_) => Outcome::Tolerated("nobody reads it"),
    }
}
