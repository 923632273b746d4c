//! `ip`'s options have one dash and stand before its object; ours have two and may follow it. Both are brought into the form that the
//! table reads, and kept apart from the words of the command.

use super::command::{is_exec, misuse_of};
use crate::options::TABLE;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use xns_cli::options::Value;

/// What was typed after the tool's name.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Typed {
    /// Options with their values, as the table has them.
    pub(super) options: Vec<OsString>,
    /// All other words, in order.
    pub(super) words: Vec<OsString>,
    /// The first word before the object that has one dash and is no option of ours.
    pub(super) odd: Option<OsString>,
}

impl Typed {
    /// Tells options from words. After the name that `exec` is given all is the program's.
    pub(super) fn read(command: &[OsString]) -> Self {
        let (mut typed, mut all) = (Typed::default(), false);
        let mut rest = command.iter().skip(1);
        while let Some(word) = rest.next() {
            if typed.is_program(all) {
                typed.words.push(word.clone());
                continue;
            }
            // With a verb that is ours alone they may follow, too.
            let before_object = typed.words.first().is_none_or(|first| misuse_of(first).is_some());
            let Some(option) = as_option(word, before_object) else {
                if before_object && word.as_bytes().starts_with(b"-") {
                    typed.odd.get_or_insert_with(|| word.clone());
                } else {
                    typed.words.push(word.clone());
                }
                continue;
            };
            all |= option == "--all";
            let wants_value = takes_next_word(&option);
            typed.options.push(option);
            if wants_value {
                typed.options.extend(rest.next().cloned());
            }
        }
        typed
    }

    /// Does the next word belong to the program that `exec` runs? With `-all` no name stands before it.
    fn is_program(&self, all: bool) -> bool {
        let after = match is_exec(&self.words) {
            Some(at) => self.words.len() - at,
            None => return false,
        };
        after > usize::from(!all)
    }
}

/// The same command line without what is no option: what the reporting options are looked for in.
pub(crate) fn table_form(command: &[OsString]) -> Vec<OsString> {
    let name = command.first().cloned();
    name.into_iter().chain(Typed::read(command).options).collect()
}

/// The status for a wrong command line of a verb that is ours alone; `None` where `ip` has one for it.
pub(crate) fn misuse_status(command: &[OsString]) -> Option<u8> {
    misuse_of(Typed::read(command).words.first()?)
}

/// The option that a word is, as the table has it.
fn as_option(word: &OsStr, before_object: bool) -> Option<OsString> {
    let bytes = word.as_bytes();
    let name = bytes.strip_prefix(b"-").filter(|name| !name.is_empty())?;
    if name.starts_with(b"-") {
        return (name != b"-").then(|| word.to_owned());
    }
    of_ip(std::str::from_utf8(name).ok()?, before_object).map(OsString::from)
}

/// Of an option of `ip`'s the one of the table; before the object its beginning suffices, as for `ip`.
fn of_ip(name: &str, before_object: bool) -> Option<&'static str> {
    const KNOWN: [(&str, usize, &str); 9] = [
        ("netns", 1, "--netns"),
        ("all", 1, "--all"),
        ("json", 1, "--json"),
        ("pretty", 1, "--pretty"),
        ("brief", 2, "--brief"),
        ("4", 1, "--ipv4"),
        ("6", 1, "--ipv6"),
        ("help", 1, "--help"),
        ("Version", 1, "--version"),
    ];
    /// What may follow the object, too, where nothing else is called so.
    const ANYWHERE: [&str; 8] = ["a", "all", "j", "json", "p", "pretty", "h", "help"];
    let (_, _, long) = KNOWN.into_iter().find(|(full, least, _)| {
        let begun = full.starts_with(name) && name.len() >= *least;
        begun && (before_object || ANYWHERE.contains(&name))
    })?;
    Some(long)
}

/// Is it one of `ip`'s options that is not ours?
pub(super) fn is_of_ip(word: &OsStr) -> bool {
    const OTHERS: [&str; 19] = [
        "loops",
        "family",
        "0",
        "M",
        "B",
        "human",
        "iec",
        "stats",
        "details",
        "resolve",
        "oneline",
        "timestamp",
        "tshort",
        "force",
        "batch",
        "rcvbuf",
        "color",
        "Numeric",
        "echo",
    ];
    let name = word.to_str().and_then(|word| word.strip_prefix('-'));
    name.is_some_and(|name| OTHERS.iter().any(|option| option.starts_with(name)))
}

/// Is the value of this option, which has two dashes, the next word?
fn takes_next_word(option: &OsStr) -> bool {
    let Some(name) = option.as_bytes().strip_prefix(b"--").filter(|name| !name.contains(&b'=')) else {
        return false;
    };
    let begun = |long: &str| long.as_bytes().starts_with(name);
    let row = TABLE.options.iter().find(|row| row.long.as_bytes() == name);
    let row = row.or_else(|| TABLE.options.iter().find(|row| begun(row.long)));
    row.is_some_and(|row| matches!(row.value, Value::Required(_)))
}
