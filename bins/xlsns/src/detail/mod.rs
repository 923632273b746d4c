//! `--detail`: what is inside a namespace, or all that isolates a process.

mod fact;
mod ipc;
mod mounts;
mod net;
mod process;
mod spaces;

use crate::cli::{Cli, Format};
use crate::shown::json_pretty;
use crate::veth::Sight;
use crate::{TOOL, notices, trouble};
use fact::{Fact, Section, shown};
use process::Ended;
use serde_json::{Value, json};
use spaces::{Inside, Operand};
use std::ffi::OsStr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use xns_cli::{Diagnostic, print, terminal};
use xns_core::{Errno, Facts, NsKind, SingleThreaded};
use xns_lsns::row::Rows;
use xns_lsns::{Found, Namespace, Pin, Want, process as read_process, reach, scan};
use xns_sys::proc::{self, Name};

/// Prints it.
#[inline(never)] // .cargo/launch.ld
pub(crate) fn run(cli: &Cli, facts: &Facts, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    let original = TOOL.is_original(facts);
    let Some(pid) = cli.task else { return run_for_namespace(cli, facts, original, single) };
    write(cli, facts, of_process(cli, pid, facts, single)?)?;
    notices::tell_whose(cli, facts, original);
    Ok(0)
}

/// The same of a namespace, which has to be found first.
fn run_for_namespace(
    cli: &Cli,
    facts: &Facts,
    original: bool,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let want = Want { deep: cli.deep, ..Want::default() };
    let found = scan(&want, single).map_err(|error| trouble::scan(&error, facts))?;
    let ino = cli.namespace.unwrap_or_default();
    let wanted = |namespace: &&Namespace| cli.wanted_kinds().contains(namespace.kind);
    let Some(namespace) = found.by_inode(ino).filter(wanted) else {
        return Ok(trouble::tell_not_found(cli, facts, &found.unread, ino));
    };
    write(cli, facts, vec![of_namespace(cli, namespace, &found, single)?])?;
    notices::tell(cli, facts, original, &found.unread, false);
    Ok(0)
}

fn write(cli: &Cli, facts: &Facts, sections: Vec<Section>) -> Result<(), Box<Diagnostic>> {
    let text = match cli.format {
        Format::Json => {
            let mut sections = sections.into_iter().map(Section::json);
            let first = sections.next().unwrap_or_default();
            let whole = if cli.task.is_some() {
                json!({"process": first, "namespaces": sections.collect::<Vec<_>>()})
            } else {
                json!({"namespace": first})
            };
            json_pretty(&whole) + "\n"
        }
        Format::Table | Format::Raw => {
            let mut text = String::new();
            let charset = terminal::charset(|name| facts.variable(name));
            sections.iter().for_each(|section| section.text(&mut text, charset));
            text
        }
    };
    print(&text)
}

