//! The numbers of a process in the PID namespaces that it is in, and the init of a PID namespace (pid_namespaces(7)).

use std::fmt;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use xns_core::{Errno, NsKind, status_field};
use xns_sys::{fs, namespace};

/// A process's number in each level, the outermost that `/proc` shows first, the namespace that it is in last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels(Vec<u32>);

impl Levels {
    /// Of a process, by its directory in `/proc`.
    ///
    /// # Errors
    /// What reading `status` answered; ENODATA where it has no `NSpid` (below Linux 4.1).
    pub fn of(process: BorrowedFd<'_>) -> Result<Self, Errno> {
        Self::parse(&fs::read_in(process, Path::new("status"))?).ok_or(Errno::ENODATA)
    }

    /// From the text of `/proc/PID/status`.
    pub fn parse(status: &[u8]) -> Option<Self> {
        let numbers = status_field(status, "NSpid:")?.split_ascii_whitespace().map(|word| word.parse().ok());
        let numbers: Option<Vec<u32>> = numbers.collect();
        numbers.filter(|numbers| !numbers.is_empty()).map(Levels)
    }

    /// All of them, the outermost first; never empty.
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// The number in the namespace that it is in.
    pub fn innermost(&self) -> u32 {
        self.0.last().copied().unwrap_or_default()
    }

    /// Is it PID 1 of its namespace?
    pub fn is_init(&self) -> bool {
        self.innermost() == 1
    }
}

/// `4711 outside, 7 one level in, 1 two levels in`: "outside" is the namespace of `/proc`. Only the number where there is one level.
impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (level, number) in self.0.iter().enumerate() {
            match level {
                0 if self.0.len() == 1 => write!(f, "{number}")?,
                0 => write!(f, "{number} outside")?,
                1 if self.0.len() == 2 => write!(f, ", {number} inside")?,
                _ => write!(f, ", {number} {}", depth(level))?,
            }
        }
        Ok(())
    }
}

/// `one level in`, `two levels in`: how far below the namespace of `/proc` a number counts.
pub fn depth(level: usize) -> String {
    match level {
        1 => "one level in".to_owned(),
        2 => "two levels in".to_owned(),
        _ => format!("{level} levels in"),
    }
}

/// The number here of PID 1 of a PID namespace; `None` when it has none, because it has ended or was never there, or because the
/// namespace is not ours or below ours.
///
/// Below Linux 6.11 by a search of `/proc`, which finds what may be looked at (ptrace(2)).
///
/// # Errors
/// EINVAL for what is no PID namespace.
pub fn init_of(namespace: BorrowedFd<'_>) -> Result<Option<u32>, Errno> {
    match namespace::process_in(namespace, 1) {
        Ok(0) | Err(Errno::ESRCH) => Ok(None),
        Ok(pid) => Ok(Some(pid)),
        Err(Errno::ENOTTY | Errno::ENOSYS | Errno::EPERM) => search(namespace),
        Err(errno) => Err(errno),
    }
}

fn search(namespace: BorrowedFd<'_>) -> Result<Option<u32>, Errno> {
    if namespace::kind_of(namespace)? != NsKind::Pid.flag() {
        return Err(Errno::EINVAL);
    }
    let number = fs::inode(namespace)?;
    let entries = std::fs::read_dir("/proc")
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or_default()))?;
    for entry in entries.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(process) = fs::open_directory(&entry.path()) else { continue };
        let is_init = Levels::of(process.as_fd()).is_ok_and(|levels| levels.is_init());
        if is_init && namespace::number_at(&process, "ns/pid") == Ok(number) {
            return Ok(Some(pid));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_a_number_in_each_level() {
        let levels = Levels::parse(b"Name:\tx\nNSpid:\t4711\t7\t1\nNSpgid:\t9\n").unwrap();
        assert_eq!((levels.numbers(), levels.is_init()), (&[4711, 7, 1][..], true));
        assert_eq!(levels.to_string(), "4711 outside, 7 one level in, 1 two levels in");
        for text in ["", "NSpid:\n", "NSpid:\tx\n", "NSpid:\t-1\n"] {
            assert_eq!(Levels::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn oneself() {
        let own = fs::open_directory(Path::new("/proc/self")).unwrap();
        assert_eq!(Levels::of(own.as_fd()).unwrap().numbers()[0], std::process::id());
    }

    #[test]
    fn both_ways_find_the_same_init() {
        let own = std::fs::File::open("/proc/self/ns/pid").unwrap();
        let Some(pid) = init_of(own.as_fd()).unwrap() else { panic!("this namespace has an init") };
        assert_eq!(pid, 1);
        // Another's PID 1 may not be looked at without its capabilities.
        let found = search(own.as_fd()).unwrap();
        let visible = std::fs::read_link("/proc/1/ns/pid").is_ok();
        assert_eq!(found, visible.then_some(1));
        let other = std::fs::File::open("/proc/self/ns/uts").unwrap();
        assert_eq!((init_of(other.as_fd()), search(other.as_fd())), (Err(Errno::EINVAL), Err(Errno::EINVAL)));
    }
}
