//! The groups as a tree, and as JSON.

use super::super::bound::Binding;
use super::super::text;
use super::node::{Node, Process};
use serde::Serialize;
use std::os::unix::ffi::OsStrExt;
use xns_cgroup::stat::words::{size, time};
use xns_cgroup::stat::{Bounds, Stats};
use xns_cli::shown;
use xns_cli::table::{Charset, Column, Form, Look, Style, Table};

/// How a process's command line is found.
type Command<'c> = &'c mut dyn FnMut(u32) -> Option<Vec<u8>>;

/// So many processes of a group are shown.
const MOST: usize = 10;

const COLUMNS: [Column; 5] = [
    Column::new("GROUP").tree().truncatable(),
    Column::new("MEMORY").right(),
    Column::new("CPU TIME").right(),
    Column::new("PIDS").right(),
    Column::new("LIMITS"),
];

pub(super) fn human(nodes: &[Node], command: Command<'_>, look: &Look) -> String {
    let mut table = Table::new(&COLUMNS);
    let mut rows: Vec<usize> = Vec::with_capacity(nodes.len());
    let dots = if look.charset == Charset::Utf8 { "…" } else { "..." };
    for node in nodes {
        let above = node.above.and_then(|above| rows.get(above)).copied();
        // Below another group its last part says which.
        let name = if above.is_some() { node.name.file_name() } else { None };
        let name = name.unwrap_or(node.name.as_os_str()).as_bytes();
        let stats = &node.stats;
        let id = table
            .row(above)
            .text(name)
            .style(Style::Bold)
            .text(stats.memory.current_bytes.map(size).unwrap_or_default())
            .text(stats.cpu.usage_usec.map(time).unwrap_or_default())
            .text(stats.pids.current.map(|number| number.to_string()).unwrap_or_default())
            .lines(words(node))
            .id();
        rows.push(id);
        for process in node.processes.iter().take(MOST) {
            let text = line(process, &command(process.pid).unwrap_or_default(), dots);
            table.row(Some(id)).text(text);
        }
        let more = node.processes.len().saturating_sub(MOST);
        let rest = match (more, node.unseen) {
            (0, 0) => continue,
            (more, 0) => format!("{dots} {more} more"),
            (0, unseen) => format!("{dots} {unseen} without a PID here"),
            (more, unseen) => format!("{dots} {more} more, {unseen} without a PID here"),
        };
        table.row(Some(id)).text(rest).style(Style::Dim);
    }
    table.render(Form::Human, look)
}

/// `4711 sleep 100`; of one that is in some of the group's hierarchies only `(only in memory)`.
fn line(process: &Process, command: &[u8], dots: &str) -> Vec<u8> {
    let mut text = format!("{} ", process.pid).into_bytes();
    if !process.only_in.is_empty() {
        text.extend(format!("(only in {}) ", process.only_in.join(" ")).into_bytes());
    }
    let short = &command[..end(command)];
    text.extend(short);
    if short.len() < command.len() {
        text.extend(dots.bytes());
    }
    text
}

/// Where a command line is cut: one that fills a page would move all other columns out of sight.
fn end(command: &[u8]) -> usize {
    const LONGEST: usize = 60;
    let goes_on = |at: usize| command.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let most = command.len().min(LONGEST);
    (0..=most).rev().find(|at| !goes_on(*at)).unwrap_or(most)
}

fn words(node: &Node) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if node.stats.frozen == Some(true) {
        lines.push("frozen".to_owned());
    }
    for limit in &node.limits {
        // The exact number is for `get`.
        let short = limit.words.split_once(" (").map_or(&*limit.words, |(words, _)| words);
        lines.push(format!("{} {short}", limit.name));
    }
    lines.extend(node.bound.iter().map(Binding::short));
    lines
}

#[derive(Serialize)]
pub(super) struct Json<'n> {
    name: String,
    hierarchies: &'n [String],
    processes: Vec<JsonProcess<'n>>,
    processes_without_pid: usize,
    frozen: Option<bool>,
    memory_bytes: Option<u64>,
    cpu_usage_usec: Option<u64>,
    pids: Option<u64>,
    limits: Vec<JsonLimit<'n>>,
    bounds: &'n Bounds,
}

#[derive(Serialize)]
struct JsonProcess<'n> {
    pid: u32,
    command: Option<String>,
    /// Where it is not in the group in all of its hierarchies.
    only_in: &'n [String],
}

#[derive(Serialize)]
struct JsonLimit<'n> {
    limit: &'n str,
    value: Option<u64>,
    words: &'n str,
    file: &'n str,
}

/// Every process of every group.
pub(super) fn as_json<'n>(nodes: &'n [Node], command: Command<'_>) -> Vec<Json<'n>> {
    let mut found = Vec::with_capacity(nodes.len());
    for node in nodes {
        let mut process = |process: &'n Process| JsonProcess {
            pid: process.pid,
            command: command(process.pid).map(|command| shown::text(&command)),
            only_in: &process.only_in,
        };
        let Stats { cpu, memory, pids, frozen, .. } = &node.stats;
        found.push(Json {
            name: text(&node.name),
            hierarchies: &node.hierarchies,
            processes: node.processes.iter().map(&mut process).collect(),
            processes_without_pid: node.unseen,
            frozen: *frozen,
            memory_bytes: memory.current_bytes,
            cpu_usage_usec: cpu.usage_usec,
            pids: pids.current,
            limits: node
                .limits
                .iter()
                .map(|limit| JsonLimit {
                    limit: &limit.name,
                    value: limit.value,
                    words: &limit.words,
                    file: limit.file,
                })
                .collect(),
            bounds: &node.bounds,
        });
    }
    found
}
