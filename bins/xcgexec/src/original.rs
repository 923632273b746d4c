//! Under the name `cgexec`: the original's words and statuses, as Debian's cgroup-tools 2.0.2 has them.

use xns_cli::Diagnostic;

/// A failure as the original tells it.
pub(crate) fn told(diagnostic: Box<Diagnostic>) -> Box<Diagnostic> {
    diagnostic
}
