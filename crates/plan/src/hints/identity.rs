//! E09, E10: ids that the new user namespace does not have, or groups that it must not change.

use super::Site;
use crate::Op;
use xns_core::{Actor, Errno, Facts, Hint, NsKind};
use xns_user::idmap::{IdKind, IdMap, InsideId};
use xns_user::{Credentials, Setgroups};

const NO_WORDS: &[&str] = &[];

/// For a refused change of credentials.
pub(super) fn refused(site: &Site<'_>, change: Credentials, errno: Errno, facts: &Facts) -> Option<Hint> {
    if let (Some(pid), Errno::EINVAL) = (site.entered_user_of(), errno) {
        return unmapped_there(pid, change, facts);
    }
    if !site.made(NsKind::User) {
        return (errno == Errno::EPERM).then(|| no_right(change, facts)).flatten();
    }
    match (change, errno) {
        (Credentials::SetUid(id), Errno::EINVAL) => unmapped(site, IdKind::User, id, facts),
        (Credentials::SetGid(id), Errno::EINVAL) => unmapped(site, IdKind::Group, id, facts),
        (Credentials::DropGroups, Errno::EPERM) => setgroups_denied(site, facts),
        _ => None,
    }
}

/// E10, in the user namespace of process `pid`.
fn unmapped_there(pid: u32, change: Credentials, facts: &Facts) -> Option<Hint> {
    let (kind, id) = match change {
        Credentials::SetUid(id) => (IdKind::User, id),
        Credentials::SetGid(id) => (IdKind::Group, id),
        _ => return None,
    };
    let map = facts.line(&format!("/proc/{pid}/{}", kind.map_file()))?;
    let map =
        map.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
    Some(
        Hint::new(
            "XNS-E10-unmapped",
            format!("{} {id} does not exist in the user namespace that was entered", kind.word()),
        )
        .because(format!("/proc/{pid}/{} has: {}", kind.map_file(), map.join(", ")))
        .cure(facts.command_with(NO_WORDS, &["--preserve-credentials"]), "stays who you are")
        .cure("another id, one of the first column", ""),
    )
}

/// Outside a user namespace of one's own.
fn no_right(change: Credentials, facts: &Facts) -> Option<Hint> {
    let (number, name) = match change {
        Credentials::SetUid(_) | Credentials::BecomeUid(_) => (7, "CAP_SETUID"),
        _ => (6, "CAP_SETGID"),
    };
    let lacking = facts.has_capability("CapEff", number) == Some(false);
    lacking.then(|| {
        Hint::new(
            "XNS-P1-credentials",
            format!("becoming another user or group needs {name}; you are uid {}", facts.euid()),
        )
        .because(format!("CapEff of /proc/self/status lacks bit {number}, {name}"))
        .cure(facts.command_with(&["sudo"], NO_WORDS), "")
    })
}

/// The map that the plan has written by then.
fn map_of<'a>(site: &Site<'a>, kind: IdKind) -> Option<&'a IdMap> {
    site.before.iter().find_map(|step| match &step.op {
        Op::User(xns_user::Op::WriteMap(op)) if op.kind == kind => Some(&op.map),
        Op::User(xns_user::Op::RunMapTool(op)) if op.kind == kind => Some(&op.map),
        _ => None,
    })
}

fn unmapped(site: &Site<'_>, kind: IdKind, id: InsideId, facts: &Facts) -> Option<Hint> {
    let word = kind.word();
    let map = map_of(site, kind);
    if map.is_some_and(|map| map.contains(id)) {
        return None;
    }
    let evidence = match map {
        None => format!("the plan writes no {}", kind.map_file()),
        Some(map) => {
            let runs = map.extents().iter().map(|extent| {
                let (first, count) = (extent.inside().get(), extent.count().get());
                if count == 1 { first.to_string() } else { format!("{first}-{}", first + (count - 1)) }
            });
            format!("its {word}s are {}", runs.collect::<Vec<_>>().join(", "))
        }
    };
    let hint = Hint::new("XNS-E10-unmapped", format!("{word} {id} does not exist in the new user namespace"));
    Some(more_ids(hint.because(evidence), site, facts))
}

/// The cure for ids that are missing: the ranges that the caller may map, when none was asked for.
fn more_ids(hint: Hint, site: &Site<'_>, facts: &Facts) -> Hint {
    if site.plan.has(Actor::Mapper) {
        return hint.cure("another id, or a map that has this one", "");
    }
    if facts.euid() == 0 && !xns_user::both_granted(facts) {
        let all = facts.command_with(NO_WORDS, &["--map-users=all", "--map-groups=all"]);
        return hint.cure(all, "maps every id that you have");
    }
    if xns_user::both_granted(facts) {
        let auto = facts.command_with(NO_WORDS, &["--map-auto"]);
        return hint.cure(auto, "maps the range that /etc/subuid and /etc/subgid grant you");
    }
    match xns_user::not_granted(IdKind::User, facts) {
        Some(granting) => {
            granting.cures.into_iter().fold(hint, |hint, cure| hint.cure(cure.action, cure.note))
        }
        None => hint,
    }
}

