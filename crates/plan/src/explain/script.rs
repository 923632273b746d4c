//! The commands that a person would type for the same result.
//!
//! The form: a helper in the background does what has to be done from outside, as soon as the namespaces are there;
//! `unshare` makes them and runs a shell that does the rest inside and becomes the program. Between the two the process
//! number stays, so `$$` names it in both. The helper looks at its namespaces until they are other ones, and gives up when it
//! has ended; the inside goes on when it has read a line from a fifo, and stops when the helper has died.

use super::{groups, net};
use crate::{Op, Phase, Plan, process};
use std::ffi::OsString;
use std::fmt::Write;
use xns_core::shell::{line, quote};
use xns_core::{Actor, NsKind, Shell};
use xns_user::idmap::{IdKind, IdMap, InsideId, OutsideId};

/// What the steps contribute.
#[derive(Default)]
pub(super) struct Parts {
    flags: Vec<String>,
    pub(super) outside: Vec<String>,
    pub(super) inside: Vec<String>,
    pub(super) wraps: Vec<String>,
    /// What runs unshare, as its owner.
    before: Vec<String>,
    pub(super) run: String,
    /// What comes after the program's end.
    pub(super) after: Vec<String>,
}

/// A POSIX shell script, for a caller with this effective uid.
pub fn script(plan: &Plan, command: &[OsString], euid: u32) -> String {
    let parts = collect(plan, euid);
    let typed = comment(&format!("the same by hand: {}", line(command)));
    let mut out = format!("#!/bin/sh\n{typed}\nset -eu\n");
    if groups::is_about(plan) {
        return out + &groups::lines(&parts);
    }
    if net::is_about(plan) {
        return out + &net::lines(&parts);
    }
    let run =
        parts.wraps.iter().map(String::as_str).chain([parts.run.as_str()]).collect::<Vec<_>>().join(" ");
    let steps = parts.inside.iter().fold(String::new(), |text, line| text + line + "\n") + "exec " + &run;
    if parts.flags.is_empty() || (enters(plan) && !has_enter(plan) && parts.flags.len() == 1) {
        // Nobody else is needed: this shell becomes the program.
        return parts.outside.iter().fold(out, |text, line| text + line + "\n") + &steps + "\n";
    }
    if enters(plan) {
        let newer = parts.flags.iter().filter_map(|flag| since(flag));
        let notes = newer
            .map(|(flag, version)| comment(&format!("{flag}: nsenter of util-linux {version} or later")));
        let lines = notes.chain(parts.outside.iter().cloned());
        return lines.fold(out, |text, line| text + &line + "\n") + &nsenter(plan, &parts, &steps);
    }
    let unshare =
        joined(&joined("exec", &[parts.before.clone(), vec!["unshare".to_owned()]].concat()), &parts.flags);
    let _ = writeln!(out, "inside={}", quote(format!("set -eu\n{steps}")));
    if parts.outside.is_empty() {
        let _ = writeln!(out, "{unshare} sh -c \"$inside\"");
        return out;
    }
    let _ = writeln!(out, "ready=$(mktemp -u)\nmkfifo \"$ready\"");
    let kind = watched(plan).unshared_file();
    let _ = writeln!(out, "old=$(readlink /proc/self/ns/{kind})");
    let _ = writeln!(out, "{{ # from outside, as soon as unshare has made the namespaces");
    let _ = writeln!(out, "  until new=$(readlink /proc/$$/ns/{kind}) && [ \"$new\" != \"$old\" ]; do");
    let _ = writeln!(
        out,
        "    grep -q '^State:.[^ZX]' /proc/$$/status || {{ rm \"$ready\"; exit 1; }} # it could not"
    );
    let _ = writeln!(out, "    sleep 0.01\n  done 2> /dev/null\n  {{");
    for command in &parts.outside {
        let _ = writeln!(out, "    {command}");
    }
    let _ = writeln!(out, "    echo >&3\n  }} 3> \"$ready\"\n  rm \"$ready\"\n}} &");
    // The second sh is executed with its maps in place: the first one has no ids here, and so no capabilities.
    let _ = writeln!(
        out,
        "{unshare} sh -c '{{ read -r _; }} < \"$1\" && exec sh -c \"$2\"' sh \"$ready\" \"$inside\""
    );
    out
}

