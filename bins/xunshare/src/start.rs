//! What a person is told just before the program starts.

use crate::cli::Cli;
use crate::maps::Map;
use crate::{TOOL, shell};
use xns_core::{Facts, NsKind, NsSet};
use xns_plan::is_shell;
use xns_plan::process::{Announce, Identity};
use xns_user::Setgroups;
use xns_user::idmap::{InsideId, OutsideId};

/// Is a person to be told what the new shell has of its own? The terminal is asked for last, and only for a shell.
pub(crate) fn announces(cli: &Cli, facts: &Facts) -> bool {
    starts_shell(cli)
        && !cli.kinds.is_empty()
        && cli.reporting.dry_run.is_none()
        && !TOOL.is_original(facts)
        && !cli.reporting.is_quiet(facts)
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
pub(crate) fn announcement(cli: &Cli, users: &Map, groups: &Map, facts: &Facts) -> Announce {
    let own_root = cli.root.is_some() || cli.pivot_root.is_some();
    let identity = identity(cli, users, facts);
    Announce {
        tool: TOOL.called_as(facts).into_owned(),
        kinds: cli.kinds,
        of_children: of_children(cli, facts),
        identity,
        other_ids: identity.and_then(|identity| other_ids(cli, identity, groups, facts)),
        in_own_root: own_root.then(|| shell::program(cli, users, facts).program),
    }
}

/// Without a child: the kinds that the shell itself does not get into. An exec enters a time namespace since Linux 6.2.
fn of_children(cli: &Cli, facts: &Facts) -> NsSet {
    let stays = |kind: &NsKind| match kind {
        NsKind::Pid => true,
        NsKind::Time => facts.older_kernel((6, 2)).is_some(),
        _ => false,
    };
    if cli.fork { NsSet::EMPTY } else { cli.kinds.iter().filter(stays).collect() }
}

/// The shell's ids, when they are not those that the same user has there, and can be had: setgroups is not denied.
fn other_ids(cli: &Cli, identity: Identity, groups: &Map, facts: &Facts) -> Option<(InsideId, InsideId)> {
    let Map::Ranges(map) = groups else { return None };
    if identity.outside.get() == facts.euid() || cli.setgroups == Some(Setgroups::Deny) {
        return None;
    }
    let group = cli.owner.map_or(OutsideId::new(facts.egid()), |owner| Some(owner.gid))?;
    Some((identity.inside, cli.setgid.or(map.inside_of(group))?))
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
