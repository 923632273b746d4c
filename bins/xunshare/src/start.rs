//! What a person is told just before the program starts.

use crate::cli::Cli;
use crate::maps::Map;
use crate::{called_as, hint_mode, options, shell};
use xns_cli::{ErrorFormat, HintMode, diagnostic};
use xns_core::{Facts, NsKind};
use xns_plan::process::{Announce, Identity};
use xns_plan::{Plan, is_shell, notes};
use xns_user::idmap::OutsideId;

/// Is a person to be told what the new shell has of its own? The terminal is asked for last, and only for a shell.
pub(crate) fn announces(cli: &Cli, facts: &Facts) -> bool {
    starts_shell(cli)
        && !cli.kinds.is_empty()
        && cli.dry_run.is_none()
        && !is_original(facts)
        && !quiet(cli, facts)
        && facts.is_interactive()
}

fn starts_shell(cli: &Cli) -> bool {
    match cli.program.as_slice() {
        [] => true,
        [program] => is_shell(program),
        _ => false,
    }
}

/// What it is told.
pub(crate) fn announcement(cli: &Cli, users: &Map, facts: &Facts) -> Announce {
    let own_root = cli.root.is_some() || cli.pivot_root.is_some();
    Announce {
        tool: called_as(facts).into_owned(),
        kinds: cli.kinds,
        forked: cli.fork,
        identity: identity(cli, users, facts),
        in_own_root: own_root.then(|| shell::program(cli, users, facts).program),
    }
}

/// The shell's two uids, when there is a map that has them.
fn identity(cli: &Cli, users: &Map, facts: &Facts) -> Option<Identity> {
    let map = users.lines().filter(|_| cli.kinds.contains(NsKind::User))?;
    let (inside, outside) = match cli.setuid {
        Some(inside) => (inside, map.outside_of(inside)?),
        None => {
            let outside = cli.owner.map_or(OutsideId::new(facts.euid()), |owner| Some(owner.uid))?;
            (map.inside_of(outside)?, outside)
        }
    };
    Some(Identity { inside, outside })
}

/// Adds what may go wrong silently, when somebody wants hints: a person at a terminal, or who asks for them.
pub(crate) fn add_notes(plan: &mut Plan, cli: &Cli, facts: &Facts) {
    let json = cli.error_format == ErrorFormat::Json;
    let wanted = || match hint_mode(cli, facts) {
        _ if quiet(cli, facts) => false,
        HintMode::Auto => !json && !is_original(facts) && HintMode::Auto.wanted(),
        mode => mode.wanted(),
    };
    let found = notes(plan, facts, wanted);
    if !found.is_empty() {
        let name = called_as(facts);
        let told = found.iter().map(|hint| diagnostic::note(&name, hint, cli.error_format));
        plan.tell_first(told.collect());
    }
}

fn quiet(cli: &Cli, facts: &Facts) -> bool {
    cli.quiet || facts.variable("XNS_QUIET").is_some_and(|word| !word.is_empty())
}

/// The original says nothing of its own accord.
fn is_original(facts: &Facts) -> bool {
    options::TABLE.original == Some(&*called_as(facts))
}
