//! What a process sees mounted, beside what we see.

use super::fact::{Fact, plain, shown};
use super::spaces::{Inside, text};
use serde_json::{Value, json};
use xns_core::mountinfo::{self, Mounted};
use xns_mnt::{Changed, Difference, Peers, mounts_of, on_root, root_of};

/// Of the mount namespace of a process; another one shows nothing of itself.
pub(super) fn facts(inside: Inside<'_>) -> Vec<Fact> {
    let Some(process) = inside.process else {
        return vec![Fact::unknown("mounts", "only a process in it shows its mounts")];
    };
    let root = match root_of(process) {
        Ok(root) => Fact::bytes("root", root),
        Err(errno) => Fact::unknown("root", text(errno)),
    };
    let mut facts = vec![root];
    match (mounts_of(process), mountinfo::read()) {
        (Ok(theirs), Ok(ours)) => {
            if let Some(mount) = on_root(&theirs) {
                facts.push(Fact::line("on its root", line(mount), object(mount)));
            }
            facts.extend(differences(&ours, &theirs));
        }
        (Err(errno), _) | (_, Err(errno)) => facts.push(Fact::unknown("mounts", text(errno))),
    }
    facts
}

fn differences(ours: &[Mounted], theirs: &[Mounted]) -> Vec<Fact> {
    let difference = Difference::between(ours, theirs);
    let list = |name, mounts: &[&Mounted]| {
        let (lines, json) = mounts.iter().map(|mount| (line(mount), object(mount))).unzip();
        Fact::list(name, lines, json)
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
        Fact::list("not alike", lines, json),
    ]);
    facts
}

/// `tmpfs on /tmp`
fn line(mount: &Mounted) -> String {
    format!("{} on {}", String::from_utf8_lossy(&mount.fs_type), shown(&mount.point))
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