/// For a refused chroot(2).
pub(super) fn no_chroot(site: &Site<'_>, errno: Errno, facts: &Facts) -> Option<Hint> {
    const CAP_SYS_CHROOT: u32 = 18;
    let lacking = facts.has_capability("CapEff", CAP_SYS_CHROOT) == Some(false);
    if errno != Errno::EPERM || site.made(NsKind::User) || !lacking {
        return None;
    }
    Some(
        Hint::new("XNS-R1-chroot", format!("chroot needs CAP_SYS_CHROOT; you are uid {}", facts.euid()))
            .because("CapEff of /proc/self/status lacks bit 18, CAP_SYS_CHROOT")
            .cure(facts.command_with(NO_WORDS, &["-r"]), "in your own user namespace")
            .cure(facts.command_with(&["sudo"], NO_WORDS), ""),
    )
}

fn setgroups_denied(site: &Site<'_>, facts: &Facts) -> Option<Hint> {
    let denied = site.before.iter().any(
        |step| matches!(&step.op, Op::User(xns_user::Op::Setgroups(write)) if write.value == Setgroups::Deny),
    );
    let (cause, evidence) = match (denied, map_of(site, IdKind::Group)) {
        (true, _) => (
            "supplementary groups cannot be changed: setgroups is denied in the new user namespace",
            "the plan writes \"deny\" to /proc/self/setgroups",
        ),
        (false, None) => (
            "supplementary groups cannot be changed in a user namespace without a gid map",
            "the plan writes no gid_map",
        ),
        (false, Some(_)) => return None,
    };
    let hint = Hint::new("XNS-E09-setgroups-denied", cause).because(evidence);
    if site.plan.has(Actor::Mapper) && denied {
        return Some(hint.cure("the same without --setgroups=deny", "a map of ranges does not need it"));
    }
    Some(more_ids(hint, site, facts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{Op as Process, Unshare};
    use crate::{Phase, Plan, hint};
    use xns_core::Recorded;
    use xns_user::{WriteMap, WriteSetgroups};

    fn ask(map: Option<&str>, deny: bool, change: Credentials, errno: Errno) -> Option<Hint> {
        let mut plan = Plan::default();
        let unshare =
            Process::Unshare(Unshare { kinds: [NsKind::User].into_iter().collect(), child_shows_pid: false });
        plan.push(Actor::Caller, Phase::Create, unshare, "");
        if deny {
            let write = WriteSetgroups { process: None, value: Setgroups::Deny, may_be_missing: true };
            plan.push(Actor::Caller, Phase::MapOwn, xns_user::Op::Setgroups(write), "");
        }
        for kind in [IdKind::User, IdKind::Group] {
            if let Some(text) = map {
                let map = IdMap::parse_proc(text.as_bytes()).unwrap();
                let write = WriteMap { kind, process: None, map };
                plan.push(Actor::Caller, Phase::MapOwn, xns_user::Op::WriteMap(write), "");
            }
        }
        plan.push(Actor::Caller, Phase::Identity, xns_user::Op::Credentials(change), "");
        let command = ["xunshare", "true"].map(Into::into).to_vec();
        let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
        let files = vec![
            file("/etc/passwd", "alice:x:1000:1000::/:/bin/sh\n"),
            file("/etc/subuid", "alice:100000:65536\n"),
            file("/etc/subgid", "alice:100000:65536\n"),
        ];
        let facts = Facts::recorded(Recorded { command, uid: 1000, files, ..Recorded::default() });
        hint(&plan, plan.steps.len() - 1, &errno.into(), &facts)
    }

    #[test]
    fn an_id_that_the_map_lacks() {
        let seven = InsideId::new(7).unwrap();
        let evidence = |map| {
            let hint = ask(map, true, Credentials::SetUid(seven), Errno::EINVAL)?;
            assert_eq!(
                (hint.id, hint.cures[0].action.as_str()),
                ("XNS-E10-unmapped", "xunshare --map-auto true")
            );
            Some(hint.because[0].clone())
        };
        assert_eq!(evidence(Some("0 1000 1\n10 100000 10")).as_deref(), Some("its uids are 0, 10-19"));
        assert_eq!(evidence(None).as_deref(), Some("the plan writes no uid_map"));
        assert_eq!(evidence(Some("0 1000 10")), None);
    }

    #[test]
    fn setgroups_needs_a_map_and_no_denial() {
        let id = |map, deny| ask(map, deny, Credentials::DropGroups, Errno::EPERM).map(|hint| hint.id);
        assert_eq!(id(Some("0 1000 1"), true), Some("XNS-E09-setgroups-denied"));
        assert_eq!(id(None, false), Some("XNS-E09-setgroups-denied"));
        assert_eq!(id(Some("0 1000 1"), false), None);
    }
}