fn joined(tool: &str, flags: &[String]) -> String {
    [tool].into_iter().chain(flags.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// Does it enter what is there, as nsenter(1) does?
fn enters(plan: &Plan) -> bool {
    let of_another = |op: &Op| {
        matches!(
            op,
            Op::Process(process::Op::OpenTarget(_) | process::Op::OpenNamespace(_) | process::Op::Enter(_))
        )
    };
    plan.steps.iter().any(|step| of_another(&step.op))
}

fn has_enter(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(&step.op, Op::Process(process::Op::Enter(_))))
}

/// The first version of nsenter(1) that has an option like this, for those that some in use have not.
fn since(flag: &str) -> Option<(&str, &'static str)> {
    let name = flag.split('=').next().unwrap_or(flag);
    let version = match name {
        "--env" => "2.39",
        "--setuid" | "--setgid" if flag.ends_with("=follow") => "2.39",
        "--user-parent" | "--keep-caps" => "2.40",
        "--net-socket" => "2.41",
        _ if flag.contains("=:") => "2.42",
        _ => return None,
    };
    Some((name, version))
}

/// The line with nsenter(1), which forks by itself.
fn nsenter(plan: &Plan, parts: &Parts, steps: &str) -> String {
    let mut flags: Vec<String> = parts.flags.iter().filter(|flag| *flag != "--fork").cloned().collect();
    let enters = |kind| {
        plan.steps.iter().any(|step| match &step.op {
            Op::Process(process::Op::Enter(enter)) => enter.of_target.union(enter.of_files).contains(kind),
            _ => false,
        })
    };
    let made = |op: &Op| matches!(op, Op::User(xns_user::Op::Credentials(xns_user::Credentials::SetUid(_))));
    if enters(NsKind::User) && !plan.steps.iter().any(|step| made(&step.op)) {
        flags.push("--preserve-credentials".to_owned());
    }
    if enters(NsKind::Pid) && !plan.has(Actor::Child) {
        flags.push("--no-fork".to_owned());
    }
    let tool = joined("exec nsenter", &flags);
    if has_own_mounts(plan) {
        return format!(
            "{tool} unshare --mount --propagation unchanged sh -c {}\n",
            quote(format!("set -eu\n{steps}"))
        );
    }
    if parts.inside.is_empty() && parts.wraps.is_empty() {
        return format!("{tool} -- {}\n", parts.run);
    }
    format!("{tool} sh -c {}\n", quote(format!("set -eu\n{steps}")))
}

/// Is a mount namespace made beside those that are entered?
fn has_own_mounts(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(&step.op, Op::Process(process::Op::Unshare(_))))
}

/// A kind of namespace that the plan makes, by which the helper sees that it has been made.
fn watched(plan: &Plan) -> NsKind {
    let made = plan.steps.iter().find_map(|step| match &step.op {
        Op::Process(process::Op::Unshare(unshare)) => unshare.kinds.iter().next(),
        _ => None,
    });
    made.unwrap_or(NsKind::User)
}

