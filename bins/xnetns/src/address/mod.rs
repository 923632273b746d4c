//! `address`: devices get addresses and lose them, in the words of ip-address(8).

mod change;
mod filter;
mod flush;
mod show;

pub(crate) use filter::is_in;

use crate::TOOL;
use crate::cli::Cli;
use crate::ip::{Keywords, WordsError, carry, verb};
use std::ffi::OsString;
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};
use xns_net::request::AddressVerb;

/// In `ip`'s order.
const VERBS: &Keywords = &[
    ("add", 1),
    ("change", 1),
    ("chg", 1),
    ("replace", 1),
    ("delete", 1),
    ("show", 1),
    ("list", 1),
    ("lst", 1),
    ("flush", 1),
    ("save", 2),
    ("showdump", 5),
    ("restore", 3),
    ("help", 1),
];

/// Carries it out.
pub(crate) fn run(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let (verb, mut rest) = match verb("address", VERBS, words) {
        Ok(found) => found,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let verb = match verb {
        "add" => AddressVerb::Add,
        "change" | "chg" => AddressVerb::Change,
        "replace" => AddressVerb::Replace,
        "delete" => AddressVerb::Delete,
        "show" | "list" | "lst" => return show::run(&mut rest, cli, facts, single),
        "flush" => return flush::run(&mut rest, cli, facts, single),
        "help" => return TOOL.refuse(WordsError::Help, facts),
        verb => return TOOL.refuse(WordsError::Foreign { at: "address", word: verb.into() }, facts),
    };
    match change::parse(verb, &mut rest, cli.options.version) {
        Ok(change) => carry(vec![change.into()], cli, facts, single),
        Err(error) => TOOL.refuse(error, facts),
    }
}
