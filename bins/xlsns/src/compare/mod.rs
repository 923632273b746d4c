//! `--compare`: processes side by side.

mod json;
mod table;

use crate::cli::{Cli, Format};
use crate::{TOOL, notices, trouble};
use xns_cli::{Diagnostic, print, terminal};
use xns_core::Facts;
use xns_lsns::compare::{Comparison, read};
use xns_sys::fd;

/// A table that is no terminal's is this wide.
const USUAL: usize = 100;

/// Prints the comparison. The status is diff's.
#[inline(never)] // .cargo/launch.ld
pub(crate) fn run(cli: &Cli, pids: &[u32], facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    let comparison = read(pids, cli.wanted_kinds())
        .map_err(|error| Box::new(trouble::scan(&error, facts).with_status(2)))?;
    let variable = |name: &str| facts.variable(name);
    let text = match cli.format {
        Format::Json => json::json(&comparison),
        Format::Table | Format::Raw => {
            let width = terminal::width(fd::stdout(), variable).unwrap_or(USUAL);
            table::table(&comparison, width, terminal::charset(variable))
        }
    };
    print(&text).map_err(|diagnostic| Box::new(diagnostic.with_status(2)))?;
    tell(cli, &comparison, facts);
    notices::tell_whose(cli, facts, TOOL.is_original(facts));
    Ok(comparison.verdict().status())
}

/// What could not be compared.
fn tell(cli: &Cli, comparison: &Comparison, facts: &Facts) {
    for why in comparison.troubles() {
        let hint = (why.errno().is_some() && cli.reporting.wants_hints(facts))
            .then(|| trouble::unreadable(why.pid(), facts));
        let mut diagnostic = Diagnostic::new(why.to_string(), 2).hint(hint);
        if let Some(errno) = why.errno() {
            diagnostic = diagnostic.errno(errno);
        }
        diagnostic.tell(&TOOL.called_as(facts), cli.reporting.error_format);
    }
}
