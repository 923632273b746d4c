//! The objects of an IPC namespace.

use super::fact::{Fact, plain, shown};
use super::spaces::{Inside, text};
use serde_json::{Value, json};
use xns_ipc::{Ids, Ipc, Object, PosixQueue, SysV};

/// System V's three sorts, and POSIX message queues.
pub(super) fn facts(inside: Inside<'_>) -> Vec<Fact> {
    let ipc = inside
        .namespace
        .map_err(text)
        .and_then(|fd| Ipc::inside(inside.single, fd).map_err(|error| error.to_string()));
    let ipc = match ipc {
        Ok(ipc) => ipc,
        Err(why) => return vec![Fact::unknown("objects", why)],
    };
    let mut facts = match &ipc.sysv {
        Ok(sysv) => system_v(sysv, ipc.sysv_ids),
        Err(errno) => vec![Fact::unknown("System V objects", text(*errno))],
    };
    facts.push(match &ipc.posix {
        Ok(queues) => Fact::list(
            "POSIX queues",
            queues.iter().map(queue_line).collect(),
            queues.iter().map(queue_object).collect(),
        ),
        Err(errno) => Fact::unknown("POSIX queues", text(*errno)),
    });
    facts
}

fn system_v(sysv: &SysV, ids: Ids) -> Vec<Fact> {
    let start = |object: &Object| {
        let whose = if ids == Ids::Ours { "" } else { " there" };
        format!("{} (key {:#010x}, uid {}{whose}, {:03o}): ", object.id, object.key, object.uid, object.mode)
    };
    vec![
        list("shared memory", &sysv.segments, |segment| {
            let goes = if segment.is_to_be_removed { ", to be removed" } else { "" };
            let line = format!(
                "{}{} bytes, attached {} times{goes}",
                start(&segment.object),
                segment.bytes,
                segment.attached
            );
            (line, with(&segment.object, json!({"bytes": segment.bytes, "attached": segment.attached})))
        }),
        list("semaphores", &sysv.semaphores, |set| {
            let line = format!("{}{} semaphores", start(&set.object), set.semaphores);
            (line, with(&set.object, json!({"semaphores": set.semaphores})))
        }),
        list("message queues", &sysv.queues, |queue| {
            let line = format!("{}{} messages, {} bytes", start(&queue.object), queue.messages, queue.bytes);
            (line, with(&queue.object, json!({"messages": queue.messages, "bytes": queue.bytes})))
        }),
    ]
}

fn list<T>(name: &'static str, objects: &[T], each: impl Fn(&T) -> (String, Value)) -> Fact {
    let (lines, json) = objects.iter().map(each).unzip();
    Fact::list(name, lines, json)
}

fn with(object: &Object, mut more: Value) -> Value {
    for (key, number) in [
        ("id", i64::from(object.id)),
        ("key", i64::from(object.key)),
        ("uid", i64::from(object.uid)),
        ("gid", i64::from(object.gid)),
        ("mode", i64::from(object.mode)),
    ] {
        more[key] = number.into();
    }
    more
}

fn queue_line(queue: &PosixQueue) -> String {
    let bytes = queue.bytes.map(|bytes| format!(": {bytes} bytes")).unwrap_or_default();
    format!("{} (uid {}, {:03o}){bytes}", shown(&queue.name), queue.uid, queue.mode)
}

fn queue_object(queue: &PosixQueue) -> Value {
    json!({
        "name": plain(&queue.name), "uid": queue.uid, "gid": queue.gid, "mode": queue.mode, "bytes": queue.bytes,
    })
}
