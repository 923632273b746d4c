//! What a row shows of a process, read when the row is made: once for a namespace, not once for a process.

use crate::scan::path;
use std::os::fd::{AsFd, OwnedFd};
use xns_core::{NsKind, stat_field};
use xns_sys::proc::{self, Name};
use xns_sys::{Result, fd};

/// A process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its parent's; 0 when that is in another PID namespace, or there is none.
    pub ppid: u32,
    /// Whose it is: its effective uid, or root's when it may not be looked into (proc_pid(5)).
    pub uid: u32,
    /// Its command line with blanks between the words, or its name when it has none (a kernel thread).
    pub command: Vec<u8>,
}

/// Of a command line nothing more is read.
const LONGEST: usize = 8191;

/// Reads it through one descriptor, so that all is of one process. With `inside` that has to be in this namespace still: the number
/// may be another process's by now.
pub fn read(proc: impl AsFd, pid: u32, inside: Option<(NsKind, u64)>) -> Option<Process> {
    let directory = proc::open_directory(proc, Name::of(pid, "").path()).ok()?;
    let uid = proc::owner(&directory).ok()?;
    if let Some((kind, ino)) = inside {
        let mut buffer = [0; 64];
        let is = crate::scan::namespace(proc::link(&directory, path(kind), &mut buffer).ok()?);
        is.filter(|is| *is == (kind, ino))?;
    }
    let stat = head(&directory, c"stat", 1024).ok()?;
    let ppid = stat_field(&stat, 4).and_then(|field| field.parse().ok()).unwrap_or_default();
    Some(Process { pid, ppid, uid, command: command(&directory, &stat) })
}

/// The words of the command line; without one what stands in parentheses in `stat`.
pub(crate) fn command(directory: &OwnedFd, stat: &[u8]) -> Vec<u8> {
    let mut words = head(directory, c"cmdline", LONGEST).unwrap_or_default();
    while words.last() == Some(&0) {
        words.pop();
    }
    if words.is_empty() {
        return name(stat).unwrap_or_default().to_vec();
    }
    words.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
    words
}

/// The name in `stat`, which may hold parentheses itself.
pub fn name(stat: &[u8]) -> Option<&[u8]> {
    let start = stat.iter().position(|byte| *byte == b'(')? + 1;
    let end = stat.iter().rposition(|byte| *byte == b')')?;
    stat.get(start..end)
}

/// The beginning of a file. It is kept for every row: with no more room than it takes.
pub(crate) fn head(directory: &OwnedFd, name: &std::ffi::CStr, most: usize) -> Result<Vec<u8>> {
    let file = proc::open(directory, name)?;
    let mut bytes = [0; LONGEST];
    // One call: these files answer all that there is.
    let length = fd::read(&file, &mut bytes[..most.min(LONGEST)])?;
    Ok(bytes[..length].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oneself() {
        let proc = proc::open(xns_sys::fs::cwd(), c"/proc").unwrap();
        let own = read(&proc, std::process::id(), None).unwrap();
        assert_eq!(own.ppid, xns_sys::fork::parent_pid());
        let words: Vec<_> = std::env::args().collect();
        assert_eq!(String::from_utf8_lossy(&own.command), words.join(" "));
        assert_eq!(read(&proc, std::process::id(), Some((NsKind::Uts, 1))), None);
        assert_eq!(read(&proc, u32::MAX, None), None);
    }

    #[test]
    fn names_with_parentheses() {
        assert_eq!(name(b"7 (a) b) S 1"), Some(&b"a) b"[..]));
        assert_eq!(name(b"7 ) ("), None);
        assert_eq!(name(b"7 "), None);
    }
}
