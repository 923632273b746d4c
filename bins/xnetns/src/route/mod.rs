//! `route`: where packets go, in the words of ip-route(8).

mod change;
mod filter;
mod flush;
mod get;
mod print;
mod show;

use crate::TOOL;
use crate::cli::Cli;
use crate::ip::{Keywords, WordsError, carry, verb};
use std::ffi::OsString;
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};
use xns_net::request::RouteVerb;

/// In `ip`'s order.
const VERBS: &Keywords = &[
    ("list", 1),
    ("show", 1),
    ("lst", 1),
    ("get", 1),
    ("add", 1),
    ("append", 2),
    ("prepend", 1),
    ("change", 1),
    ("chg", 1),
    ("replace", 1),
    ("test", 1),
    ("delete", 1),
    ("flush", 1),
    ("save", 2),
    ("restore", 3),
    ("showdump", 5),
    ("help", 1),
];

/// Carries it out.
pub(crate) fn run(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let (verb, mut rest) = match verb("route", VERBS, words) {
        Ok(found) => found,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let verb = match verb {
        "add" => RouteVerb::Add,
        "append" => RouteVerb::Append,
        "prepend" => RouteVerb::Prepend,
        "change" | "chg" => RouteVerb::Change,
        "replace" => RouteVerb::Replace,
        "delete" => RouteVerb::Delete,
        "show" | "list" | "lst" => return show::run(&mut rest, cli, facts, single),
        "get" => return get::run(&mut rest, cli, facts, single),
        "flush" => return flush::run(&mut rest, cli, facts, single),
        "help" => return TOOL.refuse(WordsError::Help, facts),
        verb => return TOOL.refuse(WordsError::Foreign { at: "route", word: verb.into() }, facts),
    };
    match change::parse(verb, &mut rest, cli.options.version) {
        Ok(change) => carry(vec![change.into()], cli, facts, single),
        Err(error) => TOOL.refuse(error, facts),
    }
}
