//! Each kind of namespace, made by unshare(2) in a child; and the namespaces of others, seen.

use super::refusal;
use crate::check::Walk::{W1, W2, W3, W4, W5, W6, W7, W9, W10};
use crate::check::{Check, Found, Group, Outcome, Walk, Ways, refused};
use xns_core::{Errno, Facts, Hint, NsKind, NsSet, Probe, Rights, Tried};
use xns_plan::asked;

const fn kind(
    id: &'static str,
    what: &'static str,
    question: &'static str,
    needed_by: &'static [Walk],
    ask: fn(&Facts) -> Found,
) -> Check {
    Check { id, group: Group::Namespaces, what, question, needed_by, ask }
}

pub(super) static CHECKS: [Check; 9] = [
    kind("namespace-mnt", "mount", "Can a mount namespace be made?", &[W2, W5, W6, W10], |f| {
        made(NsKind::Mnt, f)
    }),
    kind("namespace-uts", "UTS", "Can a UTS namespace be made?", &[W3, W10], |f| made(NsKind::Uts, f)),
    kind("namespace-ipc", "IPC", "Can an IPC namespace be made?", &[W4, W10], |f| made(NsKind::Ipc, f)),
    kind("namespace-net", "network", "Can a network namespace be made?", &[W6, W10], |f| {
        made(NsKind::Net, f)
    }),
    kind("namespace-pid", "PID", "Can a PID namespace be made?", &[W5, W10], |f| made(NsKind::Pid, f)),
    kind("namespace-user", "user", "Can a user namespace be made?", &[W7], user),
    kind("namespace-cgroup", "cgroup", "Can a cgroup namespace be made?", &[W9], |f| made(NsKind::Cgroup, f)),
    kind("namespace-time", "time", "Can a time namespace be made?", &[W9], |f| made(NsKind::Time, f)),
    kind("namespaces-of-1", "PID 1's, seen", "Can the namespaces of process 1 be read?", &[W1], of_first),
];

fn made(kind: NsKind, facts: &Facts) -> Found {
    let kinds = |rights| {
        let kinds = NsSet::EMPTY.with(kind);
        if rights == Rights::Inside { kinds.with(NsKind::User) } else { kinds }
    };
    let ask = |rights| {
        let answer = facts.probe(Probe::Unshare(kinds(rights)))?;
        Some(refusal(answer).map_or(Tried::Done, Tried::Refused))
    };
    let why = |rights, errno| asked::not_unshared(kinds(rights), errno, facts);
    let say = format!("unshare({})", kind.flag_name());
    let found = Ways { say: &say, ask: &ask, why: &why }.found(facts);
    offsets(kind, found, facts)
}

/// A time namespace is of no use without the file of its clocks.
fn offsets(kind: NsKind, mut found: Found, facts: &Facts) -> Found {
    const FILE: &str = "/proc/self/timens_offsets";
    if kind == NsKind::Time && found.outcome == Outcome::Works {
        let offsets = facts.line(FILE);
        found.evidence.push(match offsets {
            Some(_) => format!("{FILE} is there"),
            None => format!("{FILE} is not to be read"),
        });
    }
    found
}

fn user(facts: &Facts) -> Found {
    let kinds = NsSet::EMPTY.with(NsKind::User);
    let Some(answer) = facts.probe(Probe::Unshare(kinds)) else {
        return Found::unknown("no process could be started to try unshare(CLONE_NEWUSER)");
    };
    match refusal(answer) {
        None => Found::works("unshare(CLONE_NEWUSER): ok"),
        Some(errno) => {
            let say = format!("unshare(CLONE_NEWUSER): {}", xns_core::errno::name(errno));
            let hint = asked::not_unshared(kinds, errno, facts);
            Found::missing(hint.unwrap_or_else(|| refused("unshare(CLONE_NEWUSER)")), vec![say])
        }
    }
}

fn of_first(facts: &Facts) -> Found {
    const LINK: &str = "/proc/1/ns/mnt";
    match facts.namespace(LINK) {
        Some(number) => Found::works(format!("readlink {LINK}: mnt:[{number}]")),
        None => {
            let say = format!("readlink {LINK}: refused");
            let no_proc = || {
                Hint::new("XNS-L7-no-proc", "processes and their namespaces are seen in /proc alone")
                    .because("/proc/self/stat cannot be read")
                    .cure("mount -t proc proc /proc", "as root")
            };
            let shown = facts.line("/proc/self/stat").is_some();
            let hint = if shown { asked::not_readable(1, Errno::EACCES, facts) } else { Some(no_proc()) };
            Found::missing(hint.unwrap_or_else(|| refused(LINK)), vec![say])
        }
    }
}
