//! A file of `/etc/netns/NAME` in the place of the one of `/etc`.

use std::path::PathBuf;
use xns_core::shell::c_string;
use xns_core::{Apply, Call, Failure, Operation, Outcome, Shell, Slots};
use xns_sys::mount::{self, MsFlags};

/// Binds one over the other, in a mount namespace of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceFile {
    /// What is shown.
    pub from: PathBuf,
    /// Where.
    pub to: PathBuf,
}

impl Operation for ReplaceFile {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!(
            "mount({}, {}, NULL, MS_BIND, NULL)",
            c_string(&self.from),
            c_string(&self.to)
        ))]
    }

    /// `ip netns exec` does it by itself.
    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, _: u8) -> String {
        format!("Bind {} -> {} failed", self.from.display(), self.to.display())
    }
}

impl Apply for ReplaceFile {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        mount::mount(Some(&self.from), &self.to, None, MsFlags::MS_BIND, None)?;
        Ok(Outcome::Done)
    }
}
