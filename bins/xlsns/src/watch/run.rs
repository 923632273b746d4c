//! The loop over the system.

use super::{FollowError, Interval, Time, follow, heading, human, json, notice, pause};
use crate::cli::{Cli, Format};
use crate::users::Users;
use crate::{notices, trouble};
use xns_cli::{Diagnostic, print, tell, terminal};
use xns_core::{Facts, SingleThreaded};
use xns_lsns::process::{self, Process};
use xns_lsns::watch::Watch;
use xns_lsns::{Found, Namespace, ScanError, Want, scan};
use xns_sys::fd;

/// Prints events until it is interrupted, or nobody reads any more.
#[inline(never)] // .cargo/launch.ld
pub(crate) fn run(
    cli: &Cli,
    every: Interval,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let want = Want { kinds: cli.wanted_kinds(), process: cli.task, deep: cli.deep, ..Want::default() };
    let proc = xns_lsns::proc().map_err(trouble::proc)?;
    let describe = |namespace: &Namespace| -> Option<Process> {
        process::read(&proc, namespace.pid?, Some((namespace.kind, namespace.ino)))
    };
    let look = || -> Result<Found, ScanError> { scan(&want, single) };
    let first = look().map_err(|error| trouble::scan(&error, facts))?;
    let mut watch = Watch::new(&first, describe);
    let unread = first.unread;
    drop(first);
    begin(cli, every, facts)?;
    notices::tell(cli, facts, false, &unread, false);
    let variable = |name: &str| facts.variable(name);
    let width = terminal::width(fd::stdout(), variable).filter(|_| !cli.no_truncate);
    let (charset, users) = (terminal::charset(variable), Users::default());
    let user = |uid: u32| users.name(uid).map(|name| crate::shown::text(&name));
    let ended = follow(
        || pause(every),
        || Ok((Time::now(), watch.next(&look()?, describe))),
        |time, event| match cli.format {
            Format::Json => json(time, event, user),
            Format::Table | Format::Raw => human(time, event, charset, width, user),
        },
        |line| fd::write_all(fd::stdout(), line.as_bytes()),
    );
    match ended {
        Ok(()) => Ok(0),
        Err(FollowError::Look(error)) => Err(trouble::scan(&error, facts)),
        Err(error @ FollowError::Write(errno)) => {
            Err(Box::new(Diagnostic::new(error.to_string(), 1).errno(errno)))
        }
    }
}

/// What has to be known, and the headings.
fn begin(cli: &Cli, every: Interval, facts: &Facts) -> Result<(), Box<Diagnostic>> {
    if !cli.reporting.is_quiet(facts) {
        tell(&notice(every));
    }
    if cli.format == Format::Json || cli.no_headings { Ok(()) } else { print(heading()) }
}
