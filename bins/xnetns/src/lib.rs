//! `xnetns`: names network namespaces, joins them by devices, and shows what is in them, in `ip`'s words.
#![forbid(unsafe_code)]

mod address;
mod check;
mod cli;
mod connect;
mod ip;
mod link;
mod names;
pub mod options;
mod processes;
mod route;
mod show;
mod visitor;

pub use cli::{Cli, CliError, Command, NamesVerb, VERBS};

use options::{Key, TABLE};
use xns_cli::{Diagnostic, Start};
use xns_core::{Facts, SingleThreaded};
use xns_tool::{ReportKey, Tool};

/// The tool, as others see it.
pub(crate) const TOOL: Tool<Key> = Tool {
    table: &TABLE,
    help: include_str!("help.txt"), // by `cargo xtask man`
    version: env!("CARGO_PKG_VERSION"),
    report_key,
    table_form: Some(cli::table_form),
    failed: 1,
};

const fn report_key(key: Key) -> Option<ReportKey> {
    match key {
        Key::Report(key) => Some(key),
        _ => None,
    }
}

/// Answers the exit status.
pub fn main(start: Start) -> u8 {
    TOOL.main(start, run)
}

fn run(facts: &Facts, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    let cli = match Cli::parse(facts) {
        Ok(cli) => cli,
        Err(error) => {
            let told = TOOL.refuse(error, facts);
            return match cli::misuse_status(facts.command()) {
                Some(status) => told.map_err(|told| Box::new(told.with_status(status))),
                None => told,
            };
        }
    };
    match &cli.command {
        Command::Names(verb, words) => names::run(*verb, words, &cli, facts, single),
        Command::Link(words) => link::run(words, &cli, facts, single),
        Command::Address(words) => address::run(words, &cli, facts, single),
        Command::Route(words) => route::run(words, &cli, facts, single),
        Command::Connect(words) => connect::run(words, &cli, facts, single),
        Command::Disconnect(words) => connect::undo(words, &cli, facts, single),
        Command::Show(words) => show::run(words, &cli, facts, single),
        Command::Check(words) => check::run(words, &cli, facts, single),
    }
}
