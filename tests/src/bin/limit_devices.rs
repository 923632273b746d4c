//! `limit-devices v1|v1-again|v2 GROUP NODES [+RULE|-RULE]… -- [SORT:MAJOR:MINOR:ACCESS]…`: limits the devices of a group (allows, denies),
//! joins it, and tells for each what came of opening the node of that name in the directory NODES, or of making one (access `m`).
//! A process of its own, since what it joins holds for all its threads; with our entry, as for all who apply operations.
#![no_main]
#![allow(clippy::unwrap_used, reason = "a test's helper fails with the reason")]

use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, SFlag, makedev, mknod};
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;
use xns_cgroup::device::{AttachDevices, Line, Rule, Rules, lines};
use xns_cli::Start;
use xns_core::{Apply, Facts, Operation, Slots};

xns_cli::main!(limit);

fn limit(start: Start) -> u8 {
    let words: Vec<_> = start.args.iter().map(|word| word.to_str().unwrap()).collect();
    let (version, group, nodes) = (words[1], Path::new(words[2]), Path::new(words[3]));
    let mut rest = words[4..].split(|word| *word == "--");
    let facts = Facts::live(start.single, Vec::new());
    let rules = rules(rest.next().unwrap(), &facts);
    let mut text = String::new();
    match version {
        "v1" | "v1-again" => {
            let list = |directory: &Path| std::fs::read_to_string(directory.join("devices.list")).unwrap();
            let own = (version == "v1-again").then(|| list(group));
            match lines(&rules, &list(group.parent().unwrap()), own.as_deref()) {
                Err(error) => writeln!(text, "refused: {error}").unwrap(),
                Ok(lines) => text += &written(group, lines),
            }
            write(&group.join("tasks"), "0");
        }
        _ => {
            let attach = AttachDevices { directory: group.to_owned(), rules };
            if let Err(failure) = attach.apply(&mut Slots::new(start.single)) {
                let hint = attach.hint(&failure, &facts).map_or("no hint", |hint| hint.id);
                let line = format!("{}: {:?}, {hint}\n", attach.failed(failure.part), failure.cause);
                return u8::from(xns_cli::print(&line).is_ok());
            }
            write(&group.join("cgroup.procs"), "0");
        }
    }
    for what in rest.next().unwrap_or_default() {
        writeln!(text, "{what} {}", attempt(nodes, what)).unwrap();
    }
    u8::from(xns_cli::print(&text).is_err())
}

/// What is said of them, and what the kernel refuses.
fn written(group: &Path, lines: Vec<Line>) -> String {
    let mut text = String::new();
    for line in lines {
        if let Err(error) = try_write(&group.join(line.file), &line.value) {
            writeln!(text, "{}: {}: {error}", line.file, line.value).unwrap();
        }
        line.note.into_iter().for_each(|note| writeln!(text, "note: {note}").unwrap());
    }
    text
}

fn rules(words: &[&str], facts: &Facts) -> Rules {
    let of = |sign| {
        let texts = words.iter().filter_map(move |word| word.strip_prefix(sign));
        texts.map(|text| Rule::parse(OsStr::new(text), facts).unwrap()).collect::<Vec<_>>()
    };
    Rules::new(&of('+'), &of('-')).unwrap()
}

/// One write(2), into a file that is there.
fn try_write(file: &Path, value: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut opened = std::fs::File::options().write(true).open(file).unwrap();
    opened.write_all(value.as_bytes())
}

fn write(file: &Path, value: &str) {
    try_write(file, value).unwrap_or_else(|error| panic!("{value} > {}: {error}", file.display()));
}

/// `denied` for EPERM, which only the group answers root; everything else, as that there is no such driver, comes after it.
fn attempt(nodes: &Path, what: &str) -> String {
    let fields: Vec<_> = what.split(':').collect();
    let [sort, major, minor, access] = fields[..] else { panic!("{what}") };
    let flags = match access {
        "r" => OFlag::O_RDONLY,
        "w" => OFlag::O_WRONLY,
        "rw" => OFlag::O_RDWR,
        _ => {
            let sort = if sort == "b" { SFlag::S_IFBLK } else { SFlag::S_IFCHR };
            let path = nodes.join(format!("new-{}", std::process::id()));
            let made =
                mknod(&path, sort, Mode::S_IRUSR, makedev(major.parse().unwrap(), minor.parse().unwrap()));
            let _ = std::fs::remove_file(&path);
            return said(made.err());
        }
    };
    let path = nodes.join(format!("{sort}:{major}:{minor}"));
    said(open(&path, flags | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty()).err())
}

fn said(refused: Option<nix::errno::Errno>) -> String {
    match refused {
        Some(nix::errno::Errno::EPERM) => "denied".to_owned(),
        _ => "allowed".to_owned(),
    }
}
