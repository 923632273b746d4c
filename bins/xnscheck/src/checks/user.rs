//! User namespaces: the map that makes one root in it, what limits them, and the tools that map more ids.

use super::refusal;
use crate::check::Walk::{W7, W10};
use crate::check::{Check, Found, Group, Outcome, Walk, refused};
use xns_core::{Errno, Facts, Hint, NsKind, NsSet, Probe, errno};
use xns_plan::asked;
use xns_user::idmap::IdKind;
use xns_user::{granted_ids, map_tool};

const fn row(
    id: &'static str,
    what: &'static str,
    question: &'static str,
    needed_by: &'static [Walk],
    ask: fn(&Facts) -> Found,
) -> Check {
    Check { id, group: Group::UserNamespaces, what, question, needed_by, ask }
}

pub(super) static CHECKS: [Check; 8] = [
    row("user-root", "root in it (-r)", "Can one make oneself root of a new user namespace?", &[W7], root),
    row("user-limit", "limit", "How many user namespaces may there be?", &[W7], limit),
    row("user-sysctl", "sysctl", "Are user namespaces for ordinary users switched off?", &[W7], sysctl),
    row(
        "user-apparmor",
        "AppArmor",
        "Does AppArmor take the rights in a new user namespace away?",
        &[W7],
        apparmor,
    ),
    row(
        "user-seccomp",
        "seccomp",
        "Does a filter forbid the system calls that namespaces need?",
        &[W7, W10],
        seccomp,
    ),
    row("user-chroot", "chroot", "Is this a chroot, in which no user namespace can be made?", &[W7], chroot),
    row("user-map-tools", "map tools", "Are newuidmap and newgidmap here, with rights?", &[], map_tools),
    row("user-subids", "ids granted", "Do /etc/subuid and /etc/subgid grant the user ids?", &[], subids),
];

const USER: NsSet = NsSet::EMPTY.with(NsKind::User);

/// Why the map of a new user namespace was refused.
pub(super) fn not_mapped(errno: Errno, facts: &Facts) -> Option<Hint> {
    // The probe makes the namespace first: what refuses that is told as such.
    let unshared = facts.probe(Probe::Unshare(USER)).and_then(refusal);
    match unshared {
        Some(errno) => asked::not_unshared(USER, errno, facts),
        None => asked::restricted(errno, facts).or_else(|| xns_user::not_mapped_as_root(errno, facts)),
    }
}

fn root(facts: &Facts) -> Found {
    let say = |word: &str| format!("\"0 {} 1\" to /proc/self/uid_map of a new one: {word}", facts.euid());
    match facts.probe(Probe::MapRoot) {
        None => Found::unknown("no process could be started to try it"),
        Some(0) => Found::works(say("ok")),
        Some(answer) => {
            let errno = Errno::from_raw(i32::from(answer));
            let hint = not_mapped(errno, facts).unwrap_or_else(|| refused("the id map"));
            Found::missing(hint, vec![say(&errno::name(errno))])
        }
    }
}

fn limit(facts: &Facts) -> Found {
    const FILE: &str = "/proc/sys/user/max_user_namespaces";
    let Some(number) = facts.number(FILE) else {
        return Found::not_asked(format!("there is no {FILE}"));
    };
    let evidence = format!("user.max_user_namespaces = {number}");
    match asked::not_unshared(USER, Errno::ENOSPC, facts) {
        Some(hint) if number == 0 => Found::missing(hint, vec![evidence]),
        _ => Found::works(evidence),
    }
}

fn sysctl(facts: &Facts) -> Found {
    const NAME: &str = "kernel.unprivileged_userns_clone";
    match (facts.number("/proc/sys/kernel/unprivileged_userns_clone"), asked::switched_off(facts)) {
        (_, Some(hint)) => Found::missing(hint, Vec::new()),
        (Some(0), None) => Found::works(format!("{NAME} = 0: root alone may, as you are")),
        (Some(number), None) => Found::works(format!("{NAME} = {number}")),
        (None, None) => Found::works(format!("this kernel has no {NAME}: not switched off")),
    }
}

