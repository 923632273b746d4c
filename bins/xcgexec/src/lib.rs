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
use xns_cli::{Diagnostic, Start, print};
use xns_core::{Facts, SingleThreaded};
use xns_plan::Plan;
use xns_tool::{NoPlan, ReportKey, Tool, both, carry_out};

/// The tool, as others see it.
pub(crate) const TOOL: Tool<Key> = Tool {
    table: &TABLE,
    help: include_str!("help.txt"), // by `cargo xtask man`
    version: env!("CARGO_PKG_VERSION"),
    report_key,
    table_form: None,
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
    let cli = match Cli::parse(facts) {
        Ok(cli) => cli,
        Err(error) => {
            let name = facts.command().first().map(|name| name.to_string_lossy()).unwrap_or_default();
            let told = original::usage(&error, &name);
            return TOOL.refuse(error, facts).map_err(|refused| as_original(refused, told, facts));
        }
    };
    if cli.both {
        let text = both(facts, single, &cli.limits, |facts, limits| {
            let cli = Cli { limits: limits.clone(), ..cli.clone() };
            if cli.groups.is_empty() && !cli.makes_group() {
                // All that was asked for is what this version has not.
                return Ok(Plan::default());
            }
            plan(&cli, facts).map_err(|error| match error {
                PlanError::Limit(error) => NoPlan::Limit(error),
                other => NoPlan::Other(other.to_string()),
            })
        });
        return print(&text).map(|()| 0);
    }
    match plan(&cli, facts) {
        Ok(plan) => carry_out(&TOOL, plan, &cli.reporting, facts, single).map_err(|failed| {
            let told = original::step(&failed);
            as_original(failed, told, facts)
        }),
        Err(error) => {
            let told = original::plan(&error);
            TOOL.refuse(error, facts).map_err(|refused| as_original(refused, told, facts))
        }
    }
}

/// In the original's words, under its name.
fn as_original(ours: Box<Diagnostic>, told: Option<(String, u8)>, facts: &Facts) -> Box<Diagnostic> {
    match told {
        Some((message, status)) if TOOL.is_original(facts) => Box::new(ours.retold(message, status)),
        _ => ours,
    }
}
