//! Which network namespace is meant, and speaking to it.

use super::WordsError;
use crate::TOOL;
use crate::cli::Cli;
use std::ffi::OsStr;
use xns_cli::Diagnostic;
use xns_core::{Apply, Facts, Operation, SingleThreaded, Slots};
use xns_net::{NetnsName, Network, Place, Reach};

/// The one that `-n` names, or the one that we are in.
///
/// # Errors
/// For what is no name.
pub(crate) fn own_place(cli: &Cli) -> Result<Place, WordsError> {
    let named = cli.options.netns.as_deref().map(NetnsName::existing).transpose();
    Ok(named?.map_or(Place::Here, Place::Name))
}

/// What stands behind `netns`: a name that is there, else the number of a process, else a file.
pub(crate) fn netns(word: &OsStr, facts: &Facts) -> Result<Place, WordsError> {
    if let Ok(name) = NetnsName::existing(word)
        && facts.look(None, &name.path()).is_ok()
    {
        return Ok(Place::Name(name));
    }
    match word.to_str() {
        Some(word) if word.contains('/') && facts.look(None, word.as_ref()).is_ok() => {
            Ok(Place::File(word.into()))
        }
        Some(text) => match text.parse() {
            Ok(pid) => Ok(Place::Process(pid)),
            Err(_) => Err(WordsError::no_netns(word)),
        },
        None => Err(WordsError::no_netns(word)),
    }
}

/// A socket in it, to ask there.
pub(crate) fn reach(cli: &Cli, facts: &Facts, single: SingleThreaded) -> Result<Network, Box<Diagnostic>> {
    let place = own_place(cli).map_err(|error| TOOL.refused(error, facts))?;
    let (mut slots, reach) = (Slots::new(single), Reach(place));
    let reached = reach.apply(&mut slots).map_err(|failure| {
        let hint = TOOL.wants_hints(facts).then(|| reach.hint(&failure, facts)).flatten();
        let diagnostic = Diagnostic::new(reach.failed(failure.part), 255);
        let diagnostic = match reach.original(&failure) {
            Some((line, status)) => diagnostic.retold(line, status),
            None => diagnostic,
        };
        let diagnostic = failure.errno().into_iter().fold(diagnostic, Diagnostic::errno);
        Box::new(diagnostic.hint(hint))
    });
    reached?;
    match slots.reached.pop() {
        Some(reached) => Ok(Network::over(reached.socket)),
        None => Err(Box::new(Diagnostic::new("Cannot open netlink socket".to_owned(), 1))),
    }
}
