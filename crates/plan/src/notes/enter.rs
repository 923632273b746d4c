//! Notes on entering what is there.

use super::view::View;
use xns_core::{Facts, Hint, NsKind};

/// Not when its own PID namespace is known to be another than ours.
pub(super) fn enters_a_process(view: &View<'_>) -> bool {
    view.target().is_some() && !view.entered().is_empty() && !view.enters_another(NsKind::Pid)
}

/// E31: `unshare --fork --pid` itself is outside the PID namespace that it has made for its child.
pub(super) fn parent_of_pid_1(view: &View<'_>, facts: &Facts) -> Option<Hint> {
    let pid = view.target()?;
    let (own, children) = (format!("/proc/{pid}/ns/pid"), format!("/proc/{pid}/ns/pid_for_children"));
    let (own, children) = (facts.namespace(&own)?, facts.namespace(&children)?);
    if own == children {
        return None;
    }
    let child = facts.line(&format!("/proc/{pid}/task/{pid}/children"));
    let child = child.as_deref().and_then(|list| list.split(' ').find(|number| !number.is_empty()));
    let hint = Hint::new(
        "XNS-E31-parent",
        match child {
            Some(child) => format!(
                "process {pid} is outside the PID namespace that it has made; its child {child} is in it"
            ),
            None => {
                format!("process {pid} is outside the PID namespace that it has made, and has no child in it")
            }
        },
    )
    .because(format!("/proc/{pid}/ns/pid is pid:[{own}], pid_for_children is pid:[{children}]"));
    Some(match child {
        Some(child) => hint.cure(facts.command_instead(&pid.to_string(), child), ""),
        None => hint,
    })
}

pub(super) fn shares_the_terminal(view: &View<'_>) -> bool {
    view.euid == 0 && view.entered().contains(NsKind::User) && !view.has_own_terminal()
}

/// TIOCSTI: who has the terminal open types into it what the shell outside reads (CVE-2017-5226).
pub(super) fn terminal(_: &View<'_>, facts: &Facts) -> Option<Hint> {
    const SWITCH: &str = "/proc/sys/dev/tty/legacy_tiocsti";
    let allowed = facts.number(SWITCH) != Some(0);
    (allowed && facts.is_interactive()).then(|| {
        Hint::new("XNS-S6-terminal", "who rules in there can type commands into your terminal, as root")
            .because(format!("the program gets your terminal, and {SWITCH} is not 0"))
            .cure(facts.command_with(&[], &["--pty"]), "a terminal of its own")
            .cure("sysctl -w dev.tty.legacy_tiocsti=0", "for the whole machine")
    })
}

pub(super) fn takes_descriptors_along(view: &View<'_>) -> bool {
    let closes = view.closes_descriptors();
    view.euid == 0 && view.entered().contains(NsKind::User) && !closes
}

/// Whoever rules in there can use what root has open.
pub(super) fn descriptors(_: &View<'_>, facts: &Facts) -> Option<Hint> {
    let count = facts.passed_descriptors().filter(|count| *count > 0)?;
    Some(
        Hint::new(
            "XNS-S5-descriptors",
            "open files of root's go along into a user namespace that another user rules",
        )
        .because(format!("descriptors above 2 that the program inherits: {count}"))
        .cure(facts.command_with(&[], &["--close-fds"]), "passes on the first three only"),
    )
}
