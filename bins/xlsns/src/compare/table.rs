//! The comparison for people: a row for each kind, a column for each process, and what it means.

use crate::shown::{Charset, cut};
use std::fmt::Write;
use xns_lsns::compare::{Compared, Comparison, Place, Row};

/// The kind's column: `cgroup` and a blank.
const KIND: usize = 7;
/// A process's column is no narrower: an inode number has ten digits.
const NARROWEST: usize = 10;
/// Nor wider.
const WIDEST: usize = 24;

/// As a table that is `width` columns wide if it can be. Two or three processes fit on 80.
pub(super) fn table(comparison: &Comparison, width: usize, charset: Charset) -> String {
    let column = column_width(comparison, width, charset);
    let mut out = String::with_capacity(1024);
    let pids = comparison.processes.iter().map(|process| process.pid.to_string());
    line(&mut out, "TYPE", pids, column, "RESULT");
    let command = |process: &Compared| cut(&process.command, column, charset);
    line(&mut out, "", comparison.processes.iter().map(command), column, "");
    for row in &comparison.rows {
        line(&mut out, row.kind.name(), row.places.iter().map(|place| cell(*place)), column, &result(row));
    }
    if comparison.processes.len() > 2 {
        sharing(&mut out, comparison);
    }
    for (i, process) in comparison.processes.iter().enumerate() {
        if !comparison.processes[..i].iter().any(|before| before.pid == process.pid) {
            numbers(&mut out, process);
        }
    }
    out
}

fn line(out: &mut String, kind: &str, cells: impl Iterator<Item = String>, column: usize, result: &str) {
    let start = out.len();
    let _ = write!(out, "{kind:<KIND$}");
    for cell in cells {
        let _ = write!(out, "{cell:<column$} ");
    }
    out.push_str(result);
    out.truncate(start + out[start..].trim_end_matches(' ').len());
    out.push('\n');
}

/// Room for the commands, as far as it is used.
fn column_width(comparison: &Comparison, width: usize, charset: Charset) -> usize {
    let results = comparison.rows.iter().map(|row| result(row).len());
    let left = width.saturating_sub(KIND + results.max().unwrap_or_default());
    let room = (left / comparison.processes.len().max(1)).saturating_sub(1);
    let commands =
        comparison.processes.iter().map(|process| cut(&process.command, WIDEST, charset).chars().count());
    commands.max().unwrap_or_default().min(room).clamp(NARROWEST, WIDEST)
}

fn cell(place: Place) -> String {
    match place {
        Place::In(ino) => ino.to_string(),
        Place::NoKind | Place::NoProcess => "-".to_owned(),
        Place::Denied(_) => "unreadable".to_owned(),
        Place::Left => "left".to_owned(),
    }
}

fn result(row: &Row) -> String {
    match row.same() {
        Some(true) => format!("same: {}", row.meaning()),
        Some(false) => format!("different: {}", row.meaning()),
        None => row.meaning().to_owned(),
    }
}

/// Who shares with whom.
fn sharing(out: &mut String, comparison: &Comparison) {
    for (group, kinds) in comparison.sharing() {
        let kinds: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
        let kinds = kinds.join(" ");
        let pids: Vec<_> = group.iter().map(|index| comparison.processes[*index].pid.to_string()).collect();
        let _ = match pids.as_slice() {
            [alone] => writeln!(out, "{alone} alone: {kinds}"),
            all if all.len() == comparison.processes.len() => writeln!(out, "all share: {kinds}"),
            [most @ .., last] => writeln!(out, "{} and {last} share: {kinds}", most.join(", ")),
            [] => Ok(()),
        };
    }
}

/// The same process under several numbers.
fn numbers(out: &mut String, process: &Compared) {
    let [here, between @ .., own] = process.numbers.as_slice() else { return };
    let _ = write!(out, "PID {here} is ");
    for (level, number) in between.iter().enumerate() {
        let _ = write!(out, "{number} {}, ", xns_pid::depth(level + 1));
    }
    let _ = writeln!(out, "{own} in its own PID namespace");
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use xns_core::{Errno, NsKind};

    pub(in crate::compare) fn sample(
        commands: &[(u32, &[u8], &[u32])],
        places: &[(NsKind, &[Place])],
    ) -> Comparison {
        let compared = |(pid, command, numbers): &(u32, &[u8], &[u32])| Compared {
            pid: *pid,
            command: command.to_vec(),
            numbers: numbers.to_vec(),
        };
        let row = |(kind, places): &(NsKind, &[Place])| Row { kind: *kind, places: places.to_vec() };
        Comparison {
            processes: commands.iter().map(compared).collect(),
            rows: places.iter().map(row).collect(),
        }
    }

    const A: Place = Place::In(4_026_531_840);
    const B: Place = Place::In(4_026_532_290);
    const C: Place = Place::In(4_026_532_300);

    #[test]
    fn two_processes() {
        let comparison = sample(
            &[(1, b"/sbin/init", &[1]), (4711, b"nginx: master process\n", &[4711, 1])],
            &[(NsKind::Net, &[A, B]), (NsKind::User, &[C, C])],
        );
        assert_eq!(
            table(&comparison, 80, Charset::Utf8),
            "TYPE   1                  4711               RESULT\n       \
             /sbin/init         nginx: master pro…\n\
             net    4026531840         4026532290         different: own interfaces and ports\n\
             user   4026532300         4026532300         same: the same users and rights\n\
             PID 4711 is 1 in its own PID namespace\n"
        );
    }

    #[test]
    fn three_processes_fit_on_a_terminal() {
        let all: Vec<_> = NsKind::ALL.into_iter().map(|kind| (kind, &[A, B, C][..])).collect();
        let long: &[u8] = b"a command that is longer than its column";
        let comparison =
            sample(&[(1_000_001, long, &[1]), (1_000_002, long, &[]), (1_000_003, long, &[])], &all);
        let text = table(&comparison, 80, Charset::Utf8);
        let longest = text.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(80), "{text}");
    }

    #[test]
    fn groups_and_what_is_not_known() {
        let comparison = sample(
            &[(7, b"sh", &[7]), (8, b"", &[]), (9, b"defunct", &[9, 5, 3, 2])],
            &[
                (NsKind::Mnt, &[A, A, B]),
                (NsKind::Uts, &[A, Place::Denied(Errno::EACCES), Place::Left]),
                (NsKind::User, &[C, C, C]),
                (NsKind::Time, &[Place::NoKind; 3]),
            ],
        );
        assert_eq!(
            table(&comparison, 80, Charset::Ascii),
            "TYPE   7          8          9          RESULT\n       \
             sh                    defunct\n\
             mnt    4026531840 4026531840 4026532290 different: own mount table\n\
             uts    4026531840 unreadable left       cannot be told\n\
             user   4026532300 4026532300 4026532300 same: the same users and rights\n\
             time   -          -          -          same: this kernel has no such namespaces\n\
             all share: user\n\
             7 and 8 share: mnt\n\
             7 alone: uts\n\
             9 alone: mnt\n\
             PID 9 is 5 one level in, 3 two levels in, 2 in its own PID namespace\n"
        );
    }

    proptest! {
        #[test]
        fn any_command(command: Vec<u8>, width in 0usize..200) {
            let comparison = sample(&[(7, &command, &[]), (8, b"x", &[])], &[(NsKind::Net, &[A, B])]);
            let text = table(&comparison, width, Charset::Utf8);
            prop_assert_eq!(text.lines().count(), 3);
            prop_assert!(!text.chars().any(|c| c != '\n' && c.is_control()));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&crate::compare::json::json(&comparison)).is_ok());
        }
    }
}
