//! An event as a line, for people or for programs.

use super::{Interval, Time};
use crate::shown::{self, Charset};
use serde::Serialize;
use xns_lsns::watch::Event;

/// What has to be known about the lines that follow. With JSON it belongs on standard error.
pub fn notice(interval: Interval) -> String {
    let unit = if interval == Interval::default() { "second" } else { "seconds" };
    format!("Looking every {interval} {unit}; a namespace that lives shorter may be missed. Times are UTC.\n")
}

/// The heading of [`human`]'s columns.
pub const fn heading() -> &'static str {
    "TIME      EVENT       TYPE   NS         USER         PID COMMAND\n"
}

/// With columns of a fixed width: lines come one by one. Cut at `width` if there is one. `user` answers a uid's name.
pub fn human(
    time: Time,
    event: &Event,
    charset: Charset,
    width: Option<usize>,
    user: impl Fn(u32) -> Option<String>,
) -> String {
    let whose =
        event.uid().map_or_else(|| "-".to_owned(), |uid| user(uid).unwrap_or_else(|| uid.to_string()));
    let pid = event.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string());
    let mut line = format!(
        "{} {:<11} {:<6} {:<10} {:<8} {:>7} {}",
        time.clock(),
        event.change.word(),
        event.kind.name(),
        event.ino,
        shown::shown(whose.as_bytes(), charset),
        pid,
        what(event, charset)
    );
    if let Some((end, _)) = width.and_then(|width| line.char_indices().nth(width)) {
        line.truncate(end);
    }
    line.truncate(line.trim_end_matches(' ').len());
    line.push('\n');
    line
}

/// The command; of a namespace that has never had a process within sight what keeps it.
fn what(event: &Event, charset: Charset) -> String {
    match (&event.process, event.pins.first()) {
        (Some(process), _) => shown::shown(&process.command, charset),
        (None, Some(pin)) => format!("({})", shown::pin(pin, charset)),
        (None, None) => String::new(),
    }
}

#[derive(Serialize)]
struct Line {
    time: String,
    event: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    ns: u64,
    uid: Option<u32>,
    user: Option<String>,
    pid: Option<u32>,
    command: Option<String>,
    pins: Vec<String>,
}

/// As an object of JSON on one line.
pub fn json(time: Time, event: &Event, user: impl Fn(u32) -> Option<String>) -> String {
    let uid = event.uid();
    let line = Line {
        time: time.full(),
        event: event.change.word(),
        kind: event.kind.name(),
        ns: event.ino,
        uid,
        user: uid.and_then(user),
        pid: event.pid,
        command: event.process.as_ref().map(|process| shown::text(&process.command)),
        pins: event.pins.iter().map(|pin| shown::pin(pin, Charset::Utf8)).collect(),
    };
    shown::json(&line) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::ffi::OsStr;
    use xns_core::NsKind;
    use xns_lsns::Pin;
    use xns_lsns::process::Process;
    use xns_lsns::watch::Change;

    const TIME: u64 = 1_795_333_200;

    fn event(command: &[u8]) -> Event {
        Event {
            change: Change::Appeared,
            kind: NsKind::Net,
            ino: 4_026_532_345,
            pid: Some(4711),
            process: Some(Process { pid: 4711, ppid: 1, uid: 1000, command: command.to_vec() }),
            owner_uid: None,
            pins: Vec::new(),
        }
    }

    fn joe(uid: u32) -> Option<String> {
        (uid == 1000).then(|| "joe".to_owned())
    }

    #[test]
    fn lines_for_people() {
        let line = |event: &Event| human(Time::of(TIME), event, Charset::Utf8, None, joe);
        let appeared = line(&event(b"sleep 10\n"));
        assert_eq!(appeared, "07:40:00Z appeared    net    4026532345 joe         4711 sleep 10\\x0a\n");
        let short = human(Time::of(TIME), &event("äöü".as_bytes()), Charset::Utf8, Some(58), joe);
        assert_eq!(short, "07:40:00Z appeared    net    4026532345 joe         4711 ä\n");
        let pins = vec![Pin::Mount("/run/netns/RED".into())];
        let kept = Event {
            change: Change::Disappeared,
            pid: None,
            process: None,
            owner_uid: Some(7),
            pins,
            ..event(b"")
        };
        assert_eq!(
            line(&kept),
            "07:40:00Z disappeared net    4026532345 7              - (mount /run/netns/RED)\n"
        );
        let nothing = Event { process: None, pid: None, ..event(b"") };
        assert_eq!(line(&nothing), "07:40:00Z appeared    net    4026532345 -              -\n");
        for word in ["EVENT", "TYPE", "NS", "USER"] {
            let at = heading().find(&format!(" {word} ")).unwrap();
            assert!(appeared[at..].starts_with(' ') && !appeared[at + 1..].starts_with(' '), "{word}");
        }
        assert_eq!(heading().find("COMMAND"), appeared.find("sleep"));
    }

    #[test]
    fn what_is_said_first() {
        let notice = |word| notice(Interval::parse(OsStr::new(word)).unwrap());
        let rest = "a namespace that lives shorter may be missed. Times are UTC.\n";
        assert_eq!(notice("1"), format!("Looking every 1 second; {rest}"));
        assert_eq!(notice("0.1"), format!("Looking every 0.1 seconds; {rest}"));
    }

    #[test]
    fn lines_for_programs() {
        assert_eq!(
            json(Time::of(TIME), &event(b"a\"\xff"), joe),
            "{\"time\":\"2026-11-22T07:40:00Z\",\"event\":\"appeared\",\"type\":\"net\",\"ns\":4026532345,\"uid\":1000,\
             \"user\":\"joe\",\"pid\":4711,\"command\":\"a\\\"\\\\xff\",\"pins\":[]}\n"
        );
    }

    proptest! {
        #[test]
        fn any_command_is_one_line(command: Vec<u8>, path in "[^\0]*") {
            let event = Event { pins: vec![Pin::Mount(path.into())], ..event(&command) };
            for line in [human(Time::of(TIME), &event, Charset::Utf8, Some(70), joe), json(Time::of(TIME), &event, joe)] {
                prop_assert!(line.ends_with('\n') && line.chars().filter(|c| c.is_control()).count() == 1);
            }
            let value: serde_json::Value = serde_json::from_str(&json(Time::of(TIME), &event, joe)).unwrap();
            prop_assert_eq!(value["command"].as_str(), Some(&*shown::text(&command)));
        }
    }
}
