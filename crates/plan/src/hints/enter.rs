//! E28 to E38: a process or a namespace that could not be entered.

use super::{Site, fork};
use crate::Op;
use crate::process::{Enter, NamespaceSource, Op as Process, OpenNamespace, OpenTarget};
use std::ffi::OsStr;
use std::path::Path;
use xns_core::shell::quote;
use xns_core::{Actor, Errno, Facts, Failure, Hint, NsKind, Probe, has_ended, stat_field};

const NO_WORDS: &[&str] = &[];
const CAP_SYS_CHROOT: u32 = 18;
const CAP_SYS_ADMIN: u32 = 21;

/// For a target that could not be held.
pub(super) fn no_target(target: &OpenTarget, failure: &Failure, facts: &Facts) -> Option<Hint> {
    if failure.part == OpenTarget::ANOTHER {
        return Some(another(target, facts));
    }
    match failure.errno()? {
        Errno::ENOENT => Some(no_process(target.pid, facts)),
        errno => of_target(target.pid, errno, facts),
    }
}

/// E33: the number has been given to somebody else.
fn another(target: &OpenTarget, facts: &Facts) -> Hint {
    let pid = target.pid;
    let name = facts.line(&format!("/proc/{pid}/comm")).unwrap_or_else(|| "another program".to_owned());
    Hint::new(
        "XNS-E33-another",
        format!("process {pid} is not the one that is meant: that has ended, and the number was given anew"),
    )
    .because(match target.inode {
        Some(inode) => format!("{pid} is {name} now, and its pidfd has another inode number than {inode}"),
        None => format!("{pid} is {name} now, and was started at another time"),
    })
    .cure("ask for the number again", "")
}

/// E33.
fn no_process(pid: u32, facts: &Facts) -> Hint {
    let evidence = match facts.line("/proc/sys/kernel/pid_max").and_then(|most| most.parse::<u32>().ok()) {
        Some(most) if pid > most => format!("kernel.pid_max is {most}: no process can have that number"),
        _ => format!("/proc/{pid} does not exist"),
    };
    Hint::new(
        "XNS-E33-no-process",
        format!("there is no process {pid} here: it has ended, or that is its number elsewhere"),
    )
    .because(evidence)
    .cure("ps -e", "shows the processes; one in a container has another number there than here")
}

/// For a file of the target's that could not be read: its namespaces, root, working directory, environment.
pub(super) fn of_target(pid: u32, errno: Errno, facts: &Facts) -> Option<Hint> {
    match errno {
        Errno::EACCES | Errno::EPERM => not_yours(pid, facts),
        Errno::ENOENT | Errno::ESRCH => ended(pid, facts).or_else(|| kernel_thread(pid, facts)),
        _ => None,
    }
}

/// E32: another user's process, or one that hides.
fn not_yours(pid: u32, facts: &Facts) -> Option<Hint> {
    let owner = facts.owner(&format!("/proc/{pid}"))?;
    if facts.number("/proc/sys/kernel/overflowuid") == Some(owner.into()) && owner != facts.euid() {
        return Some(
            Hint::new(
                "XNS-E32-not-yours",
                format!("process {pid} belongs to a user that has no number in your user namespace"),
            )
            .because(format!(
                "stat(2) of /proc/{pid} answers the owner {owner}, which stands for all of them"
            ))
            .cure("from outside", "where you are who that user is"),
        );
    }
    if owner != facts.euid() && facts.euid() != 0 {
        return Some(
            Hint::new(
                "XNS-E32-not-yours",
                format!("process {pid} belongs to uid {owner}; you are uid {}", facts.euid()),
            )
            .because(format!("stat(2) of /proc/{pid}"))
            .cure(facts.command_with(&["sudo"], NO_WORDS), ""),
        );
    }
    Some(
        Hint::new(
            "XNS-E32-hidden",
            format!("process {pid} is not to be looked into, although it is yours or you are root"),
        )
        .because("it has capabilities that you do not have, or has made itself undumpable (ptrace(2))")
        .cure("a child of it", "which usually has not"),
    )
}

/// E33: between life and death.
fn ended(pid: u32, facts: &Facts) -> Option<Hint> {
    match facts.file(&format!("/proc/{pid}/stat")) {
        None => Some(no_process(pid, facts)),
        Some(stat) if has_ended(&stat) => Some(
            Hint::new("XNS-E33-zombie", format!("process {pid} has ended, and waits for its parent to ask how: it has no namespaces any more"))
                .because(format!("its state in /proc/{pid}/stat is Z"))
                .cure("another process of the same namespaces", "lsns shows one of each"),
        ),
        Some(_) => None,
    }
}

