//! `route show`.

use super::filter;
use super::print::{json, text};
use crate::TOOL;
use crate::cli::Cli;
use crate::ip::{Names, Surroundings, Words, print_json, reach};
use crate::link::unread;
use xns_cli::{Diagnostic, print};
use xns_core::{Facts, SingleThreaded};

/// Shows them.
pub(super) fn run(
    words: &mut Words<'_>,
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let mut filter = match filter::parse(words, cli, "route show") {
        Ok(filter) => filter,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let network = reach(cli, facts, single)?;
    let all = network.links().map_err(unread)?;
    if let Err(error) = filter.resolve(&all) {
        return TOOL.refuse(error, facts);
    }
    let routes = network.routes().map_err(unread)?;
    let names = Names::of(&[], &network, facts);
    let around = Surroundings { all: &all, names: &names };
    let selected = routes.iter().filter(|route| filter.lets(route));
    if cli.options.json {
        return print_json(selected.map(|route| json(route, &around, &filter)).collect(), cli);
    }
    print(&selected.map(|route| text(route, &around, &filter)).collect::<String>()).map(|()| 0)
}
