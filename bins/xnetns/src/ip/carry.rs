//! Requests as a plan.

use super::own_place;
use crate::TOOL;
use crate::cli::Cli;
use xns_cli::Diagnostic;
use xns_core::{Actor, Facts, SingleThreaded};
use xns_net::{Carry, Op, Place, Reach, Request};
use xns_plan::{Phase, Plan};
use xns_tool::carry_out;

/// Carries them out one after the other, or shows what would be done.
pub(crate) fn carry(
    requests: Vec<Request>,
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let place = match own_place(cli) {
        Ok(place) => place,
        Err(error) => return TOOL.refuse(error, facts),
    };
    let plan = plan(place, requests);
    carry_out(&TOOL, plan, &cli.options.reporting, facts, single)
}

/// The namespace that we are in is reached first: reaching another one leaves it.
fn plan(place: Place, requests: Vec<Request>) -> Plan {
    let mut plan = Plan::default();
    let mut places: Vec<_> = requests.iter().flat_map(Request::places).collect();
    places.push(place.clone());
    places.sort();
    places.dedup();
    for place in places {
        plan.push(Actor::Caller, Phase::Create, Op::Reach(Reach(place)), "the steps speak to it, or of it");
    }
    if !requests.is_empty() {
        let carry = Carry::all(place, requests);
        plan.push(Actor::Caller, Phase::Create, Op::from(carry), "asked for");
    }
    plan
}