fn kernel_thread(pid: u32, facts: &Facts) -> Option<Hint> {
    /// Of field 9 of `/proc/PID/stat`: PF_KTHREAD (linux/sched.h).
    const OF_KERNEL: u64 = 0x0020_0000;
    let flags: u64 = stat_field(&facts.file(&format!("/proc/{pid}/stat"))?, 9)?.parse().ok()?;
    if flags & OF_KERNEL == 0 {
        return None;
    }
    Some(
        Hint::new(
            "XNS-E33-kernel-thread",
            format!("process {pid} is a thread of the kernel: it has no root, directory or environment"),
        )
        .because(format!("the flags in /proc/{pid}/stat have PF_KTHREAD"))
        .cure("PID 1", "is in the same namespaces, and a program"),
    )
}

/// For a namespace that could not be opened.
pub(super) fn not_opened(open: &OpenNamespace, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let errno = failure.errno()?;
    match (&open.source, errno) {
        (NamespaceSource::File(file), Errno::ENOENT) if file.parent() == Some(Path::new("/run/netns")) => {
            let names = facts.names_in("/run/netns");
            let evidence = if names.is_empty() {
                "there are none".to_owned()
            } else {
                format!("there are: {}", names.join(" "))
            };
            let hint = Hint::new("XNS-E33-no-name", "no network namespace has that name")
                .because(format!("/run/netns: {evidence}"));
            Some(hint.cure(add(file.file_name()?, facts), "makes one; so does ip netns add"))
        }
        (NamespaceSource::File(file), Errno::ENOENT) => {
            let name = file.to_str().filter(|name| open.kind == NsKind::Net && !name.contains('/'));
            attached(file).or_else(|| Some(only_a_name(name?, facts)))
        }
        (NamespaceSource::File(file), Errno::EACCES | Errno::EPERM) => {
            of_target(process_of(file)?, errno, facts)
        }
        (NamespaceSource::Id(id), Errno::ESTALE) => Some(
            Hint::new(
                "XNS-E29-no-id",
                format!(
                    "there is no {} namespace with the id {id}, or it is not yours to see",
                    open.kind.word()
                ),
            )
            .because("open_by_handle_at(2) found none")
            .cure(
                "ls -l /proc/PID/ns",
                "the numbers there are inode numbers, not ids; a file as FILE enters too",
            ),
        ),
        (NamespaceSource::Id(_), Errno::EOPNOTSUPP) => Some(
            Hint::new("XNS-E29-old-kernel", "this kernel opens no namespaces by id: Linux 6.18 and later do")
                .because("open_by_handle_at(2) on nsfs is not supported")
                .cure("a file: /proc/PID/ns/net", "or -t PID"),
        ),
        (NamespaceSource::Socket(number), Errno::ENOTTY) => Some(
            Hint::new("XNS-E29-no-socket", format!("descriptor {number} of the target is no socket"))
                .because("ioctl(SIOCGSKNS) answers ENOTTY")
                .cure("ls -l /proc/PID/fd", "shows which of them are: socket:[…]"),
        ),
        (NamespaceSource::Socket(number), Errno::EBADF) => Some(
            Hint::new("XNS-E29-no-socket", format!("the target has no descriptor {number}"))
                .because("pidfd_getfd(2) answers EBADF")
                .cure("ls -l /proc/PID/fd", "shows those that it has"),
        ),
        (NamespaceSource::Owner(_) | NamespaceSource::OwnerOfTargets(_), Errno::EPERM) => Some(
            Hint::new("XNS-E30-no-parent", "the user namespace above is not within sight from here")
                .because("ioctl(NS_GET_USERNS) answers EPERM: it is not below your own (ioctl_ns(2))")
                .cure("without --user-parent", ""),
        ),
        _ => None,
    }
}

/// The line that makes a name.
fn add(name: &OsStr, facts: &Facts) -> String {
    let root = if facts.euid() == 0 { "" } else { "sudo " };
    format!("{root}xnetns add {}", quote(name))
}

