//! What ends the tool, in words.

use xns_cli::Diagnostic;
use xns_core::{Errno, Facts, Hint};
use xns_lsns::ScanError;
use xns_lsns::filter::FilterError;

/// There was nothing to be found out.
pub(crate) fn scan(error: &ScanError, facts: &Facts) -> Box<Diagnostic> {
    let message = error.to_string();
    Box::new(match error {
        ScanError::Proc(errno) => Diagnostic::new(message, 1).errno(*errno),
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

/// The operand's namespace is not there.
pub(crate) fn not_found(ino: u64) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(format!("not found namespace: {ino}"), 1))
}

/// The expression cannot be read.
pub(crate) fn filter(error: FilterError) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(error.to_string(), 1))
}

fn no_process(pid: u32) -> Hint {
    Hint::new("XNS-L2-no-process", "there is no process with that PID, or none that /proc shows here")
        .because(format!("/proc/{pid} is not there"))
        .cure("ps -e", "shows the processes")
}

/// Why a process cannot be looked into, as far as that can be told.
pub(crate) fn unreadable(pid: u32, facts: &Facts) -> Hint {
    let because = crate::notices::reason(pid, facts);
    let hint =
        Hint::new("XNS-L3-unreadable", "the namespaces of a process are for its user, and for root, to see")
            .because(because);
    if facts.euid() == 0 { hint } else { hint.cure(facts.command_with(&["sudo"], &[] as &[&str]), "as root") }
}
