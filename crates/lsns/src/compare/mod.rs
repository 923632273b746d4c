//! Processes side by side: which namespaces they share, and what that means.

mod meaning;
mod read;

pub use meaning::{own, same};
pub use read::read;

use thiserror::Error;
use xns_core::{Errno, NsKind};

/// Two or more processes, kind by kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// In the order in which they were asked for.
    pub processes: Vec<Compared>,
    /// A row for each kind that was asked for, in the order of [`NsKind::ALL`].
    pub rows: Vec<Row>,
}

/// One of the processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// The number that it was asked for by.
    pub pid: u32,
    /// Its command line, or its name; empty when it could not be read.
    pub command: Vec<u8>,
    /// Its number in each PID namespace from that of `/proc` down to its own (`NSpid`, proc_pid_status(5)); empty when unknown.
    pub numbers: Vec<u32>,
}

/// What is known of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The kind.
    pub kind: NsKind,
    /// For each process.
    pub places: Vec<Place>,
}

/// The namespace that a process is in, or why it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Its inode number.
    In(u64),
    /// The kernel knows no such kind.
    NoKind,
    /// There is no such process.
    NoProcess,
    /// The process is not ours to look at (ptrace(2), access mode).
    Denied(Errno),
    /// The process has ended and has left its namespaces: a zombie is in its user and PID namespaces only.
    Left,
}

impl Place {
    /// The namespace, if it is known.
    pub const fn ino(self) -> Option<u64> {
        match self {
            Place::In(ino) => Some(ino),
            _ => None,
        }
    }
}

impl Row {
    /// Are all in the same namespace? `None` when that cannot be told.
    pub fn same(&self) -> Option<bool> {
        let mut known = self.places.iter().filter_map(|place| place.ino());
        let first = known.next();
        if known.any(|ino| Some(ino) != first) {
            return Some(false);
        }
        let told = |place: &Place| matches!(place, Place::In(_) | Place::NoKind);
        self.places.iter().all(told).then_some(true)
    }

    /// Who is with whom: indices of processes, each group by its first one. Those of which nothing is known are in none.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<(u64, Vec<usize>)> = Vec::new();
        for (index, place) in self.places.iter().enumerate() {
            let Some(ino) = place.ino() else { continue };
            match groups.iter_mut().find(|(of, _)| *of == ino) {
                Some((_, group)) => group.push(index),
                None => groups.push((ino, vec![index])),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// In a few words.
    pub fn meaning(&self) -> &'static str {
        match self.same() {
            Some(true) if self.places.contains(&Place::NoKind) => "this kernel has no such namespaces",
            Some(true) => same(self.kind),
            Some(false) => own(self.kind),
            None => "cannot be told",
        }
    }
}

/// What has come out, as diff(1) has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every kind is the same.
    Same,
    /// At least one kind is different.
    Different,
    /// Something could not be read.
    Trouble,
}

impl Verdict {
    /// The exit status.
    pub const fn status(self) -> u8 {
        self as u8
    }
}

/// Why something of a process is not known.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Trouble {
    /// It is not there.
    #[error("no process {0}")]
    NoProcess(u32),
    /// It is not ours to look at.
    #[error("cannot read the namespaces of process {0}")]
    Denied(u32, Errno),
    /// Nobody has asked yet how it ended.
    #[error("process {0} has ended (a zombie), and has left most of its namespaces")]
    Ended(u32),
}

impl Trouble {
    /// The process.
    pub const fn pid(self) -> u32 {
        match self {
            Trouble::NoProcess(pid) | Trouble::Denied(pid, _) | Trouble::Ended(pid) => pid,
        }
    }

    /// What the system call answered, where that says more.
    pub const fn errno(self) -> Option<Errno> {
        match self {
            Trouble::Denied(_, errno) => Some(errno),
            Trouble::NoProcess(_) | Trouble::Ended(_) => None,
        }
    }
}

impl Comparison {
    /// What is in the way of an answer: at most one thing for each process.
    pub fn troubles(&self) -> Vec<Trouble> {
        let of = |(index, process): (usize, &Compared)| {
            self.rows.iter().find_map(|row| match row.places[index] {
                Place::NoProcess => Some(Trouble::NoProcess(process.pid)),
                Place::Denied(errno) => Some(Trouble::Denied(process.pid, errno)),
                Place::Left => Some(Trouble::Ended(process.pid)),
                Place::In(_) | Place::NoKind => None,
            })
        };
        self.processes.iter().enumerate().filter_map(of).collect()
    }

