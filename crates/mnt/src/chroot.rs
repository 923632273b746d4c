//! chroot(2), for `--root`.

use std::path::PathBuf;
use xns_core::shell::{c_string, path};
use xns_core::{Apply, Call, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::mount;

/// `chroot(dir)`. The working directory stays where it is: a chdir has to follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chroot(pub PathBuf);

impl Operation for Chroot {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("chroot({})", c_string(&self.0)))]
    }

    fn shell(&self) -> Vec<Shell> {
        // It is not in an ordinary user's PATH.
        let chroot = "\"$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)\"";
        vec![Shell::Wrap(format!("{chroot} {}", path(&self.0)))]
    }

    fn failed(&self, _: u8) -> String {
        format!("cannot change root directory to '{}'", self.0.display())
    }
}

impl Apply for Chroot {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        mount::change_root(&self.0)?;
        Ok(Outcome::Done)
    }
}

/// E20: the hint with this cause when the process is in a chroot, which is found by trying.
pub(crate) fn known(facts: &Facts, cause: &str) -> Option<Hint> {
    Some(Hint::new("XNS-E20-chroot", cause).because(facts.in_chroot()?))
}
