//! Reads the processes, each through one descriptor of its directory in `/proc`: its number may be another's meanwhile.

use super::{Compared, Comparison, Place, Row};
use crate::ScanError;
use crate::process::{command, head};
use crate::scan::{file, number};
use std::os::fd::AsFd;
use xns_core::{NsKind, NsSet};
use xns_sys::proc::{self, Name};
use xns_sys::{Errno, Result};

/// A `status` is some 1,500 bytes long; lists of groups and of CPUs stretch it.
const LONGEST_STATUS: usize = 64 * 1024;

/// Compares processes, for these kinds.
///
/// # Errors
/// Only when there is no `/proc`. What cannot be read of a process is in the answer.
pub fn read(pids: &[u32], kinds: NsSet) -> std::result::Result<Comparison, ScanError> {
    let proc = proc::open(xns_sys::fs::cwd(), c"/proc").map_err(ScanError::Proc)?;
    let (processes, places): (Vec<_>, Vec<_>) = pids.iter().map(|pid| process(&proc, *pid)).unzip();
    let own = proc::open_directory(&proc, c"self/ns");
    let known = |kind: NsKind| {
        let ours = own.as_ref().is_ok_and(|own| number(own.as_fd(), file(kind)).is_ok());
        ours || places.iter().any(|places| places[kind as usize].ino().is_some())
    };
    let row = |kind: NsKind| {
        let known = known(kind);
        let place = |places: &[Place; 8]| match places[kind as usize] {
            Place::Left if !known => Place::NoKind,
            place => place,
        };
        Row { kind, places: places.iter().map(place).collect() }
    };
    Ok(Comparison { processes, rows: kinds.iter().map(row).collect() })
}

/// A process, and its namespaces by [`NsKind`] as an index.
fn process(proc: impl AsFd, pid: u32) -> (Compared, [Place; 8]) {
    let Ok(directory) = proc::open_directory(proc, Name::of(pid, "").path()) else {
        return (Compared { pid, ..Compared::default() }, [Place::NoProcess; 8]);
    };
    let namespaces = proc::open_directory(&directory, c"ns");
    let mut places = NsKind::ALL.map(|kind| {
        let answer = match &namespaces {
            Ok(namespaces) => number(namespaces.as_fd(), file(kind)),
            Err(errno) => Err(*errno),
        };
        (kind, place(answer))
    });
    places.sort_by_key(|(kind, _)| *kind as usize);
    let stat = head(&directory, c"stat", 1024).unwrap_or_default();
    let status = head(&directory, c"status", LONGEST_STATUS).unwrap_or_default();
    let command = if stat.is_empty() { Vec::new() } else { command(&directory, &stat) };
    let mut places = places.map(|(_, place)| place);
    if stat.is_empty() && places == [Place::Left; 8] {
        // Gone since its directory was opened.
        places = [Place::NoProcess; 8];
    }
    (Compared { pid, command, numbers: numbers(&status) }, places)
}

fn place(answer: Result<u64>) -> Place {
    match answer {
        Ok(ino) => Place::In(ino),
        Err(errno @ (Errno::EACCES | Errno::EPERM)) => Place::Denied(errno),
        Err(Errno::ESRCH) => Place::NoProcess,
        // It ends, or the kernel has no such kind: the caller knows.
        Err(_) => Place::Left,
    }
}

/// The line `NSpid` of `status`, which has a number for each level.
fn numbers(status: &[u8]) -> Vec<u32> {
    let line = status.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"NSpid:"));
    let words = line.and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    words.split_ascii_whitespace().map_while(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn oneself_twice_is_the_same() {
        let own = std::process::id();
        let comparison = read(&[own, own], NsKind::ALL.into_iter().collect()).unwrap();
        assert_eq!(comparison.verdict().status(), 0, "{comparison:?}");
        assert_eq!(comparison.rows.iter().map(|row| row.kind).collect::<Vec<_>>(), NsKind::ALL);
        assert!(comparison.processes[0].numbers.contains(&own));
        let net = std::fs::read_link("/proc/self/ns/net").unwrap();
        let row = comparison.rows.iter().find(|row| row.kind == NsKind::Net).unwrap();
        assert_eq!(net.to_str().unwrap(), format!("net:[{}]", row.places[0].ino().unwrap()));
    }

    #[test]
    fn one_that_is_not_there() {
        let comparison = read(&[std::process::id(), u32::MAX], NsSet::EMPTY.with(NsKind::Net)).unwrap();
        assert_eq!(comparison.rows.len(), 1);
        assert_eq!(comparison.troubles(), [super::super::Trouble::NoProcess(u32::MAX)]);
    }

    #[test]
    fn a_zombie_is_in_its_user_namespace_only() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        let stat = format!("/proc/{pid}/stat");
        while !xns_core::has_ended(&std::fs::read(&stat).unwrap()) {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let pids = [std::process::id(), pid];
        let all = read(&pids, NsKind::ALL.into_iter().collect()).unwrap();
        let user = read(&pids, NsSet::EMPTY.with(NsKind::User)).unwrap();
        child.wait().unwrap();
        assert_eq!(all.troubles(), [super::super::Trouble::Ended(pid)]);
        assert_eq!(user.verdict().status(), 0);
        assert_eq!(all.processes[1].command, b"true");
    }

    #[test]
    fn numbers_in_each_level() {
        assert_eq!(numbers(b"Pid:\t4711\nNSpid:\t4711\t7\t1\nNSpgid:\t1\n"), [4711, 7, 1]);
        assert_eq!(numbers(b"Pid:\t4711\n"), [0u32; 0]);
    }

    proptest! {
        #[test]
        fn any_status(status: Vec<u8>) {
            let _ = numbers(&status);
        }
    }
}