/// Of the process itself, and of each of its namespaces.
fn of_process(
    cli: &Cli,
    pid: u32,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<Vec<Section>, Box<Diagnostic>> {
    let proc = xns_lsns::proc().map_err(trouble::proc)?;
    let directory = proc::open_directory(&proc, Name::of(pid, "").path());
    let gone = || trouble::scan(&xns_lsns::ScanError::NoProcess(pid), facts);
    let (Ok(directory), Some(read)) = (directory, read_process::read(&proc, pid, None)) else {
        return Err(gone());
    };
    let ended = Ended::of(directory.as_fd());
    let command = shown(OsStr::from_bytes(&read.command));
    let mut sections = vec![Section {
        heading: format!("process {pid}: {command}"),
        known: vec![
            ("pid", pid.into()),
            ("ppid", read.ppid.into()),
            ("uid", read.uid.into()),
            ("command", command.into()),
        ],
        facts: process::facts(directory.as_fd(), ended),
    }];
    let sight = Sight::new(proc, cli.deep, single);
    for kind in cli.wanted_kinds().iter() {
        let namespace =
            proc::open_directory(&directory, c"ns").and_then(|ns| proc::open(ns, xns_lsns::scan::file(kind)));
        // Of what it has left there is nothing to tell but that.
        if ended == Ended::No || !matches!(namespace, Err(Errno::ENOENT)) {
            sections.push(of_kind(kind, &namespace, &directory, &sight, single));
        }
    }
    Ok(sections)
}

/// One of the namespaces of a process.
fn of_kind(
    kind: NsKind,
    namespace: &Result<OwnedFd, Errno>,
    directory: &OwnedFd,
    sight: &Sight,
    single: SingleThreaded,
) -> Section {
    let ino = namespace.as_ref().map_err(|errno| *errno).and_then(xns_sys::fs::inode);
    let own = namespace.as_ref().is_ok_and(|fd| xns_core::inside::is_own(kind, fd.as_fd()));
    let heading = match ino {
        Ok(ino) if own => format!("{kind}:[{ino}], the same as ours"),
        Ok(ino) => format!("{kind}:[{ino}], another one than ours"),
        Err(errno) => format!("{kind}: not known: {}", spaces::text(errno)),
    };
    let known = vec![("type", kind.name().into()), ("ns", json!(ino.ok())), ("own", own.into())];
    let inside = Inside {
        namespace: namespace.as_ref().map(AsFd::as_fd).map_err(|errno| *errno),
        process: Some(directory.as_fd()),
        operand: Operand::Process,
        sight,
        single,
    };
    Section { heading, known, facts: spaces::facts(kind, inside) }
}

/// Of one namespace: what it belongs to, who is in it or keeps it, and what is in it.
fn of_namespace(
    cli: &Cli,
    namespace: &Namespace,
    found: &Found,
    single: SingleThreaded,
) -> Result<Section, Box<Diagnostic>> {
    let ino = namespace.ino;
    let proc = xns_lsns::proc().map_err(trouble::proc)?;
    let fd = reach::open_in(&proc, &found.namespaces, namespace);
    let directory = namespace.pid.and_then(|pid| proc::open_directory(&proc, Name::of(pid, "").path()).ok());
    let mut about = about(&proc, namespace);
    let inside = Inside {
        namespace: fd.as_ref().map(AsFd::as_fd).map_err(|errno: &Errno| *errno),
        process: directory.as_ref().map(AsFd::as_fd),
        operand: Operand::Namespace,
        sight: &Sight::new(proc, cli.deep, single),
        single,
    };
    about.extend(spaces::facts(namespace.kind, inside));
    let own = fd.as_ref().is_ok_and(|fd| xns_core::inside::is_own(namespace.kind, fd.as_fd()));
    Ok(Section {
        heading: format!(
            "{}:[{ino}], {}",
            namespace.kind,
            if own { "ours" } else { "another one than ours" }
        ),
        known: vec![("type", namespace.kind.name().into()), ("ns", ino.into()), ("own", own.into())],
        facts: about,
    })
}

fn about(proc: &OwnedFd, namespace: &Namespace) -> Vec<Fact> {
    let mut facts = Vec::new();
    let processes = match namespace.pid {
        None => "none".to_owned(),
        Some(pid) => {
            let command =
                read_process::read(proc, pid, None).map(|process| shown(OsStr::from_bytes(&process.command)));
            format!("{}, the lowest {pid} ({})", namespace.processes, command.unwrap_or_default())
        }
    };
    facts.push(Fact::line(
        "processes",
        processes,
        json!({"count": namespace.processes, "lowest": namespace.pid}),
    ));
    if !namespace.pins.is_empty() {
        let rows = Rows::new(proc, std::iter::empty(), false);
        let pins: Vec<_> =
            namespace.pins.iter().map(|pin: &Pin| shown(OsStr::from_bytes(&rows.pin(pin)))).collect();
        facts.push(Fact::list("kept by", pins.clone(), pins.into_iter().map(Value::from).collect()));
    }
    for (name, relation, kind) in
        [("owner", namespace.owner, NsKind::User), ("parent", namespace.parent, namespace.kind)]
    {
        if let Some(ino) = relation.ino() {
            facts.push(Fact::line(name, format!("{kind}:[{ino}]"), ino));
        }
    }
    facts
}