/// A file's name is wanted, and a network namespace's is given.
fn only_a_name(name: &str, facts: &Facts) -> Hint {
    let is_there = facts.names_in("/run/netns").iter().any(|other| other == name);
    let file = format!("/run/netns/{name}");
    let hint = Hint::new("XNS-E33-no-name", "what follows --net= is a file: that of a name is in /run/netns")
        .because(format!(
            "{name} is not in the current directory; {file} is {}there",
            if is_there { "" } else { "not " }
        ));
    let hint = if is_there {
        hint
    } else {
        hint.cure(add(name.as_ref(), facts), "makes the name; so does ip netns add")
    };
    hint.cure(facts.command_instead(name, &file), "names its file")
}

/// `-Up` is `-U` with the file `p`.
fn attached(file: &Path) -> Option<Hint> {
    let letters = file.to_str()?;
    let options = letters.bytes().all(|letter| b"aemunipCUTrwWcF".contains(&letter));
    (options && !letters.is_empty()).then(|| {
        let apart = letters.chars().map(|letter| format!(" -{letter}")).collect::<String>();
        Hint::new("XNS-U3-attached", format!("what is attached to such an option is its file: {letters}"))
            .because("a namespace's option takes what follows it in the same word (-mFILE)")
            .cure(apart.trim_start(), "each as a word of its own")
    })
}

/// N of `/proc/N/…`.
fn process_of(file: &Path) -> Option<u32> {
    file.strip_prefix("/proc").ok()?.iter().next()?.to_str()?.parse().ok()
}

/// For namespaces that could not be entered.
pub(super) fn refused(site: &Site<'_>, enter: &Enter, failure: &Failure, facts: &Facts) -> Option<Hint> {
    let errno = failure.errno()?;
    let unread = enter.read_kind(failure.part).is_some();
    match errno {
        _ if unread => of_target(enter.pid, errno, facts),
        Errno::ESRCH => ended(enter.pid, facts),
        Errno::EINVAL => wrong_file(site, enter, failure.part, facts).or_else(|| same_user(enter)),
        Errno::EPERM => no_rights(enter, facts),
        Errno::ENOMEM => {
            fork::fork_failed(errno, site.made_so_far(), site.failed.actor != Actor::Caller, facts)
        }
        _ => None,
    }
}

/// E29: a file that is none, or of another kind.
fn wrong_file(site: &Site<'_>, enter: &Enter, part: u8, facts: &Facts) -> Option<Hint> {
    let kind = enter.entered_kind(part)?;
    let file = site.before.iter().find_map(|step| match &step.op {
        Op::Process(Process::OpenNamespace(OpenNamespace {
            kind: of,
            source: NamespaceSource::File(file),
        })) if *of == kind => Some(file),
        _ => None,
    })?;
    let shown = file.display();
    match facts.namespace_kind(file) {
        None if stale_name(file, facts).is_some() => stale_name(file, facts),
        None => Some(
            Hint::new("XNS-E29-no-namespace", format!("{shown} holds no namespace"))
                .because("ioctl(NS_GET_NSTYPE) refuses it: it is not on nsfs")
                .cure(
                    "/proc/PID/ns/net",
                    "is such a file, and so is what unshare --net=FILE or ip netns add makes",
                ),
        ),
        Some(other) if other != kind => Some(
            Hint::new(
                "XNS-E29-other-kind",
                format!("{shown} holds a {} namespace, not a {} one", other.word(), kind.word()),
            )
            .because("ioctl(NS_GET_NSTYPE) says so")
            .cure(format!("--{}={shown}", other.option()), ""),
        ),
        Some(NsKind::User) => same_user(enter),
        Some(_) => None,
    }
}

/// E57: a file where names of network namespaces are, and none that is one.
fn stale_name(file: &Path, facts: &Facts) -> Option<Hint> {
    let named = file.parent() == Some(Path::new(xns_net::store::DIRECTORY));
    let name = named.then(|| xns_net::NetnsName::existing(file.file_name()?).ok()).flatten()?;
    xns_net::why_unusable(&name, facts)
}

/// E28.
fn same_user(enter: &Enter) -> Option<Hint> {
    let user = enter.of_target.union(enter.of_files).contains(NsKind::User);
    user.then(|| {
        Hint::new("XNS-E28-same-user", "that is the user namespace you are in, or one that you cannot enter: it is not below yours")
            .because("setns(2) answers EINVAL for one's own user namespace, and while one shares directories with other threads")
            .cure("the same without -U", "you are in it, and who is not below it cannot be")
    })
}

