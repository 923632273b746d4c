//! `xlsns`: lists namespaces, as util-linux's `lsns`, and compares processes, looks inside, and draws.
#![forbid(unsafe_code)]

mod cli;
mod columns;
mod compare;
mod detail;
pub mod graph;
mod list;
mod notices;
pub mod options;
mod shown;
mod trouble;
mod users;
mod veth;
pub mod watch;

pub use cli::{Cli, CliError};

use cli::Look;
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
    table_form: None,
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
        Err(error) => return TOOL.refuse(error, facts),
    };
    let original = TOOL.is_original(facts);
    let done = match &cli.look {
        Look::List => list::run(&cli, facts, original, single),
        Look::Detail => detail::run(&cli, facts, single),
        Look::Compare(pids) => compare::run(&cli, pids, facts),
        Look::Graph(form) => graph::run(&cli, *form, facts, original, single),
        Look::Watch(every) => watch::run(&cli, *every, facts, single),
        Look::Columns => columns::run(&cli, facts, original),
    };
    done.map_err(|diagnostic| {
        if !cli.reporting.wants_hints(facts) {
            return Box::new(diagnostic.hint(None));
        }
        // Whatever else is wrong: these are other processes than the user means.
        match notices::foreign_proc(facts) {
            Some(hint) => Box::new(diagnostic.hint(Some(hint))),
            None => diagnostic,
        }
    })
}
