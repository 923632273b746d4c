//! `tree`: groups with their processes, limits and usage.

mod draw;
mod node;

use super::group::Group;
use super::list::tell_refused;
use super::{LookError, answer, json, screen};
use crate::cli::Cli;
use xns_cgroup::stat::Machine;
use xns_cli::Diagnostic;
use xns_core::Facts;
use xns_lsns::process::{Parts, Reader};

/// Draws the groups below one, and itself.
pub(crate) fn tree(cli: &Cli, facts: &Facts) -> Result<u8, Box<Diagnostic>> {
    let top = match Group::top(cli, facts) {
        Ok(top) => top,
        Err(error) => return answer(Err(error), facts),
    };
    let listing = top.listing();
    let proc = xns_lsns::proc().ok();
    let mut reader = Reader::new(Parts { command: true, ..Parts::NONE });
    let mut command = |pid: u32| Some(reader.read(proc.as_ref()?, pid, None)?.command);
    let nodes = node::all(&top, &listing, &Machine);
    let text = if cli.options.json {
        json(&draw::as_json(&nodes, &mut command))
    } else {
        draw::human(&nodes, &mut command, &screen::look(cli, facts))
    };
    answer(Ok::<_, LookError>(text), facts)?;
    Ok(tell_refused(&listing.refused, facts))
}

#[cfg(test)]
mod tests;
