//! What a process sees mounted, beside what we see.

use super::fact::{Fact, plain, shown};
use super::spaces::{Inside, Operand, text};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use xns_core::mountinfo::{self, Mounted};
use xns_mnt::{Changed, Difference, Peers, mounts_inside, mounts_of, on_root, root_of};

/// All mounts of the namespace, or why it may not be entered.
type Whole = Result<Vec<Mounted>, String>;

/// What the process sees; or all that is in the namespace, which has to be entered for that. What a process in it sees may be less: its
/// root may be elsewhere.
pub(super) fn facts(inside: Inside<'_>) -> Vec<Fact> {
    let whole: Whole = inside
        .namespace
        .map_err(text)
        .and_then(|fd| mounts_inside(inside.single, fd).map_err(|error| error.to_string()));
    match (inside.operand, inside.process, whole) {
        (Operand::Process, Some(process), whole) => of_process(process, &whole),
        (_, _, Ok(whole)) => of_table(&whole),
        (_, Some(process), Err(why)) => {
            let from = Fact::words("seen from", format!("a process in it: {why}"));
            of_process(process, &Err(why)).into_iter().chain([from]).collect()
        }
        (_, None, Err(why)) => vec![Fact::unknown("mounts", why)],
    }
}

fn of_process(process: BorrowedFd<'_>, whole: &Whole) -> Vec<Fact> {
    let root = root_of(process);
    let theirs = match mounts_of(process) {
        Ok(theirs) => theirs,
        Err(errno) => return vec![Fact::unknown("mounts", text(errno))],
    };
    let sees = match (whole, &root) {
        (Ok(whole), _) => sees_a_part(&theirs, whole),
        // Of a root in another mount namespace this is the path from the top of that.
        (Err(_), Ok(root)) if root != "/" => Some(part(theirs.len(), None)),
        (Err(_), _) => None,
    };
    let root = root.map_or_else(|errno| Fact::unknown("root", text(errno)), |root| Fact::bytes("root", root));
    std::iter::once(root).chain(sees).chain(of_table(&theirs)).collect()
}

/// Nothing, if its root is that of the namespace: then the same mount lies on both.
fn sees_a_part(theirs: &[Mounted], whole: &[Mounted]) -> Option<Fact> {
    let id = |mounts| on_root(mounts).map(|mount| mount.id);
    (id(theirs) != id(whole)).then(|| part(theirs.len(), Some(whole.len())))
}

fn part(seen: usize, all: Option<usize>) -> Fact {
    let of = all.map_or_else(String::new, |all| format!(": {seen} of {all} mounts"));
    Fact::line("sees", format!("only what is below its root{of}"), json!({"mounts": seen, "of": all}))
}

/// A mount table, beside ours.
fn of_table(theirs: &[Mounted]) -> Vec<Fact> {
    let on_root = on_root(theirs).map(|mount| Fact::line("on its root", line(mount), object(mount)));
    let rest = match mountinfo::read() {
        Ok(ours) => differences(&ours, theirs),
        Err(errno) => vec![Fact::unknown("mounts", text(errno))],
    };
    on_root.into_iter().chain(rest).collect()
}

fn differences(ours: &[Mounted], theirs: &[Mounted]) -> Vec<Fact> {
    let difference = Difference::between(ours, theirs);
    let list = |name, mounts: &[&Mounted]| {
        let lines = mounts.iter().map(|mount| line(mount)).collect();
        Fact::list(name, counted(lines), mounts.iter().map(|mount| object(mount)).collect())
    };
    let (lines, json): (Vec<_>, Vec<_>) =
        difference.changed.iter().map(|changed| (change(changed), change_object(changed))).unzip();
    let mut facts = vec![Fact::number("mounts", theirs.len() as u64)];
    if difference.is_empty() {
        facts.push(Fact::line("beside ours", "the same", Value::Array(Vec::new())));
        return facts;
    }
    facts.extend([
        list("only there", &difference.added),
        list("only here", &difference.gone),
        Fact::list("not alike", counted(lines), json),
    ]);
    facts
}

/// Each line once, with how often it was there.
fn counted(lines: Vec<String>) -> Vec<String> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    let mut places = HashMap::new();
    for line in lines {
        let place = *places.entry(line.clone()).or_insert(counted.len());
        match counted.get_mut(place) {
            Some((_, times)) => *times += 1,
            None => counted.push((line, 1)),
        }
    }
    let words = |(line, times)| if times == 1 { line } else { format!("{line} ({times} times)") };
    counted.into_iter().map(words).collect()
}

/// `tmpfs on /tmp`; `ext4 /srv on /mnt` if only a part of the file system is shown there.
fn line(mount: &Mounted) -> String {
    let part = if mount.root == Path::new("/") { String::new() } else { format!(" {}", shown(&mount.root)) };
    format!("{}{part} on {}", shown(OsStr::from_bytes(&mount.fs_type)), shown(&mount.point))
}

fn object(mount: &Mounted) -> Value {
    json!({"type": String::from_utf8_lossy(&mount.fs_type), "point": plain(&mount.point), "root": plain(&mount.root)})
}

fn change(changed: &Changed<'_>) -> String {
    let mut words = line(changed.theirs);
    if changed.in_flags() {
        words += &format!(": {} there, {} here", flags(changed.theirs), flags(changed.ours));
    }
    if changed.in_propagation() {
        words += &format!(": {} there, {} here", Peers::of(changed.theirs), Peers::of(changed.ours));
    }
    words
}

fn flags(mount: &Mounted) -> String {
    String::from_utf8_lossy(mount.flags()).into_owned()
}

fn change_object(changed: &Changed<'_>) -> Value {
    let side = |mount: &Mounted| json!({"flags": flags(mount), "propagation": Peers::of(mount).to_string()});
    json!({"point": plain(&changed.theirs.point), "there": side(changed.theirs), "here": side(changed.ours)})
}
