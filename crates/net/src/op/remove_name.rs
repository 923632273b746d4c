//! A name, removed.

use crate::NetnsName;
use crate::hint;
use crate::store::State;
use xns_core::shell::{c_string, quote};
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots, errno};
use xns_sys::fs;
use xns_sys::mount::{self, MntFlags};

/// Unbinds the namespace, which goes when nothing else holds it, and removes the file. A symbolic link is removed itself; a file with
/// something in it is nobody's name, and stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoveName {
    /// The name.
    pub name: NetnsName,
    /// What it stood for when it was looked at.
    pub state: Option<State>,
}

/// The part of what is never removed.
const KEPT: u8 = 1;

impl RemoveName {
    fn is_bound(&self) -> bool {
        matches!(self.state, Some(State::Live(_) | State::OtherKind(_)))
    }
}

impl Operation for RemoveName {
    fn calls(&self) -> Vec<Call> {
        let file = c_string(self.name.path());
        let unbind = self.is_bound().then(|| format!("umount2({file}, MNT_DETACH|UMOUNT_NOFOLLOW)"));
        unbind.into_iter().chain([format!("unlinkat(AT_FDCWD, {file}, 0)")]).map(Call::new).collect()
    }

    fn shell(&self) -> Vec<Shell> {
        vec![Shell::Outside(format!("ip netns del {}", quote(self.name.as_os_str())))]
    }

    fn failed(&self, _: u8) -> String {
        format!(
            "Cannot remove namespace file \"{}\"",
            xns_core::shell::c_string(self.name.path()).trim_matches('"')
        )
    }

    fn original(&self, failure: &Failure) -> Option<(String, u8)> {
        if failure.part == KEPT {
            return Some((
                format!("{}: it has something in it, and is no network namespace", self.failed(KEPT)),
                1,
            ));
        }
        Some((format!("{}: {}", self.failed(0), errno::text(failure.errno()?)), 1))
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::not_removed(&self.name, failure.part == KEPT, failure.errno()?, facts)
    }
}

impl Apply for RemoveName {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let path = self.name.path();
        // As it is now: it may have been bound, or filled, meanwhile.
        match State::look(&self.name) {
            Some(State::Foreign(xns_core::Sort::Full)) => return Err(Failure::in_part(KEPT, Errno::EEXIST)),
            Some(State::Live(_) | State::OtherKind(_)) => {
                // What keeps it bound is told by the next call.
                let _ = mount::unmount(&path, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
            }
            _ => {}
        }
        const TRIES: usize = 8;
        for _ in 0..TRIES {
            match fs::remove(fs::cwd(), &path, false) {
                // Bound more than once: each lies over the one before.
                Err(Errno::EBUSY) => {
                    mount::unmount(&path, MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW)
                        .map_err(|_| Errno::EBUSY)?;
                }
                answer => return answer.map(|()| Outcome::Done).map_err(Failure::from),
            }
        }
        Err(Errno::EBUSY.into())
    }
}
