//! Rows as a table, and as JSON.

use super::super::text;
use super::row::Row;
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use xns_cgroup::stat::words::size;
use xns_cli::table::{Charset, Column, Form, Look, Style, Table};

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Cpu,
    Throttled,
    Memory,
    Limit,
    Used,
    Read,
    Write,
    Pids,
    /// For a CPU, memory, I/O.
    Wait,
    Group,
}

/// Together so narrow that a line of 80 has room for a name.
const ALL: [Field; 10] = [
    Field::Cpu,
    Field::Throttled,
    Field::Memory,
    Field::Limit,
    Field::Used,
    Field::Read,
    Field::Write,
    Field::Pids,
    Field::Wait,
    Field::Group,
];

/// With those for a narrow window.
const FEW: [Field; 6] =
    [Field::Cpu, Field::Throttled, Field::Memory, Field::Limit, Field::Pids, Field::Group];
const FEWEST: [Field; 3] = [Field::Cpu, Field::Memory, Field::Group];

/// Those that leave room for a name.
fn fields(width: Option<usize>) -> &'static [Field] {
    match width {
        None | Some(74..) => &ALL,
        Some(46..) => &FEW,
        Some(_) => &FEWEST,
    }
}

impl Field {
    fn column(self) -> Column {
        match self {
            Field::Cpu => Column::new("CPU%").right(),
            Field::Throttled => Column::new("THR%").right(),
            Field::Memory => Column::new("MEMORY").right(),
            Field::Limit => Column::new("LIMIT").right(),
            Field::Used => Column::new("USED"),
            Field::Read => Column::new("READ/S").right(),
            Field::Write => Column::new("WRITE/S").right(),
            Field::Pids => Column::new("PIDS").right(),
            Field::Wait => Column::new("WAIT CMI").right(),
            Field::Group => Column::new("GROUP").truncatable(),
        }
    }

    /// As wide as it gets, or the columns would move from one table to the next.
    fn cell(self, top: &Path, row: &Row, charset: Charset) -> (Vec<u8>, Option<Style>) {
        let share = |share: Option<f64>| share.map(|share| format!("{share:5.1}")).unwrap_or_default();
        let bytes = |bytes: Option<u64>| bytes.map(|bytes| format!("{:>6}", size(bytes))).unwrap_or_default();
        let text = match self {
            Field::Cpu => share(row.cpu_percent),
            Field::Throttled => {
                let is_throttled = row.throttled_percent.is_some_and(|share| share > 0.0);
                return (share(row.throttled_percent).into(), is_throttled.then_some(Style::Yellow));
            }
            Field::Memory => bytes(row.memory_bytes),
            Field::Limit => bytes(row.memory_limit_bytes),
            Field::Used => return bar(row, charset),
            Field::Read => bytes(row.read_bytes),
            Field::Write => bytes(row.write_bytes),
            Field::Pids => pids(row),
            Field::Wait => waits(row),
            Field::Group => return (label(top, row), None),
        };
        (text.into(), None)
    }
}

fn pids(row: &Row) -> String {
    let pids = match (row.pids.or(row.processes), row.pids_limit) {
        (Some(pids), Some(limit)) => format!("{pids}/{limit}"),
        (pids, _) => pids.map(|pids| pids.to_string()).unwrap_or_default(),
    };
    format!("{pids:>6}")
}

fn waits(row: &Row) -> String {
    let wait = |share: Option<f64>| match share {
        Some(share) => format!("{:2.0}", share.min(99.0)),
        None => " -".to_owned(),
    };
    let is_known = row.pressure.iter().any(Option::is_some);
    if is_known { row.pressure.map(wait).join(" ") } else { String::new() }
}

/// Characters of the bar.
const BAR: u64 = 5;

/// What a row is called below the group that was asked for.
fn name(top: &Path, row: &Row) -> PathBuf {
    if row.path.as_os_str().is_empty() { top.to_owned() } else { top.join(&row.path) }
}

/// The name, and what has to be known to understand the numbers.
fn label(top: &Path, row: &Row) -> Vec<u8> {
    let mut label = name(top, row).as_os_str().as_bytes().to_vec();
    if row.frozen {
        label.extend(b" (frozen)");
    }
    label
}

/// So many rows at most.
pub(super) fn table(top: &Path, rows: &[Row], most: usize, look: &Look) -> String {
    let fields = fields(look.width);
    let columns: Vec<Column> = fields.iter().map(|field| field.column()).collect();
    let mut table = Table::with_capacity(&columns, rows.len().min(most), 100 * rows.len().min(most));
    for row in rows.iter().take(most) {
        let mut cells = table.row(None);
        for field in fields {
            let (text, style) = field.cell(top, row, look.charset);
            cells = cells.text(text);
            if let Some(style) = style {
                cells = cells.style(style);
            }
        }
    }
    table.render(Form::Human, look)
}

