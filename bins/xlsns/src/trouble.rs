//! What ends the tool, in words.

use crate::cli::Cli;
use crate::{TOOL, notices};
use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint};
use xns_lsns::ScanError;
use xns_lsns::filter::FilterError;
use xns_lsns::model::Unread;

/// There was nothing to be found out.
pub(crate) fn scan(error: &ScanError, facts: &Facts) -> Box<Diagnostic> {
    let message = error.to_string();
    Box::new(match error {
        ScanError::Proc(errno) => Diagnostic::new(message, 1).errno(*errno),
        ScanError::NotProc => Diagnostic::new(message, 1).hint(Some(not_mounted())),
        ScanError::NoProcess(pid) => Diagnostic::new(message, 1).hint(Some(no_process(*pid))),
        ScanError::Unreadable(pid, errno) => {
            Diagnostic::new(message, 1).errno(*errno).hint(Some(unreadable(*pid, facts)))
        }
        ScanError::Unsupported(_) => Diagnostic::new(message, 2),
    })
}

/// `/proc` cannot be opened.
pub(crate) fn proc(errno: Errno) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(ScanError::Proc(errno).to_string(), 1).errno(errno))
}

/// The operand's namespace is not among those that could be seen, which is said, too.
pub(crate) fn tell_not_found(cli: &Cli, facts: &Facts, unread: &Unread, ino: u64) -> u8 {
    let error = not_found(ino);
    error.tell(&TOOL.called_as(facts), cli.reporting.error_format);
    notices::tell(cli, facts, TOOL.is_original(facts), unread, false);
    error.status
}

/// The operand's namespace is not there.
pub(crate) fn not_found(ino: u64) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(format!("not found namespace: {ino}"), 1))
}

/// The expression cannot be read.
pub(crate) fn filter(error: FilterError) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(error.to_string(), 1))
}

fn not_mounted() -> Hint {
    Hint::new("XNS-L7-no-proc", "processes and their namespaces are seen in /proc alone")
        .because("nothing of the type proc is mounted there")
        .cure("mount -t proc proc /proc", "mounts it (root)")
}

fn no_process(pid: u32) -> Hint {
    Hint::new("XNS-L2-no-process", "there is no process with that PID, or none that /proc shows here")
        .because(format!("/proc/{pid} is not there"))
        .cure("ps -e", "shows the processes")
}

/// Why a process cannot be looked into, as far as that can be told.
pub(crate) fn unreadable(pid: u32, facts: &Facts) -> Hint {
    let because = notices::reason(pid, facts);
    let hint =
        Hint::new("XNS-L3-unreadable", "the namespaces of a process are for its user, and for root, to see")
            .because(because);
    if facts.euid() == 0 { hint } else { hint.cure(facts.command_with(&["sudo"], &[] as &[&str]), "as root") }
}
