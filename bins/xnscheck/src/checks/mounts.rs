//! Mounts of each sort, made in a mount namespace of a child's own.

use crate::check::Walk::{W2, W4, W5, W6, W10};
use crate::check::{Check, Found, Group, Walk, Ways};
use xns_core::{Errno, Facts, Hint, Rights};
use xns_mnt::Trial;
use xns_plan::asked;

const fn row(
    id: &'static str,
    what: &'static str,
    question: &'static str,
    needed_by: &'static [Walk],
    ask: fn(&Facts) -> Found,
) -> Check {
    Check { id, group: Group::Mounts, what, question, needed_by, ask }
}

pub(super) static CHECKS: [Check; 7] = [
    row("mount-tmpfs", "tmpfs", "Can a tmpfs be mounted?", &[W2, W10], |f| tried(Trial::Tmpfs, f)),
    row(
        "mount-bind-ro",
        "bind, read-only",
        "Can a directory be shown read-only elsewhere?",
        &[W2, W10],
        |f| tried(Trial::ReadOnlyBind, f),
    ),
    row("mount-pivot", "pivot_root", "Can a process have another root by pivot_root?", &[W2, W10], |f| {
        tried(Trial::Pivot, f)
    }),
    row("mount-proc", "proc", "Can proc be mounted for a new PID namespace?", &[W5, W10], |f| {
        tried(Trial::Proc, f)
    }),
    row("mount-sysfs", "sysfs", "Can sysfs be mounted for a new network namespace?", &[W6], |f| {
        tried(Trial::Sysfs, f)
    }),
    row("mount-mqueue", "mqueue", "Can mqueue be mounted for a new IPC namespace?", &[W4], |f| {
        tried(Trial::Mqueue, f)
    }),
    row("mount-overlay", "overlay", "Can an overlay be mounted?", &[W10], |f| tried(Trial::Overlay, f)),
];

fn tried(trial: Trial, facts: &Facts) -> Found {
    let say = match trial {
        Trial::Pivot => "pivot_root(\".\", \".\")".to_owned(),
        Trial::ReadOnlyBind => format!("a bind of {}, read-only", Trial::bound().display()),
        other => format!("mount -t {}", other.name()),
    };
    let ask = |rights: Rights| trial.ask(rights, facts);
    let why = |rights, errno| not_mounted(trial, rights, errno, facts);
    let mut found = Ways { say: &say, ask: &ask, why: &why }.found(facts);
    if trial == Trial::Mqueue && !facts.is_directory("/dev/mqueue".as_ref()) {
        found.evidence.push("there is no /dev/mqueue here: --mount-mqueue=DIR takes another".to_owned());
    }
    found
}

fn not_mounted(trial: Trial, rights: Rights, errno: Errno, facts: &Facts) -> Option<Hint> {
    let of_kind = trial.file_system().and_then(|name| asked::not_mounted(name, errno, facts));
    match (of_kind, trial) {
        (Some(hint), _) => Some(hint),
        (None, Trial::ReadOnlyBind) if errno == Errno::ENOSYS => Some(
            Hint::new(
                "XNS-K2-old-kernel",
                "mount_setattr(2), which makes a tree of mounts read-only, came with Linux 5.12",
            )
            .because("mount_setattr answers ENOSYS")
            .cure("a newer kernel", ""),
        ),
        (None, _) => (rights == Rights::Own).then(|| super::why_no_namespaces(rights, facts)).flatten(),
    }
}