/// How much of the limit is used.
fn bar(row: &Row, charset: Charset) -> (Vec<u8>, Option<Style>) {
    let Some((used, limit)) = row.memory_bytes.zip(row.memory_limit_bytes).filter(|(_, limit)| *limit > 0)
    else {
        return (Vec::new(), None);
    };
    let tenths = |parts: u64| u128::from(used.min(limit)) * u128::from(parts) / u128::from(limit);
    // Any use is seen.
    let full = usize::try_from(tenths(BAR)).unwrap_or(0).max(usize::from(used > 0));
    let (block, blank) = match charset {
        Charset::Utf8 => ("█", "░"),
        Charset::Ascii => ("#", "."),
    };
    let style = match tenths(100) {
        90.. => Some(Style::Red),
        70.. => Some(Style::Yellow),
        _ => Some(Style::Green),
    };
    let text = block.repeat(full) + &blank.repeat(BAR as usize - full.min(BAR as usize));
    (text.into(), style)
}

#[derive(Serialize)]
pub(super) struct Json {
    /// When the interval ended, since the beginning of 1970.
    unix_time_usec: u64,
    interval_usec: u64,
    groups: Vec<JsonGroup>,
}

#[derive(Serialize)]
struct JsonGroup {
    name: String,
    cpu_percent: Option<f64>,
    throttled_percent: Option<f64>,
    memory_bytes: Option<u64>,
    memory_limit_bytes: Option<u64>,
    read_bytes_per_second: Option<u64>,
    write_bytes_per_second: Option<u64>,
    processes: Option<u64>,
    pids: Option<u64>,
    pids_limit: Option<u64>,
    cpu_pressure_percent: Option<f64>,
    memory_pressure_percent: Option<f64>,
    io_pressure_percent: Option<f64>,
    frozen: bool,
}

pub(super) fn as_json(top: &Path, rows: &[Row], interval: Duration, now: Duration) -> Json {
    let usec = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let group = |row: &Row| JsonGroup {
        name: text(name(top, row)),
        cpu_percent: row.cpu_percent,
        throttled_percent: row.throttled_percent,
        memory_bytes: row.memory_bytes,
        memory_limit_bytes: row.memory_limit_bytes,
        read_bytes_per_second: row.read_bytes,
        write_bytes_per_second: row.write_bytes,
        processes: row.processes,
        pids: row.pids,
        pids_limit: row.pids_limit,
        cpu_pressure_percent: row.pressure[0],
        memory_pressure_percent: row.pressure[1],
        io_pressure_percent: row.pressure[2],
        frozen: row.frozen,
    };
    Json {
        unix_time_usec: usec(now),
        interval_usec: usec(interval),
        groups: rows.iter().map(group).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let busy = Row {
            path: "b\x1b[2J".into(),
            cpu_percent: Some(49.96),
            throttled_percent: Some(98.0),
            memory_bytes: Some(60 << 20),
            memory_limit_bytes: Some(64 << 20),
            read_bytes: Some(0),
            write_bytes: Some(10 << 20),
            processes: Some(2),
            pids: Some(3),
            pids_limit: Some(20),
            pressure: [Some(12.6), Some(0.0), None],
            frozen: false,
        };
        vec![
            busy,
            Row { frozen: true, memory_bytes: Some(1), memory_limit_bytes: Some(1000), ..Row::default() },
        ]
    }

    #[test]
    fn people() {
        let text = |look: Look| table(Path::new("/a"), &rows(), 9, &look);
        assert_eq!(
            text(Look::default()),
            " CPU%  THR% MEMORY  LIMIT USED  READ/S WRITE/S   PIDS WAIT CMI GROUP\n\
             \x2050.0  98.0    60M    64M ████░      0     10M   3/20 13  0  - /a/b\\x1b[2J\n\
             \x20                1   1000 █░░░░                                /a (frozen)\n"
        );
        let ascii = text(Look { charset: Charset::Ascii, colour: true, ..Look::default() });
        assert!(
            ascii.contains("\x1b[31m####.\x1b[0m") && ascii.contains("\x1b[32m#....\x1b[0m"),
            "{ascii:?}"
        );
        assert_eq!(table(Path::new("/a"), &rows(), 1, &Look::default()).lines().count(), 2);
        for width in 20..120 {
            let text = text(Look { width: Some(width), ..Look::default() });
            assert!(
                text.lines().all(|line| line.chars().count() <= width) && text.contains("/a"),
                "{width}: {text}"
            );
        }
    }

    #[test]
    fn programs() {
        let json = as_json(Path::new("/a"), &rows(), Duration::from_secs(1), Duration::from_secs(2));
        let value = serde_json::to_value(json).unwrap();
        assert_eq!(value["interval_usec"], 1_000_000);
        assert_eq!(value["groups"][0]["cpu_pressure_percent"], 12.6);
        assert_eq!(value["groups"][1]["name"], "/a");
        assert!(value["groups"][1]["cpu_percent"].is_null());
    }
}
