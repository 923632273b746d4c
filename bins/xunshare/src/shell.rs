//! The program, and the uid that it has when it is a shell.

use crate::cli::Cli;
use crate::maps::Map;
use xns_core::{Facts, NsKind};
use xns_plan::{Exec, Variables};
use xns_user::idmap::OutsideId;

/// What shows for ids that a user namespace has no number for (/proc/sys/kernel/overflowuid).
const OVERFLOW_ID: u32 = 65534;

/// The program that was given, or the shell.
pub(crate) fn program(cli: &Cli, users: &Map, facts: &Facts) -> Exec {
    let variables = cli.variables.clone().map_or(Variables::Inherited, Variables::Exactly);
    let shell = |variables: &Variables| variables.get("SHELL", || facts.variable("SHELL"));
    xns_tool::program(&cli.program, variables, shell, || uid_inside(cli, users, facts), facts)
}

fn uid_inside(cli: &Cli, users: &Map, facts: &Facts) -> u32 {
    if let Some(uid) = cli.setuid {
        return uid.get();
    }
    if !cli.kinds.contains(NsKind::User) {
        return facts.uid();
    }
    let outside = cli.owner.map_or(OutsideId::new(facts.uid()), |owner| Some(owner.uid));
    let inside = outside.and_then(|uid| users.lines()?.inside_of(uid));
    inside.map_or(OVERFLOW_ID, |id| id.get())
}
