//! `xcgroup`: makes, limits, shows, freezes, ends and removes control groups, on cgroup v1, v2 and both alike.
#![forbid(unsafe_code)]

mod change;
mod cli;
mod look;
pub mod options;

pub use cli::{Cli, CliError, VERBS, Verb};

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
    match cli.verb {
        Verb::Create
        | Verb::Delete
        | Verb::Set
        | Verb::Add
        | Verb::Freeze
        | Verb::Thaw
        | Verb::Kill
        | Verb::Delegate => change::run(&cli, facts, single),
        Verb::Wait => change::wait(&cli, facts),
        Verb::Get => look::get(&cli, facts),
        Verb::List => look::list(&cli, facts),
        Verb::Tree => look::tree(&cli, facts),
        Verb::Show => look::show(&cli, facts),
        Verb::Stat => look::stat(&cli, facts),
        Verb::Top => look::top(&cli, facts),
        Verb::Layout => look::layout(&cli, facts),
    }
}
