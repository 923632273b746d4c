//! `connect` and `disconnect`: what takes ten lines of ip(8), in one.

mod addresses;
mod alone;
mod end;
mod error;
mod ground;
mod plan;
mod undo;

use crate::TOOL;
use crate::cli::Cli;
use crate::processes::Processes;
use crate::visitor::Visitor;
use end::{Address, End};
pub(crate) use error::ConnectError;
use ground::{Ground, Held};
use plan::{Joined, Site};
use std::cell::LazyCell;
use std::ffi::{OsStr, OsString};
use xns_cli::Diagnostic;
use xns_core::{Facts, SingleThreaded};
use xns_net::store::State;
use xns_net::{DeviceName, NetnsName, Place};
use xns_tool::{carry_out, say};

const USAGE: &str = "xnetns connect NAME:ADDRESS NAME:ADDRESS... [--bridge NAME]";
const UNDO_USAGE: &str = "xnetns disconnect NAME... [--bridge NAME], or: xnetns disconnect -all";

/// `connect`.
pub(crate) fn run(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let _alone = is_done(cli).then(alone::alone);
    match joined(words, cli, facts, single) {
        Ok(Joined { mut plan, told }) => {
            say(&TOOL, &mut plan, &told, &cli.options.reporting, facts);
            carry_out(&TOOL, plan, &cli.options.reporting, facts, single)
        }
        Err(error) => TOOL.refuse(error, facts),
    }
}

