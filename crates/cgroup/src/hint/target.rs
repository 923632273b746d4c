//! E43 to E45: a group that could not be joined.

use super::permission::with_rights;
use super::systemd::with_scope;
use crate::join::{OPEN, OUTSIDE, UNMOUNTED, others};
use crate::{Hierarchy, Membership, directory};
use std::path::{Path, PathBuf};
use xns_core::{Errno, Facts, Failure, Hint, shell};

/// For a refused [`crate::Join`] of the groups of process `pid`.
pub(crate) fn refused(pid: u32, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let others = others(&facts.file("/proc/self/cgroup")?, &facts.file(&format!("/proc/{pid}/cgroup"))?);
    match (failure.part, failure.errno()?) {
        (OUTSIDE, _) => others.iter().find(|group| !group.is_reachable()).map(outside),
        (UNMOUNTED, _) => {
            let mounts = facts.mounts()?;
            others.iter().find(|group| directory(group, &mounts).is_none()).map(unmounted)
        }
        (OPEN, Errno::EACCES | Errno::EPERM) => not_allowed(&others, facts),
        (_, Errno::EACCES | Errno::EPERM) => not_delegated(&others, facts),
        (_, Errno::EOPNOTSUPP) => threaded(&others, facts),
        _ => None,
    }
}

fn outside(group: &Membership) -> Hint {
    Hint::new(
        "XNS-E44-outside",
        format!("its {} group is outside your cgroup namespace, or removed", group.hierarchy),
    )
    .because(format!("its path reads {}", group.path.display()))
    .cure("from outside that namespace", "where its path does not start with /..")
}

fn unmounted(group: &Membership) -> Hint {
    let mount = match &group.hierarchy {
        Hierarchy::Unified => "mount -t cgroup2 cgroup2 DIR".to_owned(),
        Hierarchy::Version1(names) => format!("mount -t cgroup -o {} cgroup DIR", names.join(",")),
    };
    Hint::new(
        "XNS-E43-unmounted",
        format!("the cgroup hierarchy {} is mounted nowhere here", group.hierarchy),
    )
    .because("no line of /proc/self/mountinfo shows it")
    .cure(format!("sudo {mount}"), "")
}

/// The first group that cannot be written to, as far as its permissions tell.
fn not_allowed(others: &[Membership], facts: &Facts) -> Option<Hint> {
    let procs = first(others, facts)?.0.join("cgroup.procs");
    let owner = facts.owner(procs.to_str()?)?;
    Some(
        Hint::new(
            "XNS-E43-not-yours",
            format!("only uid {owner} may move processes into {}", procs.display()),
        )
        .because(format!("you are uid {}", facts.euid()))
        .cure("without --join-cgroup", "the program stays in your group")
        .cure(facts.command_with(&["sudo"], &[] as &[&str]), ""),
    )
}

/// A move wants the right to write to the nearest group above both as well (cgroup-v2.rst, "Delegation").
fn not_delegated(others: &[Membership], facts: &Facts) -> Option<Hint> {
    let (group, point) = first(others, facts)?;
    let own = facts.file("/proc/self/cgroup")?;
    let here = crate::memberships(&own).into_iter().find(|own| own.hierarchy == others[0].hierarchy)?;
    let (here, _) = directory(&here, &facts.mounts()?)?;
    let above = common(&here, &group).filter(|dir| dir.starts_with(&point)).unwrap_or(point);
    let procs = above.join("cgroup.procs");
    let hint = Hint::new(
        "XNS-E43-common-ancestor",
        "a process may be moved only by who may write to a group above both",
    )
    .because(format!("from {} to {}: that is {}", here.display(), group.display(), shell::path(procs)));
    Some(with_rights(with_scope(hint, facts), facts))
}

fn threaded(others: &[Membership], facts: &Facts) -> Option<Hint> {
    let kind = first(others, facts)?.0.join("cgroup.type");
    let text = facts.line(kind.to_str()?)?;
    text.contains("invalid").then(|| {
        Hint::new("XNS-E45-threaded", "its group takes no processes: it is below a threaded one")
            .because(format!("{} is \"{text}\"", kind.display()))
            .cure("without --join-cgroup", "the program stays in your group")
    })
}

fn first(others: &[Membership], facts: &Facts) -> Option<(PathBuf, PathBuf)> {
    directory(others.first()?, &facts.mounts()?)
}

/// The deepest directory above both.
fn common(one: &Path, other: &Path) -> Option<PathBuf> {
    one.ancestors().find(|dir| other.starts_with(dir)).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    fn ask(part: u8, errno: Errno, theirs: &str) -> Option<(&'static str, String)> {
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        let files = vec![
            file("/proc/self/cgroup", "0::/user.slice/s.scope\n"),
            file("/proc/7/cgroup", theirs),
            file("/proc/self/mountinfo", "30 2 0:2 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
            file("owner:/sys/fs/cgroup/user.slice/x/cgroup.procs", "0"),
            file("/sys/fs/cgroup/user.slice/x/cgroup.type", "domain invalid\n"),
        ];
        let facts = Facts::recorded(Recorded { uid: 1000, files, ..Recorded::default() });
        refused(7, &Failure::in_part(part, errno), &facts).map(|hint| (hint.id, hint.because[0].clone()))
    }

    #[test]
    fn each_refusal_has_its_cause() {
        let told = |id, evidence: &str| Some((id, evidence.to_owned()));
        let below = "0::/user.slice/x\n";
        assert_eq!(
            ask(OUTSIDE, Errno::ENOENT, "0::/../x\n"),
            told("XNS-E44-outside", "its path reads /../x")
        );
        let no_mount = "no line of /proc/self/mountinfo shows it";
        assert_eq!(ask(UNMOUNTED, Errno::ENODEV, "1:cpu:/x\n"), told("XNS-E43-unmounted", no_mount));
        assert_eq!(ask(OPEN, Errno::EACCES, below), told("XNS-E43-not-yours", "you are uid 1000"));
        assert_eq!(
            ask(crate::join::WRITE, Errno::EACCES, below),
            told(
                "XNS-E43-common-ancestor",
                "from /sys/fs/cgroup/user.slice/s.scope to /sys/fs/cgroup/user.slice/x: that is /sys/fs/cgroup/user.slice/cgroup.procs"
            )
        );
        let kind = "/sys/fs/cgroup/user.slice/x/cgroup.type is \"domain invalid\"";
        assert_eq!(ask(crate::join::WRITE, Errno::EOPNOTSUPP, below), told("XNS-E45-threaded", kind));
    }
}
