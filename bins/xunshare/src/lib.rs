//! `xunshare`: runs a program in new namespaces, as util-linux's `unshare`, and shows its plan.
#![forbid(unsafe_code)]

mod cli;
mod maps;
pub mod options;
mod plan;
mod shell;
mod start;
mod values;

pub use cli::{Cli, CliError};
pub use maps::PlanError;
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
    let plan = plan(&cli, facts).map_err(|error| {
        let hint = cli.reporting.wants_hints(facts).then(|| error.hint(facts)).flatten();
        Box::new(error.into_diagnostic().hint(hint))
    })?;
    carry_out(&TOOL, plan, &cli.reporting, facts, single)
}