fn collect(plan: &Plan, euid: u32) -> Parts {
    let mut parts = Parts::default();
    let mut needs_rights = false;
    let about_groups = groups::is_about(plan);
    for step in &plan.steps {
        let pieces = if enters(plan) { for_nsenter(&step.op) } else { step.op.describe().shell() };
        for piece in pieces {
            let done_inside = matches!(piece, Shell::Inside(_) | Shell::Wrap(_));
            needs_rights |= done_inside && matches!(step.op, Op::Mnt(_) | Op::Uts(_) | Op::User(_));
            match piece {
                Shell::Flag(text) => parts.flags.push(text),
                Shell::Outside(text) => parts.outside.push(text),
                Shell::Inside(text) => parts.inside.push(text),
                Shell::Wrap(text) if step.phase == Phase::Owner => parts.before.push(text),
                Shell::Wrap(text) => parts.wraps.push(text),
                Shell::Run(text) => parts.run = text,
                Shell::After(text) => parts.after.push(text),
                // What it says is of unshare(1).
                Shell::Comment(_) if about_groups && matches!(step.op, Op::Control(_)) => {}
                Shell::Comment(text) if enters(plan) || about_groups => parts.outside.push(comment(&text)),
                Shell::Comment(text) => parts.inside.push(comment(&text)),
            }
        }
        if step.actor == Actor::Caller
            && matches!(step.op.forks(), Some(Actor::Child | Actor::Leader | Actor::Init))
        {
            parts.flags.push("--fork".into());
        }
    }
    if needs_rights && loses_rights(plan, euid) {
        let note = "# you are not root inside: here rights are needed that the shell, unlike xunshare, lost with its exec";
        parts.inside.insert(0, note.to_owned());
    }
    // What unshare(1) would do by itself, and the steps say.
    if !enters(plan) && parts.flags.iter().any(|flag| flag == "--mount") {
        parts.flags.push("--propagation unchanged".into());
    }
    parts
}

/// nsenter(1) has options for ids, and drops groups by itself; the mount namespace beside is a command of its own.
fn for_nsenter(op: &Op) -> Vec<Shell> {
    use xns_user::Credentials::{DropGroups, DropGroupsIfAllowed, SetGid, SetUid};
    match op {
        Op::User(xns_user::Op::Credentials(SetUid(uid))) => vec![Shell::Flag(format!("--setuid={uid}"))],
        Op::User(xns_user::Op::Credentials(SetGid(gid))) => vec![Shell::Flag(format!("--setgid={gid}"))],
        Op::User(xns_user::Op::Credentials(DropGroups | DropGroupsIfAllowed)) => Vec::new(),
        Op::Process(process::Op::Unshare(_)) | Op::Control(crate::Control::Attend(_)) => Vec::new(),
        Op::Control(crate::Control::Proxy(_)) => {
            vec![Shell::Comment("--pty: a shell cannot copy between terminals".into())]
        }
        Op::Process(process::Op::OpenTarget(process::OpenTarget { inode: Some(inode), .. })) => {
            let note =
                format!("PID:{inode}: nsenter (before 2.42) does not look whether it is still that process");
            [Shell::Comment(note)].into_iter().chain(op.describe().shell()).collect()
        }
        Op::Process(process::Op::ReadEnvironment(process::ReadEnvironment { trusted: Some(_), .. })) => {
            let note = "nsenter takes all variables, also those that rule the loader and the shell";
            [Shell::Comment(note.into())].into_iter().chain(op.describe().shell()).collect()
        }
        op => op.describe().shell(),
    }
}

/// A line end in the text would end the comment.
fn comment(text: &str) -> String {
    format!("# {}", text.replace('\n', "\n# "))
}

/// An exec by who is not root in the new user namespace drops the capabilities in it (capabilities(7)).
fn loses_rights(plan: &Plan, euid: u32) -> bool {
    let is_root = |kind: IdKind, map: &IdMap| {
        let inside = OutsideId::new(euid).and_then(|outside| map.inside_of(outside));
        kind == IdKind::User && inside == Some(InsideId::ROOT)
    };
    let maps_root = |op: &Op| match op {
        Op::User(xns_user::Op::WriteMap(write)) => is_root(write.kind, &write.map),
        Op::User(xns_user::Op::RunMapTool(run)) => is_root(run.kind, &run.map),
        _ => false,
    };
    let makes_user = |op: &Op| match op {
        Op::Process(process::Op::Unshare(unshare)) => unshare.kinds.contains(NsKind::User),
        _ => false,
    };
    plan.steps.iter().any(|step| makes_user(&step.op)) && !plan.steps.iter().any(|step| maps_root(&step.op))
}