fn apparmor(facts: &Facts) -> Found {
    const NAME: &str = "kernel.apparmor_restrict_unprivileged_userns";
    match (
        facts.number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        asked::restricted(Errno::EPERM, facts),
    ) {
        (_, Some(hint)) => Found::missing(hint, Vec::new()),
        (None, None) => Found::works(format!("this kernel has no {NAME}")),
        (Some(number), None) => {
            Found::works(format!("{NAME} = {number}; a process in a new user namespace keeps its profile"))
        }
    }
}

fn seccomp(facts: &Facts) -> Found {
    let name = |probe, fine: Errno| {
        let answer = facts.probe(probe)?;
        let errno = refusal(answer);
        let expected = errno == (fine != Errno::UnknownErrno).then_some(fine);
        let word = errno.map_or_else(|| "ok".to_owned(), errno::name);
        Some(if expected { word } else { format!("{word}, not the kernel's answer") })
    };
    let unshare = name(Probe::Unshare(NsSet::EMPTY), Errno::UnknownErrno);
    let setns = name(Probe::Setns, Errno::EBADF);
    let clone3 = name(Probe::Clone3, Errno::EINVAL);
    let (Some(unshare), Some(setns), Some(clone3)) = (unshare, setns, clone3) else {
        return Found::unknown("no process could be started to try the system calls");
    };
    let mut evidence =
        vec![format!("unshare(0): {unshare}; setns(-1, 0): {setns}; clone3(NULL, 0): {clone3}")];
    evidence.extend(facts.status("Seccomp").map(|mode| format!("Seccomp: {mode} in /proc/self/status")));
    match asked::filtered(facts) {
        Some(hint) => Found::missing(hint, evidence),
        None => Found { outcome: Outcome::Works, evidence },
    }
}

fn chroot(facts: &Facts) -> Found {
    match (facts.probe(Probe::Chrooted), asked::chrooted(facts)) {
        (None, _) => Found::unknown("no process could be started to try it"),
        (_, Some(hint)) => Found::missing(hint, Vec::new()),
        (_, None) => Found::works("/ is the root of this mount namespace, as far as can be told"),
    }
}

fn map_tools(facts: &Facts) -> Found {
    if let Some(why) = needs_no_tools(facts) {
        return Found::not_asked(why);
    }
    let mut evidence = Vec::new();
    for kind in [IdKind::User, IdKind::Group] {
        match map_tool(kind, facts) {
            Ok(program) => evidence.push(format!("{program} has rights of its own")),
            Err(hint) => return Found::missing(hint, evidence),
        }
    }
    Found { outcome: Outcome::Works, evidence }
}

fn subids(facts: &Facts) -> Found {
    if let Some(why) = needs_no_tools(facts) {
        return Found::not_asked(why);
    }
    let mut evidence = Vec::new();
    for kind in [IdKind::User, IdKind::Group] {
        match granted_ids(kind, facts) {
            Ok(block) => {
                evidence.push(format!("{}: {} ids from {}", kind.subid_file(), block.count(), block.first()))
            }
            Err(hint) => return Found::missing(hint, evidence),
        }
    }
    Found { outcome: Outcome::Works, evidence }
}

/// Who may map any id writes the map without help.
fn needs_no_tools(facts: &Facts) -> Option<String> {
    const CAP_SETGID: u32 = 6;
    const CAP_SETUID: u32 = 7;
    let may = |number| facts.has_capability("CapEff", number) == Some(true);
    (facts.euid() == 0 && may(CAP_SETUID) && may(CAP_SETGID))
        .then(|| "root with CAP_SETUID and CAP_SETGID writes any map itself (--map-users=all)".to_owned())
}
