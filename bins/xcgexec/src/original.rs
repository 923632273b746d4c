//! Under the name `cgexec`: the original's first line and status, as Debian's cgroup-tools 2.0.2 has them. Cause and cure follow when
//! they are asked for.

use crate::cli::CliError;
use crate::plan::PlanError;
use xns_cgroup::ArrangeError;
use xns_cli::Diagnostic;
use xns_core::Errno;

/// Its statuses: 80 and the number of libcgroup's error.
const NOT_MOUNTED: u8 = 81;
const NO_GROUP: u8 = 82;
const NO_CONTROLLER: u8 = 84;
const NOT_OWNER: u8 = 85;
const NOT_ALLOWED: u8 = 87;
const OTHER: u8 = 96;
/// `exit(-1)`.
const MINUS_ONE: u8 = 255;

const CHANGE_FAILED: &str = "cgroup change of group failed";

/// What it says of a command line that is none; `None` for what only ours has.
pub(crate) fn usage(error: &CliError, name: &str) -> Option<(String, u8)> {
    let wrong = format!("Wrong input parameters, try {name} --help' for more information.");
    match error {
        CliError::NoProgram => Some((wrong, 1)),
        CliError::Usage(usage) => Some((format!("{name}: {usage}\n{wrong}"), 1)),
        CliError::Spec(_) => Some(("cgroup controller and pathparsing failed".to_owned(), MINUS_ONE)),
        _ => None,
    }
}

/// What it says when there is nothing to join.
pub(crate) fn plan(error: &PlanError) -> Option<(String, u8)> {
    match error {
        PlanError::Arrange(ArrangeError::NoHierarchy | ArrangeError::Unread { .. }) => {
            Some(("libcgroup initialization failed: Cgroup is not mounted".to_owned(), NOT_MOUNTED))
        }
        PlanError::NoController { .. } => Some((CHANGE_FAILED.to_owned(), NO_CONTROLLER)),
        PlanError::NoGroup(_) => Some((CHANGE_FAILED.to_owned(), NO_GROUP)),
        PlanError::NotEnabled { .. } => Some((CHANGE_FAILED.to_owned(), NOT_MOUNTED)),
        _ => None,
    }
}

/// What it says of a step that failed: one message for all of joining, and for the exec the error's text alone.
pub(crate) fn step(diagnostic: &Diagnostic) -> Option<(String, u8)> {
    let errno = diagnostic.cause()?;
    if matches!(diagnostic.status, 126 | 127) {
        return Some((xns_core::errno::text(errno), MINUS_ONE));
    }
    let status = match errno {
        Errno::ENOENT => NO_GROUP,
        Errno::EACCES | Errno::ENOTDIR | Errno::ENAMETOOLONG | Errno::EROFS => NOT_ALLOWED,
        Errno::EPERM => NOT_OWNER,
        _ => OTHER,
    };
    Some((CHANGE_FAILED.to_owned(), status))
}
