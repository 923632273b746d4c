//! `route flush`: all that are let through are removed.

use super::filter;
use crate::TOOL;
use crate::cli::Cli;
use crate::ip::{Words, WordsError, carry, reach};
use crate::link::unread;
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};
use xns_net::request::{ChangeRoute, NextHop, RouteVerb};
use xns_net::{DeviceName, Interface, Request, Route};

/// Removes them.
pub(super) fn run(
    words: &mut Words<'_>,
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    if words.peek().is_none() {
        return TOOL.refuse(WordsError::Said("\"ip route flush\" requires arguments.", 1), facts);
    }
    let mut filter = match filter::parse(words, cli, "route flush") {
        Ok(filter) => filter,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let network = reach(cli, facts, single)?;
    let all = network.links().map_err(unread)?;
    if let Err(error) = filter.resolve(&all) {
        return TOOL.refuse(error, facts);
    }
    let routes = network.routes().map_err(unread)?;
    let selected = routes.iter().filter(|route| filter.lets(route));
    let requests: Vec<Request> = selected.map(|route| deletion(route, &all).into()).collect();
    if requests.is_empty() { Ok(0) } else { carry(requests, cli, facts, single) }
}

fn deletion(route: &Route, all: &[Interface]) -> ChangeRoute {
    let named = |index: u32| {
        let found = all.iter().find(|one| one.index == index)?;
        DeviceName::new(&found.name).ok()
    };
    let mut wish = ChangeRoute::to(RouteVerb::Delete, route.destination);
    wish.is_six = route.is_six;
    wish.kind = route.kind;
    wish.metric = route.metric;
    wish.table = Some(route.table);
    wish.protocol = Some(route.protocol);
    wish.tos = route.tos;
    wish.scope = (!route.is_six).then_some(route.scope);
    wish.hop = NextHop { via: route.hop.via, device: route.hop.device.and_then(named), ..NextHop::default() };
    wish
}