/// `setns(-1, 0)` finds no namespace, unless a filter answers for the kernel.
pub(super) fn filtered(facts: &Facts) -> Option<Hint> {
    let answer = facts.probe(Probe::Setns).filter(|answer| i32::from(*answer) == Errno::EPERM as i32)?;
    let name = xns_core::errno::name(Errno::from_raw(i32::from(answer)));
    Some(
        Hint::new("XNS-E30-seccomp", "a seccomp filter, probably your container's, forbids setns")
            .because(format!("setns(-1, 0), which the kernel answers with EBADF, answers {name}"))
            .cure("docker run --security-opt seccomp=unconfined …", "a lab machine only"),
    )
}

/// E30: who may enter?
fn no_rights(enter: &Enter, facts: &Facts) -> Option<Hint> {
    let entered = enter.of_target.union(enter.of_files);
    if let Some(hint) = filtered(facts) {
        return Some(hint);
    }
    let own = facts.namespace("/proc/self/ns/user");
    let theirs = facts.namespace(&format!("/proc/{}/ns/user", enter.pid)).filter(|_| enter.pid > 0);
    if !entered.contains(NsKind::User) && theirs.is_some() && own != theirs {
        return Some(
            Hint::new(
                "XNS-E30-user-first",
                "they belong to the target's user namespace, in which you have no rights from here",
            )
            .because(format!("/proc/{}/ns/user is another one than your own", enter.pid))
            .cure(facts.command_with(NO_WORDS, &["-U"]), "enters that too; -a enters all"),
        );
    }
    let above = |kind: &NsKind| facts.is_owned_above(&format!("/proc/{}/ns/{kind}", enter.pid)) == Some(true);
    if let Some(kind) = enter.of_target.iter().find(above) {
        return Some(
            Hint::new(
                "XNS-E30-owner",
                format!(
                    "its {} namespace belongs to a user namespace above yours, in which you have no rights",
                    kind.word()
                ),
            )
            .because(format!("NS_GET_USERNS of /proc/{}/ns/{kind} answers EPERM (ioctl_ns(2))", enter.pid))
            .cure("from outside", "enter all of them at once there, with -a"),
        );
    }
    let lacks = |number| facts.has_capability("CapEff", number) == Some(false);
    if entered.contains(NsKind::Mnt) && lacks(CAP_SYS_CHROOT) && !lacks(CAP_SYS_ADMIN) {
        return Some(
            Hint::new("XNS-E30-chroot", "a mount namespace is entered only by who has CAP_SYS_CHROOT too")
                .because("CapEff of /proc/self/status lacks bit 18")
                .cure("docker run --cap-add SYS_CHROOT …", "when this is a container"),
        );
    }
    lacks(CAP_SYS_ADMIN).then(|| {
        Hint::new(
            "XNS-E30-unprivileged",
            format!(
                "{} namespaces of others are entered by root; you are uid {}",
                entered.words(),
                facts.euid()
            ),
        )
        .because("CapEff of /proc/self/status lacks bit 21, CAP_SYS_ADMIN")
        .cure(facts.command_with(&["sudo"], NO_WORDS), "")
    })
}

/// For a refused chroot(2).
pub(super) fn no_chroot(errno: Errno, facts: &Facts) -> Option<Hint> {
    let lacking = facts.has_capability("CapEff", CAP_SYS_CHROOT) == Some(false);
    (errno == Errno::EPERM && lacking).then(|| {
        Hint::new("XNS-R1-chroot", format!("chroot needs CAP_SYS_CHROOT; you are uid {}", facts.euid()))
            .because("CapEff of /proc/self/status lacks bit 18, CAP_SYS_CHROOT")
            .cure(
                facts.command_with(NO_WORDS, &["-U"]),
                "in a user namespace of yours, if the target is in one",
            )
            .cure(facts.command_with(&["sudo"], NO_WORDS), "")
    })
}

#[cfg(test)]
mod tests {
    use crate::process::{Enter, First, NamespaceSource, Op as Process, OpenNamespace, OpenTarget};
    use crate::{Phase, Plan, hint};
    use xns_core::{Actor, Errno, Facts, Failure, NsKind, NsSet, Probe, Recorded};

    fn set(kinds: &[NsKind]) -> NsSet {
        kinds.iter().copied().collect()
    }

