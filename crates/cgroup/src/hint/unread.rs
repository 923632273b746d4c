//! What tells which hierarchies there are cannot be read.

use super::permission::as_root;
use xns_core::{Errno, Facts, Hint};

/// Why a file of `/proc` does not tell where the hierarchies are.
pub fn unread(file: &str, errno: Errno, facts: &Facts) -> Option<Hint> {
    match errno {
        Errno::EMFILE => Some(
            Hint::new("XNS-S8-no-descriptor", "this process may not open one file more")
                .because("the limit counts what it was given open, too (setrlimit(2), RLIMIT_NOFILE)")
                .cure("ulimit -n 1024", "in the shell that starts it"),
        ),
        Errno::ENFILE => Some(
            Hint::new("XNS-S8-no-descriptor", "all processes together may not open one file more")
                .because("fs.file-max is reached (proc_sys_fs(5))"),
        ),
        Errno::ENOENT => Some(
            Hint::new(
                "XNS-G4-no-proc",
                "which hierarchies there are, and who is where, is told by /proc alone",
            )
            .because(format!("there is no {file}"))
            .cure(as_root("mount -t proc proc /proc", facts), "in a mount namespace of your own"),
        ),
        _ => None,
    }
}
