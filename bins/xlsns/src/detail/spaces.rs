//! What is in a namespace, kind by kind.

use super::fact::{Fact, plain, shown};
use super::{ipc, mounts, net};
use crate::veth::Sight;
use serde_json::json;
use std::os::fd::{AsFd, BorrowedFd};
use xns_core::{NsKind, SingleThreaded};
use xns_user::{MapLine, Maps, Setgroups, map_words};

/// A namespace that is looked into.
#[derive(Clone, Copy)]
pub(super) struct Inside<'a> {
    /// A descriptor of it, or why there is none.
    pub(super) namespace: Result<BorrowedFd<'a>, xns_core::Errno>,
    /// The directory in `/proc` of a process in it.
    pub(super) process: Option<BorrowedFd<'a>>,
    /// What was asked about.
    pub(super) operand: Operand,
    /// Where to look for other namespaces.
    pub(super) sight: &'a Sight,
    pub(super) single: SingleThreaded,
}

/// What was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Process,
    Namespace,
}

/// What is in it.
pub(super) fn facts(kind: NsKind, inside: Inside<'_>) -> Vec<Fact> {
    match kind {
        NsKind::Uts => uts(inside),
        NsKind::Net => net::facts(inside),
        NsKind::Pid => pid(inside),
        NsKind::User => user(inside),
        NsKind::Mnt => mounts::facts(inside),
        NsKind::Ipc => ipc::facts(inside),
        NsKind::Time => time(inside),
        NsKind::Cgroup => cgroup(inside),
    }
}

fn uts(inside: Inside<'_>) -> Vec<Fact> {
    let names = inside
        .namespace
        .map_err(text)
        .and_then(|fd| xns_uts::UtsNames::inside(inside.single, fd).map_err(|error| error.to_string()));
    match names {
        Ok(names) => vec![Fact::bytes("host name", &names.host), Fact::bytes("domain name", &names.domain)],
        Err(why) => vec![Fact::unknown("host name", why)],
    }
}

/// An error of the system in words.
pub(super) fn text(errno: xns_core::Errno) -> String {
    xns_core::errno::text(errno).to_string()
}

fn pid(inside: Inside<'_>) -> Vec<Fact> {
    let init = match inside.namespace.and_then(xns_pid::init_of) {
        Ok(Some(pid)) => Fact::line("init", format!("process {pid} is PID 1 there"), pid),
        Ok(None) => Fact::line("init", "none: it has ended, or is out of sight", serde_json::Value::Null),
        Err(errno) => Fact::unknown("init", text(errno)),
    };
    let levels = inside.process.map(|process| match xns_pid::Levels::of(process) {
        Ok(levels) => Fact::line("PIDs", levels.to_string(), levels.numbers()),
        Err(errno) => Fact::unknown("PIDs", text(errno)),
    });
    let levels = levels.map(|levels| levels.key("nspid"));
    std::iter::once(init).chain(levels).collect()
}

fn user(inside: Inside<'_>) -> Vec<Fact> {
    let maps = match inside.process {
        Some(process) => Maps::of(process).map_err(text),
        None => inside
            .namespace
            .map_err(text)
            .and_then(|fd| Maps::inside(inside.single, fd).map_err(|error| error.to_string())),
    };
    match maps {
        Err(why) => vec![Fact::unknown("users", why)],
        Ok(maps) => {
            let setgroups = match maps.setgroups {
                Some(Setgroups::Allow) => "allow",
                Some(Setgroups::Deny) => "deny",
                None => "always allowed",
            };
            vec![map("users", &maps.uids), map("groups", &maps.gids), Fact::words("setgroups", setgroups)]
        }
    }
}

fn map(name: &'static str, lines: &[MapLine]) -> Fact {
    let line = |MapLine(line): &MapLine| json!({"inside": line.inside.get(), "outside": line.outside.map(|id| id.get()), "count": line.count.get()});
    Fact::line(name, map_words(lines), lines.iter().map(line).collect::<Vec<_>>())
}

fn time(inside: Inside<'_>) -> Vec<Fact> {
    let of_process = inside.process.and_then(|process| xns_time::Offsets::of_process(process).ok().flatten());
    let offsets = of_process.map_or_else(
        || {
            let fd = inside.namespace.map_err(text)?;
            xns_time::Offsets::inside(inside.single, fd).map_err(|error| error.to_string())
        },
        Ok,
    );
    let clock = |name, offset: xns_time::Offset| {
        let json = json!({"seconds": offset.seconds, "nanoseconds": offset.nanoseconds});
        let text = offset.to_string();
        let words = match text.strip_prefix('-') {
            Some(behind) => format!("{behind} behind"),
            None if offset == xns_time::Offset::default() => "as outside".to_owned(),
            None => format!("{text} ahead"),
        };
        Fact::line(name, words, json)
    };
    match offsets {
        Ok(offsets) => vec![clock("monotonic", offsets.monotonic), clock("boottime", offsets.boottime)],
        Err(why) => vec![Fact::unknown("offsets", why)],
    }
}

fn cgroup(inside: Inside<'_>) -> Vec<Fact> {
    let roots = inside.namespace.map_err(text).and_then(|fd| {
        xns_cgroup::roots(inside.single, fd.as_fd(), inside.process).map_err(|error| error.to_string())
    });
    match roots {
        Err(why) => vec![Fact::unknown("root", why)],
        Ok(roots) => {
            let line = |root: &xns_cgroup::NamespaceRoot| {
                let path = root.path.as_ref().map_or_else(|| "out of sight".to_owned(), shown);
                format!("{}: / inside is {path} outside", root.hierarchy)
            };
            let json = |root: &xns_cgroup::NamespaceRoot| json!({"hierarchy": root.hierarchy.to_string(), "path": root.path.as_ref().map(plain)});
            vec![Fact::list("root", roots.iter().map(line).collect(), roots.iter().map(json).collect())]
        }
    }
}
