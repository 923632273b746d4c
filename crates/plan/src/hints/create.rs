//! E01, E02, E04, E05: an unshare(2) that was refused.

use super::fork::second_pid_namespace;
use xns_core::{Errno, Facts, Hint, NsKind, NsSet, Probe};

const CAP_SYS_ADMIN: u32 = 21;
const NO_WORDS: &[&str] = &[];

/// For a refused `unshare(set)`; `inside`: what the command needs besides a user namespace to work in one.
pub(super) fn unshare_failed(
    set: NsSet,
    errno: Errno,
    inside: Option<&[&str]>,
    facts: &Facts,
) -> Option<Hint> {
    match errno {
        Errno::EPERM if set.contains(NsKind::User) => no_user_namespace(facts),
        Errno::EPERM => no_right(set, inside, facts),
        Errno::EACCES => Some(security_module(facts)),
        Errno::ENOSPC | Errno::EUSERS => Some(limit(set, facts)),
        Errno::EINVAL | Errno::ENOSYS => unknown_kind(set, facts)
            .or_else(|| filtered("XNS-E05-seccomp", facts))
            .or_else(|| set.contains(NsKind::Pid).then(|| second_pid_namespace(facts)).flatten())
            .or_else(|| set.contains(NsKind::User).then(|| boot_argument(facts)).flatten()),
        _ => None,
    }
}

/// E01: without a user namespace of one's own, CAP_SYS_ADMIN is needed. `inside`: what else has to be typed for one's own to do,
/// if it can.
fn no_right(set: NsSet, inside: Option<&[&str]>, facts: &Facts) -> Option<Hint> {
    if let Some(hint) = filtered("XNS-E01-seccomp", facts) {
        return Some(hint);
    }
    if facts.has_capability("CapEff", CAP_SYS_ADMIN) != Some(false) {
        return filtered_kinds(facts);
    }
    let evidence = "CapEff of /proc/self/status lacks bit 21, CAP_SYS_ADMIN";
    if facts.euid() == 0 {
        let hint = Hint::new("XNS-E01-no-sys-admin", "you are root, but without CAP_SYS_ADMIN")
            .because(evidence)
            .cure("docker run --cap-add SYS_ADMIN …", "when this is a container");
        let Some(inside) = inside else { return Some(hint) };
        let command = facts.command_with(NO_WORDS, &[&["-U"], inside].concat());
        return Some(hint.cure(command, "in a user namespace of your own"));
    }
    let hint = Hint::new(
        "XNS-E01-unprivileged",
        format!("only root may create {} directly; you are uid {}", namespaces(set), facts.euid()),
    )
    .because(evidence);
    let user: NsSet = [NsKind::User].into_iter().collect();
    let hint = match inside.map(|inside| (inside, facts.probe(Probe::Unshare(user)))) {
        None => hint,
        Some((inside, Some(0))) => hint
            .because("a probe process could create a user namespace")
            .cure(facts.command_with(NO_WORDS, &[&["-r"], inside].concat()), "in your own user namespace"),
        Some(_) => match no_user_namespace(facts) {
            Some(reason) => {
                hint.because(format!("nor can you create a user namespace: {} [{}]", reason.cause, reason.id))
            }
            None => hint,
        },
    };
    Some(hint.cure(facts.command_with(&["sudo"], NO_WORDS), ""))
}

/// "a network namespace", "mount and PID namespaces".
fn namespaces(set: NsSet) -> String {
    let words = set.words();
    match set.iter().collect::<Vec<_>>().as_slice() {
        [NsKind::Ipc] => format!("an {words} namespace"),
        [_] => format!("a {words} namespace"),
        _ => format!("{words} namespaces"),
    }
}

/// E02: not even a user namespace.
fn no_user_namespace(facts: &Facts) -> Option<Hint> {
    filtered("XNS-E02-seccomp", facts)
        .or_else(|| switched_off(facts))
        .or_else(|| unmapped(facts))
        .or_else(|| chrooted(facts))
        .or_else(|| filtered_kinds(facts))
}

/// `unshare(0)` does nothing and cannot fail, unless a filter answers for the kernel.
pub(super) fn filtered(id: &'static str, facts: &Facts) -> Option<Hint> {
    let answer = facts.probe(Probe::Unshare(NsSet::EMPTY)).filter(|&errno| errno != 0)?;
    let name = xns_core::errno::name(Errno::from_raw(i32::from(answer)));
    Some(filter_hint(id).because(format!("unshare(0), which the kernel never refuses, answers {name}")))
}

