//! unshare(2): new namespaces for this process, or for its children.

use std::ffi::OsString;
use std::path::Path;
use xns_core::{Apply, Call, Errno, Failure, NsKind, NsSet, Operation, Outcome, Shell, Slots};
use xns_sys::{fs, namespace};

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
        let same = part.checked_sub(SAME).and_then(|index| NsKind::ALL.get(usize::from(index)));
        match same {
            Some(kind) => {
                format!("unshare failed: it was answered, but the {kind} namespace is still the old one")
            }
            None => "unshare failed".to_owned(),
        }
    }
}

impl Apply for Unshare {
    fn apply(&self, _: &mut Slots) -> Result<Outcome, Failure> {
        let before = ids(self.0);
        namespace::unshare(self.0.flags())?;
        let Some(before) = before else { return Ok(Outcome::Tolerated("no /proc to check the ids in")) };
        let same =
            before.iter().zip(ids(self.0).unwrap_or_default()).find(|(before, after)| *before == after);
        same.map_or(Ok(Outcome::Done), |((kind, _), _)| Err(unchanged(*kind)))
    }
}

fn unchanged(kind: NsKind) -> Failure {
    let index = NsKind::ALL.iter().position(|other| *other == kind).unwrap_or_default();
    Failure::in_part(SAME + u8::try_from(index).unwrap_or_default(), Errno::EOPNOTSUPP)
}

/// What the kinds' links say; `None` without /proc. A PID namespace that has no process yet has no link.
fn ids(kinds: NsSet) -> Option<Vec<(NsKind, Option<OsString>)>> {
    let dir = fs::open_directory(Path::new("/proc/self/ns")).ok()?;
    let id = |kind: NsKind| (kind, fs::read_link(&dir, Path::new(kind.unshared_file())).ok());
    Some(kinds.iter().map(id).collect())
}
