//! `link`: devices are made, changed, removed and shown, in the words of ip-link(8).

mod add;
mod delete;
mod kind;
mod options;
mod set;
mod show;

pub(crate) use show::{Filter, unread};

use crate::TOOL;
use crate::cli::Cli;
use crate::ip::{Keywords, WordsError, carry, verb};
use std::ffi::OsString;
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};

/// In `ip`'s order.
const VERBS: &Keywords = &[
    ("add", 1),
    ("set", 1),
    ("change", 1),
    ("replace", 1),
    ("delete", 1),
    ("show", 1),
    ("list", 1),
    ("lst", 1),
    ("ls", 1),
    ("xstats", 1),
    ("afstats", 1),
    ("property", 1),
    ("help", 1),
];

/// Carries it out.
pub(crate) fn run(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let (verb, mut rest) = match verb("link", VERBS, words) {
        Ok(found) => found,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let request = match verb {
        "add" => add::parse(&mut rest, facts).map(|new| Some(new.into())),
        "set" | "change" => set::parse(&mut rest, facts).map(|change| change.map(Into::into)),
        "delete" => delete::parse(&mut rest).map(|delete| Some(delete.into())),
        "show" | "list" | "lst" | "ls" => return show::run(&mut rest, cli, facts, single),
        "help" => Err(WordsError::Help),
        verb => Err(WordsError::Foreign { at: "link", word: verb.into() }),
    };
    match request {
        Ok(request) => carry(request.into_iter().collect(), cli, facts, single),
        Err(error) => TOOL.refuse(error, facts),
    }
}