/// A filter that refuses only some flags.
fn filtered_kinds(facts: &Facts) -> Option<Hint> {
    (facts.status("Seccomp")? == "2").then(|| {
        filter_hint("XNS-E01-seccomp").because("Seccomp in /proc/self/status is 2: a filter is at work")
    })
}

fn filter_hint(id: &'static str) -> Hint {
    Hint::new(id, "a seccomp filter, probably your container's, forbids unshare")
        .cure("docker run --security-opt seccomp=unconfined …", "a lab machine only")
}

pub(super) fn switched_off(facts: &Facts) -> Option<Hint> {
    const SYSCTL: &str = "/proc/sys/kernel/unprivileged_userns_clone";
    (facts.number(SYSCTL)? == 0 && facts.euid() != 0).then(|| {
        Hint::new("XNS-E02-sysctl", "user namespaces are switched off for ordinary users")
            .because(format!("{SYSCTL} is 0"))
            .cure("sudo sysctl -w kernel.unprivileged_userns_clone=1", "lasting: a file in /etc/sysctl.d")
            .cure(facts.command_with(&["sudo"], NO_WORDS), "")
    })
}

/// Red Hat's 7 has user namespaces only when it was started so.
fn boot_argument(facts: &Facts) -> Option<Hint> {
    const ARGUMENT: &str = "user_namespace.enable=1";
    let release = facts.line("/proc/sys/kernel/osrelease").filter(|release| release.contains(".el7"))?;
    let started = facts.line("/proc/cmdline").filter(|line| !line.split(' ').any(|word| word == ARGUMENT))?;
    Some(
        Hint::new(
            "XNS-E02-boot-argument",
            format!("this kernel has user namespaces only when it is started with {ARGUMENT}"),
        )
        .because(format!("it is Linux {release}, and /proc/cmdline is: {started}"))
        .cure(format!("sudo grubby --update-kernel=ALL --args={ARGUMENT}"), "then start the machine anew")
        .cure("sudo sysctl -w user.max_user_namespaces=15000", "there that is 0 at first"),
    )
}

/// An id that this user namespace's map lacks owns nothing, and cannot own a namespace.
fn unmapped(facts: &Facts) -> Option<Hint> {
    let unmapped = |own: u32, word: &str| {
        let overflow = facts.number(&format!("/proc/sys/kernel/overflow{word}"))?;
        let map = facts.line(&format!("/proc/self/{word}_map"))?;
        let numbers =
            |line: &str| line.split_whitespace().map(|n| n.parse::<u64>().ok()).collect::<Option<Vec<_>>>();
        let own = u64::from(own);
        let holds = |n: Vec<u64>| n.len() == 3 && own.checked_sub(n[0]).is_some_and(|above| above < n[2]);
        Some(own == overflow && !map.lines().filter_map(numbers).any(holds))
    };
    let ids = [(facts.euid(), "uid", "nobody"), (facts.egid(), "gid", "nogroup")];
    let (own, word, name) = ids.into_iter().find(|&(own, word, _)| unmapped(own, word) == Some(true))?;
    Some(
        Hint::new(
            "XNS-E02-unmapped",
            format!("your {word} has no number in this user namespace: you are \"{name}\" here"),
        )
        .because(format!(
            "you are {word} {own}, the overflow {word}, and /proc/self/{word}_map does not have it"
        ))
        .cure("make the outer namespace with -r or --map-auto", ""),
    )
}

pub(super) fn chrooted(facts: &Facts) -> Option<Hint> {
    let evidence = facts.in_chroot()?;
    Some(
        Hint::new("XNS-E02-chroot", "user namespaces cannot be created inside a chroot, not even by root")
            .because(evidence)
            .cure("xunshare --pivot-root DIR …", "instead of the chroot: its root is the namespace's own"),
    )
}

fn security_module(facts: &Facts) -> Hint {
    let hint = Hint::new("XNS-E02-security-module", "a security module (SELinux, AppArmor) forbids it")
        .cure("journalctl -k -g 'avc|apparmor'", "shows which rule");
    match facts.line("/proc/self/attr/current") {
        Some(label) => hint.because(format!("this process is confined as {}", label.trim_matches('\0'))),
        None => hint,
    }
}

