//! `xcgexec`: runs a program in control groups, as libcgroup's `cgexec`, or in a new one with limits, which it shows, explains and
//! reports on.
#![forbid(unsafe_code)]

mod cli;
pub mod options;
mod original;
mod plan;

pub use cli::{Cli, CliError};
pub use plan::{PlanError, plan};

use options::{Key, TABLE};
use xns_cli::{Diagnostic, Start};
use xns_core::{Facts, SingleThreaded};
use xns_tool::{Refusal, ReportKey, Tool, carry_out};

/// The tool, as others see it.
pub(crate) const TOOL: Tool<Key> = Tool {
    table: &TABLE,
    help: include_str!("help.txt"), // by `cargo xtask man`
    version: env!("CARGO_PKG_VERSION"),
    report_key,
    failed: 125,
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
    let done = run_as_ours(facts, single);
    if TOOL.is_original(facts) { done.map_err(|told| original::told(told)) } else { done }
}

fn run_as_ours(facts: &Facts, single: SingleThreaded) -> Result<u8, Box<Diagnostic>> {
    let cli = match Cli::parse(facts) {
        Ok(cli) => cli,
        Err(error) => return TOOL.refuse(error, facts),
    };
    match plan(&cli, facts) {
        Ok(plan) => carry_out(&TOOL, plan, &cli.reporting, facts, single),
        Err(error) => TOOL.refuse(error, facts),
    }
}
