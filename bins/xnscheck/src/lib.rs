//! `xnscheck`: what can this machine and this user do? Each part of the course, tried for real, with the evidence and the cure.
#![forbid(unsafe_code)]

mod check;
mod checks;
mod cli;
pub mod options;
mod show;

pub use cli::{Cli, CliError};

use check::Report;
use options::{Key, TABLE};
use xns_cli::{Diagnostic, Start, print};
use xns_core::{Facts, SingleThreaded};
use xns_tool::{ReportKey, Tool};

/// The tool, as others see it.
pub(crate) const TOOL: Tool<Key> = Tool {
    table: &TABLE,
    help: include_str!("help.txt"), // by `cargo xtask man`
    version: env!("CARGO_PKG_VERSION"),
    report_key,
    table_form: None,
    failed: 2,
};

const fn report_key(key: Key) -> Option<ReportKey> {
    match key {
        Key::Report(key) => Some(key),
        _ => None,
    }
}

/// Answers the exit status: 0 when all works that was asked for, 1 when something is missing, 2 when that could not be found out.
pub fn main(start: Start) -> u8 {
    TOOL.main(start, run)
}

fn run(facts: &Facts, _: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    let cli = match Cli::parse(facts) {
        Ok(cli) => cli,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let report = Report::of(&cli.walks, facts);
    if cli.json {
        print(&show::json(&report))?;
    } else if !cli.reporting.quiet {
        print(&show::text(&report, &show::look(facts)))?;
    }
    Ok(u8::from(!report.works()))
}
