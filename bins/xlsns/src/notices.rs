//! What is said beside the table: that it is not all there is.

use crate::TOOL;
use crate::cli::Cli;
use crate::shown::shown;
use xns_cli::{HintMode, diagnostic, terminal};
use xns_core::{Errno, Facts, Hint};
use xns_lsns::Namespace;
use xns_lsns::model::Unread;
use xns_lsns::row::Rows;
use xns_user::{CapabilitySet, Rights};

/// Says what could not be read. The original says nothing; under its name that is told only where the table has no rows, or when hints
/// are asked for.
pub(crate) fn tell(cli: &Cli, facts: &Facts, original: bool, unread: &Unread, empty: bool) {
    let mode = cli.reporting.hint_mode(facts);
    if cli.reporting.is_quiet(facts)
        || mode == HintMode::Never
        || (original && !empty && mode != HintMode::Always)
    {
        return;
    }
    for hint in [foreign_proc(facts), hidden(facts), unread_processes(facts, unread)].into_iter().flatten() {
        say(cli, facts, &hint);
    }
}

/// Says of which processes it is, where that is not plain and nothing was looked for beside those that were named.
pub(crate) fn tell_whose(cli: &Cli, facts: &Facts, original: bool) {
    let silent =
        original || cli.reporting.is_quiet(facts) || cli.reporting.hint_mode(facts) == HintMode::Never;
    if let Some(hint) = foreign_proc(facts).filter(|_| !silent) {
        say(cli, facts, &hint);
    }
}

/// The namespace whose processes are to be listed has none; a table without rows would not say whether that is so.
pub(crate) fn nobody_there(cli: &Cli, facts: &Facts, namespace: &Namespace) {
    if cli.reporting.is_quiet(facts) {
        return;
    }
    let Namespace { kind, ino, .. } = namespace;
    let hint = Hint::new("XNS-L8-no-process-in-it", format!("no process is in {kind}:[{ino}]"));
    let pins = xns_lsns::proc().map(|proc| {
        let rows = Rows::new(&proc, std::iter::empty(), false);
        let charset = terminal::charset(|name| facts.variable(name));
        let pins = namespace.pins.iter().map(|pin| shown(&rows.pin(pin), charset));
        pins.collect::<Vec<_>>().join(", ")
    });
    say(cli, facts, &hint.because(format!("it is kept by: {}", pins.unwrap_or_default())));
}

fn say(cli: &Cli, facts: &Facts, hint: &Hint) {
    xns_cli::tell(&diagnostic::note(&TOOL.called_as(facts), hint, cli.reporting.error_format));
}

/// Some processes could not be looked into.
fn unread_processes(facts: &Facts, unread: &Unread) -> Option<Hint> {
    let lowest = unread.lowest?;
    let Unread { processes, of, .. } = unread;
    let hint = Hint::new(
        "XNS-L4-not-all",
        format!("{processes} of {of} processes could not be read, and are not counted"),
    )
    .because(reason(lowest, facts));
    Some(if facts.euid() == 0 {
        hint
    } else {
        hint.cure(facts.command_with(&["sudo"], &[] as &[&str]), "reads those of all users")
    })
}

/// Shown for who has no number here (`/proc/sys/kernel/overflowuid`).
const OVERFLOW_UID: u32 = 65534;

/// Why this process cannot be looked into.
pub(crate) fn reason(pid: u32, facts: &Facts) -> String {
    let owner = facts.owner(&format!("/proc/{pid}"));
    let status = facts.file(&format!("/proc/{pid}/status"));
    let own = facts.file("/proc/self/status").and_then(|status| Rights::parse(&status));
    let more = status.and_then(|status| Rights::parse(&status)).zip(own).and_then(|(theirs, own)| {
        let beyond = CapabilitySet(theirs.permitted.0 & !own.effective.0);
        (beyond.0 != 0).then(|| beyond.names().join(", ").to_uppercase())
    });
    match (owner, more) {
        (_, Some(more)) if facts.euid() == 0 => format!("process {pid} has {more}, which this one has not"),
        (Some(OVERFLOW_UID), _) => {
            format!("process {pid} is of a user who has no number in the user namespace that you are in")
        }
        (Some(uid), _) if uid != facts.euid() => {
            format!("process {pid} is of uid {uid}, and you are uid {}", facts.euid())
        }
        _ => format!("readlink of /proc/{pid}/ns/* answers: {}", xns_core::errno::text(Errno::EACCES)),
    }
}

/// A `/proc` of another PID namespace: its numbers are not ours.
pub(crate) fn foreign_proc(facts: &Facts) -> Option<Hint> {
    xns_lsns::proc_is_foreign().then(|| {
        Hint::new(
            "XNS-L5-foreign-proc",
            "/proc shows another PID namespace than the one you are in: these are its PIDs",
        )
        .because("/proc/self is not this process")
        .cure(
            facts.command_with(&["xunshare", "--mount-proc", "-fp"], &[] as &[&str]),
            "mounts one of its own",
        )
    })
}

/// Other users' processes are not in `/proc` at all.
fn hidden(facts: &Facts) -> Option<Hint> {
    if facts.euid() == 0 {
        return None;
    }
    let mounts = facts.mounts()?;
    let proc = mounts.iter().rev().find(|mount| mount.point.as_os_str() == "/proc")?;
    let hides = |word: &&str| proc.fs_has(word);
    let option =
        ["hidepid=2", "hidepid=invisible", "hidepid=4", "hidepid=ptraceable"].into_iter().find(hides)?;
    Some(
        Hint::new(
            "XNS-L6-hidepid",
            "processes of other users are not shown in /proc, and cannot even be counted",
        )
        .because(format!("/proc is mounted with {option}"))
        .cure(facts.command_with(&["sudo"], &[] as &[&str]), "sees them all"),
    )
}