    fn enter(of_target: &[NsKind], of_files: &[NsKind]) -> Enter {
        Enter {
            pid: 7,
            of_target: set(of_target),
            of_files: set(of_files),
            user_first: false,
            seen: Vec::new(),
            ours: Vec::new(),
        }
    }

    fn told(plan: &Plan, failure: Failure, files: &[(&str, &str)], probes: &[(Probe, u8)]) -> &'static str {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let recorded = Recorded { uid: 1000, files, probes: probes.to_vec(), ..Recorded::default() };
        let hint = hint(plan, plan.steps.len() - 1, &failure, &Facts::recorded(recorded));
        hint.map_or("none", |hint| hint.id)
    }

    fn of_target(errno: Errno, files: &[(&str, &str)]) -> &'static str {
        let mut plan = Plan::default();
        let open = OpenTarget { pid: 7, inode: None, started: None, first: First::Namespace(NsKind::Net) };
        plan.push(Actor::Caller, Phase::Prepare, Process::OpenTarget(open), "");
        plan.push(Actor::Caller, Phase::Enter, Process::Enter(enter(&[NsKind::Net], &[])), "");
        let part = NsKind::Net.part(Enter::READ);
        told(&plan, Failure::in_part(part, errno), files, &[])
    }

    #[test]
    fn why_a_process_cannot_be_entered() {
        assert_eq!(of_target(Errno::EACCES, &[("owner:/proc/7", "0")]), "XNS-E32-not-yours");
        assert_eq!(of_target(Errno::EACCES, &[("owner:/proc/7", "1000")]), "XNS-E32-hidden");
        assert_eq!(of_target(Errno::ESRCH, &[("/proc/7/stat", "7 (x) Z 1")]), "XNS-E33-zombie");
        assert_eq!(of_target(Errno::ENOENT, &[]), "XNS-E33-no-process");
        let thread = [("/proc/7/stat", "7 (x) S 2 0 0 0 -1 2129984 0")];
        assert_eq!(of_target(Errno::ENOENT, &thread), "XNS-E33-kernel-thread");
    }

    #[test]
    fn why_a_namespace_cannot_be_entered() {
        let ask = |enter: Enter, files: &[(&str, &str)], probes: &[(Probe, u8)]| {
            let mut plan = Plan::default();
            plan.push(Actor::Caller, Phase::Enter, Process::Enter(enter), "");
            told(&plan, Errno::EPERM.into(), files, probes)
        };
        let net = || enter(&[NsKind::Net], &[]);
        let native = [(Probe::Setns, Errno::EBADF as i32 as u8)];
        let filtered = [(Probe::Setns, Errno::EPERM as i32 as u8)];
        assert_eq!(ask(net(), &[], &filtered), "XNS-E30-seccomp");
        let other = [("/proc/self/ns/user", "user:[1]"), ("/proc/7/ns/user", "user:[2]")];
        assert_eq!(ask(net(), &other, &native), "XNS-E30-user-first");
        let none = [("/proc/self/status", "CapEff:\t0000000000000000\n")];
        assert_eq!(ask(net(), &none, &native), "XNS-E30-unprivileged");
        let admin = [("/proc/self/status", "CapEff:\t0000000000200000\n")];
        assert_eq!(ask(enter(&[NsKind::Mnt], &[]), &admin, &native), "XNS-E30-chroot");
        assert_eq!(ask(net(), &admin, &native), "none");
    }

    #[test]
    fn a_file_may_hold_something_else() {
        let ask = |kind: &str| {
            let mut plan = Plan::default();
            let open = OpenNamespace { kind: NsKind::Uts, source: NamespaceSource::File("/f".into()) };
            plan.push(Actor::Caller, Phase::Prepare, Process::OpenNamespace(open), "");
            plan.push(Actor::Caller, Phase::Enter, Process::Enter(enter(&[], &[NsKind::Uts])), "");
            let failure = Failure::in_part(NsKind::Uts.part(Enter::OWN), Errno::EINVAL);
            told(&plan, failure, &[("kind:/f", kind)], &[])
        };
        assert_eq!(ask(""), "XNS-E29-no-namespace");
        assert_eq!(ask(&NsKind::Net.flag().to_string()), "XNS-E29-other-kind");
        assert_eq!(ask(&NsKind::Uts.flag().to_string()), "none");
    }
}
