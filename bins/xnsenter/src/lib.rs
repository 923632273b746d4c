//! `xnsenter`: runs a program in the namespaces of another process, as util-linux's `nsenter`, and shows its plan.
#![forbid(unsafe_code)]

mod cli;
mod container;
pub mod options;
mod plan;
mod start;

pub use cli::{Cli, CliError};
pub use container::ContainerError;
pub use plan::plan;

use options::{Key, TABLE};
use xns_cli::{Diagnostic, Start};
use xns_core::{Facts, SingleThreaded};
use xns_tool::{ReportKey, Tool, carry_out};

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

/// Answers the exit status, unless the tool has become the program.
pub fn main(start: Start) -> u8 {
    TOOL.main(start, run)
}

fn run(facts: &Facts, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    let cli = match Cli::parse(facts) {
        Ok(cli) => cli,
        Err(error) => return TOOL.refuse(error, facts),
    };
    carry_out(&TOOL, plan(&cli, facts), &cli.reporting, facts, single)
}
