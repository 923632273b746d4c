//! A process chooses its name and its words: whatever bytes they are, what is printed is text that no terminal obeys.

use crate::{Here, about};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use xns_tests::{Cmd, bin};

/// What names are made of.
const PIECES: [&[u8]; 17] = [
    b"a",
    b" ",
    b"\n",
    b"\t",
    b"\r",
    b"\x1b[31m",
    b"\x1b]0;title\x07",
    b")",
    b"(",
    b"\\",
    b"\\x41",
    b"\"",
    b"\x7f",
    "\u{9b}".as_bytes(),
    "\u{4e2d}\u{1f600}\u{202e}".as_bytes(),
    b"\xff\xfe",
    b"\0",
];

/// A process that ends with the test.
struct Named(Child);

impl Named {
    fn start(name: &[u8], words: &[u8]) -> Self {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hold"));
        // The words are written over these.
        let mut room = hex(words);
        room.push_str(&" ".repeat(words.len()));
        let room = room.trim_end().to_owned();
        command.args(["name", &hex(name), &room]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Named(child)
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What no terminal and no reader of lines is to get.
fn is_harmless(text: &str) -> bool {
    !text.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{fffd}'))
}

fn xlsns(words: &str, pid: u32, locale: &str) -> String {
    let done = Cmd::new(bin("xlsns")).words(words).args(["-p", &pid.to_string()]).env("LC_ALL", locale).run();
    done.out().to_owned()
}

#[test]
fn any_name_is_printed_as_text() {
    let bytes =
        || prop::collection::vec(prop::sample::select(&PIECES[..]), 0..6).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    runner
        .run(&(bytes(), bytes()), |(name, words)| {
            let named = Named::start(&name, &words);
            let pid = named.0.id();
            for locale in ["C", "C.UTF-8"] {
                for form in ["-o ns,pid,command", "-r -o command,ns", "-T", "--detail"] {
                    let text = xlsns(form, pid, locale);
                    prop_assert!(is_harmless(&text), "{form} {text:?}");
                    prop_assert!(
                        locale == "C.UTF-8" || form == "--detail" || text.is_ascii(),
                        "{form} {text:?}"
                    );
                    if form.starts_with("-o") {
                        prop_assert_eq!(text.lines().count(), 9, "{}: {:?}", form, text);
                    }
                }
                for form in ["-J", "-J --detail"] {
                    let text = xlsns(form, pid, locale);
                    prop_assert!(is_harmless(&text), "{form} {text:?}");
                    prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{form} {text}");
                }
            }
            Ok(())
        })
        .unwrap();
}

/// A process with the name of another's fields, one without words, and one with more than are read.
#[test]
fn names_that_look_like_something_else() {
    let script = "into plain unshare -u\nsettle\nsay PLAIN $(ino /proc/$(pid 0)/ns/uts)\n\
        named() { held=; unshare -u \"$HOLD\" name \"$2\" \"$3\" > /run/held & held=$!;\n\
                  until grep -qs ready /run/held; do pause; done; rm /run/held; say $1 $(ino /proc/$held/ns/uts); say PID_$1 $held; }\n\
        named FIELDS 6129205320312032 6100\nnamed NONE 6e6f6e65\nnamed LINES 0a0a 610a62\n";
    let Some(here) = Here::start("names_that_look_like_something_else", script) else { return };
    let rows = here.rows("-t uts -o ns,pid,ppid,command");
    let row = |name: &str| about(&rows, here.number(name)).unwrap();
    for (name, command) in [("FIELDS", "a"), ("NONE", "none"), ("LINES", "a\nb")] {
        assert_eq!(row(name)["pid"], here.number(&format!("PID_{name}")), "{name}");
        assert_eq!(row(name)["ppid"], 1, "{name}: the fields are behind the last parenthesis");
        assert_eq!(row(name)["command"], command, "{name}");
    }
    let table = here.xlsns("-n -t uts -o command");
    assert!(table.lines().any(|line| line == "a\\x0ab"), "{table}");
}
