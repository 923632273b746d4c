//! `try-group DEED DIRECTORY [WORD…]`: one operation on a control group, by the crate xns-cgroup, and what its hint tells when it is
//! refused. A binary with our entry: only that has the token that operations and facts take.
#![no_main]
#![allow(clippy::unwrap_used, reason = "a test's helper fails with the reason")]

use std::path::{Path, PathBuf};
use xns_cgroup::{
    Delegate, Enable, Enter, Freeze, Kill, Layout, Leaf, Make, Move, Open, Remove, Set, Version,
};
use xns_cli::Start;
use xns_core::{Apply, Facts, Hint, SingleThreaded, Slot, Slots};
use xns_sys::fork;

xns_cli::main!(try_it);

fn try_it(start: Start) -> u8 {
    let words: Vec<String> = start.args.iter().map(|word| word.to_str().unwrap().to_owned()).collect();
    let facts = Facts::live(start.single, vec!["xcgexec".into(), "-g".into(), "x".into()]);
    let (deed, directory) = (words[1].as_str(), PathBuf::from(&words[2]));
    let more: Vec<&str> = words[3..].iter().map(String::as_str).collect();
    // As planning does: a hint has to look again.
    let _ = (facts.directories_in(&words[2]), facts.line(&format!("{}/cgroup.procs", words[2])));
    let answer = match deed {
        "clone" => clone(&directory, start.single, &facts),
        "controller" => {
            let layout = Layout::of(&facts);
            let hint = xns_cgroup::hint::no_controller(&words[2], &layout.place(&words[2], &facts), &facts);
            Err(("asked".to_owned(), Some(hint)))
        }
        "systemd" => told(xns_cgroup::hint::systemd_owns(&directory, &facts)),
        _ => apply(operation(deed, directory, &more).as_ref(), start.single, &facts),
    };
    let text = match answer {
        Ok(()) => "done\n".to_owned(),
        Err((error, hint)) => format!("{error}\n{}", hint.map_or_else(|| "no hint\n".to_owned(), shown)),
    };
    u8::from(xns_cli::print(&text).is_err())
}

type Answer = Result<(), (String, Option<Hint>)>;

fn told(hint: Option<Hint>) -> Answer {
    Err(("asked".to_owned(), hint))
}

fn operation(deed: &str, directory: PathBuf, more: &[&str]) -> Box<dyn Apply> {
    let version = if is_version_2(&directory) { Version::V2 } else { Version::V1 };
    match deed {
        "make" => Box::new(Make { directory, may_exist: false }),
        "remove" => Box::new(Remove { directory, afterwards: false }),
        "enable" => {
            Box::new(Enable { directory, controllers: more.iter().map(ToString::to_string).collect() })
        }
        "leaf" => Box::new(Leaf { group: directory }),
        "set" => Box::new(Set {
            asked: None,
            controller: more[0].split('.').next().unwrap().to_owned(),
            file: directory.join(more[0]),
            value: more[1].to_owned(),
            optional: None,
            before: None,
        }),
        "open" => Box::new(Open { directory }),
        "enter" => Box::new(Enter { directory, version, of_caller: true, back: None }),
        "move" => Box::new(Move { directory, version, pid: more[0].parse().unwrap(), before: None }),
        "freeze" | "thaw" => Box::new(Freeze { directory, version, frozen: deed == "freeze" }),
        "kill" => Box::new(Kill { directory, version, freezer: None, afterwards: false }),
        "delegate" => {
            let (uid, gid) = (more[0].parse().unwrap(), more[0].parse().unwrap());
            Box::new(Delegate { directory, version, uid, gid, before: (0, 0), with_below: false })
        }
        other => panic!("no such deed: {other}"),
    }
}

/// By the mount that the directory is below.
fn is_version_2(directory: &Path) -> bool {
    let mounts = xns_core::mountinfo::read().unwrap();
    let above = mounts.iter().filter(|mount| directory.starts_with(&mount.point));
    above.max_by_key(|mount| mount.point.components().count()).unwrap().fs_type == b"cgroup2"
}

fn apply(operation: &dyn Apply, single: SingleThreaded, facts: &Facts) -> Answer {
    let failure = match operation.apply(&mut Slots::new(single)) {
        Ok(_) => return Ok(()),
        Err(failure) => failure,
    };
    let errno = failure.errno().unwrap();
    Err((format!("{}: {errno:?}", operation.failed(failure.part)), operation.hint(&failure, facts)))
}

/// A child in the group, which ends at once.
fn clone(directory: &Path, single: SingleThreaded, facts: &Facts) -> Answer {
    let mut slots = Slots::new(single);
    if let Err(failure) = (Open { directory: directory.to_owned() }).apply(&mut slots) {
        return Err((format!("open: {:?}", failure.errno().unwrap()), None));
    }
    match fork::spawn_into(single, slots.get(Slot::Group).unwrap(), || 0) {
        Ok(child) => {
            fork::wait(&child, false).unwrap();
            Ok(())
        }
        Err(errno) => {
            Err((format!("clone: {errno:?}"), xns_cgroup::hint::not_cloned(directory, errno, facts)))
        }
    }
}

fn shown(hint: Hint) -> String {
    let because: String = hint.because.iter().map(|line| format!("because: {line}\n")).collect();
    let cures: String = hint.cures.iter().map(|cure| format!("try: {}\n", cure.action)).collect();
    format!("hint[{}]: {}\n{because}{cures}", hint.id, hint.cause)
}
