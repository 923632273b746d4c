//! What strace saw: the calls of a program and of the processes that it forked.

use crate::{Done, Scene};
use std::collections::HashMap;
use std::path::PathBuf;

/// One system call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The process, as the tracer numbers it.
    pub pid: u32,
    /// The call's name.
    pub name: String,
    /// Its arguments as strace prints them, descriptors with their paths: `3</dev/null>`.
    pub args: Vec<String>,
    /// What it answered: `0`, `-1 ENOENT (No such file or directory)`.
    pub result: String,
    /// The lines of the trace where it began and ended.
    lines: (usize, usize),
}

impl Seen {
    /// The process that it made, for a fork.
    pub fn child(&self) -> Option<u32> {
        let forks = ["clone", "clone3", "fork", "vfork"].contains(&self.name.as_str());
        // `2 /* 1234 in strace's PID NS */` where the numbers differ.
        let number = self.result.split("/* ").nth(1).unwrap_or(&self.result);
        forks.then(|| number.split(' ').next()?.parse().ok()).flatten()
    }

    /// The descriptor that it answered.
    pub fn new_descriptor(&self) -> Option<i32> {
        descriptor(&self.result).map(|(number, _)| number)
    }

    /// Did it fail?
    pub fn failed(&self) -> bool {
        self.result.starts_with('-')
    }

    /// An argument; empty when there are not as many.
    pub fn arg(&self, index: usize) -> &str {
        self.args.get(index).map_or("", String::as_str)
    }

    /// Calls that wait for another process stand where they end, all others where they begin.
    fn place(&self) -> usize {
        let waits = ["waitid", "wait4", "read"].contains(&self.name.as_str());
        if waits { self.lines.1 } else { self.lines.0 }
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}({}) = {}", self.pid, self.name, self.args.join(", "), self.result)
    }
}

/// `3</dev/null>`: the number and the path.
pub fn descriptor(text: &str) -> Option<(i32, &str)> {
    let (number, path) = text.split_once('<')?;
    Some((number.parse().ok()?, path.strip_suffix('>').or_else(|| path.split_once('>').map(|(p, _)| p))?))
}

/// Runs a command under strace; `prefix` are words before the tool (another user, a file system of its own), whose calls
/// are left out: the trace starts with the exec of `tool`.
pub fn traced(scene: &Scene, prefix: &[&str], tool: PathBuf, args: &[&str]) -> (Done, Vec<Seen>) {
    let file = scene.path("trace");
    let strace = ["-f", "-y", "--decode-pids=pidns", "-s", "65536", "-o"];
    let done = scene
        .cmd("strace")
        .args(strace)
        .args([&file])
        .args(prefix)
        .args([&tool])
        .args(args)
        .env("PATH", "/usr/bin:/bin")
        .run();
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::remove_file(&file).unwrap();
    let mut calls = parse(&text);
    let start = format!("{:?}", tool.to_str().unwrap());
    let exec = calls.iter().position(|c| c.name == "execve" && c.arg(0) == start && !c.failed());
    let exec = exec.unwrap_or_else(|| panic!("the tool was not started: {done:?}"));
    let calls = calls.split_off(exec);
    (done, own_calls(calls))
}

/// Every call of a trace of `strace -f`, in order.
fn parse(text: &str) -> Vec<Seen> {
    let mut begun: HashMap<u32, (usize, String)> = HashMap::new();
    let mut seen = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let (Ok(pid), rest) = (pid.parse::<u32>(), rest.trim_start()) else { continue };
        if rest.starts_with("---") || rest.starts_with("+++") {
            continue;
        }
        if let Some(head) = rest.strip_suffix("<unfinished ...>") {
            begun.insert(pid, (number, head.to_owned()));
            continue;
        }
        let (start, whole) = match rest.split_once(" resumed>") {
            Some((head, tail)) if head.starts_with("<... ") => match begun.remove(&pid) {
                Some((start, head)) => (start, head + tail),
                None => continue,
            },
            _ => (number, rest.to_owned()),
        };
        seen.extend(call(pid, &whole, (start, number)));
    }
    // One that does not return: the exit, and what a signal ended.
    seen.sort_by_key(Seen::place);
    seen
}

fn call(pid: u32, text: &str, lines: (usize, usize)) -> Option<Seen> {
    let (name, rest) = text.split_once('(')?;
    let (args, result) = rest.rsplit_once(" = ")?;
    let args = split(args.trim_end().strip_suffix(')')?);
    Some(Seen { pid, name: name.to_owned(), args, result: result.trim().to_owned(), lines })
}

/// Splits at commas that are in no string and no bracket.
pub fn split(args: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for c in args.chars() {
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        part.push(c);
    }
    if !part.trim().is_empty() {
        parts.push(part.trim().to_owned());
    }
    parts
}

/// Without what the programs do that the tool's processes become.
fn own_calls(calls: Vec<Seen>) -> Vec<Seen> {
    let mut gone: Vec<u32> = Vec::new();
    let mut own = Vec::new();
    for (i, seen) in calls.into_iter().enumerate() {
        if gone.contains(&seen.pid) {
            gone.extend(seen.child());
            continue;
        }
        if i > 0 && seen.name == "execve" && !seen.failed() {
            gone.push(seen.pid);
        }
        own.push(seen);
    }
    own
}
