//! How mounts and unmounts pass between a new mount namespace and the one it was copied from (mount_namespaces(7)).

use crate::chroot;
use std::path::Path;
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots};
use xns_sys::mount::{self, MsFlags};

/// A propagation type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// Nothing passes, either way.
    Private,
    /// What happens outside arrives inside, not the other way round.
    Slave,
    /// Both ways, within a peer group.
    Shared,
}

impl Propagation {
    const fn flag(self) -> MsFlags {
        match self {
            Propagation::Private => MsFlags::MS_PRIVATE,
            Propagation::Slave => MsFlags::MS_SLAVE,
            Propagation::Shared => MsFlags::MS_SHARED,
        }
    }

    const fn flag_name(self) -> &'static str {
        match self {
            Propagation::Private => "MS_PRIVATE",
            Propagation::Slave => "MS_SLAVE",
            Propagation::Shared => "MS_SHARED",
        }
    }

    /// The word after `--propagation`, and after `mount --make-r`.
    pub const fn name(self) -> &'static str {
        match self {
            Propagation::Private => "private",
            Propagation::Slave => "slave",
            Propagation::Shared => "shared",
        }
    }
}

/// `mount("none", "/", NULL, MS_REC | MS_…, NULL)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetPropagation(pub Propagation);

impl Operation for SetPropagation {
    fn calls(&self) -> Vec<Call> {
        vec![Call::new(format!("mount(\"none\", \"/\", NULL, MS_REC|{}, NULL)", self.0.flag_name()))]
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Inside(format!("mount --make-r{} /", self.0.name()))]
    }

    fn failed(&self, _: u8) -> String {
        "cannot change root filesystem propagation".to_owned()
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        if failure.errno()? != Errno::EINVAL {
            return None;
        }
        let hint = chroot::known(
            facts,
            "/ is no mount point, which could have a propagation: it is the root of a chroot",
        )?;
        Some(hint.cure(
            facts.command_with(&[], &["--propagation=unchanged"]),
            "the last --propagation counts; or start outside the chroot",
        ))
    }
}

impl Apply for SetPropagation {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        mount::mount(Some(Path::new("none")), Path::new("/"), None, MsFlags::MS_REC | self.0.flag(), None)?;
        Ok(Outcome::Done)
    }
}
