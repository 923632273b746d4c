//! `address flush`: all that are let through are removed.

use super::filter;
use crate::TOOL;
use crate::cli::Cli;
use crate::ip::{Words, WordsError, carry, reach};
use crate::link::unread;
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};
use xns_net::request::{AddressVerb, ChangeAddress};
use xns_net::{Address, DeviceName, Request};

/// Removes them.
pub(super) fn run(
    words: &mut Words<'_>,
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    if words.peek().is_none() {
        return TOOL.refuse(WordsError::Said("Flush requires arguments.", 1), facts);
    }
    let filter = match filter::parse(words, cli, "address flush") {
        Ok(filter) => filter,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let all = reach(cli, facts, single)?.interfaces().map_err(unread)?;
    let selected = match filter.select(&all) {
        Ok(selected) => selected,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let mut requests: Vec<Request> = Vec::new();
    for (interface, mut addresses) in selected {
        let Ok(device) = DeviceName::new(&interface.name) else { continue };
        // With the first of a network the kernel removes the others, too.
        addresses.sort_by_key(|address| address.flags & Address::SECONDARY == 0);
        requests.extend(addresses.into_iter().map(|address| deletion(&device, address).into()));
    }
    if requests.is_empty() { Ok(0) } else { carry(requests, cli, facts, single) }
}

fn deletion(device: &DeviceName, address: &Address) -> ChangeAddress {
    let mut wish = ChangeAddress::add(device.clone(), address.ip, address.prefix);
    wish.verb = AddressVerb::Delete;
    wish.peer = address.peer;
    wish
}