fn joined(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<Joined, ConnectError> {
    suits(cli, "connect")?;
    let (bridge, visitor) = (bridge(cli)?, Visitor::new(single));
    let ends = words.iter().map(|word| End::parse(word, ground::is_named));
    let ends: Vec<End> = ends.collect::<Result<_, _>>()?;
    if ends.is_empty() || (ends.len() == 1 && bridge.is_none()) {
        return Err(ConnectError::Few { verb: "connect", what: "joined", usage: USAGE });
    }
    addresses::check(&ends)?;
    let notes = addresses::notes(&ends);
    let names_host = ends.iter().any(|end| end.place == Place::Here);
    for (at, end) in ends.iter().enumerate() {
        if ends[..at].iter().any(|before| before.place == end.place) {
            return Err(ConnectError::Twice(end.place.clone()));
        }
    }
    // One namespace may have several names, and a process in it.
    let mut known = vec![here(&visitor)?.inode()];
    let mut site = |end: End| {
        let held = ground::held(&end.place, &visitor)?;
        if let Some(inode) = held.as_ref().map(Held::inode).filter(|_| end.place != Place::Here) {
            let same = known.iter().position(|other| *other == inode);
            // Our own counts where it is named, or has the bridge.
            if same.is_some_and(|at| at > 0 || bridge.is_some() || names_host) {
                return Err(ConnectError::Same(end.place));
            }
            known.push(inode);
        }
        let ground = held.map(|held| held.ground);
        is_free(&end, ground.as_ref())?;
        Ok(Site { end, ground })
    };
    let sites: Vec<Site> = ends.into_iter().map(&mut site).collect::<Result<_, ConnectError>>()?;
    let mut joined = match (&bridge, sites.as_slice()) {
        (Some(name), sites) => plan::bridge(name, sites, &here(&visitor)?.ground, facts)?,
        (None, [one, other]) => plan::pair(one, other, facts)?,
        (None, _) => return Err(ConnectError::NoBridge),
    };
    joined.told.extend(notes);
    Ok(joined)
}

/// Is it done, and not only shown?
fn is_done(cli: &Cli) -> bool {
    cli.options.reporting.dry_run.is_none()
}

/// Has the verb a use for the options?
fn suits(cli: &Cli, verb: &'static str) -> Result<(), ConnectError> {
    let unfit = [(cli.options.netns.is_some(), "netns"), (cli.options.all && verb == "connect", "all")];
    match unfit.into_iter().find(|(unfit, _)| *unfit) {
        Some((_, option)) => Err(ConnectError::NotFor { option, verb }),
        None => Ok(()),
    }
}

fn bridge(cli: &Cli) -> Result<Option<DeviceName>, ConnectError> {
    cli.options.bridge.as_deref().map(DeviceName::new).transpose().map_err(ConnectError::from)
}

fn here(visitor: &Visitor) -> Result<Held, ConnectError> {
    ground::held(&Place::Here, visitor)?.ok_or(ConnectError::Missing(Place::Here))
}

/// Twice the same address in one namespace is never what is meant.
fn is_free(end: &End, ground: Option<&Ground>) -> Result<(), ConnectError> {
    let devices = ground.map_or(&[][..], |ground| ground.devices.as_slice());
    let taken = |address: &Address| {
        let mut on = devices.iter().filter(|device| device.addresses.iter().any(|one| one.ip == address.ip));
        on.next().map(|device| device.name.to_string_lossy().into_owned())
    };
    match end.addresses.iter().find_map(|address| Some((*address, taken(address)?))) {
        Some((address, device)) => Err(ConnectError::Taken { place: end.place.clone(), address, device }),
        None => Ok(()),
    }
}

/// `disconnect`.
pub(crate) fn undo(
    words: &[OsString],
    cli: &Cli,
    facts: &Facts,
    single: SingleThreaded,
) -> Result<u8, Box<Diagnostic>> {
    let _alone = is_done(cli).then(alone::alone);
    match parted(words, cli, single) {
        Ok(undo::Parted { mut plan, told }) => {
            say(&TOOL, &mut plan, &told, &cli.options.reporting, facts);
            carry_out(&TOOL, plan, &cli.options.reporting, facts, single)
        }
        Err(error) => TOOL.refuse(error, facts),
    }
}

fn parted(words: &[OsString], cli: &Cli, single: SingleThreaded) -> Result<undo::Parted, ConnectError> {
    suits(cli, "disconnect")?;
    let (bridge, visitor) = (bridge(cli)?, Visitor::new(single));
    if words.is_empty() && bridge.is_none() && !cli.options.all {
        return Err(ConnectError::Few { verb: "disconnect", what: "parted", usage: UNDO_USAGE });
    }
    let named = words.iter().map(|word| held(word, &visitor)).collect::<Result<Vec<_>, _>>()?;
    let is_named = !named.is_empty();
    let all = if is_named { All { held: named, ..All::default() } } else { all(&visitor) };
    let wish = undo::Wish {
        held: &all.held,
        named: is_named,
        bridge: bridge.as_ref(),
        here: &here(&visitor)?,
        processes: &LazyCell::new(Processes::look),
    };
    match (undo::plan(&wish), all.unseen) {
        (Err(ConnectError::Nothing { .. }), Some(unseen)) => Err(unseen),
        (Err(ConnectError::Nothing { place, .. }), None) => {
            Err(ConnectError::Nothing { place, stale: all.stale })
        }
        (Ok(mut parted), unseen) => {
            parted.told.extend(all.stale.iter().map(error::stale));
            parted.told.extend(unseen.map(|unseen| unseen.to_string()));
            Ok(parted)
        }
        (Err(error), _) => Err(error),
    }
}

fn held(word: &OsStr, visitor: &Visitor) -> Result<Held, ConnectError> {
    let place = end::place(word, ground::is_named).map_err(|error| match error {
        ConnectError::Name(_) if word.to_string_lossy().contains(':') => {
            ConnectError::WithAddress(word.to_owned())
        }
        other => other,
    })?;
    ground::held(&place, visitor)?.ok_or(ConnectError::Missing(place))
}

/// All that have a name.
#[derive(Default)]
struct All {
    held: Vec<Held>,
    /// Names that nothing is bound to.
    stale: Vec<NetnsName>,
    /// Why one of them could not be looked at.
    unseen: Option<ConnectError>,
}

fn all(visitor: &Visitor) -> All {
    let mut all = All::default();
    for name in xns_net::store::names().unwrap_or_default() {
        match ground::held(&Place::Name(name.clone()), visitor) {
            Ok(held) => all.held.extend(held),
            // Nothing can be in it.
            Err(ConnectError::Stale(_)) if State::look(&name) == Some(State::Stale) => all.stale.push(name),
            Err(ConnectError::Stale(_)) => {}
            Err(error) => _ = all.unseen.get_or_insert(error),
        }
    }
    all
}
