//! `--graph`: pictures of how namespaces belong together.

mod dot;
mod mermaid;
#[cfg(test)]
mod sample;
mod text;

pub use dot::dot;
pub use mermaid::mermaid;
pub use text::text;

use crate::cli::{Cli, Graph as Form};
use crate::shown::{self, Charset, cut, shown};
use crate::{notices, trouble, veth};
use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use xns_cli::{Diagnostic, print, terminal};
use xns_core::{Facts, NsKind, SingleThreaded};
use xns_lsns::graph::{Bundle, Graph, Group, Named, Owner, Space};
use xns_lsns::scan::Members;
use xns_lsns::{Want, process, scan};

/// Prints the picture.
#[inline(never)] // .cargo/launch.ld
pub(crate) fn run(
    cli: &Cli,
    form: Form,
    facts: &Facts,
    original: bool,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let want = Want { deep: cli.deep, members: Members::All, ..Want::default() };
    let mut found = scan(&want, single).map_err(|error| trouble::scan(&error, facts))?;
    if !cli.kinds.is_empty() {
        // Without those that own the others there would be no picture.
        found.namespaces.retain(|namespace| cli.kinds.with(NsKind::User).contains(namespace.kind));
    }
    let proc = xns_lsns::proc().map_err(trouble::proc)?;
    let links = veth::links(&proc, &found, single);
    let read = |pid| process::read(&proc, pid, None);
    let graph = xns_lsns::graph::build(&found, &links, MOST_GROUPS, read);
    let picture = match form {
        Form::Text => text(&graph, terminal::charset(|name| facts.variable(name))),
        Form::Dot => dot(&graph),
        Form::Mermaid => mermaid(&graph),
    };
    print(&picture)?;
    notices::tell(cli, facts, original, &found.unread, picture.is_empty());
    Ok(0)
}

/// So many groups of processes are shown of each PID namespace: a picture is to be seen as a whole.
pub const MOST_GROUPS: usize = 8;

/// Of a command line so much is shown.
const COMMAND: usize = 40;
/// Of a path.
const PATH: usize = 60;
/// Of what keeps a namespace so many things.
const PINS: usize = 3;

fn process(named: &Named, charset: Charset) -> String {
    numbered(named.pid, &named.command, charset)
}

fn numbered(pid: u32, command: &[u8], charset: Charset) -> String {
    let command = cut(command, COMMAND, charset);
    if command.is_empty() { pid.to_string() } else { format!("{pid} {command}") }
}

fn group(group: &Group, charset: Charset) -> String {
    let first = numbered(group.pids.first().copied().unwrap_or_default(), &group.command, charset);
    match group.pids.len() {
        0 | 1 => first,
        many => format!("{first} (and {} more)", many - 1),
    }
}

/// The lines of a bundle's processes; none when there is only the one that stands above.
fn processes(bundle: &Bundle, charset: Charset) -> Vec<String> {
    let of_groups: usize = bundle.groups.iter().map(|group| group.pids.len()).sum();
    if bundle.first.is_none() || of_groups + bundle.more <= 1 {
        return Vec::new();
    }
    let groups = bundle.groups.iter().map(|members| group(members, charset));
    groups.chain(more(bundle.more, charset)).collect()
}

/// The bundle whose namespaces the first process has else, unless a line leads there anyway.
fn shares_with(bundle: &Bundle) -> Option<usize> {
    bundle.like.filter(|like| bundle.around != Some(*like))
}

/// Which bundle has a network namespace, by number.
fn networks(graph: &Graph) -> HashMap<u64, usize> {
    let network = |(place, bundle): (usize, &Bundle)| Some((bundle.space(NsKind::Net)?.ino, place));
    graph.bundles.iter().enumerate().filter_map(network).collect()
}

/// What stands below the groups.
fn more(count: usize, charset: Charset) -> Option<String> {
    let dots = if charset == Charset::Utf8 { "…" } else { "..." };
    (count > 0).then(|| format!("{dots} and {count} more"))
}

fn count(processes: u32) -> String {
    match processes {
        0 => "no process".to_owned(),
        1 => "1 process".to_owned(),
        many => format!("{many} processes"),
    }
}

/// `user 4026531837`.
fn title(owner: &Owner) -> String {
    owner.ino.map_or_else(|| "owned by none in sight".to_owned(), |ino| format!("user {ino}"))
}

/// What is to be said of a user namespace.
fn about_owner(owner: &Owner, charset: Charset) -> Vec<String> {
    let Some(_) = owner.ino else { return Vec::new() };
    let first = owner.first.as_ref().map(|first| process(first, charset));
    // Of one that was only seen as an owner nothing is known.
    let known = owner.processes > 0 || owner.uid.is_some() || !owner.pins.is_empty();
    let many = known.then(|| count(owner.processes));
    let maker = owner.uid.map(|uid| format!("made by uid {uid}"));
    let pins = owner.pins.iter().take(PINS).map(|pin| shown::pin(pin, charset));
    first.into_iter().chain(many).chain(maker).chain(pins).collect()
}

/// What is to be said of a namespace beside its kind and number: the processes, names, and what keeps it.
fn about(space: &Space, charset: Charset) -> Vec<String> {
    let mut words = vec![count(space.processes)];
    let path = |path: &std::path::PathBuf| {
        let whole = shown(path.as_os_str().as_bytes(), charset);
        if whole.chars().count() > PATH { cut(path.as_os_str().as_bytes(), PATH, charset) } else { whole }
    };
    words.extend(space.mounts.iter().take(PINS).map(path));
    let others = space.pins.iter().filter(|pin| !matches!(pin, xns_lsns::Pin::Mount(_)));
    words.extend(others.take(PINS).map(|pin| shown::pin(pin, charset)));
    words
}