    /// What has come out.
    pub fn verdict(&self) -> Verdict {
        if !self.troubles().is_empty() {
            return Verdict::Trouble;
        }
        if self.rows.iter().all(|row| row.same() == Some(true)) { Verdict::Same } else { Verdict::Different }
    }

    /// Which processes share which kinds, and which are alone in theirs: larger groups first, then by the first process.
    pub fn sharing(&self) -> Vec<(Vec<usize>, Vec<NsKind>)> {
        let mut sharing: Vec<(Vec<usize>, Vec<NsKind>)> = Vec::new();
        for row in &self.rows {
            for group in row.groups() {
                match sharing.iter_mut().find(|(with, _)| *with == group) {
                    Some((_, kinds)) => kinds.push(row.kind),
                    None => sharing.push((group, vec![row.kind])),
                }
            }
        }
        sharing.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        sharing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: NsKind, places: &[Place]) -> Row {
        Row { kind, places: places.to_vec() }
    }

    fn of(rows: Vec<Row>) -> Comparison {
        let processes = rows.first().map_or(0, |row| row.places.len());
        let compared = |pid| Compared { pid, ..Compared::default() };
        Comparison { processes: (1..).take(processes).map(compared).collect(), rows }
    }

    #[test]
    fn what_is_same_and_what_cannot_be_told() {
        use Place::{Denied, In, Left, NoKind, NoProcess};
        let cases: [(&[Place], Option<bool>); 9] = [
            (&[In(1), In(1)], Some(true)),
            (&[In(1), In(2)], Some(false)),
            (&[In(1), In(1), In(2)], Some(false)),
            (&[In(1), Left], None),
            (&[Left, Left], None),
            (&[NoKind, NoKind], Some(true)),
            (&[NoProcess, NoKind], None),
            // Whatever the third one is in: not all are the same.
            (&[In(1), In(2), Denied(Errno::EACCES)], Some(false)),
            (&[In(1), In(1), Denied(Errno::EACCES)], None),
        ];
        for (places, same) in cases {
            assert_eq!(row(NsKind::Net, places).same(), same, "{places:?}");
        }
        assert_eq!(row(NsKind::Time, &[NoKind, NoKind]).meaning(), "this kernel has no such namespaces");
        assert_eq!(row(NsKind::Net, &[In(1), In(2)]).meaning(), "own interfaces and ports");
    }

    #[test]
    fn the_verdict_is_that_of_diff() {
        use Place::{In, Left, NoProcess};
        let verdict = |rows| of(rows).verdict();
        assert_eq!(verdict(vec![row(NsKind::Net, &[In(1), In(1)])]).status(), 0);
        let different = vec![row(NsKind::Net, &[In(1), In(1)]), row(NsKind::Uts, &[In(3), In(4)])];
        assert_eq!(verdict(different).status(), 1);
        let missing = of(vec![
            row(NsKind::Net, &[In(1), NoProcess, Left]),
            row(NsKind::Uts, &[In(1), NoProcess, In(1)]),
        ]);
        assert_eq!(missing.verdict().status(), 2);
        assert_eq!(missing.troubles(), [Trouble::NoProcess(2), Trouble::Ended(3)]);
        // A zombie's user namespace can be read: for that kind alone nothing is wrong.
        assert_eq!(verdict(vec![row(NsKind::User, &[In(1), In(1)])]), Verdict::Same);
    }

    #[test]
    fn who_shares_with_whom() {
        use Place::{In, Left};
        let comparison = of(vec![
            row(NsKind::Mnt, &[In(1), In(2), In(2)]),
            row(NsKind::Net, &[In(5), In(6), In(6)]),
            row(NsKind::User, &[In(7), In(7), In(7)]),
            row(NsKind::Uts, &[In(8), In(9), Left]),
        ]);
        let sharing = comparison.sharing();
        assert_eq!(
            sharing,
            [
                (vec![0, 1, 2], vec![NsKind::User]),
                (vec![1, 2], vec![NsKind::Mnt, NsKind::Net]),
                (vec![0], vec![NsKind::Mnt, NsKind::Net, NsKind::Uts]),
                (vec![1], vec![NsKind::Uts]),
            ]
        );
    }
}