/// E04: the limits are counts of namespaces, not of bytes.
fn limit(set: NsSet, facts: &Facts) -> Hint {
    let sysctl = |kind: NsKind| format!("user.max_{}_namespaces", kind.name());
    let value = |kind: NsKind| facts.number(&format!("/proc/sys/user/max_{}_namespaces", kind.name()));
    if let Some(kind) = set.iter().find(|&kind| value(kind) == Some(0)) {
        let name = sysctl(kind);
        let hint = Hint::new("XNS-E04-limit", format!("not a disk problem: the limit {name} is 0"))
            .because(format!("/proc/sys/user/max_{}_namespaces reads 0", kind.name()))
            .cure(format!("sudo sysctl -w {name}=15000"), "");
        return match facts.has_capability("CapEff", 24) {
            Some(false) if facts.euid() == 0 => {
                hint.because("writing it needs CAP_SYS_RESOURCE, which this root lacks")
            }
            _ => hint,
        };
    }
    // The kernel nests user namespaces 32 deep (user_namespaces(7)); no machine holds as many as these limits.
    const ENDLESS: u64 = 1 << 30;
    if set.contains(NsKind::User) && set.iter().all(|kind| value(kind).is_some_and(|limit| limit >= ENDLESS))
    {
        let known: Vec<_> = set.iter().map(sysctl).collect();
        return Hint::new(
            "XNS-E04-nested",
            "not a disk problem: user namespaces cannot be nested more than 32 deep",
        )
        .because(format!("{} cannot have been reached", known.join(", ")))
        .cure("leave some of the nested shells", "");
    }
    let limits: Vec<_> =
        set.iter().filter_map(|kind| Some(format!("{} is {}", sysctl(kind), value(kind)?))).collect();
    Hint::new(
        "XNS-E04-used-up",
        "not a disk problem: a limit on the number of namespaces is reached, or they are nested 32 deep",
    )
    .because(limits.join(", "))
    .cure("lsns", "shows which there are; each also counts for its owner's namespaces further out")
}

