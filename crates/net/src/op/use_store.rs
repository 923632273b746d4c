//! The directory of names, brought into the state that `ip netns` gives it: a shared mount of its own, so that what is bound there
//! is seen in other mount namespaces, too.

use crate::hint;
use crate::store::DIRECTORY;
use std::path::Path;
use xns_core::shell::c_string;
use xns_core::{Apply, Call, Errno, Facts, Failure, Hint, Operation, Outcome, Shell, Slots, errno};
use xns_sys::mount::{self, MsFlags};
use xns_sys::{directory, fs, identity};

/// Makes `/run/netns` where it is missing, and a shared mount of it where it is none. Nobody else does so at the same time: it is
/// locked as `ip` locks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseStore;

/// The parts.
pub(crate) const MAKE: u8 = 0;
const OPEN: u8 = 1;
pub(crate) const OTHERS: u8 = 2;
const BIND: u8 = 3;
pub(crate) const SHARE: u8 = 4;

const SHARED: MsFlags = MsFlags::MS_REC.union(MsFlags::MS_SHARED);
const BOUND: MsFlags = MsFlags::MS_REC.union(MsFlags::MS_BIND);

impl Operation for UseStore {
    fn calls(&self) -> Vec<Call> {
        let dir = c_string(DIRECTORY);
        vec![
            Call::only("if missing", format!("mkdir({dir}, 0755)")),
            Call::new(format!("flock(open({dir}, O_RDONLY|O_DIRECTORY|O_NOFOLLOW), LOCK_EX)")),
            Call::only("if it is no mount", format!("mount({dir}, {dir}, NULL, MS_REC|MS_BIND, NULL)")),
            Call::new(format!("mount(\"none\", {dir}, NULL, MS_REC|MS_SHARED, NULL)")),
        ]
    }

    /// `ip netns add` and `ip netns attach` do it by themselves.
    fn shell(&self) -> Vec<Shell> {
        Vec::new()
    }

    fn failed(&self, part: u8) -> String {
        match part {
            MAKE => format!("mkdir {DIRECTORY} failed"),
            OPEN => format!("Cannot open netns runtime directory \"{DIRECTORY}\""),
            OTHERS => format!("{DIRECTORY} is not used: others than root may write there"),
            BIND => format!("mount --bind {DIRECTORY} {DIRECTORY} failed"),
            _ => format!("mount --make-shared {DIRECTORY} failed"),
        }
    }

    fn original(&self, failure: &Failure) -> Option<(String, u8)> {
        let errno = failure.errno().filter(|_| failure.part != OTHERS)?;
        Some((format!("{}: {}", self.failed(failure.part), errno::text(errno)), 1))
    }

    fn hint(&self, failure: &Failure, facts: &Facts) -> Option<Hint> {
        hint::store_refused(failure.part, failure.errno()?, facts)
    }
}

impl Apply for UseStore {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let path = Path::new(DIRECTORY);
        match fs::make_directory(fs::cwd(), path) {
            // Who may not make it may use it nevertheless.
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(Failure::in_part(MAKE, errno)),
        }
        let opened = directory::open(fs::cwd(), path).map_err(|errno| Failure::in_part(OPEN, errno))?;
        let status = fs::status(&opened).map_err(|errno| Failure::in_part(OPEN, errno))?;
        const OTHERS_WRITE: u32 = 0o022;
        if status.mode & OTHERS_WRITE != 0 {
            return Err(Failure::in_part(OTHERS, Errno::EPERM));
        }
        // Held until the descriptor is closed. Without it two that begin at once could both bind.
        fs::lock(&opened).map_err(|errno| Failure::in_part(OPEN, errno))?;
        match share(path) {
            Err(Errno::EINVAL) => {
                mount::mount(Some(path), path, None, BOUND, None)
                    .map_err(|errno| Failure::in_part(BIND, errno))?;
                share(path)
            }
            answer => answer,
        }
        .map_err(|errno| Failure::in_part(SHARE, errno))?;
        // Who has the right to mount, and so something to lose.
        if status.uid != 0 && status.uid != identity::effective_uid() {
            return Err(Failure::in_part(OTHERS, Errno::EPERM));
        }
        Ok(Outcome::Done)
    }
}

/// EINVAL when it is no mount.
fn share(path: &Path) -> Result<(), Errno> {
    mount::mount(Some(Path::new("none")), path, None, SHARED, None)
}
