//! Notes on PID namespaces.

use super::view::View;
use xns_core::{Facts, Hint, NsKind};
use xns_pid::Signal;

pub(super) fn is_not_forked(view: &View<'_>) -> bool {
    view.makes(NsKind::Pid) && !view.forks()
}

/// E06, before it happens.
pub(super) fn not_forked(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let words: &[&str] = if view.mounts_proc() { &["-f"] } else { &["-f", "--mount-proc"] };
    Some(
        Hint::new(
            "XNS-E06-no-fork",
            "the program's first child becomes PID 1; when that ends, nothing more can be started (\"Cannot allocate memory\")",
        )
        .because("the plan makes a PID namespace, and forks no child into it")
        .cure(facts.command_with(&[], words), "the program itself is PID 1"),
    )
}

pub(super) fn is_not_forked_in_time(view: &View<'_>) -> bool {
    view.makes(NsKind::Time) && !view.forks()
}

/// Before Linux 6.2 an exec stays in its time namespace, and who has unshared one cannot share memory with a child (EINVAL).
pub(super) fn not_forked_in_time(_: &View<'_>, facts: &Facts) -> Option<Hint> {
    let release = facts.older_kernel((6, 2))?;
    Some(
        Hint::new(
            "XNS-E06-time",
            "the program stays in the old time namespace, and where it uses vfork(2), as dash does, it starts nothing (\"Cannot fork\")",
        )
        .because(format!("the plan makes a time namespace, and forks no child into it; an exec enters one since Linux 6.2, and this is {release}"))
        .cure(facts.command_with(&[], &["-f"]), "the program itself is in the new one"),
    )
}

pub(super) fn may_outlive_its_parent(view: &View<'_>) -> bool {
    view.makes(NsKind::Pid)
        && !view.has_init()
        && view.death_signal().is_some_and(|signal| signal != Signal::KILL)
}

/// S2: what the kernel sends a PID 1 when its parent has ended is lost like any other signal.
pub(super) fn deaf(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let signal = view.death_signal()?;
    Some(
        Hint::new(
            "XNS-S2-deaf",
            format!(
                "a program that has no handler for {signal} will outlive a parent that is killed: it is PID 1"
            ),
        )
        .because("the plan has --kill-child with another signal than SIGKILL, a PID namespace, and no init")
        .cure(facts.command_with(&[], &["--init"]), "an init hears every signal")
        .cure("--kill-child", "SIGKILL reaches a PID 1 too"),
    )
}

pub(super) fn has_old_proc(view: &View<'_>) -> bool {
    let enters = view.entered();
    // With a mount namespace its own proc comes along.
    let elsewhere = enters.contains(NsKind::Pid) && !enters.contains(NsKind::Mnt);
    (view.makes(NsKind::Pid) || elsewhere) && view.forks() && !view.mounts_proc()
}

/// E27.
pub(super) fn old_proc(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let (which, evidence) = if view.makes(NsKind::Pid) {
        ("new", "the plan makes a PID namespace, and mounts no proc for it")
    } else if view.target().is_some_and(|pid| is_ours(pid, facts)) {
        return None;
    } else {
        ("entered", "the plan enters a PID namespace without its mounts, and mounts no proc for it")
    };
    Some(
        Hint::new(
            "XNS-E27-old-proc",
            format!("/proc does not show the {which} PID namespace: ps, top and /proc/self are wrong there, or fail"),
        )
        .because(evidence)
        .cure(facts.command_with(&[], &["--mount-proc"]), ""),
    )
}

/// Is the process in our PID namespace, which `/proc` shows?
fn is_ours(pid: u32, facts: &Facts) -> bool {
    let own = facts.namespace("/proc/self/ns/pid");
    own.is_some() && own == facts.namespace(&format!("/proc/{pid}/ns/pid"))
}
