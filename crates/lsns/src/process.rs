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

/// What is wanted of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// [`Process::ppid`]; else 0.
    pub ppid: bool,
    /// [`Process::uid`]; else 0.
    pub uid: bool,
    /// [`Process::command`]; else empty.
    pub command: bool,
}

impl Parts {
    /// Everything.
    pub const ALL: Parts = Parts { ppid: true, uid: true, command: true };
    /// Only that it is there.
    pub const NONE: Parts = Parts { ppid: false, uid: false, command: false };
}

/// Reads it through one descriptor, so that all is of one process. With `inside` that has to be in this namespace still: the number
/// may be another process's by now.
pub fn read(proc: impl AsFd, pid: u32, inside: Option<(NsKind, u64)>) -> Option<Process> {
    Reader::new(Parts::ALL).read(proc, pid, inside)
}

/// Reads one process after the other, and of each no more than is wanted.
pub struct Reader {
    parts: Parts,
    text: Vec<u8>,
}

impl Reader {
    /// Of these parts.
    pub fn new(parts: Parts) -> Self {
        Reader { parts, text: Vec::with_capacity(LONGEST) }
    }

    /// As [`read`].
    pub fn read(&mut self, proc: impl AsFd, pid: u32, inside: Option<(NsKind, u64)>) -> Option<Process> {
        let directory = proc::open_directory(proc, Name::of(pid, "").path()).ok()?;
        if let Some((kind, ino)) = inside {
            let mut buffer = [0; 64];
            let is = crate::scan::namespace(proc::link(&directory, path(kind), &mut buffer).ok()?);
            is.filter(|is| *is == (kind, ino))?;
        }
        let mut process = Process { pid, ..Process::default() };
        if self.parts.uid {
            process.uid = proc::owner(&directory).ok()?;
        }
        let mut name = None;
        if self.parts.ppid {
            let stat = self.file(&directory, c"stat").ok()?;
            process.ppid = stat_field(stat, 4).and_then(|field| field.parse().ok()).unwrap_or_default();
            name = Some(self::name(stat).unwrap_or_default().to_vec());
        }
        if self.parts.command {
            process.command = words(self.file(&directory, c"cmdline").unwrap_or_default());
            // It has none.
            if process.command.is_empty() {
                process.command = match name {
                    Some(name) => name,
                    None => self::name(self.file(&directory, c"stat").ok()?).unwrap_or_default().to_vec(),
                };
            }
        }
        Some(process)
    }

    fn file(&mut self, directory: &OwnedFd, name: &std::ffi::CStr) -> Result<&[u8]> {
        // One call: these files answer all that there is.
        proc::read(proc::open(directory, name)?, &mut self.text)?;
        Ok(&self.text)
    }
}

/// The words of the command line; without one what stands in parentheses in `stat`.
pub(crate) fn command(directory: &OwnedFd, stat: &[u8]) -> Vec<u8> {
    let words = words(&head(directory, c"cmdline", LONGEST).unwrap_or_default());
    if words.is_empty() { name(stat).unwrap_or_default().to_vec() } else { words }
}

/// The words, which end in NUL, with blanks between.
fn words(cmdline: &[u8]) -> Vec<u8> {
    let end = cmdline.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    cmdline[..end].iter().map(|byte| if *byte == 0 { b' ' } else { *byte }).collect()
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
    fn no_more_than_is_wanted() {
        let proc = proc::open(xns_sys::fs::cwd(), c"/proc").unwrap();
        let all = read(&proc, std::process::id(), None).unwrap();
        let only = |parts| Reader::new(parts).read(&proc, std::process::id(), None).unwrap();
        let nothing = Process { pid: std::process::id(), ..Process::default() };
        assert_eq!(only(Parts::NONE), nothing);
        assert_eq!(only(Parts { ppid: true, ..Parts::NONE }), Process { ppid: all.ppid, ..nothing.clone() });
        assert_eq!(only(Parts { uid: true, ..Parts::NONE }), Process { uid: all.uid, ..nothing.clone() });
        assert_eq!(only(Parts { command: true, ..Parts::NONE }), Process { command: all.command, ..nothing });
    }

    #[test]
    fn without_a_command_line_there_is_a_name() {
        // It has ended, and nobody has waited for it.
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let proc = proc::open(xns_sys::fs::cwd(), c"/proc").unwrap();
        let state = |pid| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        while !state(child.id()).contains(") Z ") {
            std::thread::yield_now();
        }
        for ppid in [false, true] {
            let parts = Parts { ppid, command: true, uid: false };
            assert_eq!(Reader::new(parts).read(&proc, child.id(), None).unwrap().command, b"true");
        }
        child.wait().unwrap();
    }

    #[test]
    fn command_lines() {
        for (cmdline, shown) in
            [(&b"a\0b c\0\0d\0\0"[..], &b"a b c  d"[..]), (b"\0", b""), (b"", b""), (b"a", b"a")]
        {
            assert_eq!(words(cmdline), shown);
        }
    }

    #[test]
    fn names_with_parentheses() {
        assert_eq!(name(b"7 (a) b) S 1"), Some(&b"a) b"[..]));
        assert_eq!(name(b"7 ) ("), None);
        assert_eq!(name(b"7 "), None);
    }
}
