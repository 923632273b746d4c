//! A group that cannot be given to a user.

use super::attach::absent;
use super::group::Group;
use super::permission::{inside_user_namespace, read_only, typed, who};
use crate::op::Delegate;
use xns_core::{Errno, Facts, Hint};

const CAP_CHOWN: u32 = 0;

/// chown(2) was refused.
pub(super) fn refused(delegate: &Delegate, group: &Group<'_>, errno: Errno) -> Option<Hint> {
    let facts = group.facts;
    match errno {
        Errno::ENOENT => absent(group),
        Errno::EROFS => read_only(group),
        Errno::EINVAL => unmapped(delegate, facts),
        Errno::EPERM | Errno::EACCES => not_root(group),
        _ => None,
    }
}

/// C7: only root gives files away.
fn not_root(group: &Group<'_>) -> Option<Hint> {
    let facts = group.facts;
    let hint = Hint::new("XNS-C7-only-root", "only root, with CAP_CHOWN, gives a group to somebody else");
    let hint = match facts.has_capability("CapEff", CAP_CHOWN) {
        Some(false) => hint.because("CapEff of /proc/self/status lacks bit 0, CAP_CHOWN"),
        _ => hint,
    };
    let hint = hint.because(who(facts));
    Some(match inside_user_namespace(facts) {
        Some(evidence) => hint
            .because(evidence)
            .cure("from outside your user namespace", "the owner of the group is not mapped in it"),
        None if facts.euid() != 0 => hint.cure(typed(&["sudo"], facts), ""),
        None => hint.cure("docker run --cap-add CHOWN IMAGE", "in a container: with CAP_CHOWN"),
    })
}

/// C7: the new owner has no number in this user namespace.
fn unmapped(delegate: &Delegate, facts: &Facts) -> Option<Hint> {
    let evidence = inside_user_namespace(facts)?;
    Some(
        Hint::new(
            "XNS-C7-unmapped",
            format!("uid {} or gid {} is nobody in your user namespace", delegate.uid, delegate.gid),
        )
        .because(evidence)
        .cure("an id that is mapped", "/proc/self/uid_map and gid_map list them"),
    )
}