/// E05: this kernel does not have the kind.
fn unknown_kind(set: NsSet, facts: &Facts) -> Option<Hint> {
    let missing = set.iter().find(|kind| facts.link(&format!("/proc/self/ns/{}", kind.name())).is_none())?;
    let (word, since) = (missing.word(), missing.since_kernel());
    Some(
        Hint::new("XNS-E05-kind", format!("this kernel has no {word} namespaces: they came with Linux {since}, and can be left out when it is built"))
            .because(format!("there is no /proc/self/ns/{}", missing.name()))
            .cure(format!("leave out --{}", missing.option()), ""),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use xns_core::Recorded;

    const OPEN: (Probe, u8) = (Probe::Unshare(NsSet::EMPTY), 0);

    fn facts(uid: u32, files: &[(&str, &str)], probes: &[(Probe, u8)]) -> Facts {
        Facts::recorded(Recorded {
            uid,
            gid: uid,
            command: ["xunshare", "-n", "true"].map(Into::into).to_vec(),
            files: files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect(),
            probes: probes.to_vec(),
            ..Recorded::default()
        })
    }

    fn set(kinds: &[NsKind]) -> NsSet {
        kinds.iter().copied().collect()
    }

    fn id(set: NsSet, errno: Errno, facts: &Facts) -> &'static str {
        unshare_failed(set, errno, Some(&[]), facts).map_or("none", |hint| hint.id)
    }

    const NO_CAPS: (&str, &str) = ("/proc/self/status", "CapEff:\t0000000000000000\nSeccomp:\t0\n");
    const CAPS: (&str, &str) = ("/proc/self/status", "CapEff:\t000001ffffffffff\nSeccomp:\t0\n");
    const EPERM: u8 = 1;

    #[test]
    fn an_ordinary_user_is_told_to_use_a_user_namespace() {
        let user = (Probe::Unshare(set(&[NsKind::User])), 0);
        let facts = facts(1000, &[NO_CAPS], &[OPEN, user]);
        let hint = unshare_failed(set(&[NsKind::Net]), Errno::EPERM, Some(&[]), &facts).unwrap();
        assert_eq!(hint.id, "XNS-E01-unprivileged");
        assert_eq!(hint.cause, "only root may create a network namespace directly; you are uid 1000");
        assert_eq!(hint.cures[0].action, "xunshare -r -n true");
        assert_eq!(hint.cures[1].action, "sudo xunshare -n true");
        let several = set(&[NsKind::Pid, NsKind::Mnt]);
        let hint = unshare_failed(several, Errno::EPERM, Some(&["-f"]), &facts).unwrap();
        assert_eq!(hint.cause, "only root may create mount and PID namespaces directly; you are uid 1000");
        assert_eq!(hint.cures[0].action, "xunshare -r -f -n true");
        assert_eq!(namespaces(set(&[NsKind::Ipc])), "an IPC namespace");
    }

    #[test]
    fn e01_tells_a_filter_and_a_weak_root_apart() {
        let net = set(&[NsKind::Net]);
        let filter = (Probe::Unshare(NsSet::EMPTY), EPERM);
        assert_eq!(id(net, Errno::EPERM, &facts(1000, &[NO_CAPS], &[filter])), "XNS-E01-seccomp");
        assert_eq!(id(net, Errno::EPERM, &facts(0, &[NO_CAPS], &[OPEN])), "XNS-E01-no-sys-admin");
        let some = ("/proc/self/status", "CapEff:\t000001ffffffffff\nSeccomp:\t2\n");
        assert_eq!(id(net, Errno::EPERM, &facts(0, &[some], &[OPEN])), "XNS-E01-seccomp");
    }

    #[test]
    fn e02_names_what_forbids_a_user_namespace() {
        let user = set(&[NsKind::User]);
        let ask = |uid, files: &[_], probes: &[_]| id(user, Errno::EPERM, &facts(uid, files, probes));
        assert_eq!(ask(0, &[CAPS], &[(Probe::Unshare(NsSet::EMPTY), EPERM)]), "XNS-E02-seccomp");
        assert_eq!(
            ask(1000, &[("/proc/sys/kernel/unprivileged_userns_clone", "0\n")], &[OPEN]),
            "XNS-E02-sysctl"
        );
        assert_eq!(ask(0, &[CAPS], &[OPEN, (Probe::Chrooted, 1)]), "XNS-E02-chroot");
        let nobody = [("/proc/sys/kernel/overflowuid", "65534\n"), ("/proc/self/uid_map", "0 1000 1\n")];
        assert_eq!(ask(65534, &nobody, &[OPEN]), "XNS-E02-unmapped");
        let nogroup = [
            ("/proc/sys/kernel/overflowuid", "65534\n"),
            ("/proc/self/uid_map", "65534 0 1\n"),
            ("/proc/sys/kernel/overflowgid", "65534\n"),
            ("/proc/self/gid_map", ""),
        ];
        let hint = unshare_failed(user, Errno::EPERM, Some(&[]), &facts(65534, &nogroup, &[OPEN])).unwrap();
        assert_eq!(
            hint.because,
            ["you are gid 65534, the overflow gid, and /proc/self/gid_map does not have it"]
        );
        assert_eq!(id(user, Errno::EACCES, &facts(0, &[], &[])), "XNS-E02-security-module");
        assert_eq!(ask(0, &[CAPS], &[OPEN, (Probe::Chrooted, 0)]), "none");
    }

    #[test]
    fn e04_names_the_limit_that_is_0() {
        let kinds = set(&[NsKind::Net, NsKind::User]);
        let zero = facts(1000, &[("/proc/sys/user/max_net_namespaces", "0\n")], &[]);
        let hint = unshare_failed(kinds, Errno::ENOSPC, Some(&[]), &zero).unwrap();
        assert_eq!(
            (hint.id, hint.cures[0].action.as_str()),
            ("XNS-E04-limit", "sudo sysctl -w user.max_net_namespaces=15000")
        );
        let some = facts(1000, &[("/proc/sys/user/max_user_namespaces", "9\n")], &[]);
        assert_eq!(id(kinds, Errno::ENOSPC, &some), "XNS-E04-used-up");
    }

    #[test]
    fn e02_names_the_boot_argument_of_red_hat_7() {
        let user = set(&[NsKind::User]);
        let ask = |line| {
            let files = [
                ("/proc/self/ns/user", "user:[1]"),
                ("/proc/sys/kernel/osrelease", "3.10.0-1160.el7.x86_64\n"),
                ("/proc/cmdline", line),
            ];
            id(user, Errno::EINVAL, &facts(1000, &files, &[OPEN]))
        };
        assert_eq!(ask("ro quiet\n"), "XNS-E02-boot-argument");
        assert_eq!(ask("ro user_namespace.enable=1\n"), "none");
    }

    #[test]
    fn e05_names_the_kind_that_the_kernel_lacks() {
        let facts = facts(0, &[("/proc/self/ns/uts", "uts:[1]")], &[OPEN]);
        let hint =
            unshare_failed(set(&[NsKind::Uts, NsKind::Time]), Errno::EINVAL, Some(&[]), &facts).unwrap();
        assert_eq!((hint.id, hint.because[0].as_str()), ("XNS-E05-kind", "there is no /proc/self/ns/time"));
    }
}
